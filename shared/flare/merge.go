package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// merge joins texts.
var merge = Function{plug.Spec{
	Name: "merge",
	Doc:  "Joins columns to one text, with a separator between. NULLs are left out.",
	Fields: []plug.Field{
		{Name: "separator", Type: plug.Text, Required: true, Doc: "What stands between."},
		{Name: "columns", Type: plug.List, Required: true, Doc: "Two columns or more."},
		{Name: "asColumn", Type: plug.Text, Required: true, Doc: "The text."},
	},
	Examples: []plug.Example{{Doc: "Two.", In: "SELECT 'x' AS a, 'y' AS b\n--\nseparator: '-'\ncolumns: [a, b]\nasColumn: c", Want: "a: x, b: y, c: x-y"}},
}, func(f *frame) string {
	parts := []string{text(f.args.Text("separator"))}
	for _, v := range f.list("columns") {
		parts = append(parts, str(f.find(v)))
	}
	return f.with(f.as(""), "concat_ws("+strings.Join(parts, ", ")+")")
}}
