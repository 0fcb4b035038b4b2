package flare

import (
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// setColumn puts one value into a column.
var setColumn = Function{plug.Spec{
	Name: "set_column",
	Doc:  "Puts one value into a column, which it adds or overwrites. A number or a boolean keeps its type; what is in quotes is a string.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The column."},
		{Name: "value", Type: plug.Text, Required: true, Doc: "Its value."},
	},
	Examples: []plug.Example{{Doc: "A text.", In: "SELECT 1 AS a\n--\ncolumn: s\nvalue: new", Want: "a: 1, s: new"}},
}, func(f *frame) string {
	raw := f.raw.Get("value")
	e := text(raw.Text)
	if !raw.Quoted {
		switch {
		case reads(raw.Text, "INT"), reads(raw.Text, "BIGINT") && !strings.ContainsAny(raw.Text, "+_"):
			e = strings.TrimSpace(raw.Text)
			if !reads(raw.Text, "INT") {
				e += "L"
			}
		case number.MatchString(raw.Text):
			e = "CAST(" + e + " AS DOUBLE)"
		case strings.EqualFold(raw.Text, "true") || strings.EqualFold(raw.Text, "false"):
			e = strings.ToLower(raw.Text)
		}
	}
	return f.with(f.args.Text("column"), e)
}}

var number = regexp.MustCompile(`^[-+]?[0-9]*\.[0-9]+([eE][-+]?[0-9]+)?$`)
