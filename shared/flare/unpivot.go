package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// unpivot makes rows of columns.
var unpivot = Function{plug.Spec{
	Name: "unpivot",
	Doc:  "Makes a row of every one of some columns: its name, and its value, NULL too. Columns in neither list are dropped.",
	Fields: []plug.Field{
		{Name: "columns", Type: plug.List, Required: true, Doc: "The columns that become rows, or \"*\" for all others."},
		{Name: "pivotColumns", Type: plug.List, Required: true, Doc: "The columns that stay on each row, or \"*\" for all others."},
		{Name: "keyColumnName", Type: plug.Text, Required: true, Doc: "The column for the names."},
		{Name: "valueColumnName", Type: plug.Text, Required: true, Doc: "The column for the values."},
	},
	Examples: []plug.Example{{
		Doc:  "Two columns.",
		In:   "SELECT 1 AS id, 10 AS a, CAST(NULL AS INT) AS b\n--\ncolumns: [a, b]\npivotColumns: [id]\nkeyColumnName: k\nvalueColumnName: v",
		Want: "id: 1, k: a, v: 10; id: 1, k: b, v: null",
	}},
}, func(f *frame) string {
	if f.isStar("columns") && f.isStar("pivotColumns") {
		f.wrong(f.pos, "name the columns of one of them", "columns and pivotColumns cannot both be *")
		return ""
	}
	stay, turn := f.either("pivotColumns", "columns"), f.either("columns", "pivotColumns")
	var items, rows, kinds []string
	for _, c := range stay {
		items = append(items, name(c.Name))
	}
	for _, c := range turn {
		if !c.Type.Equal(turn[0].Type) {
			kinds = append(kinds, c.Name+" "+c.Type.String())
		}
		rows = append(rows, "struct("+text(c.Name)+" AS `k`, "+name(c.Name)+" AS `v`)")
	}
	if len(kinds) > 0 {
		f.wrong(f.args["columns"].Pos, "use set_type first", "the columns have different types: %s %s, but %s", turn[0].Name, turn[0].Type, strings.Join(kinds, ", "))
	}
	key, value := name(f.args.Text("keyColumnName")), name(f.args.Text("valueColumnName"))
	items = append(items, "`__view`.`__key` AS "+key, "`__view`.`__value` AS "+value)
	return f.project(items) + " LATERAL VIEW inline(array(" + strings.Join(rows, ", ") + ")) `__view` AS `__key`, `__value`"
}}

func (f *frame) isStar(arg string) bool {
	list := f.list(arg)
	return len(list) == 1 && list[0].Data == "*"
}

// either are the columns of one list, all that are not in the other if it is *.
func (f *frame) either(arg, other string) []relation.Column {
	var list []relation.Column
	if !f.isStar(arg) {
		for _, v := range f.list(arg) {
			list = append(list, f.find(v))
		}
		return list
	}
	named := map[string]bool{}
	for _, v := range f.list(other) {
		named[strings.ToLower(v.Data.(string))] = true
	}
	for _, c := range f.cols {
		if !named[strings.ToLower(c.Name)] {
			list = append(list, c)
		}
	}
	return list
}
