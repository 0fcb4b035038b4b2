package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// fresh is a name for the parameter of a lambda of the writer's own, until release.
func (w *writer) fresh() string {
	w.bindings++
	return fmt.Sprintf("v%d", w.bindings)
}

func (w *writer) release() { w.bindings-- }

// convertNested writes a cast between nested types of the same shape.
func (w *writer) convertNested(from, to relation.Type, s string) string {
	switch to.Kind {
	case relation.Array:
		v := w.fresh()
		defer w.release()
		if isNull(*from.Elem) || from.Elem.Equal(*to.Elem) {
			return "CAST(" + s + " AS " + duckType(to) + ")"
		}
		return fmt.Sprintf("list_transform(%s, lambda %s: %s)", s, v, w.convert(*from.Elem, *to.Elem, v))
	case relation.Map:
		return w.bound(s, func(m string) string {
			keys := w.convert(relation.ArrayOf(*from.Key), relation.ArrayOf(*to.Key), "map_keys("+m+")")
			values := w.convert(relation.ArrayOf(*from.Elem), relation.ArrayOf(*to.Elem), "map_values("+m+")")
			return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN map(%s, %s) END", m, keys, values)
		})
	}
	return w.bound(s, func(v string) string {
		parts := make([]string, len(to.Fields))
		for i, f := range to.Fields {
			value := "struct_extract(" + v + ", " + quoteText(from.Fields[i].Name) + ")"
			if !from.Fields[i].Type.Equal(f.Type) {
				value = w.convert(from.Fields[i].Type, f.Type, value)
			}
			parts[i] = quoteDuck(f.Name) + " := " + value
		}
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN struct_pack(%s) END", v, strings.Join(parts, ", "))
	})
}

// nestedText writes an array, a map or a struct as Spark's cast to string does.
func (w *writer) nestedText(t relation.Type, s string) string {
	element := func(t relation.Type, s string) string {
		if !isString(t) {
			s = w.convert(t, relation.Of(relation.String), s)
		}
		return "coalesce(" + s + ", 'null')"
	}
	switch t.Kind {
	case relation.Array:
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("('[' || array_to_string(list_transform(%s, lambda %s: %s), ', ') || ']')", s, v, element(*t.Elem, v))
	case relation.Map:
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("('{' || array_to_string(list_transform(map_entries(%s), lambda %s: %s || ' -> ' || %s), ', ') || '}')",
			s, v, element(*t.Key, v+".key"), element(*t.Elem, v+".value"))
	}
	return w.bound(s, func(v string) string {
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = element(f.Type, "struct_extract("+v+", "+quoteText(f.Name)+")")
		}
		inside := strings.Join(parts, " || ', ' || ")
		if inside == "" {
			inside = "''"
		}
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN '{' || %s || '}' END", v, inside)
	})
}

// castableNested says why a nested type cannot become another.
func castableNested(from, to relation.Type) *mistake {
	wrong := invalid(0, "a cast from %s to %s is none", from, to)
	if from.Kind != to.Kind {
		return wrong
	}
	switch to.Kind {
	case relation.Array:
		return castable(*from.Elem, *to.Elem)
	case relation.Map:
		if why := castable(*from.Key, *to.Key); why != nil {
			return why
		}
		if !lossless(*from.Key, *to.Key) && !from.Key.Equal(*to.Key) {
			return wrong
		}
		return castable(*from.Elem, *to.Elem)
	}
	if len(from.Fields) != len(to.Fields) {
		return wrong
	}
	for i := range from.Fields {
		if why := castable(from.Fields[i].Type, to.Fields[i].Type); why != nil {
			return why
		}
	}
	return nil
}

// textableNested says whether all parts of a nested type have text.
func textableNested(t relation.Type) *mistake {
	var parts []relation.Type
	switch t.Kind {
	case relation.Array:
		parts = []relation.Type{*t.Elem}
	case relation.Map:
		parts = []relation.Type{*t.Key, *t.Elem}
	default:
		for _, f := range t.Fields {
			parts = append(parts, f.Type)
		}
	}
	for _, p := range parts {
		if why := castable(p, relation.Of(relation.String)); why != nil {
			return why
		}
	}
	return nil
}

// inline writes rows that are written out.
func (w *writer) inline(b *strings.Builder, body *inline, columnNames []string) {
	b.WriteString("SELECT * FROM (VALUES ")
	for i, row := range body.rows {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j, n := range row {
			if j > 0 {
				b.WriteString(", ")
			}
			b.WriteString(w.expr(n))
		}
		b.WriteByte(')')
	}
	b.WriteString(") AS t0(")
	for i, n := range unique(columnNames) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoteDuck(n))
	}
	b.WriteByte(')')
}
