package source

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// An avroName is a type that a schema defined under a name.
type avroName struct {
	typ   relation.Type
	nodes int
	open  bool // it is being read: a use of it within is a recursion
}

var avroPrimitives = map[string]relation.Kind{
	"null": relation.Null, "boolean": relation.Boolean, "int": relation.Int, "long": relation.Long,
	"float": relation.Float, "double": relation.Double, "bytes": relation.Binary, "string": relation.String,
}

// avroRecord reads the root of an Avro schema, which is a record.
func (r *schemaReader) avroRecord(root any) ([]relation.Column, error) {
	m, ok := root.(map[string]any)
	if !ok || text(m, "type") != "record" {
		return nil, r.wrong("type", "want a record: {\"type\":\"record\",\"name\":…,\"fields\":[…]}")
	}
	t, _, err := r.avro(root, "")
	return t.Fields, err
}

// avro reads a type as Spark's Avro reader maps it, and whether it may be null.
func (r *schemaReader) avro(v any, path string) (t relation.Type, nullable bool, err error) {
	if err := r.grow(path, 1); err != nil {
		return t, false, err
	}
	defer r.up()
	switch v := v.(type) {
	case string:
		if k, ok := avroPrimitives[v]; ok {
			return relation.Of(k), k == relation.Null, nil
		}
		return r.avroUse(v, path)
	case []any:
		return r.avroUnion(v, path)
	case map[string]any:
		return r.avroObject(v, path)
	}
	return t, false, r.wrong(or(path, "type"), "want a type: a name, an object or a list of types")
}

func (r *schemaReader) avroObject(m map[string]any, path string) (t relation.Type, nullable bool, err error) {
	name, ok := m["type"].(string)
	if !ok {
		if m["type"] == nil {
			return t, false, r.wrong(join(path, "type"), "is missing")
		}
		return r.avro(m["type"], join(path, "type"))
	}
	switch name {
	case "record":
		return r.avroDefine(m, path, r.avroFields)
	case "enum":
		return r.avroDefine(m, path, func(map[string]any, string) (relation.Type, error) { return relation.Of(relation.String), nil })
	case "fixed":
		return r.avroDefine(m, path, func(m map[string]any, path string) (relation.Type, error) {
			return r.avroLogical(m, relation.Binary, path)
		})
	case "array":
		elem, _, err := r.avro(m["items"], join(path, "items"))
		return relation.ArrayOf(elem), false, err
	case "map":
		value, _, err := r.avro(m["values"], join(path, "values"))
		return relation.MapOf(relation.Of(relation.String), value), false, err
	}
	if k, ok := avroPrimitives[name]; ok {
		t, err := r.avroLogical(m, k, path)
		return t, k == relation.Null, err
	}
	return r.avroUse(name, join(path, "type"))
}

// avroLogical is the type of kind k with the logical type that m gives. As in
// Spark, one that means nothing for k, or that Spark has no type for, is passed over.
func (r *schemaReader) avroLogical(m map[string]any, k relation.Kind, path string) (relation.Type, error) {
	switch logical := text(m, "logicalType"); {
	case logical == "date" && k == relation.Int:
		return relation.Of(relation.Date), nil
	case (logical == "timestamp-millis" || logical == "timestamp-micros") && k == relation.Long:
		return relation.Of(relation.Timestamp), nil
	case (logical == "local-timestamp-millis" || logical == "local-timestamp-micros") && k == relation.Long:
		return relation.Of(relation.TimestampNTZ), nil
	case logical == "decimal" && k == relation.Binary:
		precision, ok := number(m, "precision")
		if !ok || precision < 1 || precision > 38 {
			return relation.Type{}, r.wrong(join(path, "precision"), "want a whole number from 1 to 38")
		}
		scale, ok := number(m, "scale")
		if _, given := m["scale"]; given && !ok || scale < 0 || scale > precision {
			return relation.Type{}, r.wrong(join(path, "scale"), "want a whole number from 0 to the precision, %d", precision)
		}
		return relation.DecimalOf(precision, scale), nil
	}
	return relation.Of(k), nil
}

// avroUnion takes a union with null as a nullable type, and the two numeric
// unions that Spark widens.
func (r *schemaReader) avroUnion(union []any, path string) (t relation.Type, nullable bool, err error) {
	var types []relation.Type
	for i, v := range union {
		u, null, err := r.avro(v, fmt.Sprintf("%s[%d]", path, i))
		if err != nil {
			return t, false, err
		}
		if null {
			nullable = true
			continue
		}
		types = append(types, u)
	}
	switch {
	case len(types) == 0:
		return relation.Of(relation.Null), true, nil
	case len(types) == 1:
		return types[0], nullable, nil
	case len(types) == 2 && pair(types, relation.Int, relation.Long):
		return relation.Of(relation.Long), nullable, nil
	case len(types) == 2 && pair(types, relation.Float, relation.Double):
		return relation.Of(relation.Double), nullable, nil
	}
	return t, false, r.refuse(or(path, "type"), "a union of %d types is not supported, only one type and null", len(types))
}

func pair(t []relation.Type, a, b relation.Kind) bool {
	return t[0].Kind == a && t[1].Kind == b || t[0].Kind == b && t[1].Kind == a
}

// avroDefine reads a type that has a name, and keeps it for its uses.
func (r *schemaReader) avroDefine(m map[string]any, path string, read func(map[string]any, string) (relation.Type, error)) (relation.Type, bool, error) {
	name := text(m, "name")
	if name == "" {
		return relation.Type{}, false, r.wrong(join(path, "name"), "is missing: a %s has a name", text(m, "type"))
	}
	outer := r.space
	defer func() { r.space = outer }()
	if ns, ok := m["namespace"].(string); ok && !strings.Contains(name, ".") {
		r.space = ns
	}
	full := r.full(name)
	r.space = full[:max(0, strings.LastIndexByte(full, '.'))]
	if _, taken := r.named[full]; taken {
		return relation.Type{}, false, r.wrong(join(path, "name"), "%s is defined twice", full)
	}
	n := &avroName{open: true}
	r.named[full] = n
	before := r.nodes
	t, err := read(m, path)
	n.typ, n.nodes, n.open = t, r.nodes-before+1, false
	return t, false, err
}

func (r *schemaReader) full(name string) string {
	if r.space == "" || strings.Contains(name, ".") {
		return name
	}
	return r.space + "." + name
}

// avroUse is a type by its name. What it holds is counted again: a few names
// that each use the last one twice stand for a schema without end.
func (r *schemaReader) avroUse(name, path string) (t relation.Type, nullable bool, err error) {
	n := r.named[r.full(name)]
	if n == nil {
		n = r.named[name]
	}
	switch {
	case n == nil:
		return t, false, r.wrong(or(path, "type"), "unknown type %q", name)
	case n.open:
		return t, false, r.refuse(or(path, "type"), "%s holds itself; a table cannot", name)
	}
	if err := r.grow(path, n.nodes); err != nil {
		return t, false, err
	}
	r.up()
	return n.typ, false, nil
}

func (r *schemaReader) avroFields(m map[string]any, path string) (relation.Type, error) {
	fields, ok := m["fields"].([]any)
	if !ok {
		return relation.Type{}, r.wrong(join(path, "fields"), "want a list of fields")
	}
	cols := make([]relation.Column, 0, len(fields))
	for i, f := range fields {
		at := fmt.Sprintf("%s[%d]", join(path, "fields"), i)
		m, ok := f.(map[string]any)
		if !ok || text(m, "name") == "" {
			return relation.Type{}, r.wrong(at, `want a field: {"name":…,"type":…}`)
		}
		t, nullable, err := r.avro(m["type"], at+".type")
		if err != nil {
			return relation.Type{}, err
		}
		cols = append(cols, relation.Column{Name: text(m, "name"), Type: t, Nullable: nullable, Doc: text(m, "doc")})
	}
	return relation.StructOf(cols...), nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func or(path, other string) string {
	if path == "" {
		return other
	}
	return path
}
