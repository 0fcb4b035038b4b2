package sparksql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// values resolves VALUES: each column has the type in which its values meet.
func (r *resolver) values(p *plan, v *values) {
	body := &inline{}
	p.body = body
	width := len(v.rows[0])
	cols := make([]relation.Column, width)
	for i := range cols {
		cols[i].Name = fmt.Sprintf("col%d", i+1)
	}
	defer func() { p.settle(cols) }()
	c := &context{clause: "VALUES", names: &names{}} // Spark lets it name no column, not of an outer query either
	for _, row := range v.rows {
		if len(row) != width {
			r.note(invalid(row[0].pos(), "a row of %d values after one of %d", len(row), width))
			return
		}
		list, ok := r.exprs(row, c)
		if !ok {
			return
		}
		body.rows = append(body.rows, list)
	}
	for i := range cols {
		types := make([]relation.Type, len(body.rows))
		for k, row := range body.rows {
			types[k] = row[i].typ()
		}
		t, ok := widest(types)
		if !ok {
			r.note(invalid(v.rows[0][i].pos(), "the values of column %d have no common type: %s", i+1, typeNames(types)))
			return
		}
		cols[i].Type = t
		for _, row := range body.rows {
			row[i] = r.to(row[i], t)
			cols[i].Nullable = cols[i].Nullable || row[i].null()
		}
	}
}

// A generation is what a generator makes of one row: lists of equal length, one
// a column, whose elements are the rows.
type generation struct {
	cols  []relation.Column
	lists []node
}

// madeRows are the columns of a generator in SELECT.
type madeRows struct {
	by      expr
	columns []output
}

// unnest is an element of a list for every row that is made.
var (
	unnest      = &function{name: "unnest", duck: "unnest($1)"}
	unnestOuter = &function{name: "unnest", write: func(w *writer, a *apply, args []string) string {
		t := duckType(a.args[0].typ())
		return "unnest(" + w.once(args[0], func(v string) string {
			return fmt.Sprintf("CASE WHEN len(%s) > 0 THEN %s ELSE CAST([NULL] AS %s) END", v, v, t)
		}) + ")"
	}}
)

// generated makes a source of from's columns and those that g makes beside them.
func (r *resolver) generated(from planFrom, list []visible, where node, g *generation, outer bool) (*source, []visible, []node) {
	sel := &selection{from: from, where: where}
	for _, v := range list {
		sel.items = append(sel.items, output{v.name, v.n})
	}
	fn := unnest
	if outer {
		fn = unnestOuter
	}
	for i, n := range g.lists {
		t := *n.typ().Elem
		sel.items = append(sel.items, output{g.cols[i].Name, &apply{typed: typed{t: t, nullable: true, at: n.pos()}, fn: fn, args: []node{n}}})
	}
	cols := make([]relation.Column, len(sel.items))
	for i, o := range sel.items {
		cols[i] = relation.Column{Name: o.name, Type: o.n.typ(), Nullable: o.n.null()}
		if k := i - len(list); k >= 0 {
			cols[i].Nullable = outer || g.cols[k].Nullable
		}
	}
	p := &plan{body: sel, limit: -1, offset: -1}
	p.settle(cols)
	s := r.source(p.columns, p.inner)
	s.sub = p
	moved := slices.Clone(list)
	for i := range moved {
		moved[i].n = s.column(i)
	}
	var made []node
	for i := range g.lists {
		made = append(made, s.column(len(list)+i))
	}
	return s, moved, made
}

// generation resolves a call of a generator, or returns nil after a note.
func (r *resolver) generation(c *call, scope *names) (*generation, *function) {
	fn := lookup(c.name)
	switch {
	case fn == nil:
		r.note(unknownFunction(c))
		return nil, nil
	case fn.generator == nil:
		r.note(invalid(c.pos(), "%s makes no rows", c.name))
		return nil, nil
	case len(c.args) < fn.min || fn.max >= 0 && len(c.args) > fn.max:
		r.note(invalid(c.pos(), "%s takes %s", c.name, arity(fn)).because("%s", fn.signature))
		return nil, nil
	}
	args, ok := r.exprs(c.args, &context{clause: c.name, names: scope, aggregates: true})
	if !ok {
		return nil, nil
	}
	if slices.ContainsFunc(args, hasAggregate) {
		r.note(refused(c.pos(), "%s of an aggregate", c.name).because("aggregate in a subquery"))
		return nil, nil
	}
	return fn.generator(r, args, c.pos()), fn
}

// generator finds a generator among the items of a SELECT, and puts the rows
// that it makes under the others.
func (r *resolver) generator(s *selectCore, sel *selection, scope *names) *madeRows {
	var found *call
	var it item
	for _, i := range s.items {
		c, ok := i.e.(*call)
		if !ok || lookup(c.name) == nil || lookup(c.name).generator == nil {
			continue
		}
		if found != nil {
			r.note(invalid(c.pos(), "two functions that make rows in one SELECT").because("use LATERAL VIEW for one of them"))
			return nil
		}
		found, it = c, i
	}
	if found == nil {
		return nil
	}
	m := &madeRows{by: found}
	if len(s.group) > 0 || s.having != nil {
		r.note(refused(found.pos(), "%s beside GROUP BY", found.name).because("aggregate in a subquery"))
		return m
	}
	g, fn := r.generation(found, scope)
	if g == nil {
		return m
	}
	from, moved, made := r.generated(sel.from, scope.cols, sel.where, g, fn.outer)
	sel.from, sel.where, scope.cols = from, nil, moved
	labels := it.aliases
	if it.alias != "" {
		labels = []string{it.alias}
	}
	if labels != nil && len(labels) != len(made) {
		r.note(invalid(found.pos(), "%d names for the %d columns of %s", len(labels), len(made), found.name))
		return m
	}
	for i, n := range made {
		name := g.cols[i].Name
		if labels != nil {
			name = labels[i]
		}
		m.columns = append(m.columns, output{name, n})
	}
	return m
}

// view resolves LATERAL VIEW.
func (r *resolver) view(f *view, outer *names) (planFrom, []visible) {
	from, list := r.from(f.of, outer)
	g, fn := r.generation(f.gen, &names{cols: list, outer: outer})
	if g == nil {
		r.blind++
		return from, list
	}
	if f.cols != nil && len(f.cols) != len(g.cols) {
		r.note(invalid(f.pos(), "%d names for the %d columns of %s", len(f.cols), len(g.cols), f.gen.name))
		return from, list
	}
	s, moved, made := r.generated(from, list, nil, g, f.outer || fn.outer)
	for i, n := range made {
		v := visible{qualifier: f.alias, name: g.cols[i].Name, n: n}
		if f.cols != nil {
			v.name = f.cols[i]
		}
		moved = append(moved, v)
	}
	return s, moved
}

// beside are the names that a LATERAL relation can use, once.
func (r *resolver) beside() *names {
	n := r.left
	r.left = nil
	return n
}

// tableCall resolves a generator, or range, in FROM.
func (r *resolver) tableCall(f *tableCall, outer *names) (planFrom, []visible) {
	if beside := r.beside(); beside != nil {
		outer = beside
	}
	g, fn := r.generation(f.fn, &names{outer: outer})
	if g == nil {
		r.blind++
		return nil, nil
	}
	s, _, _ := r.generated(nil, nil, nil, g, fn.outer)
	if f.cols != nil {
		s.cols = r.renamed(s.cols, f.cols, f.pos())
	}
	qualifier := f.alias
	if qualifier == "" {
		qualifier = strings.ToLower(f.fn.name)
	}
	return s, s.visible(qualifier)
}

// shared are the names that both sides of a NATURAL JOIN have.
func shared(lv, rv []visible, at int) []token {
	list := []token{}
	for _, l := range lv {
		if !l.hidden && slices.ContainsFunc(rv, func(v visible) bool { return !v.hidden && strings.EqualFold(v.name, l.name) }) {
			list = append(list, token{text: l.name, at: at})
		}
	}
	return list
}

// without leaves out the columns after EXCEPT.
func (r *resolver) without(s *star, items []output) []output {
	for _, t := range s.except {
		named := func(o output) bool { return strings.EqualFold(o.name, t.text) }
		if !slices.ContainsFunc(items, named) {
			var known []string
			for _, o := range items {
				known = append(known, o.name)
			}
			r.note(unknownColumn(&name{place: place(t.at), parts: []string{t.text}}, known))
			continue
		}
		items = slices.DeleteFunc(slices.Clone(items), named)
	}
	return items
}
