package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// changeCase changes the case of values.
var changeCase = Function{plug.Spec{
	Name: "change_case",
	Doc:  "Writes the values of a column in small or capital letters, or each word with a capital.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The column; what is no string becomes one."},
		{Name: "case", Type: plug.Enum, Required: true, Values: caseWords, Doc: "lower, upper or title."},
	},
	Examples: []plug.Example{
		{Doc: "Words with capitals.", In: "SELECT 'jO daN' AS c\n--\ncolumn: c\ncase: title", Want: "c: Jo Dan"},
		{Doc: "Capitals.", In: "SELECT 'jO daN' AS c\n--\ncolumn: c\ncase: uppercase", Want: "c: JO DAN"},
	},
}, func(f *frame) string {
	c := f.column("column")
	fn := map[string]string{"lower": "lower", "upper": "upper", "title": "initcap"}[strings.TrimSuffix(f.args.Text("case"), "case")]
	return f.with(c.Name, fn+"("+str(c)+")")
}}

var caseWords = []string{"lower", "upper", "title", "lowercase", "uppercase", "titlecase"}
