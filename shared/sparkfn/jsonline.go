package sparkfn

import (
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

// A JSONReader reads JSON records into rows of declared columns, with the
// judgement of Spark's reader: a value that does not fit its column is NULL.
type JSONReader struct {
	columns []relation.Column
	keys    []string // under which a row has its values
}

// NewJSONReader makes a reader of rows with these columns; their values stand
// under keys in what [JSONReader.Rows] appends.
func NewJSONReader(columns []relation.Column, keys []string) *JSONReader {
	return &JSONReader{columns, keys}
}

// Rows appends the rows of a record as lines of JSON in which every leaf casts to
// its column's type without more. A record is an object, or an array of them. bad
// are the columns that held what does not fit; ok is false if text is no record.
func (r *JSONReader) Rows(b []byte, text string) (out []byte, rows int, bad []string, ok bool) {
	v, err := readJSON(text)
	if err != nil {
		return b, 0, nil, false
	}
	records := []jsonValue{v}
	if v.kind == jsonArray {
		records = v.items
	}
	for _, record := range records {
		if record.kind != jsonObject {
			return b, 0, nil, false
		}
	}
	for _, record := range records {
		b, bad = r.row(b, record, bad)
	}
	return b, len(records), bad, true
}

// Nothing appends a row of NULLs.
func (r *JSONReader) Nothing(b []byte) []byte {
	b, _ = r.row(b, jsonValue{kind: jsonObject}, nil)
	return b
}

func (r *JSONReader) row(b []byte, record jsonValue, bad []string) ([]byte, []string) {
	b = append(b, '{')
	for i, c := range r.columns {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(b, r.keys[i]), ':')
		found := jsonValue{kind: jsonNull}
		for _, f := range record.fields {
			if f.name == c.Name {
				found = f.value
			}
		}
		conv := jsonConverter{}
		if b = conv.part(b, found, c.Type); conv.bad {
			bad = append(bad, c.Name)
		}
	}
	return append(b, "}\n"...), bad
}

// A JSONSchema grows with the records that are shown to it.
type JSONSchema struct{ t relation.Type }

// Add takes a record into account. It is false for a text that is no record.
func (s *JSONSchema) Add(text string) bool {
	v, err := readJSON(text)
	if err != nil {
		return false
	}
	records := []jsonValue{v}
	if v.kind == jsonArray {
		records = v.items
	}
	for _, record := range records {
		if record.kind != jsonObject {
			return false
		}
		s.t = mergedJSON(s.t, inferred(record))
	}
	return true
}

// Columns are those of all records, by name, as Spark infers them: what is only
// ever null is a string, and an object without fields is left out.
func (s *JSONSchema) Columns() []relation.Column {
	t, _ := settledJSON(s.t)
	return t.Fields
}

func settledJSON(t relation.Type) (relation.Type, bool) {
	switch t.Kind {
	case relation.Null:
		return relation.Of(relation.String), true
	case relation.Array:
		elem, ok := settledJSON(*t.Elem)
		return relation.ArrayOf(elem), ok
	case relation.Struct:
		var fields []relation.Column
		for _, f := range t.Fields {
			if inner, ok := settledJSON(f.Type); ok {
				fields = append(fields, relation.Column{Name: f.Name, Type: inner, Nullable: true})
			}
		}
		return relation.StructOf(fields...), len(fields) > 0
	}
	return t, true
}
