package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// selectColumns keeps columns.
var selectColumns = Function{plug.Spec{
	Name: "select",
	Doc:  "Keeps these columns, in this order. A path a.b takes a field of a struct, under its own name.",
	Fields: []plug.Field{
		{Name: "columns", Type: plug.List, Required: true, Doc: "The columns."},
	},
	Examples: []plug.Example{{Doc: "In another order.", In: "SELECT 1 AS a, 2 AS b, 3 AS c\n--\ncolumns: [c, a]", Want: "c: 3, a: 1"}},
}, func(f *frame) string {
	var items []string
	for _, v := range f.list("columns") {
		path := strings.Split(strings.TrimSpace(v.Data.(string)), ".")
		if relation.Find(f.cols, v.Data.(string)) >= 0 {
			path = []string{v.Data.(string)}
		}
		item := name(f.find(plug.Value{Data: path[0], Pos: v.Pos}).Name)
		for _, field := range path[1:] {
			item += "." + name(field)
		}
		items = append(items, item)
	}
	return f.project(items)
}}
