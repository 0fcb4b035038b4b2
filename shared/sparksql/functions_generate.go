package sparksql

import (
	"fmt"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	for _, outer := range []bool{false, true} {
		suffix := ""
		if outer {
			suffix = "_outer"
		}
		add(
			&function{name: "explode" + suffix, signature: "explode" + suffix + "(array or map)", min: 1, max: 1, generator: explode, outer: outer},
			&function{name: "posexplode" + suffix, signature: "posexplode" + suffix + "(array or map)", min: 1, max: 1, generator: posexplode, outer: outer},
			&function{name: "inline" + suffix, signature: "inline" + suffix + "(array of structs)", min: 1, max: 1, generator: inlined, outer: outer},
		)
	}
	add(
		&function{name: "stack", signature: "stack(rows, a, …)", min: 2, max: -1, generator: stack},
		&function{name: "range", signature: "range([start,] end [, step [, partitions]])", min: 1, max: 4, generator: numbers},
	)
}

var (
	positions = &function{name: "positions", duck: "CAST(range(len($1)) AS INTEGER[])"}
	mapKeys   = &function{name: "map_keys", duck: "map_keys($1)"}
	mapValues = &function{name: "map_values", duck: "map_values($1)"}
	counting  = &function{name: "range", duck: "range($1, $2, $3)"}
)

func explode(r *resolver, args []node, at int) *generation {
	n := args[0]
	list := func(fn *function, elem relation.Type) node {
		return &apply{typed: typed{t: relation.ArrayOf(elem), nullable: true, at: at}, fn: fn, args: []node{n}}
	}
	switch t := n.typ(); t.Kind {
	case relation.Array:
		return &generation{[]relation.Column{{Name: "col", Type: *t.Elem, Nullable: true}}, []node{n}}
	case relation.Map:
		return &generation{[]relation.Column{{Name: "key", Type: *t.Key}, {Name: "value", Type: *t.Elem, Nullable: true}},
			[]node{list(mapKeys, *t.Key), list(mapValues, *t.Elem)}}
	}
	r.note(invalid(at, "explode needs an array or a map, and this is %s", n.typ()))
	return nil
}

func posexplode(r *resolver, args []node, at int) *generation {
	g := explode(r, args, at)
	if g == nil {
		return nil
	}
	t := relation.ArrayOf(relation.Of(relation.Int))
	g.cols = append([]relation.Column{{Name: "pos", Type: *t.Elem}}, g.cols...)
	g.lists = append([]node{&apply{typed: typed{t: t, nullable: true, at: at}, fn: positions, args: g.lists[:1]}}, g.lists...)
	return g
}

func inlined(r *resolver, args []node, at int) *generation {
	n := args[0]
	if t := n.typ(); t.Kind != relation.Array || t.Elem.Kind != relation.Struct {
		r.note(invalid(at, "inline needs an array of structs, and this is %s", t))
		return nil
	}
	g := &generation{}
	for _, f := range n.typ().Elem.Fields {
		g.cols = append(g.cols, relation.Column{Name: f.Name, Type: f.Type, Nullable: true})
		g.lists = append(g.lists, r.field(n, f.Name, at))
	}
	return g
}

func stack(r *resolver, args []node, at int) *generation {
	rows := 0
	if c, ok := args[0].(*constant); ok && c.t.Kind == relation.Int {
		rows, _ = strconv.Atoi(c.text)
	}
	if rows < 1 {
		r.note(invalid(args[0].pos(), "the number of rows of stack is a positive number that is written out"))
		return nil
	}
	values := args[1:]
	width := (len(values) + rows - 1) / rows
	g := &generation{}
	for i := range width {
		var column []node
		for k := range rows {
			if j := k*width + i; j < len(values) {
				if t := values[j].typ(); len(column) > 0 && !isNull(t) && !isNull(column[0].typ()) && !t.Equal(column[0].typ()) {
					r.note(invalid(values[j].pos(), "the values of column %d of stack are %s and %s", i, column[0].typ(), t))
					return nil
				}
				column = append(column, values[j])
			} else {
				column = append(column, &constant{typed: typed{at: at, nullable: true}})
			}
		}
		list := r.apply(at, "array", column...)
		if isBad(list) {
			return nil
		}
		g.cols = append(g.cols, relation.Column{Name: fmt.Sprintf("col%d", i), Type: *list.typ().Elem, Nullable: true})
		g.lists = append(g.lists, list)
	}
	return g
}

// numbers is range: the bigints from start up to end, which is left out.
func numbers(r *resolver, args []node, at int) *generation {
	long := relation.Of(relation.Long)
	zero, one := node(&constant{typed: typed{t: long, at: at}, text: "0"}), node(&constant{typed: typed{t: long, at: at}, text: "1"})
	var bounds []node
	switch {
	case len(args) == 1:
		bounds = []node{zero, args[0], one}
	case len(args) == 2:
		bounds = []node{args[0], args[1], one}
	default:
		bounds = args[:3]
	}
	for i, n := range bounds {
		if !isNumeric(n.typ()) && !isString(n.typ()) {
			r.note(invalid(n.pos(), "range needs whole numbers, and this is %s", n.typ()))
			return nil
		}
		if bounds[i] = r.to(n, long); isBad(bounds[i]) {
			return nil
		}
	}
	if c, ok := bounds[2].(*constant); ok && c.text == "0" {
		r.note(invalid(bounds[2].pos(), "the step of a range cannot be 0"))
		return nil
	}
	t := relation.ArrayOf(long)
	return &generation{[]relation.Column{{Name: "id", Type: long}}, []node{&apply{typed: typed{t: t, nullable: false, at: at}, fn: counting, args: bounds}}}
}
