package sparksql

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A groups is a GROUP BY: its expressions, each once, and the sets of them that
// are grouped by. sets is nil where there is one, of all.
type groups struct {
	present bool
	nodes   []node
	sets    [][]int
	starred bool // the SELECT has a *
}

// maxSets bounds how many grouping sets a query has: CUBE has two to the power
// of its members.
const maxSets = 4096

// group resolves GROUP BY.
func (r *resolver) group(s *selectCore, items []output, scope *names) groups {
	g := groups{present: len(s.group) > 0}
	g.starred = slices.ContainsFunc(s.items, func(i item) bool { _, star := i.e.(*star); return star })
	if s.all {
		named := slices.ContainsFunc(items, func(o output) bool { return strings.EqualFold(o.name, "all") })
		if !scope.has("all") && !named {
			return r.groupAll(s, items, scope)
		}
	}
	g.sets = [][]int{nil}
	for _, part := range s.group {
		sets, ok := r.groupingSets(part, &g, items, scope)
		if !ok {
			return g
		}
		if part.kind == "OF" {
			continue
		}
		if len(g.sets)*len(sets) > maxSets {
			r.note(refused(part.pos(), "more than %d grouping sets", maxSets))
			return g
		}
		var all [][]int
		for _, a := range g.sets {
			for _, b := range sets {
				all = append(all, joinSets(a, b))
			}
		}
		g.sets = all
	}
	if !slices.ContainsFunc(s.group, func(p grouping) bool { return p.kind != "" }) {
		g.sets = nil
	}
	if n := len(s.group); n > 0 && s.group[0].kind == "OF" {
		named := len(s.group[0].sets)
		if len(g.nodes) > named {
			r.note(invalid(s.group[0].pos(), "GROUPING SETS with an expression that is not in GROUP BY"))
		}
	}
	return g
}

// joinSets are the members of both, each once.
func joinSets(a, b []int) []int {
	out := slices.Clone(a)
	for _, i := range b {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// groupingSets resolves one part of GROUP BY into the sets that it stands for;
// their members are added to g.
func (r *resolver) groupingSets(part grouping, g *groups, items []output, scope *names) ([][]int, bool) {
	var units [][]int
	for _, set := range part.sets {
		var unit []int
		for _, e := range set {
			n := r.groupNode(e, g, items, scope)
			if n == nil || isBad(n) {
				return nil, false
			}
			i := slices.IndexFunc(g.nodes, func(o node) bool { return same(o, n) })
			if i < 0 {
				i = len(g.nodes)
				g.nodes = append(g.nodes, n)
			}
			if !slices.Contains(unit, i) {
				unit = append(unit, i)
			}
		}
		units = append(units, unit)
	}
	if part.kind == "ROLLUP" || part.kind == "CUBE" {
		if slices.ContainsFunc(part.sets, func(s []expr) bool { return len(s) == 0 }) {
			r.note(invalid(part.pos(), "an empty set in %s", part.kind))
			return nil, false
		}
	}
	switch part.kind {
	case "ROLLUP":
		sets := [][]int{nil}
		for _, u := range units {
			sets = append(sets, joinSets(sets[len(sets)-1], u))
		}
		return sets, true
	case "CUBE":
		sets := [][]int{nil}
		for _, u := range units {
			if len(sets) > maxSets/2 {
				r.note(refused(part.pos(), "more than %d grouping sets", maxSets))
				return nil, false
			}
			for _, s := range slices.Clone(sets) {
				sets = append(sets, joinSets(s, u))
			}
		}
		return sets, true
	case "SETS":
		var sets [][]int
		for _, m := range part.members {
			more, ok := r.groupingSets(m, g, items, scope)
			if !ok {
				return nil, false
			}
			sets = append(sets, more...)
		}
		return sets, true
	}
	return units, true
}

// groupNode is one expression of GROUP BY; a number is a column's.
func (r *resolver) groupNode(e expr, g *groups, items []output, scope *names) node {
	var n node
	if l, ok := e.(*literal); ok && l.t.Kind == relation.Int && !r.set.NoGroupNumbers {
		if g.starred {
			r.note(invalid(e.pos(), "GROUP BY a number beside *").because("name the column"))
			return nil
		}
		i := r.ordinal(l, len(items), "GROUP BY")
		if i == 0 {
			return nil
		}
		n = items[i-1].n
	} else {
		known := &names{cols: scope.cols, outer: scope.outer, last: items}
		if r.set.NoGroupAliases {
			known.last = nil
		}
		n = r.expr(e, &context{clause: "GROUP BY", names: known})
	}
	if hasAggregate(n) || hasWindow(n) {
		n = r.note(invalid(e.pos(), "an aggregate or a window in GROUP BY"))
	}
	if holdsMap(n.typ()) {
		n = r.note(invalid(e.pos(), "values of type %s cannot be grouped", n.typ()))
	}
	return n
}

// groupAll is GROUP BY ALL: by every item that has no aggregate.
func (r *resolver) groupAll(s *selectCore, items []output, scope *names) groups {
	g := groups{present: true}
	for _, o := range items {
		if isBad(o.n) || hasAggregate(o.n) {
			continue
		}
		if slices.Contains(r.crossed, o.n) {
			r.note(invalid(s.group[0].pos(), "GROUP BY ALL over %q, which names another item of the SELECT", o.name))
			return g
		}
		if hasWindow(o.n) {
			r.note(refused(s.group[0].pos(), "GROUP BY ALL beside a window").because("name the expressions"))
			return g
		}
		if !slices.ContainsFunc(g.nodes, func(n node) bool { return same(n, o.n) }) {
			g.nodes = append(g.nodes, o.n)
		}
	}
	return g
}

// grouped checks that a query with GROUP BY or aggregates uses columns only as
// it may: grouped, or inside an aggregate. Where grouping is more than DuckDB's
// own, it is done in a subquery, over whose columns the rest is computed.
func (r *resolver) grouped(sel *selection, order []sortKey, scope *names, g groups) *selection {
	all := []node{}
	for _, o := range sel.items {
		all = append(all, o.n)
	}
	if sel.having != nil {
		all = append(all, sel.having)
	}
	for _, k := range order {
		all = append(all, k.n)
	}
	if slices.ContainsFunc(all, isBad) || !g.present && sel.having == nil && !slices.ContainsFunc(all, hasAggregate) {
		return sel
	}
	if g.sets == nil && !slices.ContainsFunc(all, isStaged) && !slices.ContainsFunc(g.nodes, isStagedKey) {
		sel.group = g.nodes
		for _, n := range all {
			r.checkGrouped(n, sel.group, scope)
		}
		if len(g.nodes) > 0 || !g.present {
			return r.turns(sel, order)
		}
	}
	return r.stage(sel, order, scope, g)
}

// isStaged reports whether n cannot stand beside GROUP BY in DuckDB as it does
// in Spark.
func isStaged(n node) bool {
	found := false
	reach(n, func(n node) bool {
		switch n := n.(type) {
		case *apply:
			found = found || n.over != nil || n.fn.grouping
		case *nested:
			found = true
		case *member:
			found = found || n.of != nil
		}
		return !found
	})
	return found
}

// isStagedKey reports whether n must be computed before it is grouped by: only
// a column need not be.
func isStagedKey(n node) bool {
	_, column := n.(*column)
	return !column || isFloating(n.typ())
}

func (r *resolver) checkGrouped(n node, group []node, scope *names) {
	reach(n, func(n node) bool {
		if slices.ContainsFunc(group, func(g node) bool { return same(g, n) }) {
			return false
		}
		switch n := n.(type) {
		case *apply:
			return !n.aggregates()
		case *column:
			if scope.owns(n) {
				r.ungrouped(n)
			}
		}
		return true
	})
}

func (r *resolver) ungrouped(n *column) {
	r.note(invalid(n.pos(), "column %q is neither grouped nor inside an aggregate", n.from.cols[n.i].Name).
		because("add it to GROUP BY, or use first(…), max(…) or the like"))
}

// owns reports whether c is a column of this scope, and not of one around it.
func (n *names) owns(c *column) bool {
	return slices.ContainsFunc(n.cols, func(v visible) bool {
		found := false
		reach(v.n, func(m node) bool {
			found = found || same(m, c)
			return !found
		})
		return found
	})
}

// groupingID is the column that Hive had for grouping_id().
func groupingID(e *name) bool {
	return len(e.parts) == 1 && strings.EqualFold(e.parts[0], "grouping__id")
}

// starred are arguments as the name of a column shows them where * is among
// them, or nil.
func (r *resolver) starred(args []expr, c *context) []string {
	if !slices.ContainsFunc(args, func(e expr) bool { _, star := e.(*star); return star }) || r.failed() {
		return nil
	}
	var list []string
	for _, e := range args {
		if s, ok := e.(*star); ok {
			for _, o := range r.expand(s, c.names) {
				list = append(list, o.name)
			}
			continue
		}
		t, _ := titleOf(e)
		list = append(list, t)
	}
	return list
}
