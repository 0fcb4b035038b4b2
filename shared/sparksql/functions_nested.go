package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "[]", signature: "array[index], map[key], struct.field", min: 2, max: 2, resolve: element0},
		&function{name: "array", signature: "array(a, …)", min: 0, max: -1, resolve: arrayOf, write: writeArray},
		&function{name: "struct", signature: "struct(a, …)", min: 1, max: -1, resolve: structOf, stars: true, write: writeStruct, named: true},
		&function{name: "named_struct", signature: "named_struct(name, a, …)", min: 2, max: -1, resolve: namedStruct, write: writeStruct},
		&function{name: "map", signature: "map(key, value, …)", min: 0, max: -1, resolve: mapOf, write: writeMap},
	)
}

var (
	arrayElement = &function{name: "element", write: func(_ *writer, a *apply, args []string) string {
		if c, ok := a.args[1].(*constant); ok && !c.nullable {
			if strings.HasPrefix(c.text, "-") {
				return "CAST(NULL AS " + duckType(a.t) + ")"
			}
			return "list_extract(" + args[0] + ", 1 + CAST(" + args[1] + " AS BIGINT))"
		}
		return "list_extract(" + args[0] + ", CASE WHEN " + args[1] + " >= 0 THEN 1 + CAST(" + args[1] + " AS BIGINT) END)"
	}}
	mapValue = &function{name: "value", write: func(_ *writer, _ *apply, args []string) string {
		return "map_extract_value(" + args[0] + ", " + args[1] + ")"
	}}
	structField = &function{name: "field", write: func(_ *writer, _ *apply, args []string) string {
		return "struct_extract(" + args[0] + ", " + args[1] + ")"
	}}
	arrayFields = &function{name: "fields", write: func(w *writer, _ *apply, args []string) string {
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("list_transform(%s, lambda %s: struct_extract(%s, %s))", args[0], v, v, args[1])
	}}
)

// element0 is a[i]: arrays count from zero, and what is not there is NULL.
func element0(r *resolver, a *apply) node {
	of, index := a.args[0], a.args[1]
	a.nullable = true
	switch t := of.typ(); t.Kind {
	case relation.Array:
		if t.Elem.Kind == relation.Struct {
			if c, ok := index.(*constant); ok && isString(c.t) && !c.nullable {
				f, n := r.fieldNamed(*t.Elem, c)
				if n != nil {
					return n
				}
				c.text = f.Name
				a.fn, a.t = arrayFields, relation.ArrayOf(f.Type)
				return a
			}
		}
		if !index.typ().Kind.Integral() && !isNull(index.typ()) {
			return r.note(invalid(index.pos(), "the index of an array is a whole number, and this is %s", index.typ()))
		}
		a.args[1] = r.to(index, relation.Of(relation.Long))
		a.fn, a.t = arrayElement, *t.Elem
		return a
	case relation.Map:
		if !index.typ().Equal(*t.Key) && !implicit(index.typ(), t.Key.Kind) {
			return r.note(invalid(index.pos(), "the keys of this map are %s, and this is %s", t.Key, index.typ()))
		}
		key := r.to(index, *t.Key)
		if isBad(key) {
			return key
		}
		a.args[1] = key
		a.fn, a.t = mapValue, *t.Elem
		return a
	case relation.Struct:
		c, ok := index.(*constant)
		if !ok || !isString(c.t) || c.nullable {
			return r.note(invalid(index.pos(), "a field of a struct has a name that is written out"))
		}
		f, n := r.fieldNamed(t, c)
		if n != nil {
			return n
		}
		name := *c
		name.text = f.Name
		a.args[1] = &name
		a.fn, a.t, a.nullable = structField, f.Type, of.null() || f.Nullable
		return a
	}
	return r.note(invalid(a.at, "a value of type %s has no parts", of.typ()))
}

func (r *resolver) fieldNamed(t relation.Type, c *constant) (relation.Column, node) {
	found := -1
	for i, f := range t.Fields {
		if strings.EqualFold(f.Name, c.text) {
			if found >= 0 {
				return f, r.note(invalid(c.at, "the field %q is ambiguous", c.text))
			}
			found = i
		}
	}
	if found >= 0 {
		return t.Fields[found], nil
	}
	m := invalid(c.at, "there is no field %q", c.text)
	names := relation.Names(t.Fields)
	if near := nearest(c.text, names); near != "" {
		m = m.because("did you mean %s?", near)
	} else {
		m = m.because("the fields are %s", strings.Join(names, ", "))
	}
	return relation.Column{}, r.note(m)
}

func arrayOf(r *resolver, a *apply) node {
	t, wrong := r.commonType(a, 0)
	if wrong != nil {
		return wrong
	}
	a.t = relation.ArrayOf(t)
	return a
}

func writeArray(_ *writer, a *apply, args []string) string {
	if len(args) == 0 {
		return "CAST([] AS " + duckType(a.t) + ")"
	}
	return "[" + strings.Join(args, ", ") + "]"
}

// structOf names fields after columns; the call gave the names of its arguments.
func structOf(r *resolver, a *apply) node {
	fields := make([]relation.Column, len(a.args))
	for i, n := range a.args {
		label := fmt.Sprintf("col%d", i+1)
		if i < len(a.labels) && a.labels[i] != "" {
			label = a.labels[i]
		}
		fields[i] = relation.Column{Name: label, Type: n.typ(), Nullable: n.null()}
	}
	return r.structure(a, fields)
}

func (r *resolver) structure(a *apply, fields []relation.Column) node {
	for i, f := range fields {
		if relation.Find(fields[:i], f.Name) >= 0 {
			return r.note(refused(a.at, "a struct with two fields called %q", f.Name))
		}
	}
	a.t = relation.StructOf(fields...)
	return a
}

func namedStruct(r *resolver, a *apply) node {
	if len(a.args)%2 != 0 {
		return r.note(invalid(a.at, "named_struct takes names and values in pairs"))
	}
	var fields []relation.Column
	var values []node
	for i := 0; i < len(a.args); i += 2 {
		c, ok := a.args[i].(*constant)
		if !ok || !isString(c.t) || c.nullable {
			return r.note(invalid(a.args[i].pos(), "the name of a field must be a string that is written out"))
		}
		v := a.args[i+1]
		fields = append(fields, relation.Column{Name: c.text, Type: v.typ(), Nullable: v.null()})
		values = append(values, v)
	}
	a.args = values
	return r.structure(a, fields)
}

func writeStruct(_ *writer, a *apply, args []string) string {
	parts := make([]string, len(args))
	for i, s := range args {
		parts[i] = quoteDuck(a.t.Fields[i].Name) + " := " + s
	}
	return "struct_pack(" + strings.Join(parts, ", ") + ")"
}

func mapOf(r *resolver, a *apply) node {
	if len(a.args)%2 != 0 {
		return r.note(invalid(a.at, "map takes keys and values in pairs"))
	}
	keys, values := &apply{typed: a.typed, fn: a.fn}, &apply{typed: a.typed, fn: a.fn}
	for i, n := range a.args {
		if i%2 == 0 {
			keys.args = append(keys.args, n)
		} else {
			values.args = append(values.args, n)
		}
	}
	k, wrong := r.commonType(keys, 0)
	if wrong != nil {
		return wrong
	}
	v, wrong := r.commonType(values, 0)
	if wrong != nil {
		return wrong
	}
	if k.Kind == relation.Map {
		return r.note(invalid(a.at, "the key of a map cannot be a map"))
	}
	a.args = append(keys.args, values.args...)
	a.t = relation.MapOf(k, v)
	return a
}

func writeMap(_ *writer, a *apply, args []string) string {
	n := len(args) / 2
	if n == 0 {
		return "CAST(map([], []) AS " + duckType(a.t) + ")"
	}
	return "map([" + strings.Join(args[:n], ", ") + "], [" + strings.Join(args[n:], ", ") + "])"
}
