package flare

import (
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// flatten makes a row of every element of an array.
var flatten = Function{plug.Spec{
	Name:     "flatten",
	Doc:      "Makes a row of every element of an array; the array stays. A row whose array is empty or NULL is left out.",
	Fields:   flattenFields,
	Examples: []plug.Example{{Doc: "Two elements, and none.", In: "SELECT * FROM VALUES (1, array('a', 'b')), (2, array()) AS t(k, v)\n--\ncolumn: v\nasColumn: x", Want: "k: 1, v: [a, b], x: a; k: 1, v: [a, b], x: b"}},
}, func(f *frame) string { return f.flatten("") }}

var flattenFields = []plug.Field{
	{Name: "column", Type: plug.Text, Required: true, Doc: "The array."},
	{Name: "asColumn", Type: plug.Text, Required: true, Doc: "The element."},
}

func (f *frame) flatten(outer string) string {
	c := f.column("column")
	switch c.Type.Kind {
	case relation.Array:
	case relation.String:
		f.wrong(f.args["column"].Pos, "use parse_as_json first", "the column %s is a string, not an array", c.Name)
	default:
		f.wrong(f.args["column"].Pos, "use unfurl with explode for a map", "the column %s is %s, not an array", c.Name, c.Type)
	}
	return f.with(f.as(""), "`__element`") + " LATERAL VIEW " + outer + "explode(" + name(c.Name) + ") `__view` AS `__element`"
}
