package sparksql

import (
	"slices"
	"sort"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A resolver gives a tree its meaning over a scope. It notes mistakes and goes
// on, so that a reader sees all of them at once.
type resolver struct {
	scope    Scope
	zone     string // of the session; "" is UTC
	set      Settings
	mistakes []*mistake
	ctes     []*common // in force, the innermost last
	written  []*common // all, in the order in which they can be written
	reads    []read
	sources  int
	sorted   bool
	ordered  bool // something depends on the order of rows
	volatile bool
	left     *names // of a LATERAL: what the relation that comes next can name
	blind    int    // relations that were not found: their columns are not missed
	depth    int
	level    int           // of queries in queries
	lateral  int           // names that were found among the output columns
	crossed  []node        // output columns that name others
	windows  []namedWindow // of the SELECT
}

type read struct {
	name string
	at   int
}

// finish makes the query of a plan that was resolved without mistakes.
func (r *resolver) finish(text string, p *plan) *Query {
	q := &Query{Text: text, Columns: p.columns, Limit: p.limit, Sorted: r.sorted,
		Deterministic: !r.volatile, OrderSensitive: r.ordered, plan: p, ctes: r.written}
	sort.SliceStable(r.reads, func(i, j int) bool { return r.reads[i].at < r.reads[j].at })
	for _, d := range r.reads {
		if !slices.ContainsFunc(q.Reads, func(n string) bool { return strings.EqualFold(n, d.name) }) {
			q.Reads = append(q.Reads, d.name)
		}
	}
	return q
}

// query resolves q; outer are the names around it, which a subquery can use.
func (r *resolver) query(q *query, outer *names) *plan {
	r.level++
	defer func() { r.level-- }()
	depth := len(r.ctes)
	defer func() { r.ctes = r.ctes[:depth] }()
	for _, c := range q.with {
		for _, other := range r.ctes[depth:] {
			if strings.EqualFold(other.name, c.name) {
				r.note(invalid(c.pos(), "the name %q for two common table expressions", c.name))
			}
		}
		r.define(c, outer)
	}
	p := &plan{limit: -1, offset: -1}
	switch b := q.body.(type) {
	case *selectCore:
		b.windows, b.spread = append(b.windows, q.windows...), q.spread
		b.kept = r.level > 1 || q.limit != nil || q.offset != nil
		r.core(p, b, q.order, outer)
	case *values:
		r.values(p, b)
		r.orderOutput(p, q)
	case *setOp:
		p.body = r.setOp(b, outer)
		p.settle(p.body.(*union).columns())
		r.orderOutput(p, q)
	case *query:
		sub := r.query(b, outer)
		p.body = sub
		p.settle(sub.columns)
		r.orderOutput(p, q)
	}
	r.sorted = r.sorted || len(q.order) > 0
	p.limit, p.offset = r.count(q.limit, "LIMIT"), r.count(q.offset, "OFFSET")
	return p
}

// define resolves a common table expression. It is written once, before the
// query, unless it names columns from around it: then it is written where it is
// used.
func (r *resolver) define(c cte, outer *names) {
	around := outer
	if outer != nil {
		around = &names{cols: outer.cols, outer: outer.outer}
	}
	r.shadows(c.q)
	p := r.query(c.q, around)
	m := &common{name: c.name, of: p, columns: p.columns, inline: around != nil && len(around.reached) > 0}
	if m.inline {
		outer.reach(around.reached...)
	}
	if c.columns != nil {
		m.columns = r.renamed(p.columns, c.columns, c.pos())
	}
	if !m.inline {
		r.written = append(r.written, m)
		m.id = len(r.written)
	}
	r.ctes = append(r.ctes, m)
}

// shadows notes the names that a query's own WITH has in common with those
// around it. Spark does not say which is meant where such a query is a common
// table expression's or stands in an expression; elsewhere the inner one is.
func (r *resolver) shadows(q *query) {
	for _, c := range q.with {
		for _, other := range r.ctes {
			if strings.EqualFold(other.name, c.name) {
				r.note(invalid(c.pos(), "the name %q for a common table expression within the reach of another", c.name))
				break
			}
		}
	}
}

// renamed gives columns the names of an alias list (a, b, c).
func (r *resolver) renamed(cols []relation.Column, to []string, at int) []relation.Column {
	if len(cols) != len(to) {
		r.note(invalid(at, "%d names for %d columns", len(to), len(cols)))
		return cols
	}
	cols = slices.Clone(cols)
	for i := range cols {
		cols[i].Name = to[i]
	}
	return cols
}

// count is the number of a LIMIT or OFFSET, or -1.
func (r *resolver) count(e expr, what string) int64 {
	if e == nil {
		return -1
	}
	r.ordered = true
	c := r.expr(e, &context{clause: what, names: &names{}})
	if isBad(c) {
		return -1
	}
	n, ok := foldInt(c)
	switch {
	case c.typ().Kind != relation.Int:
		r.note(invalid(e.pos(), "a %s that is no int", what))
	case !ok:
		r.note(refused(e.pos(), "a %s that is no whole number", what))
	case n < 0:
		r.note(invalid(e.pos(), "a negative %s", what))
	default:
		return n
	}
	return -1
}

// setOp resolves both sides and the types in which their columns meet.
func (r *resolver) setOp(s *setOp, outer *names) *union {
	u := &union{op: s.op, all: s.all}
	u.left, u.right = r.side(s.left, outer), r.side(s.right, outer)
	left, right := u.left.columns, u.right.columns
	if r.failed() {
		return u
	}
	if len(left) != len(right) {
		r.note(invalid(s.pos(), "%s of %d columns and %d columns", s.op, len(left), len(right)))
		return u
	}
	for i := range left {
		t, ok := wider(left[i].Type, right[i].Type)
		if !ok {
			r.note(invalid(s.pos(), "%s: column %d is %s on the left and %s on the right", s.op, i+1, left[i].Type, right[i].Type))
			return u
		}
		for _, from := range []relation.Type{left[i].Type, right[i].Type} {
			if why := castable(from, t); why != nil && !from.Equal(t) {
				r.note(&mistake{kind: why.kind, at: s.pos(), reason: s.op + ": " + why.reason, hint: why.hint})
			}
		}
		u.to = append(u.to, t)
	}
	return u
}

func (r *resolver) side(b body, outer *names) *plan {
	switch b := b.(type) {
	case *query:
		return r.query(b, outer)
	case *setOp:
		u := r.setOp(b, outer)
		p := &plan{body: u, limit: -1, offset: -1}
		p.settle(u.columns())
		return p
	}
	p := &plan{limit: -1, offset: -1}
	if v, ok := b.(*values); ok {
		r.values(p, v)
		return p
	}
	r.core(p, b.(*selectCore), nil, outer)
	return p
}

func (r *resolver) failed() bool { return len(r.mistakes) > 0 }

// columns are the left side's names with the types of both.
func (u *union) columns() []relation.Column {
	cols := slices.Clone(u.left.columns)
	for i := range cols {
		if i < len(u.to) && i < len(u.right.columns) {
			right := u.right.columns[i]
			cols[i] = relation.Column{Name: cols[i].Name, Type: u.to[i], Nullable: cols[i].Nullable || right.Nullable ||
				!lossless(cols[i].Type, u.to[i]) || !lossless(right.Type, u.to[i])}
		}
	}
	return cols
}

// ordinal is the column that a number in GROUP BY or ORDER BY stands for, or 0.
func (r *resolver) ordinal(l *literal, of int, clause string) int {
	if l.t.Kind != relation.Int {
		r.note(refused(l.pos(), "%s a constant", clause))
		return 0
	}
	n, _ := wholeNumber(l.text)
	if n < 1 || n > int64(of) {
		r.note(invalid(l.pos(), "%s %s: there are columns 1 to %d", clause, l.text, of))
		return 0
	}
	return int(n)
}

func (r *resolver) sortable(t relation.Type, at int) {
	if t.Kind == relation.Map {
		r.note(invalid(at, "values of type %s have no order", t))
	}
}
