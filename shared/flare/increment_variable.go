package flare

import (
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// incrementVariable adds one.
var incrementVariable = Function{plug.Spec{
	Name: "increment_variable",
	Doc:  "Adds 1 to a number; a column that is not there becomes 1. What the function means to Flare beyond that is not documented.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The number."},
	},
	Examples: []plug.Example{{Doc: "One more.", In: "SELECT 7 AS n\n--\ncolumn: n", Want: "n: 8"}},
}, func(f *frame) string {
	as := f.args.Text("column")
	f.note(f.pos, "rows have no variables; 1 is added to the column %s", as)
	i := relation.Find(f.cols, as)
	if i < 0 {
		return f.with(as, "1")
	}
	if !f.cols[i].Type.Kind.Numeric() {
		f.wrong(f.args["column"].Pos, "use set_type first", "the column %s is %s, not a number", as, f.cols[i].Type)
	}
	return f.with(f.cols[i].Name, name(f.cols[i].Name)+" + 1")
}}
