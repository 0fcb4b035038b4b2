package relation

import (
	"bytes"
	"encoding/json"
)

// SparkJSON is the schema of columns in Spark's own JSON, as
// StructType.json prints it and schemaType: spark reads it.
func SparkJSON(cols []Column) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(sparkType(StructOf(cols...))) // maps and texts only: it cannot fail
	return b.String()
}

type sparkField struct {
	Name     string         `json:"name"`
	Type     any            `json:"type"`
	Nullable bool           `json:"nullable"`
	Metadata map[string]any `json:"metadata"`
}

func sparkType(t Type) any {
	switch t.Kind {
	case Int:
		return "integer"
	case Null:
		return "void"
	case Array:
		return struct {
			Type         string `json:"type"`
			ElementType  any    `json:"elementType"`
			ContainsNull bool   `json:"containsNull"`
		}{"array", sparkType(*t.Elem), true}
	case Map:
		return struct {
			Type              string `json:"type"`
			KeyType           any    `json:"keyType"`
			ValueType         any    `json:"valueType"`
			ValueContainsNull bool   `json:"valueContainsNull"`
		}{"map", sparkType(*t.Key), sparkType(*t.Elem), true}
	case Struct:
		fields := make([]sparkField, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = sparkField{Name: f.Name, Type: sparkType(f.Type), Nullable: f.Nullable, Metadata: map[string]any{}}
			if f.Doc != "" {
				fields[i].Metadata["comment"] = f.Doc
			}
		}
		return struct {
			Type   string       `json:"type"`
			Fields []sparkField `json:"fields"`
		}{"struct", fields}
	}
	if t.Kind == Byte || t.Kind == Short || t.Kind == Long {
		return map[Kind]string{Byte: "byte", Short: "short", Long: "long"}[t.Kind]
	}
	return t.String()
}
