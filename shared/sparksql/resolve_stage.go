package sparksql

import (
	"fmt"
	"slices"

	"github.com/glint-data/glint/shared/relation"
)

// A stage computes groups and aggregates in a subquery, and the rest of the
// SELECT over its columns.
type stage struct {
	r     *resolver
	g     groups
	scope *names
	inner *selection
	of    []node // what each column of the subquery stands for
	from  *source
}

// stage puts FROM, WHERE, GROUP BY and all aggregates of sel into a subquery.
func (r *resolver) stage(sel *selection, order []sortKey, scope *names, g groups) *selection {
	st := &stage{r: r, g: g, scope: scope, inner: &selection{from: sel.from, where: sel.where, group: slices.Clone(g.nodes), sets: g.sets, keyed: true}}
	var cols []relation.Column
	add := func(n, written node, nullable bool) {
		st.of = append(st.of, n)
		name := fmt.Sprintf("c%d", len(st.of))
		st.inner.items = append(st.inner.items, output{name, written})
		cols = append(cols, relation.Column{Name: name, Type: n.typ(), Nullable: nullable})
	}
	for i, n := range g.nodes {
		missing := slices.ContainsFunc(g.sets, func(set []int) bool { return !slices.Contains(set, i) })
		key := groupKey(n)
		if g.sets != nil && !slices.ContainsFunc(g.sets, func(set []int) bool { return slices.Contains(set, i) }) {
			key = &constant{typed: typed{t: n.typ(), nullable: true, at: n.pos()}}
		}
		st.inner.group[i] = key
		add(n, key, n.null() || missing)
	}
	collect := func(n node) {
		reach(n, func(n node) bool {
			a, ok := n.(*apply)
			if !ok || !a.aggregates() {
				return true
			}
			if !slices.ContainsFunc(st.of, func(o node) bool { return same(o, a) }) {
				add(a, st.aggregate(a), a.nullable)
			}
			return false
		})
	}
	for _, o := range sel.items {
		collect(o.n)
	}
	collect(sel.having)
	for _, k := range order {
		collect(k.n)
	}
	if len(cols) == 0 {
		one := &constant{typed: typed{t: relation.Of(relation.Int)}, text: "1"}
		add(one, one, false)
		st.of[0] = &bad{}
		if !g.present {
			// A single group, though there is no aggregate.
			st.inner.items[0].n = r.apply(0, "count", one)
			cols[0].Type = relation.Of(relation.Long)
		}
	}
	p := &plan{body: r.turns(st.inner, nil), limit: -1, offset: -1}
	p.settle(cols)
	st.from = r.source(p.columns, p.inner)
	st.from.sub = p
	out := &selection{distinct: sel.distinct, from: st.from}
	for _, o := range sel.items {
		st.uncorrelated(o.n)
		out.items = append(out.items, output{o.name, st.over(o.n)})
	}
	if sel.having != nil {
		out.where = st.over(sel.having)
	}
	for i := range order {
		order[i].n = st.over(order[i].n)
	}
	return out
}

// heldKey is a constant, or a number whose zero has a sign, as a group has it.
var heldKey = &function{name: "grouped", write: func(w *writer, a *apply, args []string) string {
	if isFloating(a.t) {
		return "(" + args[0] + " + CAST(0 AS " + duckType(a.t) + "))"
	}
	return "CAST(" + args[0] + " AS " + duckType(a.t) + ")"
}}

func groupKey(n node) node {
	_, constant := n.(*constant)
	if !constant && !isFloating(n.typ()) {
		return n
	}
	return &apply{typed: typed{t: n.typ(), nullable: n.null(), at: n.pos()}, fn: heldKey, args: []node{n}}
}

// aggregate checks an aggregate of the subquery; grouping gets its arguments.
func (st *stage) aggregate(a *apply) node {
	if !a.fn.grouping {
		return a
	}
	b := *a
	if st.g.sets == nil {
		return st.r.note(invalid(a.at, "%s without ROLLUP, CUBE or GROUPING SETS", a.fn.name))
	}
	if a.fn.name == "grouping_id" {
		if len(a.args) > 0 && !sameAll(a.args, st.g.nodes) {
			return st.r.note(invalid(a.at, "grouping_id of other columns than those of GROUP BY"))
		}
		b.args = st.inner.group
		return &b
	}
	i := slices.IndexFunc(st.g.nodes, func(n node) bool { return same(n, a.args[0]) })
	if i < 0 {
		return st.r.note(invalid(a.at, "grouping of what is not in GROUP BY"))
	}
	b.args = []node{st.inner.group[i]}
	return &b
}

// over is n computed from the columns of the subquery.
func (st *stage) over(n node) node {
	return rebuild(n, func(n node) node {
		for i, o := range st.of {
			if same(o, n) {
				return relocate(st.from.column(i), n.pos())
			}
		}
		if c, ok := n.(*column); ok && st.scope.owns(c) {
			st.r.ungrouped(c)
		}
		return nil
	})
}

// uncorrelated notes a subquery beside aggregates whose one value may differ
// from row to row: Spark takes it only where it is grouped by.
func (st *stage) uncorrelated(n node) {
	reach(n, func(n node) bool {
		if a, ok := n.(*apply); ok && a.aggregates() || slices.ContainsFunc(st.of, func(o node) bool { return same(o, n) }) {
			return false
		}
		sub, ok := n.(*nested)
		if !ok || sub.exists {
			return true
		}
		sub.of.rebuild(func(n node) node {
			if c, ok := n.(*column); ok && st.scope.owns(c) {
				st.r.note(invalid(sub.at, "a subquery that names columns of this SELECT, beside aggregates").because("add it to GROUP BY, or put it in first(…)"))
			}
			return nil
		})
		return true
	})
}
