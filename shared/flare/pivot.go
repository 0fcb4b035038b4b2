package flare

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// pivot makes columns of values.
var pivot = Function{plug.Spec{
	Name: "pivot",
	Doc:  "Makes a column of every value of a column, filled by an aggregate.",
	Fields: []plug.Field{
		{Name: "groupBy", Type: plug.List, Required: true, Doc: "The columns that name a row."},
		{Name: "column", Type: plug.Text, Required: true, Doc: "The column whose values become columns."},
		{Name: "values", Type: plug.List, Doc: "Those values, in the order of the columns. Glint needs them: columns are known before rows are read."},
		{Name: "aggregateExpression", Type: plug.Text, Required: true, Doc: "The aggregate: sum(amount) as amount."},
		{Name: "approach", Type: plug.Text, Status: plug.Accepted, Doc: "It says how Spark should work, not what the result is."},
	},
	Examples: []plug.Example{{
		Doc:  "A column a country.",
		In:   "SELECT * FROM VALUES ('A', 'US', 5), ('A', 'MX', 1), ('B', 'US', 2) AS t(product, country, amt)\n--\ngroupBy: [product]\ncolumn: country\nvalues: [MX, US]\naggregateExpression: sum(amt) as amt",
		Want: "product: A, MX: 1, US: 5; product: B, MX: null, US: 2",
	}, {
		Doc:  "Grouped by the column itself too: a row a country.",
		In:   "SELECT * FROM VALUES ('A', 'US', 5), ('A', 'MX', 1), ('A', 'CA', 7) AS t(product, country, amt)\n--\ngroupBy: [product, country]\ncolumn: country\nvalues: [MX, US]\naggregateExpression: sum(amt) as amt",
		Want: "product: A, country: US, MX: null, US: 5; product: A, country: MX, MX: 1, US: null; product: A, country: CA, MX: null, US: null",
	}},
}, func(f *frame) string {
	c := f.column("column")
	if len(f.list("values")) == 0 {
		f.wrong(f.pos, "list them under values: the columns must be known before the rows are read", "the values that become columns are not given")
	}
	expression := alias.ReplaceAllString(f.args.Text("aggregateExpression"), "")
	var inner, outer, values []string
	needed, on := map[string]bool{strings.ToLower(c.Name): true}, c.Name
	for _, v := range f.list("groupBy") {
		g := f.find(v)
		if strings.EqualFold(g.Name, c.Name) {
			// Each row names a value then, and has a number in that value's column only.
			if on == c.Name {
				inner = append(inner, name(c.Name))
			}
			for on == c.Name || relation.Find(f.cols, on) >= 0 {
				on = "_" + on
			}
		}
		needed[strings.ToLower(g.Name)] = true
		outer = append(outer, name(g.Name))
	}
	for _, word := range words.FindAllString(expression, -1) {
		if i := relation.Find(f.cols, strings.Trim(word, "`")); i >= 0 {
			needed[strings.ToLower(f.cols[i].Name)] = true
		}
	}
	for _, col := range f.cols {
		switch {
		case strings.EqualFold(col.Name, c.Name):
			inner = append(inner, str(c)+" AS "+name(on))
		case needed[strings.ToLower(col.Name)]:
			inner = append(inner, name(col.Name))
		}
	}
	for _, v := range f.list("values") {
		values = append(values, text(v.Data.(string))+" AS "+name(v.Data.(string)))
		outer = append(outer, name(v.Data.(string)))
	}
	return fmt.Sprintf("SELECT %s FROM (SELECT %s FROM %s) PIVOT (%s FOR %s IN (%s))",
		strings.Join(outer, ", "), strings.Join(inner, ", "), f.from, expression, name(on), strings.Join(values, ", "))
}}

var (
	alias = regexp.MustCompile("(?i)\\s+as\\s+`?\\w+`?\\s*$")
	words = regexp.MustCompile("`[^`]+`|\\w+")
)
