package sparkfn

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// SchemaOfJSON is the type of a JSON text as schema_of_json prints it.
func SchemaOfJSON(text string) (string, error) {
	v, err := readJSON(text)
	if err != nil {
		return "", fmt.Errorf("schema_of_json: %q is no JSON", text)
	}
	t, ok := settledJSON(inferred(v))
	if !ok && v.kind == jsonArray {
		t = relation.ArrayOf(relation.StructOf()) // as Spark prints it, whose schemas hold no empty struct otherwise
	}
	return typeSQL(t), nil
}

func inferred(v jsonValue) relation.Type {
	switch v.kind {
	case jsonTrue, jsonFalse:
		return relation.Of(relation.Boolean)
	case jsonInt:
		if n, ok := new(big.Int).SetString(v.text, 10); ok && !n.IsInt64() {
			if digits := len(new(big.Int).Abs(n).String()); digits <= 38 {
				return relation.DecimalOf(digits, 0)
			}
			return relation.Of(relation.Double)
		}
		return relation.Of(relation.Long)
	case jsonFloat:
		return relation.Of(relation.Double)
	case jsonString:
		return relation.Of(relation.String)
	case jsonArray:
		elem := relation.Type{}
		for _, item := range v.items {
			elem = mergedJSON(elem, inferred(item))
		}
		return relation.ArrayOf(elem) // of a void one, if nothing says of what: another record may
	case jsonObject:
		var fields []relation.Column
		for _, f := range v.fields {
			t := inferred(f.value)
			if i := slices.IndexFunc(fields, func(c relation.Column) bool { return c.Name == f.name }); i >= 0 {
				fields[i].Type = mergedJSON(fields[i].Type, t)
				continue
			}
			fields = append(fields, relation.Column{Name: f.name, Type: t, Nullable: true})
		}
		slices.SortFunc(fields, func(a, b relation.Column) int { return strings.Compare(a.Name, b.Name) })
		return relation.StructOf(fields...)
	}
	return relation.Type{}
}

// mergedJSON is the type that holds values of both.
func mergedJSON(a, b relation.Type) relation.Type {
	switch {
	case a.Equal(b), b.Kind == relation.Null:
		return a
	case a.Kind == relation.Null:
		return b
	case a.Kind == relation.Struct && b.Kind == relation.Struct:
		fields := slices.Clone(a.Fields)
		for _, f := range b.Fields {
			if i := slices.IndexFunc(fields, func(c relation.Column) bool { return c.Name == f.Name }); i >= 0 {
				fields[i].Type = mergedJSON(fields[i].Type, f.Type)
			} else {
				fields = append(fields, f)
			}
		}
		slices.SortFunc(fields, func(a, b relation.Column) int { return strings.Compare(a.Name, b.Name) })
		return relation.StructOf(fields...)
	case a.Kind == relation.Array && b.Kind == relation.Array:
		return relation.ArrayOf(mergedJSON(*a.Elem, *b.Elem))
	case a.Kind.Numeric() && b.Kind.Numeric():
		if a.Kind == relation.Double || b.Kind == relation.Double {
			return relation.Of(relation.Double)
		}
		return relation.DecimalOf(max(a.Precision, b.Precision, 20), 0)
	}
	return relation.Of(relation.String)
}

// typeSQL prints t as Spark's DataType.sql does.
func typeSQL(t relation.Type) string {
	switch t.Kind {
	case relation.Null:
		return "STRING"
	case relation.Array:
		return "ARRAY<" + typeSQL(*t.Elem) + ">"
	case relation.Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			name := f.Name
			if strings.ContainsFunc(name, func(c rune) bool {
				return c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
			}) || name == "" {
				name = "`" + strings.ReplaceAll(name, "`", "``") + "`"
			}
			parts[i] = name + ": " + typeSQL(f.Type)
		}
		return "STRUCT<" + strings.Join(parts, ", ") + ">"
	}
	return strings.ToUpper(t.String())
}
