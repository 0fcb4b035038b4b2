package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// renameAll gives columns other names.
var renameAll = Function{plug.Spec{
	Name: "rename_all",
	Doc:  "Gives columns other names, all at once. A column that is not there is passed over, with a note.",
	Fields: []plug.Field{
		{Name: "columns", Type: plug.Mapped, Required: true, Doc: "The columns, each with its new name."},
	},
	Examples: []plug.Example{{Doc: "Exchanged.", In: "SELECT 1 AS a, 2 AS b\n--\ncolumns: {a: b, b: a}", Want: "b: 1, a: 2"}},
}, func(f *frame) string { return f.rename(f.mapped("columns")) }}
