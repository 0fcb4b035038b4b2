package duckdb

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/hamba/avro/v2/ocf"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparkcsv"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparktime"
)

// A normalizer writes a file's rows into a pipe in a form that DuckDB reads in
// only one way.
type normalizer interface {
	File(uri string, w io.Writer, r io.Reader) error
	Stats() sparkcsv.Stats
}

// normalizer is the one for an input's form; n is its number, from which its
// columns have their names in the pipe.
func (in *input) normalizer() (normalizer, error) {
	switch d := in.rel.Decode.(type) {
	case relation.CSVDecode:
		return sparkcsv.New(in.physical, d)
	case relation.JSONDecode:
		return &jsonLines{decode: d, reader: sparkfn.NewJSONReader(in.physical, in.keys()), stats: sparkcsv.Stats{Bad: map[string]int64{}}}, nil
	case relation.AvroDecode:
		return &avroLines{columns: in.physical, keys: in.keys()}, nil
	}
	return nil, fault.Errorf(fault.Internal, "duckdb does not read %s", in.rel.Form)
}

func (in *input) keys() []string {
	keys := make([]string, len(in.physical))
	for i := range keys {
		keys[i] = fmt.Sprintf("r%d_%d", in.number, i)
	}
	return keys
}

// jsonLines makes lines of JSON in which nothing is left to judge.
type jsonLines struct {
	decode relation.JSONDecode
	reader *sparkfn.JSONReader
	stats  sparkcsv.Stats
}

func (n *jsonLines) Stats() sparkcsv.Stats { return n.stats }

func (n *jsonLines) File(uri string, w io.Writer, r io.Reader) error {
	out := bufio.NewWriterSize(w, 256<<10)
	var b []byte
	err := source.EachJSON(uri, r, n.decode.MultiLine, func(line int, text string) error {
		rows, bad, ok := 0, []string(nil), false
		if b, rows, bad, ok = n.reader.Rows(b[:0], text); !ok {
			if n.decode.Mode == relation.FailFast {
				return fault.Errorf(fault.Invalid, "%s:%d: no JSON record, and the mode is FAILFAST", uri, line)
			}
			n.count(uri, line, "")
			if n.decode.Mode == relation.DropMalformed {
				return nil
			}
			b, rows = n.reader.Nothing(b[:0]), 1
		}
		for _, column := range bad {
			if n.decode.Mode == relation.FailFast {
				return fault.Errorf(fault.Invalid, "%s:%d: column %s does not fit its type, and the mode is FAILFAST", uri, line, column)
			}
			n.count(uri, line, column)
		}
		if len(bad) > 0 && n.decode.Mode == relation.DropMalformed {
			return nil
		}
		n.stats.Records += int64(rows)
		_, err := out.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

func (n *jsonLines) count(uri string, line int, column string) {
	n.stats.Bad[column]++
	if n.stats.First == "" {
		n.stats.First = fmt.Sprintf("%s:%d", uri, line)
		if column != "" {
			n.stats.First += ", column " + column
		}
	}
}

// avroLines writes the rows of Avro files as lines of JSON.
type avroLines struct {
	columns []relation.Column
	keys    []string
	records int64
}

func (n *avroLines) Stats() sparkcsv.Stats { return sparkcsv.Stats{Records: n.records} }

func (n *avroLines) File(uri string, w io.Writer, r io.Reader) error {
	dec, err := ocf.NewDecoder(r)
	if err != nil {
		return fault.Errorf(fault.Invalid, "%s: %w", uri, err)
	}
	out := bufio.NewWriterSize(w, 256<<10)
	var b []byte
	for dec.HasNext() {
		var record map[string]any
		if err := dec.Decode(&record); err != nil {
			return fault.Errorf(fault.Invalid, "%s: record %d: %w", uri, n.records+1, err)
		}
		b = append(b[:0], '{')
		for i, c := range n.columns {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(strconv.AppendQuote(b, n.keys[i]), ':')
			v, there := record[c.Name]
			if !there && n.records == 0 {
				return fault.Errorf(fault.Invalid, "%s: it has no field %q, which the first file has", uri, c.Name)
			}
			if b, err = appendAvro(b, v, c.Type); err != nil {
				return fault.Errorf(fault.Invalid, "%s: record %d: column %s: %w", uri, n.records+1, c.Name, err)
			}
		}
		if _, err := out.Write(append(b, "}\n"...)); err != nil {
			return err
		}
		n.records++
	}
	if err := dec.Error(); err != nil {
		return fault.Errorf(fault.Invalid, "%s: after record %d: %w", uri, n.records, err)
	}
	return out.Flush()
}

// appendAvro writes a decoded value as JSON that casts to t without more.
func appendAvro(b []byte, v any, t relation.Type) ([]byte, error) {
	if m, ok := v.(map[string]any); ok && t.Kind != relation.Struct && t.Kind != relation.Map && len(m) == 1 {
		for _, inner := range m { // of a union
			v = inner
		}
	}
	quoted := func(s string) ([]byte, error) {
		text, err := json.Marshal(s)
		return append(b, text...), err
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int, int8, int16, int32, int64:
		return fmt.Appendf(b, "%d", v), nil
	case float32:
		return appendFloat(b, float64(v)), nil
	case float64:
		return appendFloat(b, v), nil
	case string:
		return quoted(v)
	case []byte:
		s := make([]byte, 0, 4*len(v))
		for _, c := range v {
			s = fmt.Appendf(s, "\\x%02X", c)
		}
		return quoted(string(s))
	case time.Time:
		if t.Kind == relation.Date {
			return quoted(sparktime.DateText(sparktime.FloorDiv(v.Unix(), 86400)))
		}
		return quoted(sparktime.StampText(v.UnixMicro()))
	case time.Duration:
		if t.Kind == relation.Int {
			return strconv.AppendInt(b, v.Milliseconds(), 10), nil
		}
		return strconv.AppendInt(b, v.Microseconds(), 10), nil
	case *big.Rat:
		return quoted(v.FloatString(t.Scale))
	case []any:
		if t.Kind != relation.Array {
			break
		}
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendAvro(b, item, *t.Elem); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	case map[string]any:
		return appendAvroParts(b, v, t)
	}
	return b, fmt.Errorf("a value of the Go type %T is not expected of %s", v, t)
}

func appendAvroParts(b []byte, v map[string]any, t relation.Type) ([]byte, error) {
	if t.Kind == relation.Struct && len(v) == 1 { // a record inside a union stands under its name
		for _, inner := range v {
			if m, ok := inner.(map[string]any); ok && relation.Find(t.Fields, firstKey(v)) < 0 {
				v = m
			}
		}
	}
	b = append(b, '{')
	n := 0
	add := func(key string, value any, t relation.Type) (err error) {
		if n++; n > 1 {
			b = append(b, ',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			return err
		}
		b = append(append(b, name...), ':')
		b, err = appendAvro(b, value, t)
		return err
	}
	if t.Kind == relation.Struct {
		for _, f := range t.Fields {
			if err := add(f.Name, v[f.Name], f.Type); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
	for key, value := range v {
		if err := add(key, value, *t.Elem); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func firstKey(m map[string]any) string {
	for k := range m {
		return k
	}
	return ""
}

func appendFloat(b []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.AppendQuote(b, sparkfn.FormatDouble(v))
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}
