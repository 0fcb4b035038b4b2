package sparksql

import "github.com/glint-data/glint/shared/relation"

// insideQuery resolves IN over a subquery: of one column, or of as many as the
// row in parentheses before it has values.
func (r *resolver) insideQuery(e *inside, c *context) node {
	row := []expr{e.arg}
	if written, ok := e.arg.(*call); ok && written.row {
		row = nil
		for i := 1; i < len(written.args); i += 2 {
			row = append(row, written.args[i])
		}
	}
	if c.negated {
		return r.note(refused(e.pos(), "IN over a subquery below NOT and AND or OR").because("move NOT to the IN itself"))
	}
	plain := *c
	plain.filter = false
	args, ok := r.exprs(row, &plain)
	p, correlated := r.under(e.from, &plain)
	e.correlated = correlated
	if !ok || r.failed() {
		return &bad{typed{at: e.pos()}}
	}
	if len(p.columns) != len(args) {
		return r.note(invalid(e.pos(), "IN compares %d values with a subquery of %d columns", len(args), len(p.columns)))
	}
	to := make([]relation.Type, len(args))
	for i, n := range args {
		if isNested(n.typ()) {
			return r.note(refused(e.pos(), "IN that compares %s with a subquery", n.typ()))
		}
		t, ok := comparable(n.typ(), p.columns[i].Type, true)
		if !ok {
			return r.note(invalid(e.pos(), "%s cannot be compared with %s", n.typ(), p.columns[i].Type).because("cast one side"))
		}
		if args[i], to[i] = r.to(n, t), t; isBad(args[i]) {
			return args[i]
		}
	}
	if p = r.converted(p, to, e.pos()); p == nil {
		return &bad{typed{at: e.pos()}}
	}
	boolean := typed{t: relation.Of(relation.Boolean), nullable: true, at: e.pos()}
	if len(args) == 1 {
		if c, ok := args[0].(*constant); ok && c.nullable {
			return &constant{typed: boolean}
		}
		m := &member{typed: boolean, arg: args[0], of: p, not: e.not}
		fixed := args[0].null() && isFixed(args[0])
		if c.filter {
			if fixed { // a NULL before IN makes a NULL, though the subquery has no rows
				return r.apply(e.pos(), "AND", r.apply(e.pos(), "isnotnull", args[0]), m)
			}
			return m
		}
		// Elsewhere Spark's answer is never NULL.
		n := r.apply(e.pos(), "coalesce", m, &constant{typed: typed{t: boolean.t, at: e.pos()}, text: "false"})
		if fixed {
			n = r.apply(e.pos(), "if", r.apply(e.pos(), "isnull", args[0]), &constant{typed: boolean}, n)
		}
		return n
	}
	return r.insideRows(e, args, p)
}

// isFixed reports whether n is made of constants alone, so that Spark knows its
// value, and that it is NULL, before it looks at any row.
func isFixed(n node) bool {
	fixed := true
	reach(n, func(n node) bool {
		switch n.(type) {
		case *constant, *apply, *convert:
		default:
			fixed = false
		}
		return fixed
	})
	return fixed
}

// insideRows is IN over several columns: a row of the subquery that is equal
// exists, or none that is or might be.
func (r *resolver) insideRows(e *inside, args []node, p *plan) node {
	s := r.source(p.columns, p.inner)
	s.sub = p
	var where node
	for i, n := range args {
		eq := r.apply(e.pos(), "=", n, s.column(i))
		if where == nil {
			where = eq
		} else {
			where = r.apply(e.pos(), "AND", where, eq)
		}
	}
	if e.not {
		where = r.apply(e.pos(), "coalesce", where, &constant{typed: typed{t: relation.Of(relation.Boolean), at: e.pos()}, text: "true"})
	}
	one := &constant{typed: typed{t: relation.Of(relation.Int), at: e.pos()}, text: "1"}
	found := &plan{body: &selection{from: s, where: where, items: []output{{"1", one}}}, limit: -1, offset: -1}
	found.settle([]relation.Column{{Name: "1", Type: one.t}})
	n := &nested{typed{t: relation.Of(relation.Boolean), at: e.pos()}, found, true}
	if e.not {
		return r.apply(e.pos(), "NOT", n)
	}
	return n
}

// converted is p with columns of the given types, or nil after a note.
func (r *resolver) converted(p *plan, to []relation.Type, at int) *plan {
	same := true
	for i, t := range to {
		same = same && t.Equal(p.columns[i].Type)
	}
	if same {
		return p
	}
	s := r.source(p.columns, p.inner)
	s.sub = p
	sel := &selection{from: s}
	cols := make([]relation.Column, len(to))
	for i, t := range to {
		n := r.to(relocate(s.column(i), at), t)
		if isBad(n) {
			return nil
		}
		sel.items = append(sel.items, output{p.columns[i].Name, n})
		cols[i] = relation.Column{Name: p.columns[i].Name, Type: t, Nullable: n.null()}
	}
	out := &plan{body: sel, limit: -1, offset: -1}
	out.settle(cols)
	return out
}

// combines reports whether e only joins conditions: where only true counts for
// it, only true counts for what it joins.
func combines(e expr) bool {
	switch e := e.(type) {
	case *inside:
		return true
	case *call:
		return e.operator && (e.name == "AND" || e.name == "OR" || e.name == "NOT")
	}
	return false
}

// negation resolves NOT. Over a subquery it is one with it: Spark looks for rows
// that are equal, or that might be, and neither answer is NULL.
func (r *resolver) negation(e *call, c *context) node {
	arg := e.args[0]
	if in, ok := arg.(*inside); ok && in.from != nil {
		other := *in
		other.not = !in.not
		n := r.insideQuery(&other, c)
		in.correlated = other.correlated
		return n
	}
	inner := *c
	inner.filter, inner.negated = false, true
	return r.apply(e.pos(), "NOT", r.expr(arg, &inner))
}

// renamedFields gives a struct the names of another's fields: a row in
// parentheses has its own, which count for nothing when it is compared.
func (r *resolver) renamedFields(n node, like relation.Type) node {
	t := n.typ()
	if t.Kind != relation.Struct || like.Kind != relation.Struct || len(t.Fields) != len(like.Fields) {
		return n
	}
	fields := append([]relation.Column{}, t.Fields...)
	for i := range fields {
		fields[i].Name = like.Fields[i].Name
	}
	return r.to(n, relation.StructOf(fields...))
}
