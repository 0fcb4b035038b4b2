package spark_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/spark"
	"github.com/glint-data/glint/shared/sparksql"
)

func file(uri, body string) relation.File {
	return relation.File{URI: uri, Size: int64(len(body)), Open: func(context.Context, int64, int64) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(body)), nil
	}}
}

// TestEngine carries rows through the port: CSV and JSON in, a step, Parquet
// out, which Spark itself reads again.
func TestEngine(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s, err := spark.Engine{}.Open(ctx, host.Budget{Dir: dir, Memory: 1 << 30, Threads: 1})
	if errors.Is(err, fault.NotFound) && os.Getenv("GLINT_SPARK") != "required" {
		t.Skipf("SKIPPED: no Spark here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	long, text := relation.Of(relation.Long), relation.Of(relation.String)
	decode := relation.SparkCSV()
	decode.Physical = []relation.Column{{Name: "id", Type: long}, {Name: "__metadata", Type: text}, {Name: "when", Type: relation.Of(relation.Timestamp)}}
	scope := sparksql.Scopes{}
	scope["a"], err = s.Bind(ctx, relation.Relation{Name: "a", Form: relation.CSV, Decode: decode,
		Columns: []relation.Column{decode.Physical[0], decode.Physical[2]},
		Files:   []relation.File{file("gs://b/1.csv", "id,__metadata,when\n1,m,2024-02-29T12:00:00Z\nx,m,\n"), file("gs://b/2.csv", "id,__metadata,when\n3,m,2024-03-01\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if scope["b"], err = s.Bind(ctx, relation.Relation{Name: "b", Form: relation.JSON, Files: []relation.File{file("gs://b/x.json", `{"id": 1, "tags": ["x", null]}`)}}); err != nil {
		t.Fatal(err)
	}
	if got := relation.StructOf(scope["b"]...).String(); got != "struct<id:bigint,tags:array<string>>" {
		t.Errorf("Spark finds %s", got)
	}
	q, err := sparksql.Resolve("SELECT a.id, a.when, CAST(a.id AS DECIMAL(5,2)) AS d, b.tags FROM a LEFT JOIN b ON a.id = b.id", nil, scope)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Define(ctx, engine.View{Name: "out", Query: q, Columns: q.Columns}); err != nil {
		t.Fatal(err)
	}
	rows, err := s.Query(ctx, sparksql.Scan("out", q.Columns), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{{int64(1), time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC), "1.00", []any{"x", nil}}}
	if diff := cmp.Diff(want, rows.Values); diff != "" || !rows.More {
		t.Errorf("rows (-want +got), more %t:\n%s", rows.More, diff)
	}
	if plan, err := s.Explain(ctx, "out"); err != nil || !strings.Contains(plan, "Join") {
		t.Errorf("Explain: %v\n%s", err, plan)
	}

	berlin, err := sparksql.ResolveWith("SELECT CAST(a.when AS STRING) AS s, a.when FROM a WHERE id = 1", nil, scope, sparksql.Settings{TimeZone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err = s.Query(ctx, berlin, 1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{"2024-02-29 13:00:00", want[0][1]}}, rows.Values); diff != "" {
		t.Errorf("in Berlin (-want +got):\n%s", diff)
	}

	var parquet bytes.Buffer
	export := engine.Export{Output: "out", View: "out", Columns: q.Columns, Form: relation.Parquet, Put: func(_ context.Context, part int, r io.Reader) (relation.File, error) {
		n, err := parquet.ReadFrom(r)
		return relation.File{URI: "part", Size: n}, err
	}}
	done, err := s.Export(ctx, []engine.Export{export}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if done.Outputs[0].Rows != 3 || len(done.Outputs[0].Files) != 1 || len(done.Reads) != 2 || done.Reads[0].Total == 0 {
		t.Errorf("exported %+v", done)
	}
	back, err := s.Bind(ctx, relation.Relation{Name: "c", Form: relation.Parquet, Files: []relation.File{file("gs://b/part.parquet", parquet.String())}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := relation.StructOf(back...), relation.StructOf(q.Columns...); !got.Equal(want) {
		t.Errorf("Parquet has %s, want %s", got, want)
	}

	_, err = s.Bind(ctx, relation.Relation{Name: "d", Form: relation.Avro, Files: []relation.File{file("gs://b/x.avro", "")}})
	if !errors.Is(err, fault.Refused) {
		t.Errorf("Avro: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
