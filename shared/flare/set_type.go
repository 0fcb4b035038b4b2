package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// setType casts columns.
var setType = Function{plug.Spec{
	Name: "set_type",
	Doc:  "Gives columns another type. A value that does not fit becomes NULL, as Spark's cast makes it.",
	Fields: []plug.Field{
		{Name: "columns", Type: plug.Mapped, Required: true, Doc: "The columns, each with its type."},
	},
	Examples: []plug.Example{{Doc: "Two of three.", In: "SELECT '3.7' AS a, '2020-01-31' AS b, 1 AS c\n--\ncolumns: {a: int, b: date}", Want: "a: 3, b: 2020-01-31, c: 1"}},
}, func(f *frame) string {
	var pairs [][2]string
	for _, e := range f.mapped("columns") {
		c := f.find(e.key)
		t, _ := f.typeOf(e.value, e.key.Pos)
		pairs = append(pairs, [2]string{c.Name, "CAST(" + name(c.Name) + " AS " + t + ")"})
	}
	return f.withAll(pairs)
}}
