package flare

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// dropDuplicates keeps one row of those that are equal.
var dropDuplicates = Function{plug.Spec{
	Name: "drop_duplicates",
	Doc:  "Keeps one row of all that are equal in some columns. Spark keeps any; Glint the first in the order of all columns, so that a run gives the same rows again.",
	Fields: []plug.Field{
		{Name: "columns", Type: plug.List, Doc: "The columns that are compared; all of them if there are none."},
	},
	Examples: []plug.Example{{Doc: "One a key.", In: "SELECT * FROM VALUES (1, 'x'), (1, 'y'), (2, 'z') AS t(k, v)\n--\ncolumns: [k]", Want: "k: 1, v: x; k: 2, v: z"}},
}, func(f *frame) string {
	var items, keys, order []string
	for _, c := range f.cols {
		items = append(items, name(c.Name))
		if c.Type.Kind < relation.Array {
			order = append(order, name(c.Name))
		}
	}
	for _, v := range f.list("columns") {
		keys = append(keys, name(f.find(v).Name))
	}
	if len(keys) == 0 {
		return "SELECT DISTINCT " + strings.Join(items, ", ") + " FROM " + f.from
	}
	if len(order) == 0 {
		order = keys
	}
	return fmt.Sprintf("SELECT %s FROM (SELECT *, row_number() OVER (PARTITION BY %s ORDER BY %s) AS `__row` FROM %s) WHERE `__row` = 1",
		strings.Join(items, ", "), strings.Join(keys, ", "), strings.Join(order, ", "), f.from)
}}
