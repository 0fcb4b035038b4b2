package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// changeColumnCase changes the case of names.
var changeColumnCase = Function{plug.Spec{
	Name: "change_column_case",
	Doc:  "Writes the names of all columns in small or capital letters.",
	Fields: []plug.Field{
		{Name: "case", Type: plug.Enum, Required: true, Values: []string{"lower", "upper", "lowercase", "uppercase"}, Doc: "lower or upper."},
	},
	Examples: []plug.Example{{Doc: "Capitals.", In: "SELECT 1 AS Id, 2 AS nAme\n--\ncase: upper", Want: "ID: 1, NAME: 2"}},
}, func(f *frame) string {
	if strings.HasPrefix(f.args.Text("case"), "upper") {
		return f.renamed(strings.ToUpper)
	}
	return f.renamed(strings.ToLower)
}}
