package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A bound name is a parameter of a lambda that is in force.
type bound struct {
	name string
	v    *variable
}

// parameter resolves a name that begins with a lambda's parameter, or returns
// nil. Parameters hide columns.
func (r *resolver) parameter(e *name, c *context) node {
	for i := len(c.bound) - 1; i >= 0; i-- {
		if b := c.bound[i]; strings.EqualFold(b.name, e.parts[0]) {
			e.bound = true
			v := *b.v
			v.at = e.pos()
			return r.fields(&v, e.parts[1:], e.pos())
		}
	}
	return nil
}

// path resolves a name whose last parts are fields of a column, or returns nil.
func (r *resolver) path(e *name, c *context) node {
	for _, k := range []int{3, 2, 1} {
		if len(e.parts) <= k {
			continue
		}
		column := &name{place: e.place, parts: e.parts[:k]}
		found, _ := c.names.find(column.parts)
		if len(found) == 0 && k == 1 {
			if n := r.alias(column, c.names.last, c); n != nil {
				e.lateral = true
				return r.fields(n, e.parts[1:], e.pos())
			}
		}
		if len(found) > 0 {
			e.column = k
			return r.fields(r.named(column, c), e.parts[k:], e.pos())
		}
	}
	return nil
}

func (r *resolver) fields(n node, path []string, at int) node {
	for _, f := range path {
		n = r.field(n, f, at)
	}
	return n
}

// field is n.name: of a struct, of every struct in an array, or a map's value.
func (r *resolver) field(n node, name string, at int) node {
	if isBad(n) {
		return n
	}
	return r.apply(at, "[]", n, &constant{typed: typed{t: relation.Of(relation.String), at: at}, text: name})
}

// arguments resolves the arguments of a call. A lambda's parameters have types
// that follow from the arguments before it.
func (r *resolver) arguments(fn *function, list []expr, c *context) (out []node, labels []string, ok bool) {
	out = make([]node, 0, len(list))
	ok = true
	for _, e := range list {
		switch e := e.(type) {
		case *lambda:
			out = append(out, r.lambda(fn, out, e, c))
		case *star:
			for _, s := range r.expand(e, c.names) {
				out, labels = append(out, relocate(s.n, e.pos())), append(labels, s.name)
			}
			if fn.name == "count" && e.of != nil && len(list) == 1 {
				out = append(out, r.note(invalid(e.pos(), "count of the columns of one relation").because("write count(*), or count(a, b)")))
			} else if fn.operator() {
				out = append(out, r.note(invalid(e.pos(), "* cannot stand here")))
			}
		default:
			out, labels = append(out, r.expr(e, c)), append(labels, label(e))
		}
		ok = ok && (len(out) == 0 || !isBad(out[len(out)-1]))
	}
	return out, labels, ok
}

func (r *resolver) lambda(fn *function, before []node, e *lambda, c *context) node {
	if fn.binds == nil {
		return r.note(invalid(e.pos(), "%s takes no lambda", fn.name))
	}
	for _, n := range before {
		if isBad(n) {
			return n
		}
	}
	types := fn.binds(before, len(e.params))
	if len(types) != len(e.params) {
		return r.note(invalid(e.pos(), "%s: a lambda of %d parameters is not what it takes here", fn.name, len(e.params)).because("%s", fn.signature))
	}
	inner := *c
	inner.bound = append([]bound{}, c.bound...)
	f := &closure{typed: typed{at: e.pos()}}
	for i, name := range e.params {
		v := &variable{typed{t: types[i], nullable: true, at: e.pos()}, len(c.bound) + i}
		f.params = append(f.params, v)
		inner.bound = append(inner.bound, bound{name, v})
	}
	f.body = r.expr(e.body, &inner)
	if isBad(f.body) {
		return f.body
	}
	f.t, f.nullable = f.body.typ(), f.body.null()
	return f
}

// meetNested is the type in which arrays, maps and structs meet, if their parts
// meet by the rule.
func meetNested(a, b relation.Type, rule func(a, b relation.Type) (relation.Type, bool)) (relation.Type, bool) {
	if a.Kind != b.Kind {
		return relation.Type{}, false
	}
	switch a.Kind {
	case relation.Array:
		elem, ok := rule(*a.Elem, *b.Elem)
		return relation.ArrayOf(elem), ok
	case relation.Map:
		key, ok := rule(*a.Key, *b.Key)
		value, ok2 := rule(*a.Elem, *b.Elem)
		return relation.MapOf(key, value), ok && ok2
	case relation.Struct:
		if len(a.Fields) != len(b.Fields) {
			return relation.Type{}, false
		}
		fields := make([]relation.Column, len(a.Fields))
		for i, f := range a.Fields {
			t, ok := rule(f.Type, b.Fields[i].Type)
			if !ok || !strings.EqualFold(f.Name, b.Fields[i].Name) {
				return relation.Type{}, false
			}
			fields[i] = relation.Column{Name: f.Name, Type: t, Nullable: f.Nullable || b.Fields[i].Nullable}
		}
		return relation.StructOf(fields...), true
	}
	return relation.Type{}, false
}

func isNested(t relation.Type) bool { return t.Kind >= relation.Array }

// label is the name that an expression has by itself, "" where it has none.
func label(e expr) string {
	switch e := e.(type) {
	case *name:
		return last(e.parts)
	case *fieldOf:
		return e.field
	case *aliasedExpr:
		return e.alias
	}
	return ""
}

func holdsMap(t relation.Type) bool {
	switch t.Kind {
	case relation.Map:
		return true
	case relation.Array:
		return holdsMap(*t.Elem)
	case relation.Struct:
		for _, f := range t.Fields {
			if holdsMap(f.Type) {
				return true
			}
		}
	}
	return false
}

// operator reports whether f is written with a symbol or a keyword.
func (f *function) operator() bool {
	return !isWord(f.name[0]) || f.name == strings.ToUpper(f.name)
}
