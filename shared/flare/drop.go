package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// drop leaves columns out.
var drop = Function{plug.Spec{
	Name: "drop",
	Doc:  "Leaves columns out. Names that no column has are passed over.",
	Fields: []plug.Field{
		{Name: "columns", Aliases: []string{"column"}, Type: plug.List, Required: true, Doc: "The columns."},
	},
	Examples: []plug.Example{{Doc: "One of two.", In: "SELECT 1 AS a, 2 AS b\n--\ncolumns: [B, missing]", Want: "a: 1"}},
}, func(f *frame) string {
	gone := map[string]bool{}
	for _, v := range f.list("columns") {
		gone[strings.ToLower(strings.TrimSpace(v.Data.(string)))] = true
	}
	var items []string
	for _, c := range f.cols {
		if !gone[strings.ToLower(c.Name)] {
			items = append(items, name(c.Name))
		}
	}
	return f.project(items)
}}
