package sparksql

import (
	"slices"

	"github.com/glint-data/glint/shared/relation"
)

// expr resolves one expression.
func (r *resolver) expr(e expr, c *context) node {
	if r.depth++; r.depth > maxResolved {
		defer func() { r.depth-- }()
		return r.note(refused(e.pos(), "an expression nested deeper than %d levels", maxResolved))
	}
	defer func() { r.depth-- }()
	n := r.meaning(e, c)
	if weigh(n) > maxWeight {
		return r.note(refused(e.pos(), "an expression that grows to more than %d parts", maxWeight).because("give its parts names in a subquery"))
	}
	return n
}

func (r *resolver) meaning(e expr, c *context) node {
	if (c.filter || c.negated) && !combines(e) {
		plain := *c
		plain.filter, plain.negated = false, false
		c = &plain
	}
	switch e := e.(type) {
	case *literal:
		return &constant{typed: typed{t: e.t, nullable: isNull(e.t), at: e.pos()}, text: e.text}
	case *name:
		return r.named(e, c)
	case *call:
		return r.call(e, c)
	case *cast:
		return r.cast(r.expr(e.arg, c), e)
	case *choice:
		return r.choice(e, c)
	case *inside:
		return r.inside(e, c)
	case *subquery:
		return r.subquery(e, c)
	case *element:
		of := r.expr(e.of, c)
		e.field = !isBad(of) && of.typ().Kind == relation.Struct
		return r.apply(e.pos(), "[]", of, r.expr(e.index, c))
	case *fieldOf:
		return r.field(r.expr(e.of, c), e.field, e.pos())
	case *aliasedExpr:
		return r.expr(e.expr, c)
	case *lambda:
		return r.note(invalid(e.pos(), "a lambda cannot stand here"))
	case *star:
		return r.note(invalid(e.pos(), "* cannot stand here"))
	}
	panic("sparksql: an expression of no kind")
}

// maxResolved bounds the resolver's recursion; chains of operators are deeper
// here than they were to the parser.
const maxResolved = 4 * maxDepth

func (r *resolver) exprs(list []expr, c *context) ([]node, bool) {
	out := make([]node, len(list))
	ok := true
	for i, e := range list {
		out[i] = r.expr(e, c)
		ok = ok && !isBad(out[i])
	}
	return out, ok
}

func isBad(n node) bool { _, is := n.(*bad); return is }

// condition resolves an expression that must be boolean.
func (r *resolver) condition(e expr, c *context) node {
	selects := *c
	selects.filter = c.clause == "WHERE" || c.clause == "HAVING" || c.clause == "ON"
	n := r.expr(e, &selects)
	if isBad(n) {
		return n
	}
	if n.typ().Kind != relation.Boolean && !isNull(n.typ()) {
		return r.note(invalid(e.pos(), "%s needs a condition, and this is %s", c.clause, n.typ()))
	}
	return r.to(n, relation.Of(relation.Boolean))
}

// call resolves a function or an operator by the table.
func (r *resolver) call(e *call, c *context) node {
	if e.bare != nil && c.names != nil {
		if found, _ := c.names.find(e.bare.parts); len(found) > 0 {
			return r.named(e.bare, c)
		}
		e.bare = nil
	}
	fn := lookup(e.name)
	if fn != nil && fn.internal && !r.set.Compiled {
		fn = nil
	}
	if fn == nil {
		r.exprs(withoutStar(e.args), c)
		return r.note(unknownFunction(e))
	}
	if e.operator && e.name == "NOT" {
		return r.negation(e, c)
	}
	if fn.generator != nil {
		return r.note(invalid(e.pos(), "%s cannot stand inside another expression", e.name).because("use LATERAL VIEW, or give it a SELECT of its own"))
	}
	inner := *c
	if fn.kind == aggregate && e.over == nil {
		if m := r.aggregateHere(fn, e, c); m != nil {
			return r.note(m)
		}
		inner.aggregate, inner.aggregates, inner.windows = true, false, false
	}
	if e.over != nil {
		if m := r.windowHere(fn, e, c); m != nil {
			return r.note(m)
		}
		inner.inWindow, inner.windows = true, false
	} else if fn.kind == ranking {
		return r.note(invalid(e.pos(), "%s needs OVER (…)", e.name))
	}
	inner.anyOrder = inSet(fn, e)
	if m := modifiers(fn, e, c.anyOrder); m != nil {
		return r.note(m)
	}
	args, labels, ok := r.arguments(fn, r.countStar(fn, e), &inner)
	if fn.kind == aggregate {
		e.columns = r.starred(r.countStar(fn, e), &inner)
	}
	a := &apply{typed: typed{at: e.pos()}, fn: fn, distinct: e.distinct, ignore: e.ignore}
	if fn.name == "collect_set" && c.anyOrder {
		a.places = 1
	}
	if e.within != nil {
		key := r.expr(e.within[0].e, &inner)
		args, ok, a.descending = append(args, key), ok && !isBad(key), e.within[0].desc
	}
	if e.filter != nil {
		a.filter = r.condition(e.filter, &inner)
		ok = ok && !isBad(a.filter)
	}
	if e.over != nil {
		a.over = r.frame(fn, e, &inner)
		ok = ok && a.over != nil
	}
	if !ok {
		return &bad{typed{at: e.pos()}}
	}
	a.args = args
	if fn.named {
		a.labels = labels
	}
	n := r.bind(a, e.name)
	if became, ok := n.(*apply); ok && became.shown != "" {
		e.shown = became.shown
	} else if ok && e.operator && became.fn.untitledAs(e.name) {
		e.special = true
	}
	return n
}

// untitledAs reports whether an operator became a function, which Spark shows
// in the name of a column.
func (f *function) untitledAs(operator string) bool {
	return isWord(f.name[0]) && !isWord(operator[0])
}

func withoutStar(list []expr) []expr {
	return slices.DeleteFunc(slices.Clone(list), func(e expr) bool { _, is := e.(*star); return is })
}

// countStar makes count(*) count(1), as Spark does.
func (r *resolver) countStar(fn *function, e *call) []expr {
	if s, ok := first(e.args).(*star); ok && fn.name == "count" && len(e.args) == 1 && s.of == nil && !e.distinct {
		return []expr{&literal{place: place(s.pos()), t: relation.Of(relation.Int), text: "1"}}
	}
	return e.args
}

func first(list []expr) expr {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// bind fits arguments to fn and gives the application its type.
func (r *resolver) bind(a *apply, spelled string) node {
	fn := a.fn
	if len(a.args) < fn.min || fn.max >= 0 && len(a.args) > fn.max {
		return r.note(invalid(a.at, "%s takes %s", spelled, arity(fn)).because("%s", fn.signature))
	}
	r.volatile = r.volatile || fn.volatile
	r.ordered = r.ordered || fn.ordered
	if fn.resolve != nil {
		return fn.resolve(r, a)
	}
	for i := range a.args {
		p := fn.params[min(i, len(fn.params)-1)]
		n := p(r, a.args[i])
		if m, wrong := n.(*misfit); wrong {
			return r.note(invalid(a.args[i].pos(), "%s: argument %d is %s, and should be %s", spelled, i+1, a.args[i].typ(), m.want).because("%s", fn.signature))
		}
		if isBad(n) {
			return n
		}
		a.args[i] = n
		a.nullable = a.nullable || n.null()
	}
	a.nullable = !fn.never && (a.nullable || fn.kind != scalar || fn.loses)
	a.t = fn.gives(a.args)
	return a
}

// apply makes an application of an entry of the table to resolved arguments.
func (r *resolver) apply(at int, name string, args ...node) node {
	if slices.ContainsFunc(args, isBad) {
		return &bad{typed{at: at}}
	}
	return r.bind(&apply{typed: typed{at: at}, fn: lookup(name), args: args}, name)
}

func (r *resolver) aggregateHere(fn *function, e *call, c *context) *mistake {
	switch {
	case c.aggregate:
		return invalid(e.pos(), "%s inside another aggregate", e.name)
	case !c.aggregates:
		return invalid(e.pos(), "%s cannot stand in %s", e.name, c.clause)
	}
	return nil
}

func modifiers(fn *function, e *call, anyOrder bool) *mistake {
	switch {
	case e.distinct && fn.kind != aggregate:
		return invalid(e.pos(), "%s cannot be DISTINCT: it is no aggregate", e.name)
	case len(e.within) > 1, e.within != nil && !fn.within, e.within == nil && fn.within:
		return invalid(e.pos(), "%s has the form %s", e.name, fn.signature)
	case e.filter != nil && (fn.kind != aggregate || e.over != nil):
		return invalid(e.pos(), "%s cannot have FILTER here", e.name)
	case e.distinct && e.over == nil && fn.byChance() && !(fn.name == "collect_list" && anyOrder):
		// What is distinct comes out of a hash table of Spark's own.
		return refused(e.pos(), "%s of DISTINCT values, whose order is Spark's own,", e.name).because("use collect_set, sort_array(collect_list(DISTINCT a)), min or max")
	case e.ignore && !fn.ignores:
		return refused(e.pos(), "%s with IGNORE NULLS", e.name)
	}
	return nil
}

func (r *resolver) cast(n node, e *cast) node {
	if isBad(n) {
		return n
	}
	if why := castable(n.typ(), e.to); why != nil && !n.typ().Equal(e.to) {
		return r.note(&mistake{kind: why.kind, at: e.pos(), reason: why.reason, hint: why.hint})
	}
	if e.try {
		if why := tryable(n.typ(), e.to); why != nil {
			return r.note(&mistake{kind: why.kind, at: e.pos(), reason: why.reason, hint: why.hint})
		}
	}
	if c, ok := n.(*constant); ok && n.typ().Equal(e.to) {
		return &constant{typed: c.typed, text: c.text, cast: true}
	}
	to := r.to(n, e.to)
	if c, ok := to.(*convert); ok && e.try && to != n {
		c.try, c.nullable = true, c.nullable || !lossless(n.typ(), e.to)
	}
	return to
}
