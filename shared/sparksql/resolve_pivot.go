package sparksql

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// pivot resolves PIVOT to a GROUP BY of the columns that it does not name, with
// the aggregates over the rows of each value.
func (r *resolver) pivot(f *pivot, outer *names) (planFrom, []visible) {
	from, list := r.from(f.of, outer)
	scope := &names{cols: list, outer: outer}
	var by, aggregates []node
	ok := !r.failed()
	for _, e := range f.by {
		n := r.expr(e, &context{clause: "PIVOT", names: scope})
		by, ok = append(by, n), ok && !isBad(n)
	}
	for _, it := range f.aggregates {
		n := r.expr(it.e, &context{clause: "PIVOT", names: scope, aggregates: true})
		aggregates, ok = append(aggregates, n), ok && !isBad(n)
		if !isBad(n) && !hasAggregate(n) {
			r.note(invalid(it.e.pos(), "PIVOT needs aggregates"))
			ok = false
		}
	}
	if !ok {
		r.blind++
		return from, list
	}
	used := func(v visible) bool {
		for _, n := range append(slices.Clone(by), aggregates...) {
			found := false
			reach(n, func(m node) bool {
				found = found || same(m, v.n)
				return !found
			})
			if found {
				return true
			}
		}
		return false
	}
	g := groups{}
	sel := &selection{from: from}
	var qualifiers []string
	for _, v := range list {
		if v.hidden || used(v) {
			continue
		}
		g.present, g.nodes = true, append(g.nodes, v.n)
		sel.items = append(sel.items, output{v.name, v.n})
		qualifiers = append(qualifiers, v.qualifier)
	}
	counted := pivotsFirst(aggregates)
	for _, v := range f.values {
		cond, title := r.pivotValue(v, by)
		if cond == nil {
			r.blind++
			return from, list
		}
		for i, n := range aggregates {
			made := r.pivoted(n, cond, counted)
			if made == nil || isBad(made) {
				r.blind++
				return from, list
			}
			label := title
			if len(aggregates) > 1 {
				suffix := f.aggregates[i].alias
				if suffix == "" {
					suffix = r.title(f.aggregates[i].e)
				}
				label += "_" + suffix
			}
			sel.items = append(sel.items, output{label, made})
		}
	}
	sel = r.grouped(sel, nil, scope, g)
	p := &plan{body: sel, limit: -1, offset: -1}
	cols := make([]relation.Column, len(sel.items))
	for i, o := range sel.items {
		cols[i] = relation.Column{Name: o.name, Type: o.n.typ(), Nullable: o.n.null()}
	}
	p.settle(cols)
	s := r.source(p.columns, p.inner)
	s.sub = p
	all := s.visible("")
	for i, q := range qualifiers {
		all[i].qualifier = q
	}
	return s, all
}

// pivotsFirst reports whether Spark aggregates by the values first, and then
// puts the results into columns: what has no row is NULL then, even a count.
func pivotsFirst(aggregates []node) bool {
	return !slices.ContainsFunc(aggregates, func(n node) bool {
		return !isNumeric(n.typ()) && n.typ().Kind != relation.Boolean
	})
}

// pivoted is an aggregate over the rows that fulfil cond only.
func (r *resolver) pivoted(n, cond node, counted bool) node {
	made := rebuild(n, func(n node) node {
		a, ok := n.(*apply)
		if !ok || !a.aggregates() {
			return nil
		}
		b := *a
		b.filter = cond
		if a.filter != nil {
			b.filter = r.apply(a.at, "AND", a.filter, cond)
		}
		if !counted && a.fn.edge {
			b.ignore = true
		}
		return &b
	})
	if !counted {
		return made
	}
	one := &constant{typed: typed{t: relation.Of(relation.Int), at: n.pos()}, text: "1"}
	count, ok := r.apply(n.pos(), "count", one).(*apply)
	if !ok {
		return nil
	}
	count.filter = cond
	zero := &constant{typed: typed{t: relation.Of(relation.Long), at: n.pos()}, text: "0", cast: true}
	some := r.apply(n.pos(), ">", count, zero)
	return &choose{typed: typed{t: made.typ(), nullable: true, at: n.pos()}, arms: []arm{{some, made}}}
}

// pivotValue is the condition of one value of PIVOT, and its name.
func (r *resolver) pivotValue(v item, by []node) (node, string) {
	c := &context{clause: "PIVOT", names: &names{}}
	parts := []expr{v.e}
	if row, ok := v.e.(*call); ok && row.row && len(by) > 1 {
		parts = nil
		for i := 1; i < len(row.args); i += 2 {
			parts = append(parts, row.args[i])
		}
	}
	if len(parts) != len(by) {
		r.note(invalid(v.e.pos(), "PIVOT over %d columns with a value of %d", len(by), len(parts)))
		return nil, ""
	}
	var cond node
	var shown []string
	for i, e := range parts {
		n := r.expr(e, c)
		if isBad(n) {
			return nil, ""
		}
		if v.alias == "" {
			s, ok := constantText(n)
			if !ok {
				r.note(refused(e.pos(), "a PIVOT value that is computed, without a name,").because("give it a name with AS"))
				return nil, ""
			}
			shown = append(shown, s)
		}
		if n = r.to(n, by[i].typ()); isBad(n) {
			return nil, ""
		}
		eq := r.apply(e.pos(), "<=>", by[i], n)
		if cond == nil {
			cond = eq
		} else {
			cond = r.apply(e.pos(), "AND", cond, eq)
		}
	}
	if isBad(cond) {
		return nil, ""
	}
	switch {
	case v.alias != "":
		return cond, v.alias
	case len(shown) == 1:
		return cond, shown[0]
	}
	return cond, "{" + strings.Join(shown, ", ") + "}"
}

// constantText is the text of a constant as Spark's cast to string has it.
func constantText(n node) (string, bool) {
	if a, ok := n.(*apply); ok && (a.t.Kind == relation.Array || a.t.Kind == relation.Struct) && a.fn.kind == scalar {
		var parts []string
		for i, arg := range a.args {
			if a.fn.name == "named_struct" && len(a.args) == 2*len(a.t.Fields) && i%2 == 0 {
				continue
			}
			s, ok := constantText(arg)
			if !ok {
				return "", false
			}
			parts = append(parts, s)
		}
		switch a.fn.name {
		case "array":
			return "[" + strings.Join(parts, ", ") + "]", true
		case "named_struct", "struct":
			return "{" + strings.Join(parts, ", ") + "}", true
		}
		return "", false
	}
	c, ok := n.(*constant)
	if !ok {
		return "", false
	}
	if c.nullable {
		return "null", true
	}
	l := &literal{t: c.t, text: c.text}
	switch c.t.Kind {
	case relation.Date, relation.TimestampNTZ:
		return c.text, true
	case relation.Timestamp, relation.Binary, relation.DayTimeInterval, relation.YearMonthInterval:
		return "", false
	case relation.Boolean, relation.String:
		return c.text, true
	}
	return literalTitle(l)
}

// unpivot resolves UNPIVOT: a row for every column that it names.
func (r *resolver) unpivot(f *unpivot, outer *names) (planFrom, []visible) {
	from, list := r.from(f.of, outer)
	if r.failed() {
		r.blind++
		return from, list
	}
	scope := &names{cols: list, outer: outer}
	var used []node
	values := make([][]node, len(f.values))
	var labels []node
	for _, c := range f.columns {
		if len(c.columns) != len(f.values) {
			r.note(invalid(c.pos(), "UNPIVOT into %d columns from %d", len(f.values), len(c.columns)))
			r.blind++
			return from, list
		}
		var label []string
		for i, e := range c.columns {
			n := r.expr(e, &context{clause: "UNPIVOT", names: scope})
			if isBad(n) {
				r.blind++
				return from, list
			}
			used = append(used, n)
			values[i] = append(values[i], n)
			label = append(label, columnLabel(n, e))
		}
		text := strings.Join(label, "_")
		if c.alias != "" {
			text = c.alias
		}
		labels = append(labels, &constant{typed: typed{t: relation.Of(relation.String), at: c.pos()}, text: text})
	}
	g := &generation{cols: []relation.Column{{Name: f.variable, Type: relation.Of(relation.String)}}, lists: []node{r.apply(f.pos(), "array", labels...)}}
	for i, nodes := range values {
		t, ok := unpivotType(nodes)
		if !ok {
			types := make([]relation.Type, len(nodes))
			for k, n := range nodes {
				types[k] = n.typ()
			}
			r.note(invalid(f.pos(), "UNPIVOT: the columns have no common type: %s", typeNames(types)))
			r.blind++
			return from, list
		}
		nullable := false
		for k, n := range nodes {
			nodes[k] = r.to(n, t)
			nullable = nullable || nodes[k].null()
		}
		array := r.apply(f.pos(), "array", nodes...)
		if isBad(array) {
			r.blind++
			return from, list
		}
		g.cols = append(g.cols, relation.Column{Name: f.values[i], Type: t, Nullable: nullable})
		g.lists = append(g.lists, array)
	}
	var ids []visible
	for _, v := range list {
		if !v.hidden && !slices.ContainsFunc(used, func(n node) bool { return same(n, v.n) }) {
			ids = append(ids, v)
		}
	}
	s, moved, made := r.generated(from, ids, nil, g, false)
	for i, n := range made {
		moved = append(moved, visible{name: g.cols[i].Name, n: n})
	}
	if f.nulls {
		return s, aliased(moved, f.alias)
	}
	var some node
	for _, n := range made[1:] {
		is := r.apply(f.pos(), "IS NOT NULL", n)
		if some == nil {
			some = is
		} else {
			some = r.apply(f.pos(), "OR", some, is)
		}
	}
	sel := &selection{from: s, where: some}
	cols := make([]relation.Column, len(moved))
	for i, v := range moved {
		sel.items = append(sel.items, output{v.name, v.n})
		cols[i] = relation.Column{Name: v.name, Type: v.n.typ(), Nullable: v.n.null()}
	}
	p := &plan{body: sel, limit: -1, offset: -1}
	p.settle(cols)
	out := r.source(p.columns, p.inner)
	out.sub = p
	for i := range moved {
		moved[i].n = out.column(i)
	}
	return out, aliased(moved, f.alias)
}

// aliased are columns under one name of a relation, if it has one.
func aliased(list []visible, alias string) []visible {
	if alias == "" {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		list[i].qualifier = alias
	}
	return list
}

func columnLabel(n node, e *name) string {
	if c, ok := n.(*column); ok {
		return c.from.cols[c.i].Name
	}
	return last(e.parts)
}

// unpivotType is where the columns of UNPIVOT meet: text meets nothing but text.
func unpivotType(nodes []node) (relation.Type, bool) {
	var all relation.Type
	for _, n := range nodes {
		t := n.typ()
		if !isNull(t) && !isNull(all) && isString(t) != isString(all) {
			return all, false
		}
		var ok bool
		if all, ok = wider(all, t); !ok {
			return all, false
		}
	}
	return all, true
}
