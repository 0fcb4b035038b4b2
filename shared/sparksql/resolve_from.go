package sparksql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// from resolves a FROM into what is read and the names that it gives.
func (r *resolver) from(f from, outer *names) (planFrom, []visible) {
	switch f := f.(type) {
	case *tableRef:
		s := r.relation(f)
		if s == nil {
			return nil, nil
		}
		if f.cols != nil {
			s.cols = r.renamed(s.cols, f.cols, f.pos())
		}
		qualifier := f.alias
		if qualifier == "" {
			qualifier = f.name
		}
		list := s.visible(qualifier)
		if len(f.path) > 1 && f.alias == "" {
			for i := range list {
				list[i].path = strings.Join(f.path, ".")
			}
		}
		return s, list
	case *view:
		return r.view(f, outer)
	case *pivot:
		return r.pivot(f, outer)
	case *unpivot:
		return r.unpivot(f, outer)
	case *tableCall:
		return r.tableCall(f, outer)
	case *derived:
		around := r.beside()
		if around == nil {
			around = outer
		}
		p := r.query(f.q, around)
		s := r.source(p.columns, p.inner)
		s.sub = p
		if f.cols != nil {
			s.cols = r.renamed(s.cols, f.cols, f.pos())
		}
		return s, s.visible(f.alias)
	}
	return r.join(f.(*join), outer)
}

func (r *resolver) source(cols []relation.Column, inner []string) *source {
	r.sources++
	return &source{id: r.sources, cols: cols, names: inner}
}

func (r *resolver) table(name string, cols []relation.Column, at int) *source {
	s := r.source(cols, unique(relation.Names(cols)))
	s.table = name
	r.reads = append(r.reads, read{name, at})
	return s
}

// relation looks a name up: common table expressions hide relations.
func (r *resolver) relation(f *tableRef) *source {
	known := r.known()
	full := strings.Join(f.path, ".")
	for _, c := range slices.Backward(r.ctes) {
		if strings.EqualFold(c.name, full) {
			s := r.source(c.columns, c.of.inner)
			if c.inline {
				s.sub = c.of
				return s
			}
			s.cte = c
			c.used = true
			return s
		}
	}
	cols, ok := r.scope.Relation(full)
	if !ok {
		m := invalid(f.pos(), "there is no relation %q", full)
		if near := nearest(full, known); near != "" {
			m = m.because("did you mean %s?", near)
		} else if len(known) > 0 {
			m = m.because("the relations are %s", strings.Join(known, ", "))
		}
		r.note(m)
		r.blind++
		return nil
	}
	if cols == nil {
		m := refused(f.pos(), "reading %q, whose columns are not known,", full).because("give the input a schema")
		m.unknown = true
		r.note(m)
		r.blind++
		return nil
	}
	if c, ok := r.scope.(Canonical); ok {
		full = c.Canonical(full)
	}
	return r.table(full, cols, f.pos())
}

func (r *resolver) known() []string {
	known := r.scope.Names()
	for _, c := range r.ctes {
		known = append(known, c.name)
	}
	return known
}

func (s *source) visible(qualifier string) []visible {
	list := make([]visible, len(s.cols))
	for i, c := range s.cols {
		list[i] = visible{qualifier: qualifier, name: c.Name, n: s.column(i)}
	}
	return list
}

func (s *source) column(i int) node {
	return &column{typed{t: s.cols[i].Type, nullable: s.cols[i].Nullable, at: 0}, s, i}
}

func (r *resolver) join(f *join, outer *names) (planFrom, []visible) {
	left, lv := r.from(f.left, outer)
	if f.lateral {
		beside := slices.Clone(lv)
		for i := range beside {
			beside[i].lateral = true
		}
		r.left = &names{cols: beside, outer: outer}
	}
	right, rv := r.from(f.right, outer)
	r.left = nil
	j := &joined{kind: f.kind, left: left, right: right}
	switch f.kind {
	case "LEFT":
		rv = optional(rv)
	case "RIGHT":
		lv = optional(lv)
	case "FULL":
		lv, rv = optional(lv), optional(rv)
	}
	var list []visible
	if f.natural {
		f.using = shared(lv, rv, f.pos())
	}
	if f.using != nil {
		list = r.using(j, f, lv, rv)
	} else {
		list = append(slices.Clone(lv), rv...)
	}
	if f.on != nil {
		c := &context{clause: "ON", names: &names{cols: append(slices.Clone(lv), rv...), outer: outer}}
		j.on = r.condition(f.on, c)
	}
	if j.on == nil && f.kind == "INNER" {
		j.kind = "CROSS"
	} else if j.on != nil && f.kind == "CROSS" {
		j.kind = "INNER"
	}
	if f.kind == "SEMI" || f.kind == "ANTI" {
		list = lv
	}
	return j, list
}

// optional columns are NULL where their side of an outer join has no row.
func optional(list []visible) []visible {
	list = slices.Clone(list)
	for i := range list {
		if c, ok := list[i].n.(*column); ok {
			o := *c
			o.nullable = true
			list[i].n = &o
		}
	}
	return list
}

// using joins on equal columns and merges them: they come first, once.
func (r *resolver) using(j *joined, f *join, lv, rv []visible) []visible {
	var merged []visible
	lv, rv = slices.Clone(lv), slices.Clone(rv)
	for _, t := range f.using {
		l, right := r.usingColumn(t, lv, "left"), r.usingColumn(t, rv, "right")
		if l < 0 || right < 0 {
			continue
		}
		a, b := lv[l].n, rv[right].n
		eq := r.apply(t.at, "=", a, b)
		if j.on == nil {
			j.on = eq
		} else {
			j.on = r.apply(t.at, "AND", j.on, eq)
		}
		m := visible{name: lv[l].name, n: a, qualifier: lv[l].qualifier}
		switch f.kind {
		case "RIGHT":
			m.n, m.qualifier, m.name = b, rv[right].qualifier, rv[right].name
		case "FULL":
			m.n, m.qualifier = r.apply(t.at, "coalesce", a, b), ""
		}
		lv[l].hidden, rv[right].hidden = true, true
		merged = append(merged, m)
	}
	for i := range merged {
		// The qualified names are those of the two sides; the merged one has none.
		merged[i].qualifier = ""
	}
	return slices.Concat(merged, lv, rv)
}

func (r *resolver) usingColumn(t token, side []visible, which string) int {
	found := -1
	for i, v := range side {
		if !v.hidden && strings.EqualFold(v.name, t.text) {
			if found >= 0 {
				r.note(invalid(t.at, "%q is ambiguous on the %s of the join", t.text, which))
				return -1
			}
			found = i
		}
	}
	if found < 0 && r.blind == 0 {
		m := invalid(t.at, "there is no column %q on the %s of the join", t.text, which)
		n := names{cols: side}
		if near := nearest(t.text, n.all()); near != "" {
			m = m.because("did you mean %s?", near)
		}
		r.note(m)
	}
	return found
}

// starItems are the columns of *.
func starItems(list []visible) []output {
	items := make([]output, 0, len(list))
	for _, v := range list {
		if !v.hidden {
			items = append(items, output{v.name, v.n})
		}
	}
	return items
}

func (r *resolver) expand(s *star, n *names) []output {
	if s.of != nil {
		// The columns of a relation beside a LATERAL one, or around a subquery.
		for o := n; o != nil; o = o.outer {
			if slices.ContainsFunc(o.cols, func(v visible) bool { return strings.EqualFold(v.qualifier, last(s.of)) }) {
				n = o
				break
			}
		}
	}
	if len(n.cols) == 0 {
		if r.blind == 0 {
			r.note(invalid(s.pos(), "there are no columns for *"))
		}
		return nil
	}
	if s.of == nil {
		return r.without(s, starItems(n.cols))
	}
	var items []output
	for _, v := range n.cols {
		if len(s.of) == 1 && strings.EqualFold(v.qualifier, s.of[0]) || len(s.of) > 1 && strings.EqualFold(v.path, strings.Join(s.of, ".")) {
			items = append(items, output{v.name, v.n})
		}
	}
	if items == nil && r.blind == 0 {
		if found, _ := n.find(s.of); len(found) == 1 && found[0].n.typ().Kind == relation.Struct {
			for _, f := range found[0].n.typ().Fields {
				items = append(items, output{f.Name, r.field(relocate(found[0].n, s.pos()), f.Name, s.pos())})
			}
			return r.without(s, items)
		}
		var known []string
		for _, v := range n.cols {
			known = append(known, v.qualifier)
		}
		m := invalid(s.pos(), "there is no relation %q in this FROM", strings.Join(s.of, "."))
		if near := nearest(strings.Join(s.of, "."), known); near != "" {
			m = m.because("did you mean %s?", fmt.Sprintf("%s.*", near))
		}
		r.note(m)
	}
	return r.without(s, items)
}
