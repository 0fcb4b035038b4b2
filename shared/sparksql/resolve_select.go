package sparksql

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A context is where an expression stands.
type context struct {
	clause     string
	names      *names
	aggregates bool // may be used
	windows    bool // may be used
	aggregate  bool // inside the arguments of one
	inWindow   bool // inside a window function
	bound      []bound
	anyOrder   bool // the order of the elements makes no difference to what is around
	negated    bool // below NOT, with nothing but AND and OR between
	filter     bool // it selects rows, and only true does: NULL is as good as false
}

// core resolves a SELECT with the ORDER BY that follows it, into p.
func (r *resolver) core(p *plan, s *selectCore, order []sortItem, outer *names) {
	windows := r.windows
	r.windows = s.windows
	defer func() { r.windows = windows }()
	sel := &selection{distinct: s.distinct}
	scope := &names{outer: outer}
	if s.from != nil {
		sel.from, scope.cols = r.from(s.from, outer)
	}
	blind := r.blind
	before := outer.marks()
	if s.where != nil {
		sel.where = r.condition(s.where, &context{clause: "WHERE", names: scope})
	}
	inWhere := outer.cut(before)
	made := r.generator(s, sel, scope)
	sel.items = r.items(s.items, scope, made)
	outer.append(inWhere) // Spark names what the SELECT uses first
	groups := r.group(s, sel.items, scope)
	if s.having != nil {
		sel.having = r.condition(s.having, &context{clause: "HAVING", aggregates: true,
			names: &names{cols: scope.cols, outer: outer, first: sel.items, grouped: groups.nodes}})
	}
	p.order = r.orderBy(order, sel, scope, s.having != nil)
	for _, e := range s.spread {
		r.orderBy([]sortItem{{e: e}}, sel, scope, s.having != nil) // it says where rows lie, not in which order they come
	}
	r.blind = blind
	sel = r.grouped(sel, p.order, scope, groups)
	sel, p.order = r.ties(sel, p.order, s.kept && !groups.present && sel.group == nil && !s.distinct)
	p.body = sel
	cols := make([]relation.Column, len(sel.items))
	for i, o := range sel.items {
		cols[i] = relation.Column{Name: o.name, Type: o.n.typ(), Nullable: o.n.null()}
		if c, ok := o.n.(*column); ok {
			cols[i].Doc, cols[i].Tags = c.from.cols[c.i].Doc, c.from.cols[c.i].Tags
		}
		if s.distinct {
			r.sortable(cols[i].Type, s.pos())
		}
	}
	p.settle(cols)
}

// items resolves the list of a SELECT. An item can use the names of those before it.
func (r *resolver) items(list []item, scope *names, made *madeRows) []output {
	var out []output
	for _, it := range list {
		before := r.lateral
		if made != nil && it.e == made.by {
			out = append(out, made.columns...)
			continue
		}
		if s, ok := it.e.(*star); ok {
			out = append(out, r.expand(s, scope)...)
			continue
		}
		c := &context{clause: "SELECT", aggregates: true, windows: true,
			names: &names{cols: scope.cols, outer: scope.outer, last: out}}
		o := output{name: it.alias, n: r.expr(it.e, c)}
		if r.lateral > before {
			r.crossed = append(r.crossed, o.n)
		}
		if o.name == "" && !isBad(o.n) {
			o.name = r.title(it.e)
		}
		out = append(out, o)
	}
	return out
}

// orderBy resolves ORDER BY. As in Spark it takes no windows, and no aggregates
// where they are filtered: both only by the names that they have in SELECT.
func (r *resolver) orderBy(list []sortItem, sel *selection, scope *names, filtered bool) []sortKey {
	var keys []sortKey
	if len(list) == 1 && isAll(list[0].e) {
		if !scope.has("all") && !slices.ContainsFunc(sel.items, func(o output) bool { return strings.EqualFold(o.name, "all") }) {
			for i, o := range sel.items {
				r.sortable(o.n.typ(), list[0].e.pos())
				keys = append(keys, sortKey{n: o.n, ordinal: i + 1, desc: list[0].desc, nullsFirst: list[0].nullsFirst})
			}
			return keys
		}
	}
	for _, s := range list {
		k := sortKey{desc: s.desc, nullsFirst: s.nullsFirst}
		if l, ok := s.e.(*literal); ok {
			if r.set.NoOrderNumbers {
				continue // a constant orders nothing
			}
			if k.ordinal = r.ordinal(l, len(sel.items), "ORDER BY"); k.ordinal == 0 {
				continue
			}
			k.n = sel.items[k.ordinal-1].n
		} else {
			n := &names{cols: scope.cols, outer: scope.outer, first: sel.items}
			k.n = r.expr(s.e, &context{clause: "ORDER BY", aggregates: !filtered, names: n})
			k.ordinal = 1 + slices.IndexFunc(sel.items, func(o output) bool { return same(o.n, k.n) })
		}
		if _, isBad := k.n.(*bad); !isBad && sel.distinct && k.ordinal == 0 {
			r.note(invalid(s.e.pos(), "SELECT DISTINCT can be sorted only by what it selects"))
		}
		r.sortable(k.n.typ(), s.e.pos())
		keys = append(keys, k)
	}
	return keys
}

// aggregates reports whether a is an aggregate over the rows of a group: not
// one over a window.
func (a *apply) aggregates() bool { return a.fn.kind == aggregate && a.over == nil }

func hasAggregate(n node) bool {
	found := false
	reach(n, func(n node) bool {
		a, ok := n.(*apply)
		found = found || ok && a.aggregates()
		return !found
	})
	return found
}

func hasWindow(n node) bool {
	found := false
	reach(n, func(n node) bool {
		a, ok := n.(*apply)
		found = found || ok && a.over != nil
		return !found
	})
	return found
}
