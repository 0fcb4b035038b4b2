package source

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

var sparkTypes = map[string]relation.Kind{
	"string": relation.String, "boolean": relation.Boolean, "byte": relation.Byte, "short": relation.Short, "integer": relation.Int, "int": relation.Int,
	"long": relation.Long, "bigint": relation.Long, "float": relation.Float, "double": relation.Double, "binary": relation.Binary, "date": relation.Date,
	"timestamp": relation.Timestamp, "timestamp_ntz": relation.TimestampNTZ, "void": relation.Null, "null": relation.Null,
}

var (
	decimalType = regexp.MustCompile(`^decimal\( *(\d{1,2}) *, *(\d{1,2}) *\)$`)
	charType    = regexp.MustCompile(`^(var)?char\( *\d+ *\)$`)
)

// sparkStruct reads Spark's own JSON of a schema, a struct.
func (r *schemaReader) sparkStruct(root any) ([]relation.Column, error) {
	m, ok := root.(map[string]any)
	if !ok || text(m, "type") != "struct" {
		return nil, r.wrong("type", `want a struct: {"type":"struct","fields":[…]}`)
	}
	t, err := r.spark(root, "")
	return t.Fields, err
}

func (r *schemaReader) spark(v any, path string) (t relation.Type, err error) {
	if err := r.grow(path, 1); err != nil {
		return t, err
	}
	defer r.up()
	switch v := v.(type) {
	case string:
		return r.sparkName(v, path)
	case map[string]any:
		switch name := text(v, "type"); name {
		case "struct":
			return r.sparkFields(v, path)
		case "array":
			elem, err := r.spark(v["elementType"], join(path, "elementType"))
			return relation.ArrayOf(elem), err
		case "map":
			key, err := r.spark(v["keyType"], join(path, "keyType"))
			if err != nil {
				return t, err
			}
			value, err := r.spark(v["valueType"], join(path, "valueType"))
			return relation.MapOf(key, value), err
		default:
			return t, r.wrong(join(path, "type"), "unknown type %q", name)
		}
	}
	return t, r.wrong(or(path, "type"), "want a type: a name or an object")
}

func (r *schemaReader) sparkName(name, path string) (relation.Type, error) {
	if k, ok := sparkTypes[name]; ok {
		return relation.Of(k), nil
	}
	switch m := decimalType.FindStringSubmatch(name); {
	case name == "decimal":
		return relation.DecimalOf(10, 0), nil
	case m != nil:
		p, _ := strconv.Atoi(m[1])
		s, _ := strconv.Atoi(m[2])
		if p < 1 || p > 38 || s > p {
			return relation.Type{}, r.wrong(path, "%s: want a precision from 1 to 38 and a scale up to it", name)
		}
		return relation.DecimalOf(p, s), nil
	case charType.MatchString(name):
		return relation.Of(relation.String), nil
	}
	return relation.Type{}, r.wrong(path, "unknown type %q", name)
}

func (r *schemaReader) sparkFields(m map[string]any, path string) (relation.Type, error) {
	fields, ok := m["fields"].([]any)
	if !ok {
		return relation.Type{}, r.wrong(join(path, "fields"), "want a list of fields")
	}
	cols := make([]relation.Column, 0, len(fields))
	for i, f := range fields {
		at := fmt.Sprintf("%s[%d]", join(path, "fields"), i)
		m, ok := f.(map[string]any)
		if !ok || text(m, "name") == "" {
			return relation.Type{}, r.wrong(at, `want a field: {"name":…,"type":…,"nullable":true,"metadata":{}}`)
		}
		t, err := r.spark(m["type"], at+".type")
		if err != nil {
			return relation.Type{}, err
		}
		c := relation.Column{Name: text(m, "name"), Type: t, Nullable: m["nullable"] != false}
		if meta, ok := m["metadata"].(map[string]any); ok {
			c.Doc = text(meta, "comment")
		}
		cols = append(cols, c)
	}
	return relation.StructOf(cols...), nil
}
