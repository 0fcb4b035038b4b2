package sparksql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// groupBy writes GROUP BY. Where the subquery selects its keys first, they are
// named by their number, but not in grouping sets, which GROUPING reads too.
func (w *writer) groupBy(b *strings.Builder, s *selection) {
	keys := make([]string, len(s.group))
	for i, n := range s.group {
		keys[i] = w.expr(n)
		if _, ok := n.(*constant); ok {
			// A bare number would be a column's number.
			keys[i] = "CAST(" + keys[i] + " AS " + duckType(n.typ()) + ")"
		}
		if s.keyed && s.sets == nil {
			keys[i] = strconv.Itoa(i + 1)
		}
	}
	if s.sets == nil {
		if len(keys) > 0 {
			b.WriteString(" GROUP BY " + strings.Join(keys, ", "))
		}
		return
	}
	b.WriteString(" GROUP BY GROUPING SETS (")
	for i, set := range s.sets {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for k, of := range set {
			if k > 0 {
				b.WriteString(", ")
			}
			b.WriteString(keys[of])
		}
		b.WriteByte(')')
	}
	b.WriteByte(')')
	if slices.ContainsFunc(s.sets, func(set []int) bool { return len(set) == 0 }) {
		// Of no rows Spark makes no total.
		b.WriteString(" HAVING count(*) > 0")
	}
}

// over writes OVER.
func (w *writer) over(f *frame) string {
	var parts []string
	if len(f.partition) > 0 {
		list := make([]string, len(f.partition))
		for i, n := range f.partition {
			list[i] = w.expr(n)
		}
		parts = append(parts, "PARTITION BY "+strings.Join(list, ", "))
	}
	if len(f.order) > 0 {
		parts = append(parts, "ORDER BY "+w.keys(f.order))
	}
	if f.rows != nil {
		parts = append(parts, f.rows.unit+" BETWEEN "+w.edge(f.rows.from)+" AND "+w.edge(f.rows.to))
	}
	return " OVER (" + strings.Join(parts, " ") + ")"
}

func (w *writer) edge(e edgeAt) string {
	if e.offset == nil {
		return e.word
	}
	return w.expr(e.offset) + " " + e.word
}

// sortKey is what DuckDB orders as Spark does. Only nested values differ: their
// NULLs come first in Spark, and last in DuckDB.
func (w *writer) sortKey(t relation.Type, s string) string {
	switch t.Kind {
	case relation.Array:
		v := w.fresh()
		defer w.release()
		return "list_transform(" + s + ", lambda " + v + ": row(" + v + " IS NOT NULL, " + w.sortKey(*t.Elem, v) + "))"
	case relation.Struct:
		return w.once(s, func(v string) string {
			parts := make([]string, len(t.Fields))
			for i, f := range t.Fields {
				field := "struct_extract(" + v + ", " + quoteText(f.Name) + ")"
				parts[i] = field + " IS NOT NULL, " + w.sortKey(f.Type, field)
			}
			return "CASE WHEN " + v + " IS NOT NULL THEN row(" + strings.Join(parts, ", ") + ") END"
		})
	}
	return s
}

// rowOrder writes the order in which a function gets its rows, after its
// arguments.
func (w *writer) rowOrder(a *apply) string {
	if len(a.inOrder) == 0 || a.distinct {
		return ""
	}
	return " ORDER BY " + w.keys(a.inOrder)
}
