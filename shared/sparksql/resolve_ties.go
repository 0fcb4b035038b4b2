package sparksql

import (
	"fmt"
	"slices"

	"github.com/glint-data/glint/shared/relation"
)

// Spark's sort is stable: of rows that are equal in the order of a window, the
// one that was read first comes first. DuckDB's is not, so that rows are numbered
// before, and their number is the last key.

// numbered is the number of a row in the order in which it was read.
var numbered = &function{name: "numbered", duck: "row_number() OVER ()"}

// ordersTies reports whether a window's result depends on the order of rows that
// are equal in its own.
func ordersTies(a *apply) bool {
	switch {
	case a.over == nil:
		return false
	case a.fn.kind == ranking:
		return a.fn.ordered
	case a.fn.lists || a.fn.edge:
		return true
	}
	return a.over.rows != nil && a.over.rows.unit == "ROWS" && len(a.over.order) > 0 && !a.over.rows.whole()
}

// whole reports whether a span is the whole partition.
func (s *rowSpan) whole() bool {
	return s.from.word == "UNBOUNDED PRECEDING" && s.to.word == "UNBOUNDED FOLLOWING"
}

// ties numbers the rows under the windows of sel that need it, and under an
// ORDER BY whose rows are read in turn or cut off.
func (r *resolver) ties(sel *selection, order []sortKey, sorted bool) (*selection, []sortKey) {
	aggregates := false
	needed := false
	for _, o := range sel.items {
		aggregates = aggregates || hasAggregate(o.n)
		reach(o.n, func(n node) bool {
			a, ok := n.(*apply)
			needed = needed || ok && ordersTies(a)
			return !needed
		})
	}
	sorted = sorted && len(order) > 0 && !aggregates
	if !needed && !sorted || sel.from == nil || sel.having != nil || len(sel.group) > 0 || r.failed() {
		return sel, order
	}
	of, s := r.numberRows(sel)
	last := s.column(len(of))
	out := &selection{distinct: sel.distinct, from: s}
	for _, o := range sel.items {
		out.items = append(out.items, output{o.name, numberedOver(o.n, of, s, last)})
	}
	order = slices.Clone(order)
	for i, k := range order {
		if k.n != nil {
			order[i].n = numberedOver(k.n, of, s, last)
		}
	}
	if sorted {
		order = append(order, sortKey{n: last})
	}
	return out, order
}

// numberedOver is n over the columns of s, which are those of the sources that
// it was over, with the number of the row in its windows.
func numberedOver(n node, of []*column, s *source, number node) node {
	n = rebuild(n, func(n node) node {
		c, ok := n.(*column)
		if !ok {
			return nil
		}
		i := slices.IndexFunc(of, func(o *column) bool { return o.from == c.from && o.i == c.i })
		if i < 0 {
			return nil
		}
		return &column{typed{t: c.t, nullable: c.nullable, at: c.at}, s, i}
	})
	reach(n, func(n node) bool {
		a, ok := n.(*apply)
		switch {
		case ok && ordersTies(a):
			a.number(number)
		case ok && a.inTurn():
			a.inOrder = []sortKey{{n: number}}
		}
		return true
	})
	return n
}

// number puts the number of a row into a frame: as the last key where the frame
// is of rows, else into the order of the arguments, for rows that are equal must
// stay together.
func (a *apply) number(n node) {
	key, f := sortKey{n: n}, a.over
	switch {
	case a.fn.kind == ranking && a.fn.name != "nth_value":
		f.order = append(slices.Clone(f.order), key)
	case f.rows != nil && f.rows.unit == "ROWS", f.rows != nil && f.rows.whole(), f.rows == nil && len(f.order) == 0:
		f.order = append(slices.Clone(f.order), key)
		if f.rows == nil || f.rows.unit == "RANGE" {
			f.rows = allRows
		}
	default:
		a.inOrder = append(slices.Clone(f.order), key)
	}
}

// inTurn reports whether an aggregate over a group depends on the order of its
// rows. Groups that several threads make get them in any.
func (a *apply) inTurn() bool { return a.aggregates() && (a.fn.lists || a.fn.edge) }

// turns numbers the rows under groups whose aggregates depend on their order.
func (r *resolver) turns(sel *selection, order []sortKey) *selection {
	all := []node{sel.having}
	for _, o := range sel.items {
		all = append(all, o.n)
	}
	for _, k := range order {
		all = append(all, k.n)
	}
	needed := false
	for _, n := range all {
		reach(n, func(n node) bool {
			a, ok := n.(*apply)
			needed = needed || ok && a.inTurn()
			return !needed
		})
	}
	if !needed || sel.from == nil || r.failed() {
		return sel
	}
	of, s := r.numberRows(sel)
	last := s.column(len(of))
	out := *sel
	out.from, out.where = s, nil
	out.items = nil
	for _, o := range sel.items {
		out.items = append(out.items, output{o.name, numberedOver(o.n, of, s, last)})
	}
	out.group = slices.Clone(sel.group)
	for i, n := range sel.group {
		out.group[i] = numberedOver(n, of, s, last)
	}
	if sel.having != nil {
		out.having = numberedOver(sel.having, of, s, last)
	}
	for i, k := range order {
		if k.n != nil {
			order[i].n = numberedOver(k.n, of, s, last)
		}
	}
	return &out
}

// numberRows makes a source of the columns under sel, those that it gives, and
// after them the number of the row.
func (r *resolver) numberRows(sel *selection) ([]*column, *source) {
	inner := &selection{from: sel.from, where: sel.where}
	var cols []relation.Column
	var of []*column
	for _, s := range sourcesOf(sel.from) {
		for i := range s.cols {
			c := s.column(i).(*column)
			of = append(of, c)
			named := s.cols[i]
			named.Name = fmt.Sprintf("c%d", len(of))
			cols = append(cols, named)
			inner.items = append(inner.items, output{named.Name, c})
		}
	}
	number := &apply{typed: typed{t: relation.Of(relation.Long)}, fn: numbered}
	inner.items = append(inner.items, output{"n", number})
	cols = append(cols, relation.Column{Name: "n", Type: number.t})
	p := &plan{body: inner, limit: -1, offset: -1}
	p.settle(cols)
	s := r.source(p.columns, p.inner)
	s.sub = p
	return of, s
}

// sourcesOf are the sources whose columns a FROM gives.
func sourcesOf(f planFrom) []*source {
	switch f := f.(type) {
	case *source:
		return []*source{f}
	case *joined:
		if f.kind == "SEMI" || f.kind == "ANTI" {
			return sourcesOf(f.left)
		}
		return append(sourcesOf(f.left), sourcesOf(f.right)...)
	}
	return nil
}
