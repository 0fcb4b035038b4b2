package duckdb

import (
	"bytes"
	"database/sql"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hamba/avro/v2/ocf"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparksql"
)

// read is what a query gives over files of a format, written for comparison.
func read(t *testing.T, format, dir, query string, options ...string) string {
	t.Helper()
	b := open(t)
	src, err := source.All.Get(format)
	if err != nil {
		t.Fatal(err)
	}
	args, _, err := src.Spec().Check(rawOf(options))
	if err != nil {
		t.Fatal(err)
	}
	store := &object.Dir{}
	loc := depot.Location{Type: depot.File, Store: store, URI: "file://" + dir}
	rel, err := src.Open(t.Context(), source.Input{Name: "x", Location: loc, Options: args}, Engine{}.Accepts())
	if err != nil {
		return err.Error()
	}
	cols, err := b.s.Bind(t.Context(), rel)
	if err != nil {
		t.Fatal(err)
	}
	q, err := sparksql.Resolve(query, nil, sparksql.Scopes{"x": cols})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.s.Define(t.Context(), engine.View{Name: "out", Query: q, Columns: q.Columns}); err != nil {
		t.Fatal(err)
	}
	rows, err := b.s.Query(t.Context(), sparksql.Scan("out", q.Columns), 100)
	if err != nil {
		return err.Error()
	}
	var types []string
	for _, c := range cols {
		types = append(types, c.Name+" "+c.Type.String())
	}
	return strings.Join(types, ", ") + "\n" + written(rows)
}

func TestReadParquet(t *testing.T) {
	dir := t.TempDir()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, q := range map[string]string{
		"a.parquet": "SELECT 1::INTEGER id, 'x' AS \"Name\", 1.50::DECIMAL(10,2) d, DATE '2024-01-31' dt, TIMESTAMPTZ '2024-01-31 10:00:00+00' ts, [1,2] l, {'a': 1, 'b': 'q'} s, MAP {'k': 2.5::DOUBLE} m, '\\x01'::BLOB b, 7::UTINYINT u, NULL::BIGINT n",
		"b.parquet": "SELECT 'y' AS \"Name\", 2::INTEGER id", // other order, and fewer columns
	} {
		if _, err := db.ExecContext(t.Context(), "COPY ("+q+") TO "+text(filepath.Join(dir, name))+" (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
	}
	got := read(t, "parquet", dir, "SELECT id, name, d, dt, ts, l, s, m['k'] AS k, u, n FROM x ORDER BY id")
	want := "id int, Name string, d decimal(10,2), dt date, ts timestamp, l array<int>, s struct<a:int,b:string>, m map<string,double>, b binary, u smallint, n bigint\n" +
		"id: 1, Name: x, d: 1.50, dt: 2024-01-31, ts: 2024-01-31 10:00:00, l: [1, 2], s: {1, q}, k: 2.5, u: 7, n: null; " +
		"id: 2, Name: y, d: null, dt: null, ts: null, l: null, s: null, k: null, u: null, n: null"
	if got = strings.Replace(got, "name: ", "Name: ", 2); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "f*.parquet")); len(left) > 0 {
		t.Errorf("left in the folder: %v", left)
	}
	if got := read(t, "parquet", dir, "SELECT count(*) AS c FROM x WHERE id > 1"); !strings.HasSuffix(got, "c: 1") {
		t.Errorf("count: %s", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.parquet"), []byte("no parquet"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := read(t, "parquet", dir, "SELECT 1 AS a FROM x"); !strings.Contains(got, "a.parquet is no Parquet file") {
		t.Errorf("a damaged file: %s", got)
	}
}

func TestReadJSON(t *testing.T) {
	dir := t.TempDir()
	put := func(name, s string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("a.json", "{\"id\":1,\"v\":1.5,\"tags\":[\"a\",null],\"o\":{\"k\":true}}\n\n{\"id\":\"x\",\"z\":null}\n")
	put("b.json", "[{\"id\":3},{\"id\":4,\"v\":2}]\n")
	got := read(t, "json", dir, "SELECT id, v, tags, o, z FROM x ORDER BY id")
	want := "id string, o struct<k:boolean>, tags array<string>, v double, z string\n" +
		"id: 1, v: 1.5, tags: [a, null], o: {true}, z: null; id: 3, v: null, tags: null, o: null, z: null; " +
		"id: 4, v: 2.0, tags: null, o: null, z: null; id: x, v: null, tags: null, o: null, z: null"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	put("c.json", "not json\n")
	if got := read(t, "json", dir, "SELECT id FROM x"); !strings.Contains(got, "c.json:1: no JSON record") {
		t.Errorf("a line that is none: %s", got)
	}
	whole := t.TempDir()
	dir = whole
	put("w.json", "[\n {\"a\": 1},\n {\"a\": 2}\n]")
	if got := read(t, "json", whole, "SELECT sum(a) AS s FROM x", "multiLine", "true"); got != "a bigint\ns: 3" {
		t.Errorf("multiLine: %s", got)
	}
}

func TestReadAvro(t *testing.T) {
	dir := t.TempDir()
	schema := `{"type":"record","name":"r","fields":[{"name":"id","type":"int"},{"name":"name","type":["null","string"]},
		{"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
		{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"day","type":["null",{"type":"int","logicalType":"date"}]},
		{"name":"tags","type":{"type":"array","items":"string"}},{"name":"in","type":["null",{"type":"record","name":"inner","fields":[{"name":"x","type":"double"}]}]},
		{"name":"m","type":{"type":"map","values":"long"}},{"name":"e","type":{"type":"enum","name":"color","symbols":["RED","BLUE"]}}]}`
	var b bytes.Buffer
	enc, err := ocf.NewEncoder(schema, &b, ocf.WithCodec(ocf.Deflate))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 1, 31, 10, 0, 0, 5e6, time.UTC)
	for _, r := range []map[string]any{
		{"id": 1, "name": "x", "price": big.NewRat(3, 2), "at": at, "day": at, "tags": []any{"a", "b"}, "in": map[string]any{"inner": map[string]any{"x": 2.5}}, "m": map[string]any{"k": int64(7)}, "e": "BLUE"},
		{"id": 2, "name": nil, "price": big.NewRat(-1, 4), "at": at, "day": nil, "tags": []any{}, "in": nil, "m": map[string]any{}, "e": "RED"},
	} {
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.avro"), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got := read(t, "avro", dir, "SELECT id, name, price, `at`, day, tags, `in`, m['k'] AS k, e FROM x ORDER BY id")
	want := "id int, name string, price decimal(10,2), at timestamp, day date, tags array<string>, in struct<x:double>, m map<string,bigint>, e string\n" +
		"id: 1, name: x, price: 1.50, at: 2024-01-31 10:00:00, day: 2024-01-31, tags: [a, b], in: {2.5}, k: 7, e: BLUE; " +
		"id: 2, name: null, price: -0.25, at: 2024-01-31 10:00:00, day: null, tags: [], in: null, k: null, e: RED"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func rawOf(options []string) plug.Raw {
	r := plug.Raw{Shape: plug.Mapping}
	for i := 0; i+1 < len(options); i += 2 {
		r.Entries = append(r.Entries, plug.Entry{Name: options[i], Value: plug.Raw{Shape: plug.Scalar, Text: options[i+1]}})
	}
	return r
}
