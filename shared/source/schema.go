package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// Bounds of a declared schema: far beyond any table, and small enough that a
// text made to harm cannot use up the machine.
const (
	maxDepth = 64    // of types within types
	maxNodes = 20000 // of types, names expanded
)

// Columns reads the schema. Errors say where in it, as a path from the root
// (fields[2].type), and which text it is.
func (s *Schema) Columns() ([]relation.Column, error) {
	var read func(*schemaReader, any) ([]relation.Column, error)
	switch strings.ToLower(s.Type) {
	case "", "avro":
		read = (*schemaReader).avroRecord
	case "spark", "sparkjson":
		read = (*schemaReader).sparkStruct
	case "ddl":
		return s.ddl()
	default:
		return nil, fault.Errorf(fault.Invalid, "%s: unknown schemaType %q", s.From, s.Type).WithHint("avro, spark or ddl")
	}
	root, err := s.decode()
	if err != nil {
		return nil, err
	}
	r := &schemaReader{from: s.From, named: map[string]*avroName{}}
	cols, err := read(r, root)
	if err != nil {
		return nil, err
	}
	if len(cols) == 0 {
		return nil, r.wrong("fields", "the schema has no columns")
	}
	return cols, unique(r, cols)
}

// decode parses the text as one JSON value, with line and column of a mistake.
// ddl reads columns as CREATE TABLE has them: id BIGINT, tags ARRAY<STRING>.
func (s *Schema) ddl() ([]relation.Column, error) {
	cols, err := sparksql.Schema(s.Text, func(offset int) fault.Pos {
		before := s.Text[:min(offset, len(s.Text))]
		line := strings.LastIndexByte(before, '\n') + 1
		return fault.Pos{File: s.From, Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(before[line:]) + 1}
	})
	if err != nil {
		return nil, err
	}
	r := &schemaReader{from: s.From}
	if len(cols) == 0 {
		return nil, r.wrong("columns", "the schema has no columns")
	}
	return cols, unique(r, cols)
}

func (s *Schema) decode() (any, error) {
	dec := json.NewDecoder(strings.NewReader(s.Text))
	dec.UseNumber()
	var root any
	err := dec.Decode(&root)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = errors.New("more text after the schema")
		}
	}
	if err == nil {
		return root, nil
	}
	at := len(s.Text)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = min(max(0, int(syntax.Offset)-1), len(s.Text))
	}
	before := s.Text[:at]
	line := 1 + strings.Count(before, "\n")
	return nil, fault.Errorf(fault.Invalid, "schema is no JSON: %w", err).
		At(fault.Pos{File: s.From, Line: line, Column: len(before) - strings.LastIndexByte(before, '\n')}).
		WithHint("an Avro schema is JSON: no comments, no comma after the last field")
}

// unique refuses two columns with one name, compared as Spark does.
func unique(r *schemaReader, cols []relation.Column) error {
	seen := map[string]int{}
	for i, c := range cols {
		name := strings.ToLower(c.Name)
		if first, ok := seen[name]; ok {
			return r.wrong(fmt.Sprintf("fields[%d].name", i), "%q is also the name of fields[%d]", c.Name, first)
		}
		seen[name] = i
	}
	return nil
}

// A schemaReader reads one schema.
type schemaReader struct {
	from  string
	named map[string]*avroName // of Avro, by full name
	nodes int
	space string // the enclosing namespace
	depth int
}

func (r *schemaReader) wrong(path, format string, args ...any) error {
	return fault.Errorf(fault.Invalid, "%s: %s: %s", r.from, path, fmt.Sprintf(format, args...))
}

func (r *schemaReader) refuse(path, format string, args ...any) error {
	return fault.Errorf(fault.Refused, "%s: %s: %s", r.from, path, fmt.Sprintf(format, args...))
}

// grow counts n types more and goes one level down; up is for leaving it.
func (r *schemaReader) grow(path string, n int) error {
	r.nodes += n
	r.depth++
	if r.depth > maxDepth || r.nodes > maxNodes {
		return r.wrong(path, "the schema is deeper than %d levels or larger than %d types", maxDepth, maxNodes)
	}
	return nil
}

func (r *schemaReader) up() { r.depth-- }

func text(m map[string]any, key string) string { s, _ := m[key].(string); return s }

func number(m map[string]any, key string) (int, bool) {
	n, ok := m[key].(json.Number)
	if !ok {
		return 0, false
	}
	v, err := n.Int64()
	return int(v), err == nil && v == int64(int32(v))
}
