package sparksql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/relation"
)

// A writer prints a plan as DuckDB's SQL. It prints from the resolved tree only:
// every name and every literal is quoted here, and every function comes from
// the table, so that no text of a manifest reaches the engine as it was.
type writer struct {
	relation func(string) string
	zone     string    // of the session; "" is UTC
	now      time.Time // what the session takes for this moment
	bindings int       // in force
	grouped  bool      // what is written reads the groups of a GROUP BY, not rows
	texts    []string  // what stands for the parameters of lambdas, by their depth
}

func quoteDuck(s string) string  { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func quoteSpark(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }
func quoteText(s string) string  { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// duckTypes are the types in which DuckDB holds Spark's. An instant is a
// TIMESTAMP in UTC, an interval a number of microseconds or of months.
var duckTypes = [...]string{
	relation.Null: "INTEGER", relation.Boolean: "BOOLEAN", relation.Byte: "TINYINT", relation.Short: "SMALLINT",
	relation.Int: "INTEGER", relation.Long: "BIGINT", relation.Float: "FLOAT", relation.Double: "DOUBLE",
	relation.String: "VARCHAR", relation.Binary: "BLOB", relation.Date: "DATE",
	relation.Timestamp: "TIMESTAMP", relation.TimestampNTZ: "TIMESTAMP",
	relation.DayTimeInterval: "BIGINT", relation.YearMonthInterval: "INTEGER",
}

func duckType(t relation.Type) string {
	switch t.Kind {
	case relation.Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case relation.Array:
		return duckType(*t.Elem) + "[]"
	case relation.Map:
		return "MAP(" + duckType(*t.Key) + ", " + duckType(*t.Elem) + ")"
	case relation.Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = quoteDuck(f.Name) + " " + duckType(f.Type)
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")"
	}
	return duckTypes[t.Kind]
}

// top writes a whole query with its common table expressions.
func (w *writer) top(p *plan, ctes []*common, inner bool) string {
	var with []string
	for _, c := range ctes {
		if c.used {
			with = append(with, fmt.Sprintf("cte%d AS (%s)", c.id, w.query(c.of, true)))
		}
	}
	s := w.query(p, inner)
	if with == nil {
		return s
	}
	return "WITH " + strings.Join(with, ", ") + " " + s
}

// query writes p; as a subquery its columns have their inner names.
func (w *writer) query(p *plan, inner bool) string {
	var b strings.Builder
	w.put(&b, p, inner)
	return b.String()
}

// put writes what query gives. The sides of long chains of set operations are
// not copied at every link.
func (w *writer) put(b *strings.Builder, p *plan, inner bool) {
	columnNames := relation.Names(p.columns)
	if inner {
		columnNames = p.inner
	}
	switch body := p.body.(type) {
	case *selection:
		w.selection(b, body, columnNames)
	case *union:
		w.side(b, body.left, body.to, columnNames)
		b.WriteString(" " + body.op)
		if body.all {
			b.WriteString(" ALL")
		}
		b.WriteString(" ")
		w.side(b, body.right, body.to, nil)
	case *inline:
		w.inline(b, body, columnNames)
	case *plan:
		b.WriteString("SELECT * FROM (")
		w.put(b, body, true)
		b.WriteString(") AS t0")
	}
	if len(p.order) > 0 {
		s, _ := p.body.(*selection)
		back := w.reading(s != nil && len(s.group) > 0)
		b.WriteString(" ORDER BY " + w.keys(p.order))
		back()
	}
	if p.limit >= 0 {
		b.WriteString(" LIMIT " + strconv.FormatInt(p.limit, 10))
	}
	if p.offset >= 0 {
		b.WriteString(" OFFSET " + strconv.FormatInt(p.offset, 10))
	}
}

// side writes one side of a set operation with the columns' common types; the
// names matter on the left only.
func (w *writer) side(b *strings.Builder, p *plan, to []relation.Type, columnNames []string) {
	same := columnNames == nil || slices.Equal(columnNames, p.inner)
	for i, t := range to {
		same = same && p.columns[i].Type.Equal(t)
	}
	if same {
		b.WriteString("(")
		w.put(b, p, true)
		b.WriteString(")")
		return
	}
	if columnNames == nil {
		columnNames = p.inner
	}
	cols := make([]string, len(to))
	for i, t := range to {
		s := "t0." + quoteDuck(p.inner[i])
		if from := p.columns[i].Type; !from.Equal(t) {
			s = w.convert(from, t, s)
		}
		cols[i] = s + " AS " + quoteDuck(columnNames[i])
	}
	b.WriteString("(SELECT " + strings.Join(cols, ", ") + " FROM (")
	w.put(b, p, true)
	b.WriteString(") AS t0)")
}

// reading says whether what is written next reads groups; the result ends that.
func (w *writer) reading(groups bool) (back func()) {
	before := w.grouped
	w.grouped = groups
	return func() { w.grouped = before }
}

func (w *writer) selection(b *strings.Builder, s *selection, columnNames []string) {
	defer w.reading(len(s.group) > 0)()
	b.WriteString("SELECT ")
	if s.distinct {
		b.WriteString("DISTINCT ")
	}
	for i, o := range s.items {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(w.expr(o.n) + " AS " + quoteDuck(columnNames[i]))
	}
	back := w.reading(false)
	if s.from != nil {
		b.WriteString(" FROM " + w.from(s.from))
	}
	if s.where != nil {
		b.WriteString(" WHERE " + w.expr(s.where))
	}
	back()
	w.groupBy(b, s)
	if s.having != nil {
		b.WriteString(" HAVING " + w.expr(s.having))
	}
}

func (w *writer) from(f planFrom) string {
	switch f := f.(type) {
	case *source:
		alias := fmt.Sprintf(" AS t%d", f.id)
		switch {
		case f.sub != nil:
			return "(" + w.query(f.sub, true) + ")" + alias
		case f.cte != nil:
			return fmt.Sprintf("cte%d", f.cte.id) + alias
		}
		return w.relation(f.table) + alias
	case *joined:
		on := ""
		if f.on != nil {
			on = " ON " + w.expr(f.on)
		} else if f.kind != "CROSS" {
			on = " ON true"
		}
		right := w.from(f.right)
		if _, ok := f.right.(*joined); ok {
			right = "(" + right + ")"
		}
		return w.from(f.left) + " " + f.kind + " JOIN " + right + on
	}
	panic("sparksql: a FROM of no kind")
}

func (w *writer) keys(list []sortKey) string {
	parts := make([]string, len(list))
	for i, k := range list {
		s := strconv.Itoa(k.ordinal)
		if nested := k.n != nil && isNested(k.n.typ()); k.ordinal == 0 || nested {
			s = w.sortKey(k.n.typ(), w.expr(k.n))
			if _, ok := k.n.(*constant); ok {
				s = "CAST(" + s + " AS " + duckType(k.n.typ()) + ")"
			}
		}
		order, nulls := " ASC", " NULLS LAST"
		if k.desc {
			order = " DESC"
		}
		if k.nullsFirst {
			nulls = " NULLS FIRST"
		}
		parts[i] = s + order + nulls
	}
	return strings.Join(parts, ", ")
}
