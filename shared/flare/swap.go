package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// swap exchanges the names of two columns.
var swap = Function{plug.Spec{
	Name: "swap",
	Doc:  "Exchanges the values of two columns.",
	Fields: []plug.Field{
		{Name: "columnA", Type: plug.Text, Required: true, Doc: "One."},
		{Name: "columnB", Type: plug.Text, Required: true, Doc: "The other."},
	},
	Examples: []plug.Example{{Doc: "Two types.", In: "SELECT 1 AS a, 'x' AS b\n--\ncolumnA: a\ncolumnB: b", Want: "a: x, b: 1"}},
}, func(f *frame) string {
	a, b := f.column("columnA"), f.column("columnB")
	return f.withAll([][2]string{{a.Name, name(b.Name)}, {b.Name, name(a.Name)}})
}}
