package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// trim cuts spaces off.
var trim = Function{plug.Spec{
	Name: "trim",
	Doc:  "Cuts the spaces off the values of a column.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The text."},
		{Name: "method", Type: plug.Enum, Default: "trim", Values: []string{"trim", "ltrim", "rtrim"}, Doc: "On both sides, on the left, or on the right."},
	},
	Examples: []plug.Example{{Doc: "On both sides.", In: "SELECT '  x ' AS c\n--\ncolumn: c\nmethod: trim", Want: "c: x"}},
}, func(f *frame) string {
	c := f.column("column")
	return f.with(c.Name, f.args.Text("method")+"("+str(c)+")")
}}
