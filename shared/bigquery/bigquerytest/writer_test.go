package bigquerytest_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"

	warehouse "github.com/glint-data/glint/shared/bigquery"
	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/udl"
)

// The adapter's tests against the emulator are here and not in its own room, so
// that they share this room's test binary, which links DuckDB anyway.

func newWriter(t *testing.T) (*bed, *warehouse.Writer) {
	t.Helper()
	b, s := emulated(t, bigquerytest.Options{})
	url, stop, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	if err := b.dataset.Create(t.Context(), &bigquery.DatasetMetadata{Location: "europe-west4"}); err != nil {
		t.Fatal(err)
	}
	w, err := warehouse.New(t.Context(), warehouse.Options{Endpoint: url})
	if err != nil {
		t.Fatal(err)
	}
	return b, w
}

func outputTo(table string, sequence int) sink.Output {
	return sink.Output{
		Name: "finalDf", Mode: sink.Overwrite, ID: "glint_" + table, Sequence: sequence, Run: "w/2026-11-22T02:00Z.0", Options: plug.Args{},
		Location: depot.Location{Address: udl.Address{Depot: "bqdepot"}, Path: []string{"p", "d", table}},
	}
}

// publish does all that a run does with a writer.
func publish(t *testing.T, w *warehouse.Writer, o sink.Output, cols []relation.Column, rows int64, uri string) (sink.Receipt, error) {
	t.Helper()
	cols, err := w.Columns(o, cols)
	if err != nil {
		t.Fatalf("Columns: %v", err)
	}
	l, err := w.Inspect(t.Context(), o)
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	i, err := w.Prepare(t.Context(), o, relation.Relation{Name: o.Name, Form: relation.Parquet, Columns: cols, Rows: rows, Files: []relation.File{{URI: uri}}}, l)
	if err != nil {
		return sink.Receipt{}, err
	}
	return w.Publish(t.Context(), i)
}

func TestWriterTypes(t *testing.T) {
	b, w := newWriter(t)
	uri := b.parquet(t, "types.parquet", `SELECT true AS flag, 7::BIGINT AS n, 1.5::DOUBLE AS f, 12.34::DECIMAL(10,2) AS price,
		'größe' AS s, 'hi'::BLOB AS raw, DATE '2024-01-05' AS d, TIMESTAMPTZ '2024-01-05 10:00:00.000001+00' AS at,
		TIMESTAMP '2024-01-05 10:00:00.25' AS wall, [1, 2]::BIGINT[] AS list, {'x': 1::BIGINT, 'y': NULL::VARCHAR} AS rec,
		[{'k': 'a', 'v': 1::BIGINT}] AS pairs, NULL::VARCHAR AS nothing`)
	k := func(k relation.Kind) relation.Type { return relation.Of(k) }
	cols := []relation.Column{
		{Name: "flag", Type: k(relation.Boolean)}, {Name: "n", Type: k(relation.Int)}, {Name: "f", Type: k(relation.Float)},
		{Name: "price", Type: relation.DecimalOf(10, 2), Doc: "in euro"}, {Name: "s", Type: k(relation.String)}, {Name: "raw", Type: k(relation.Binary)},
		{Name: "d", Type: k(relation.Date)}, {Name: "at", Type: k(relation.Timestamp)}, {Name: "wall", Type: k(relation.TimestampNTZ)},
		{Name: "list", Type: relation.ArrayOf(k(relation.Int))},
		{Name: "rec", Type: relation.StructOf(relation.Column{Name: "x", Type: k(relation.Int)}, relation.Column{Name: "y", Type: k(relation.String)})},
		{Name: "pairs", Type: relation.ArrayOf(relation.StructOf(relation.Column{Name: "k", Type: k(relation.String)}, relation.Column{Name: "v", Type: k(relation.Long)}))},
		{Name: "nothing", Type: k(relation.String)},
	}
	o := outputTo("types", 0)
	o.Title, o.Description, o.Labels = "Types", "all of them", map[string]string{"glint_workflow": "w"}
	r, err := publish(t, w, o, cols, 1, uri)
	if err != nil {
		t.Fatalf("Publish: %v\n%s", err, fault.Print(err))
	}
	if r.Rows != 1 || r.Disposition != "WRITE_TRUNCATE" || r.Location != "europe-west4" || len(r.Notes) > 0 || r.Ended.Before(r.Started) {
		t.Errorf("receipt %+v", r)
	}
	l, err := w.Inspect(t.Context(), o)
	if err != nil || !l.Exists || l.Rows != 1 {
		t.Fatalf("Inspect = %+v, %v", l, err)
	}
	want, _ := w.Columns(o, cols)
	for i, c := range l.Columns {
		if !c.Type.Equal(want[i].Type) || c.Doc != want[i].Doc {
			t.Errorf("column %s is %s %q, want %s %q", c.Name, c.Type, c.Doc, want[i].Type, want[i].Doc)
		}
	}
	rows, err := w.Preview(t.Context(), o.Location.Path, 10)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 1, 5, 10, 0, 0, 0, time.UTC)
	row := []any{true, int64(7), 1.5, "12.34", "größe", []byte("hi"), at.Add(-10 * time.Hour), at.Add(time.Microsecond), at.Add(250 * time.Millisecond),
		[]any{int64(1), int64(2)}, []any{int64(1), nil}, []any{[]any{"a", int64(1)}}, nil}
	if diff := cmp.Diff([][]any{row}, rows.Values); diff != "" || rows.More {
		t.Errorf("preview (-want +got):\n%s", diff)
	}
	m, err := b.dataset.Table("types").Metadata(t.Context())
	if err != nil || m.Name != "Types" || m.Description != "all of them" || m.Labels["glint_workflow"] != "w" {
		t.Errorf("metadata %+v, %v", m, err)
	}
}

var ids = []relation.Column{{Name: "id", Type: relation.Of(relation.Long)}}

func count(t *testing.T, w *warehouse.Writer, table string) int64 {
	t.Helper()
	l, err := w.Inspect(t.Context(), outputTo(table, 0))
	if err != nil {
		t.Fatal(err)
	}
	return l.Rows
}

func TestWriterReplacesAndAppends(t *testing.T) {
	b, w := newWriter(t)
	three, two := b.parquet(t, "3.parquet", "SELECT range AS id FROM range(3)"), b.parquet(t, "2.parquet", "SELECT range AS id FROM range(2)")
	for i, c := range []struct {
		mode sink.SaveMode
		uri  string
		rows int64
		want int64
	}{{sink.Overwrite, three, 3, 3}, {sink.Overwrite, two, 2, 2}, {sink.Append, three, 3, 5}, {sink.Overwrite, two, 2, 2}} {
		o := outputTo("t", i)
		o.Mode = c.mode
		for range 3 { // asked again under the same ID, it is not loaded again
			if _, err := publish(t, w, o, ids, c.rows, c.uri); err != nil && !strings.Contains(err.Error(), "taken by something else") {
				t.Fatalf("load %d: %v", i, err)
			}
		}
		if n := count(t, w, "t"); n != c.want {
			t.Errorf("after load %d the table has %d rows, want %d", i, n, c.want)
		}
	}
}

func TestWriterKeepsMetadata(t *testing.T) {
	b, w := newWriter(t)
	err := b.dataset.Table("t").Create(t.Context(), &bigquery.TableMetadata{
		Name: "T", Description: "kept", Labels: map[string]string{"team": "geo"},
		Schema: bigquery.Schema{
			{Name: "id", Type: bigquery.IntegerFieldType, Required: true, Description: "the key", PolicyTags: &bigquery.PolicyTagList{Names: []string{"projects/p/locations/l/taxonomies/1/policyTags/2"}}},
		},
		Clustering: &bigquery.Clustering{Fields: []string{"id"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	before, err := b.dataset.Table("t").Metadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publish(t, w, outputTo("t", 0), ids, 3, b.parquet(t, "3.parquet", "SELECT range AS id FROM range(3)")); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	after, err := b.dataset.Table("t").Metadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for what, diff := range map[string]string{
		"schema": cmp.Diff(before.Schema, after.Schema), "labels": cmp.Diff(before.Labels, after.Labels),
		"clustering": cmp.Diff(before.Clustering, after.Clustering), "description": cmp.Diff(before.Description, after.Description),
	} {
		if diff != "" {
			t.Errorf("%s changed (-before +after):\n%s", what, diff)
		}
	}
	// A NULL in a REQUIRED column fails the load and leaves the rows.
	_, err = publish(t, w, outputTo("t", 1), ids, 1, b.parquet(t, "null.parquet", "SELECT NULL::BIGINT AS id"))
	if !errors.Is(err, fault.Invalid) || count(t, w, "t") != 3 {
		t.Errorf("NULL in a REQUIRED column: %v, %d rows", err, count(t, w, "t"))
	}
}

func TestWriterErrors(t *testing.T) {
	b, w := newWriter(t)
	if _, err := publish(t, w, outputTo("t", 0), ids, 1, "gs://b/none.parquet"); !errors.Is(err, fault.NotFound) {
		t.Errorf("missing object: %v", err)
	}
	text := []relation.Column{{Name: "id", Type: relation.Of(relation.String)}}
	if _, err := publish(t, w, outputTo("t", 1), text, 1, b.parquet(t, "n.parquet", "SELECT 1::BIGINT AS id")); !errors.Is(err, fault.Invalid) {
		t.Errorf("another type in the file: %v", err)
	}
	if l, err := w.Inspect(t.Context(), outputTo("t", 0)); err != nil || l.Exists {
		t.Errorf("after loads that failed: %+v, %v", l, err)
	}
	o := outputTo("t", 0)
	o.Location.Path[1] = "nowhere"
	if _, err := w.Inspect(t.Context(), o); !errors.Is(err, fault.NotFound) || !strings.Contains(strings.Join(fault.Hints(err), ""), "bq --location") {
		t.Errorf("missing dataset: %v %q", err, fault.Hints(err))
	}
}

// Publish and Settle race for one ID: exactly one of them has its way.
func TestWriterSettles(t *testing.T) {
	b, w := newWriter(t)
	uri := b.parquet(t, "3.parquet", "SELECT range AS id FROM range(3)")
	for n := range 10 {
		o := outputTo(fmt.Sprintf("t%d", n), 0)
		l, err := w.Inspect(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		i, err := w.Prepare(t.Context(), o, relation.Relation{Columns: ids, Rows: 3, Files: []relation.File{{URI: uri}}}, l)
		if err != nil {
			t.Fatal(err)
		}
		var (
			all       sync.WaitGroup
			published error
		)
		all.Go(func() { _, published = w.Publish(t.Context(), i) })
		v, _, err := w.Settle(t.Context(), i)
		all.Wait()
		if err != nil || (v == sink.Landed) != (published == nil) {
			t.Errorf("Settle = %v, %v while Publish = %v", v, err, published)
		}
		if l, err := w.Inspect(t.Context(), o); err != nil || l.Exists != (v == sink.Landed) {
			t.Errorf("verdict %v, table exists: %v (%v)", v, l.Exists, err)
		}
	}
}
