package spark

import (
	"encoding/hex"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// jsonNames are the types that Spark's JSON of a schema calls otherwise than its SQL.
var jsonNames = map[relation.Kind]string{relation.Byte: "byte", relation.Short: "short", relation.Int: "integer", relation.Long: "long"}

// A field is a column in Spark's JSON of a schema.
type field struct {
	Name     string         `json:"name"`
	Type     any            `json:"type"`
	Nullable bool           `json:"nullable"`
	Metadata map[string]any `json:"metadata"`
}

// schemaJSON is cols as Spark's JSON.
func schemaJSON(cols []relation.Column) (string, error) {
	text, err := json.Marshal(typeJSON(relation.StructOf(cols...)))
	return string(text), err
}

func typeJSON(t relation.Type) any {
	switch t.Kind {
	case relation.Array:
		return map[string]any{"type": "array", "elementType": typeJSON(*t.Elem), "containsNull": true}
	case relation.Map:
		return map[string]any{"type": "map", "keyType": typeJSON(*t.Key), "valueType": typeJSON(*t.Elem), "valueContainsNull": true}
	case relation.Struct:
		fields := make([]field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = field{f.Name, typeJSON(f.Type), true, map[string]any{}}
		}
		return map[string]any{"type": "struct", "fields": fields}
	}
	if name, ok := jsonNames[t.Kind]; ok {
		return name
	}
	return t.String()
}

// columnsOf reads Spark's JSON of a schema.
func columnsOf(text string) ([]relation.Column, error) {
	t, err := typeOf(json.RawMessage(text))
	return t.Fields, err
}

func typeOf(raw json.RawMessage) (relation.Type, error) {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		return simpleType(name)
	}
	var c struct {
		Type                            string
		ElementType, KeyType, ValueType json.RawMessage
		Fields                          []struct {
			Name     string
			Type     json.RawMessage
			Nullable bool
		}
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return relation.Type{}, fault.Errorf(fault.Internal, "Spark's type %s: %w", raw, err)
	}
	switch c.Type {
	case "array":
		elem, err := typeOf(c.ElementType)
		return relation.ArrayOf(elem), err
	case "map":
		key, err := typeOf(c.KeyType)
		if err != nil {
			return key, err
		}
		value, err := typeOf(c.ValueType)
		return relation.MapOf(key, value), err
	case "struct":
		t := relation.StructOf()
		for _, f := range c.Fields {
			inner, err := typeOf(f.Type)
			if err != nil {
				return t, err
			}
			t.Fields = append(t.Fields, relation.Column{Name: f.Name, Type: inner, Nullable: f.Nullable})
		}
		return t, nil
	}
	return relation.Type{}, fault.Errorf(fault.Refused, "columns of Spark's type %s are not supported", raw)
}

func simpleType(name string) (relation.Type, error) {
	if sizes, ok := strings.CutPrefix(name, "decimal("); ok {
		p, s, _ := strings.Cut(strings.TrimSuffix(sizes, ")"), ",")
		precision, err1 := strconv.Atoi(p)
		scale, err2 := strconv.Atoi(s)
		if err1 == nil && err2 == nil {
			return relation.DecimalOf(precision, scale), nil
		}
	}
	for k := relation.Null; k <= relation.TimestampNTZ; k++ {
		if k != relation.Decimal && typeJSON(relation.Of(k)) == name {
			return relation.Of(k), nil
		}
	}
	return relation.Type{}, fault.Errorf(fault.Refused, "columns of Spark's type %s are not supported", name)
}

// value is what Spark printed of a value of type t, as relation.Rows has it.
func value(v any, t relation.Type) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []any:
		return values(v, t)
	case string:
		x, err := scalar(v, t)
		if err != nil {
			return nil, fault.Errorf(fault.Refused, "Spark's value %q of type %s cannot be shown: %w", v, t, err)
		}
		return x, nil
	}
	return nil, fault.Errorf(fault.Internal, "Spark's value %v of type %s", v, t)
}

func values(list []any, t relation.Type) (any, error) {
	var err error
	if t.Kind != relation.Map {
		for i := range list {
			inner := t.Elem
			if t.Kind == relation.Struct {
				inner = &t.Fields[i].Type
			}
			if list[i], err = value(list[i], *inner); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	pairs := make([]relation.Pair, len(list))
	for i, p := range list {
		kv := p.([]any)
		if pairs[i].Key, err = value(kv[0], *t.Key); err != nil {
			return nil, err
		}
		if pairs[i].Value, err = value(kv[1], *t.Elem); err != nil {
			return nil, err
		}
	}
	return pairs, nil
}

func scalar(v string, t relation.Type) (any, error) {
	switch t.Kind {
	case relation.Boolean:
		return strconv.ParseBool(v)
	case relation.Byte, relation.Short, relation.Int, relation.Long:
		return strconv.ParseInt(v, 10, 64)
	case relation.Float, relation.Double:
		return strconv.ParseFloat(v, 64)
	case relation.Decimal:
		d, ok := new(big.Rat).SetString(v)
		if !ok {
			return nil, strconv.ErrSyntax
		}
		return d.FloatString(t.Scale), nil
	case relation.Binary:
		return hex.DecodeString(v)
	case relation.Date:
		return time.Parse(time.DateOnly, v)
	case relation.Timestamp, relation.TimestampNTZ:
		return time.Parse("2006-01-02 15:04:05", v) // takes a fraction too
	}
	return v, nil
}
