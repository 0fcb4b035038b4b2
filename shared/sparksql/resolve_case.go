package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func (r *resolver) choice(e *choice, c *context) node {
	n := &choose{typed: typed{at: e.pos()}}
	ok := true
	var operand node
	if e.operand != nil {
		operand = r.expr(e.operand, c)
		ok = !isBad(operand)
	}
	for _, w := range e.whens {
		var a arm
		if operand != nil {
			a.cond = r.apply(w.cond.pos(), "=", operand, r.expr(w.cond, c))
		} else {
			inner := *c
			inner.clause = "WHEN"
			a.cond = r.condition(w.cond, &inner)
		}
		a.then = r.expr(w.then, c)
		ok = ok && !isBad(a.cond) && !isBad(a.then)
		n.arms = append(n.arms, a)
	}
	if e.otherwise != nil {
		n.otherwise = r.expr(e.otherwise, c)
		ok = ok && !isBad(n.otherwise)
	}
	if !ok {
		return &bad{typed{at: e.pos()}}
	}
	return r.meet(n)
}

// meet converts the results of a CASE to their common type.
func (r *resolver) meet(n *choose) node {
	types := make([]relation.Type, 0, len(n.arms)+1)
	for _, a := range n.arms {
		types = append(types, a.then.typ())
	}
	if n.otherwise != nil {
		types = append(types, n.otherwise.typ())
	}
	t, ok := widest(types)
	if !ok {
		return r.note(invalid(n.at, "the results have no common type: %s", typeNames(types)))
	}
	n.t, n.nullable = t, n.otherwise == nil
	for i := range n.arms {
		n.arms[i].then = r.to(n.arms[i].then, t)
		n.nullable = n.nullable || n.arms[i].then.null()
		if isBad(n.arms[i].then) {
			return n.arms[i].then
		}
	}
	if n.otherwise != nil {
		n.otherwise = r.to(n.otherwise, t)
		n.nullable = n.nullable || n.otherwise.null()
		if isBad(n.otherwise) {
			return n.otherwise
		}
	}
	return n
}

func typeNames(types []relation.Type) string {
	list := make([]string, len(types))
	for i, t := range types {
		list[i] = t.String()
	}
	return strings.Join(list, ", ")
}

func (r *resolver) inside(e *inside, c *context) node {
	if e.from != nil {
		return r.insideQuery(e, c)
	}
	arg := r.expr(e.arg, c)
	list, ok := r.exprs(e.list, c)
	if !ok || isBad(arg) {
		return &bad{typed{at: e.pos()}}
	}
	types := []relation.Type{arg.typ()}
	for i, n := range list {
		list[i] = r.renamedFields(n, arg.typ())
		n = list[i]
		types = append(types, n.typ())
	}
	t, ok := widest(types)
	if !ok {
		return r.note(invalid(e.pos(), "IN: the values have no common type: %s", typeNames(types)))
	}
	m := &member{typed: typed{t: relation.Of(relation.Boolean), nullable: true, at: e.pos()}, arg: r.to(arg, t), not: e.not}
	m.nullable = m.arg.null()
	for _, n := range list {
		n = r.to(n, t)
		m.list = append(m.list, n)
		m.nullable = m.nullable || n.null()
		if isBad(n) {
			return n
		}
	}
	if isBad(m.arg) {
		return m.arg
	}
	return m
}

func (r *resolver) subquery(e *subquery, c *context) node {
	p, correlated := r.under(e.q, c)
	e.correlated = correlated
	if r.failed() {
		return &bad{typed{at: e.pos()}}
	}
	if e.exists {
		return &nested{typed{t: relation.Of(relation.Boolean), nullable: false, at: e.pos()}, p, true}
	}
	if len(p.columns) != 1 {
		return r.note(invalid(e.pos(), "a subquery in an expression must have one column, and this has %d", len(p.columns)))
	}
	return &nested{typed{t: p.columns[0].Type, nullable: true, at: e.pos()}, p, false}
}

// under resolves a subquery of an expression, which can name what is around it.
func (r *resolver) under(q *query, c *context) (p *plan, correlated []string) {
	if len(c.bound) > 0 {
		r.note(refused(q.pos(), "a subquery in a lambda").because("join it instead"))
	}
	outer := &names{cols: c.names.cols, outer: c.names.outer}
	r.shadows(q)
	p = r.query(q, outer)
	return p, outer.reached
}
