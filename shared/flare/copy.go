package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// copyColumn copies a column.
var copyColumn = Function{plug.Spec{
	Name: "copy",
	Doc:  "Copies a column to another, which it adds or overwrites.",
	Fields: []plug.Field{
		{Name: "fromColumn", Type: plug.Text, Required: true, Doc: "What is copied."},
		{Name: "toColumn", Type: plug.Text, Required: true, Doc: "Where to."},
	},
	Examples: []plug.Example{{Doc: "Over another.", In: "SELECT 5 AS a, CAST(NULL AS STRING) AS b\n--\nfromColumn: a\ntoColumn: b", Want: "a: 5, b: 5"}},
}, func(f *frame) string {
	return f.with(f.args.Text("toColumn"), name(f.column("fromColumn").Name))
}}
