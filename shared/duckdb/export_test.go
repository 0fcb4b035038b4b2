package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

var cityColumns = []relation.Column{
	{Name: "id", Type: relation.Of(relation.Long), Nullable: true},
	{Name: "name", Type: relation.Of(relation.String), Nullable: true},
	{Name: "area", Type: relation.DecimalOf(10, 2), Nullable: true},
	{Name: "at", Type: relation.Of(relation.Timestamp), Nullable: true},
}

// cities is a CSV file of n rows.
func cities(n int) string {
	var b strings.Builder
	b.WriteString("id,name,area,at\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,\"name, %d\",%d.25,2026-01-02 03:04:05\n", i, i, i%1000)
	}
	return b.String()
}

// csvOf is a relation over a text in memory; size is what the store says it has.
func csvOf(name, body string, size int) relation.Relation {
	return relation.Relation{
		Name: name, Form: relation.CSV, Columns: cityColumns, Decode: relation.SparkCSV(), Rows: -1,
		Files: []relation.File{{URI: "mem://" + name, Size: int64(size), Open: func(context.Context, int64, int64) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(body)), nil
		}}},
	}
}

// bench is a session with its inputs and what its exports stored.
type bench struct {
	*testing.T
	s     engine.Session
	scope sparksql.Scopes
	files map[string][]byte
}

func open(t *testing.T) *bench {
	t.Helper()
	s, err := Engine{}.Open(t.Context(), host.Budget{Dir: t.TempDir(), Threads: 2, Memory: 256 << 20, Scratch: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &bench{t, s, sparksql.Scopes{}, map[string][]byte{}}
}

func (b *bench) bind(r relation.Relation) {
	b.Helper()
	cols, err := b.s.Bind(b.Context(), r)
	if err != nil {
		b.Fatal(err)
	}
	b.scope[r.Name] = cols
}

func (b *bench) define(name, text string) {
	b.Helper()
	q, err := sparksql.Resolve(text, nil, b.scope)
	if err != nil {
		b.Fatal(err)
	}
	if err := b.s.Define(b.Context(), engine.View{Name: name, Query: q, Columns: q.Columns}); err != nil {
		b.Fatal(err)
	}
	b.scope[name] = q.Columns
}

func (b *bench) export(ctx context.Context, names ...string) (engine.Exported, error) {
	var exports []engine.Export
	for _, n := range names {
		exports = append(exports, engine.Export{
			Output: n, View: n, Columns: b.scope[n], Form: relation.Parquet,
			Put: func(_ context.Context, part int, r io.Reader) (relation.File, error) {
				data, err := io.ReadAll(r)
				if err != nil {
					return relation.File{}, err
				}
				b.files[n] = data
				return relation.File{URI: n, Size: int64(len(data))}, nil
			},
		})
	}
	return b.s.Export(ctx, exports, nil)
}

// rows runs a query over a stored file with a database of its own.
func (b *bench) rows(file, query string) [][]any {
	b.Helper()
	path := filepath.Join(b.TempDir(), "f.parquet")
	if err := os.WriteFile(path, b.files[file], 0o600); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	r, err := db.Query(strings.ReplaceAll(query, "FILE", "read_parquet("+text(path)+")"))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	names, _ := r.Columns()
	out, err := collect(r, make([]relation.Column, len(names)), 1000)
	if err != nil {
		b.Fatal(err)
	}
	return out.Values
}

func TestStream(t *testing.T) {
	b := open(t)
	const n = 200_000
	body := cities(n)
	b.bind(csvOf("city", body, len(body)))
	b.define("final", "SELECT id, name, area, at FROM city")
	done, err := b.export(t.Context(), "final")
	if err != nil {
		t.Fatal(err)
	}
	want := engine.Exported{
		Outputs: []engine.Output{{Output: "final", Files: []relation.File{{URI: "final", Size: int64(len(b.files["final"]))}}, Rows: n, Bytes: int64(len(b.files["final"]))}},
		Reads:   []engine.Read{{Input: "city", Rows: n, Bytes: int64(len(body)), Total: int64(len(body)), Complete: true, Bad: map[string]int64{}}},
	}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	got := b.rows("final", `SELECT count(*), sum(id)::BIGINT, count(DISTINCT name), typeof(any_value(area)), typeof(any_value("at")), any_value(epoch("at"))::BIGINT FROM FILE`)
	if diff := cmp.Diff([][]any{{int64(n), int64(n) * (n - 1) / 2, int64(n), "DECIMAL(10,2)", "TIMESTAMP WITH TIME ZONE", int64(1767323045)}}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestLimit: the first rows of the file, and little more is read.
func TestLimit(t *testing.T) {
	b := open(t)
	body := cities(2_000_000)
	b.bind(csvOf("city", body, len(body)))
	b.define("final", "SELECT * FROM city LIMIT 10")
	done, err := b.export(t.Context(), "final")
	if err != nil {
		t.Fatal(err)
	}
	if r := done.Reads[0]; r.Complete || r.Bytes > 16<<20 {
		t.Errorf("read %d bytes of %d, complete %v", r.Bytes, r.Total, r.Complete)
	}
	if diff := cmp.Diff([][]any{{int64(10), int64(0), int64(9)}}, b.rows("final", "SELECT count(*), min(id), max(id) FROM FILE")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestReadTwice: an input that is read twice is kept, not silently empty.
func TestReadTwice(t *testing.T) {
	b := open(t)
	body := cities(1000)
	b.bind(csvOf("city", body, len(body)))
	b.define("pairs", "SELECT a.id FROM city a JOIN city b ON a.id = b.id")
	b.define("counted", "SELECT count(*) AS n FROM city")
	done, err := b.export(t.Context(), "pairs", "counted")
	if err != nil {
		t.Fatal(err)
	}
	if done.Outputs[0].Rows != 1000 || done.Outputs[1].Rows != 1 || len(done.Reads) != 1 || done.Reads[0].Rows != 1000 {
		t.Errorf("Exported = %+v", done)
	}
	if got := b.rows("counted", "SELECT n FROM FILE")[0][0]; got != int64(1000) {
		t.Errorf("count = %v", got)
	}
}

func TestCountOfAStream(t *testing.T) {
	b := open(t)
	body := cities(1000)
	b.bind(csvOf("city", body, len(body)))
	b.define("n", "SELECT count(*) AS n FROM city")
	if _, err := b.export(t.Context(), "n"); err != nil {
		t.Fatal(err)
	}
	if got := b.rows("n", "SELECT n FROM FILE")[0][0]; got != int64(1000) {
		t.Errorf("count = %v", got)
	}
}

// TestShortDownload: a download that ends at a row's end is an error, and no
// object appears.
func TestShortDownload(t *testing.T) {
	b := open(t)
	body := cities(1000)
	b.bind(csvOf("city", body, len(body)+100))
	b.define("final", "SELECT id FROM city")
	_, err := b.export(t.Context(), "final")
	if !errors.Is(err, fault.Transient) || !strings.Contains(err.Error(), "ended after") {
		t.Errorf("Export = %v", err)
	}
	if len(b.files) != 0 {
		t.Error("an object was made")
	}
}

func TestDownloadFails(t *testing.T) {
	b := open(t)
	broken := errors.New("connection reset")
	r := csvOf("city", "", 1<<20)
	r.Files[0].Open = func(context.Context, int64, int64) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(cities(1000)), errReader{broken})), nil
	}
	b.bind(r)
	b.define("final", "SELECT id FROM city")
	if _, err := b.export(t.Context(), "final"); !errors.Is(err, broken) || len(b.files) != 0 {
		t.Errorf("Export = %v, files %d", err, len(b.files))
	}
}

func TestUploadFails(t *testing.T) {
	b := open(t)
	body := cities(500_000)
	b.bind(csvOf("city", body, len(body)))
	b.define("final", "SELECT * FROM city")
	full := errors.New("bucket is gone")
	_, err := b.s.Export(t.Context(), []engine.Export{{Output: "final", View: "final", Columns: b.scope["final"], Form: relation.Parquet,
		Put: func(_ context.Context, _ int, r io.Reader) (relation.File, error) {
			_, _ = io.CopyN(io.Discard, r, 1000)
			return relation.File{}, full
		}}}, nil)
	if !errors.Is(err, full) {
		t.Errorf("Export = %v", err)
	}
}

// TestCancelled: a stalled download does not hold up the end of a run.
func TestCancelled(t *testing.T) {
	b := open(t)
	r := csvOf("city", "", 1<<20)
	r.Files[0].Open = func(ctx context.Context, _, _ int64) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(cities(10)), stalled{ctx})), nil
	}
	b.bind(r)
	b.define("final", "SELECT * FROM city")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	_, err := b.export(ctx, "final")
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(started) > 3*time.Second || len(b.files) != 0 {
		t.Errorf("Export = %v after %v, files %d", err, time.Since(started), len(b.files))
	}
}

func TestBadFields(t *testing.T) {
	b := open(t)
	body := "id,name,area,at\n1,a,1.255,x\nx,,2,\n3,\"\",\n"
	b.bind(csvOf("city", body, len(body)))
	b.define("final", "SELECT * FROM city")
	done, err := b.export(t.Context(), "final")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"id": 1, "at": 1, "": 1}, done.Reads[0].Bad); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want := [][]any{{int64(1), "a", "1.26"}, {nil, nil, "2.00"}, {int64(3), nil, nil}}
	if diff := cmp.Diff(want, b.rows("final", "SELECT id, name, area FROM FILE")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestQueryAndExplain(t *testing.T) {
	b := open(t)
	body := cities(20)
	b.bind(csvOf("city", body, len(body)))
	b.define("final", "SELECT id, name FROM city WHERE id > 3")
	plan, err := b.s.Explain(t.Context(), "final")
	if err != nil || !strings.Contains(plan, "name") || strings.Contains(plan, "r0_") {
		t.Errorf("Explain = %v\n%s", err, plan)
	}
	for range 2 {
		rows, err := b.s.Query(t.Context(), sparksql.Scan("final", b.scope["final"]), 2)
		if err != nil || !rows.More || len(rows.Values) != 2 || rows.Values[0][0] != int64(4) {
			t.Errorf("Query = %+v, %v", rows, err)
		}
	}
	if done, err := b.export(t.Context(), "final"); err != nil || done.Outputs[0].Rows != 16 {
		t.Errorf("Export = %+v, %v", done, err)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) { <-s.ctx.Done(); return 0, s.ctx.Err() }

// TestLongRecord: a record that no buffer holds is a mistake that says whose it
// is and how long it may be.
func TestLongRecord(t *testing.T) {
	for _, c := range []struct {
		query string
		size  int
		want  string
	}{
		{"SELECT * FROM city", 20 << 20, "input city: a record is longer than 16 MB"},
		{"SELECT * FROM city LIMIT 5", 5 << 20, "input city: a record is longer than 4 MB"},
		{"SELECT * FROM city", 15 << 20, ""},
		{"SELECT * FROM city LIMIT 5", 3 << 20, ""},
	} {
		b := open(t)
		body := "id,name,area,at\n1," + strings.Repeat("x", c.size) + ",,\n"
		b.bind(csvOf("city", body, len(body)))
		b.define("final", c.query)
		_, err := b.export(t.Context(), "final")
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s of a record of %d bytes = %v, want %q", c.query, c.size, err, c.want)
		}
	}
}

// TestManyFiles: all files of an input go through one pipe, each without its header.
func TestManyFiles(t *testing.T) {
	b := open(t)
	body := cities(100)
	r := csvOf("city", body, len(body))
	for range 49 {
		r.Files = append(r.Files, r.Files[0])
	}
	b.bind(r)
	b.define("final", "SELECT id FROM city")
	done, err := b.export(t.Context(), "final")
	if err != nil || done.Outputs[0].Rows != 5000 || done.Reads[0].Bytes != int64(50*len(body)) {
		t.Errorf("Export = %+v, %v", done, err)
	}
}

// TestStoredInstant: an instant is written as the same microsecond.
func TestStoredInstant(t *testing.T) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	written, err := stored("ts", relation.Of(relation.Timestamp))
	if err != nil {
		t.Fatal(err)
	}
	var same, all int
	err = db.QueryRow("SELECT count(*) FILTER (w IS NOT DISTINCT FROM timezone('UTC', ts) AND typeof(w) = 'TIMESTAMP WITH TIME ZONE'), count(*) FROM (SELECT ts, "+written+` AS w FROM (VALUES
		(TIMESTAMP '0001-01-01'), ('9999-12-31 23:59:59.999999'), ('1969-12-31 23:59:59.999999'), ('1582-10-10'), ('2024-02-29 12:00:00.000001'), (NULL)) v(ts))`).Scan(&same, &all)
	if err != nil || same != 6 || all != 6 {
		t.Errorf("%d of %d are the same, %v", same, all, err)
	}
}
