package bigquerytest_test

import (
	"context"
	"testing"

	"cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
)

// described makes a table with everything that a disposition may keep or lose.
func described(t *testing.T, b *bed, name string) {
	t.Helper()
	err := b.dataset.Table(name).Create(t.Context(), &bigquery.TableMetadata{
		Name: "friendly", Description: "what it is", Labels: map[string]string{"team": "data"},
		Schema: bigquery.Schema{
			{Name: "id", Type: bigquery.IntegerFieldType, Description: "the key"},
			{Name: "name", Type: bigquery.StringFieldType, Description: "what it is called", DefaultValueExpression: "'x'"},
		},
		TableConstraints: &bigquery.TableConstraints{PrimaryKey: &bigquery.PrimaryKey{Columns: []string{"id"}}},
		Clustering:       &bigquery.Clustering{Fields: []string{"id"}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDispositions(t *testing.T) {
	b := newBed(t)
	old := b.parquet(t, "old.parquet", "SELECT 1::BIGINT AS id, 'old' AS name")
	next := b.parquet(t, "next.parquet", "SELECT 2::BIGINT AS id, 'new' AS name")
	type kept struct {
		Description, Label, ColumnDoc, Default string
		PrimaryKey                             bool
		Rows                                   int
	}
	all := kept{"what it is", "data", "the key", "'x'", true, 1}
	for _, c := range []struct {
		name string
		d    bigquery.TableWriteDisposition
		want kept
	}{
		// observed: dlt-hub/dlt#4130 ran it against the service; documented: JobConfigurationLoad.writeDisposition
		{"truncate", bigquery.WriteTruncate, kept{"what it is", "data", "", "", false, 1}},
		{"truncate_data", bigquery.WriteTruncateData, all},
		{"append", bigquery.WriteAppend, kept{"what it is", "data", "the key", "'x'", true, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			described(t, b, c.name)
			b.mustLoad(t, c.name, old, bigquery.WriteAppend)
			created := b.meta(t, c.name).CreationTime
			b.mustLoad(t, c.name, next, c.d)
			m := b.meta(t, c.name)
			got := kept{m.Description, m.Labels["team"], m.Schema[0].Description, m.Schema[1].DefaultValueExpression, m.TableConstraints != nil && m.TableConstraints.PrimaryKey != nil, len(b.read(t, c.name))}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("after %s (-want +got):\n%s", c.d, diff)
			}
			if !m.CreationTime.Equal(created) {
				t.Error("the table is another object")
			}
			if m.Clustering == nil {
				t.Error("clustering is lost")
			}
		})
	}
}

func TestPolicies(t *testing.T) {
	observed(t, "dlt-hub/dlt#4130; documented: docs/row-level-security-intro")
	b, s := onlyBed(t, bigquerytest.Options{}) // a real project would need grantees and a taxonomy
	service := raw(t, s)
	err := b.dataset.Table("t").Create(t.Context(), &bigquery.TableMetadata{Schema: bigquery.Schema{
		{Name: "id", Type: bigquery.IntegerFieldType, PolicyTags: &bigquery.PolicyTagList{Names: []string{"projects/p/locations/us/taxonomies/1/policyTags/2"}}},
		{Name: "name", Type: bigquery.StringFieldType},
	}})
	if err != nil {
		t.Fatal(err)
	}
	tags := func() bool { return b.meta(t, "t").Schema[0].PolicyTags != nil }
	uri := b.parquet(t, "x.parquet", "SELECT 2::BIGINT AS id, 'new' AS name")
	count := func() int {
		l, err := service.RowAccessPolicies.List("p", "d", "t").Do()
		if err != nil {
			t.Fatal(err)
		}
		return len(l.RowAccessPolicies)
	}
	policy := &bq.RowAccessPolicy{RowAccessPolicyReference: &bq.RowAccessPolicyReference{PolicyId: "mine"}, FilterPredicate: "true", Grantees: []string{"allUsers"}}
	if _, err := service.RowAccessPolicies.Insert("p", "d", "t", policy).Do(); err != nil {
		t.Fatal(err)
	}
	b.mustLoad(t, "t", uri, bigquery.WriteTruncateData)
	if n := count(); n != 1 || !tags() {
		t.Errorf("after WRITE_TRUNCATE_DATA %d policies, policy tags %t, want both", n, tags())
	}
	if _, err := service.Tabledata.List("p", "d", "t").Do(); err == nil {
		t.Error("rows under a row access policy are shown to anybody")
	}
	b.mustLoad(t, "t", uri, bigquery.WriteTruncate)
	if n := count(); n != 0 || tags() {
		t.Errorf("after WRITE_TRUNCATE %d policies, policy tags %t, want none", n, tags())
	}
}

func TestWriteEmpty(t *testing.T) {
	documented(t, "rest/v2/Job#JobConfigurationLoad: writeDisposition")
	b := newBed(t)
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	b.mustLoad(t, "t", uri, bigquery.WriteEmpty)
	if _, err := b.load(t, "t", uri, bigquery.WriteEmpty); reason(err) != "job duplicate" {
		t.Errorf("second WRITE_EMPTY = %v, want duplicate", err)
	}
	if n := len(b.read(t, "t")); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestCreateNever(t *testing.T) {
	documented(t, "rest/v2/Job#JobConfigurationLoad: createDisposition")
	b := newBed(t)
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	_, err := b.load(t, "t", uri, bigquery.WriteTruncate, func(l *bigquery.Loader) { l.CreateDisposition = bigquery.CreateNever })
	if got := reason(err); got != "job notFound" && got != "404 notFound" {
		t.Errorf("load = %v, want notFound", err)
	}
}

func TestSchemaDrift(t *testing.T) {
	b := newBed(t)
	base := b.parquet(t, "base.parquet", "SELECT 1::BIGINT AS id, 'a' AS s")
	wider := b.parquet(t, "wider.parquet", "SELECT 2::BIGINT AS id, 'b' AS s, 1.5::DOUBLE AS f")
	changed := b.parquet(t, "changed.parquet", "SELECT 'x' AS id, 'b' AS s")
	grow := func(l *bigquery.Loader) { l.SchemaUpdateOptions = []string{"ALLOW_FIELD_ADDITION"} }
	for _, c := range []struct {
		name string
		uri  string
		d    bigquery.TableWriteDisposition
		opts []loadOption
		want string
		cols int
	}{
		// observed: GoogleCloudDataproc/spark-bigquery-connector#1294 (Cannot add fields)
		{"append_wider", wider, bigquery.WriteAppend, nil, "job invalid", 2},
		// observed: nrkno/bigquery-scala#637
		{"data_wider", wider, bigquery.WriteTruncateData, nil, "job invalid", 2},
		// documented: JobConfigurationLoad.schemaUpdateOptions
		{"append_grow", wider, bigquery.WriteAppend, []loadOption{grow}, "<nil>", 3},
		{"data_grow", wider, bigquery.WriteTruncateData, []loadOption{grow}, "<nil>", 3},
		{"truncate_grow", wider, bigquery.WriteTruncate, []loadOption{grow}, "400 invalid", 2},
		// observed: googleapis/google-cloud-python#9207 (has changed type)
		{"append_changed", changed, bigquery.WriteAppend, nil, "job invalid", 2},
		{"truncate_changed", changed, bigquery.WriteTruncate, nil, "<nil>", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.mustLoad(t, c.name, base, bigquery.WriteTruncate)
			_, err := b.load(t, c.name, c.uri, c.d, c.opts...)
			if got := reason(err); got != c.want {
				t.Errorf("load = %v, want %s", err, c.want)
			}
			if n := len(b.meta(t, c.name).Schema); n != c.cols {
				t.Errorf("%d columns, want %d", n, c.cols)
			}
		})
	}
	assumed(t, "rows of before an added column read as NULL in it, also in tabledata.list")
	want := [][]bigquery.Value{{int64(1), "a", nil}, {int64(2), "b", 1.5}}
	if diff := cmp.Diff(want, b.read(t, "append_grow")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestPartitioning(t *testing.T) {
	b := newBed(t)
	uri := b.parquet(t, "p.parquet", "SELECT DATE '2026-01-01' AS d, 1::BIGINT AS id")
	by := func(field string) loadOption {
		return func(l *bigquery.Loader) {
			l.TimePartitioning = &bigquery.TimePartitioning{Type: bigquery.DayPartitioningType, Field: field}
		}
	}
	documented(t, "docs/creating-partitioned-tables: by a load job")
	b.mustLoad(t, "p", uri, bigquery.WriteTruncate, by("d"))
	if tp := b.meta(t, "p").TimePartitioning; tp == nil || tp.Field != "d" {
		t.Errorf("partitioning = %+v", tp)
	}
	assumed(t, "WRITE_TRUNCATE that names no partitioning keeps the table's")
	b.mustLoad(t, "p", uri, bigquery.WriteTruncate)
	if tp := b.meta(t, "p").TimePartitioning; tp == nil || tp.Field != "d" {
		t.Errorf("partitioning = %+v", tp)
	}
	observed(t, "googleapis/python-bigquery#1079: 400 at jobs.insert")
	b.mustLoad(t, "flat", uri, bigquery.WriteTruncate)
	if _, err := b.load(t, "flat", uri, bigquery.WriteTruncate, by("d")); reason(err) != "400 invalid" {
		t.Errorf("partitioning a flat table = %v, want 400 invalid", err)
	}
}

func TestPartitionDecorator(t *testing.T) {
	documented(t, "docs/load-data-partitioned-tables: write to a partition, all rows must belong to it")
	b := newBed(t)
	by := func(l *bigquery.Loader) {
		l.TimePartitioning = &bigquery.TimePartitioning{Type: bigquery.DayPartitioningType, Field: "d"}
	}
	two := b.parquet(t, "two.parquet", "SELECT * FROM (VALUES (DATE '2026-01-01', 1::BIGINT), (DATE '2026-01-02', 2)) t(d, id)")
	one := b.parquet(t, "one.parquet", "SELECT DATE '2026-01-02' AS d, 3::BIGINT AS id")
	b.mustLoad(t, "t", two, bigquery.WriteTruncate, by)
	b.mustLoad(t, "t$20260102", one, bigquery.WriteTruncate)
	ids := func() []int64 {
		var ids []int64
		for _, r := range b.query(t, "SELECT id FROM "+b.dataset.DatasetID+".t ORDER BY id") {
			ids = append(ids, r[0].(int64))
		}
		return ids
	}
	if diff := cmp.Diff([]int64{1, 3}, ids()); diff != "" {
		t.Errorf("after the partition was replaced (-want +got):\n%s", diff)
	}
	if _, err := b.load(t, "t$20260101", one, bigquery.WriteTruncate); reason(err) != "job invalid" {
		t.Errorf("rows of another partition = %v, want job invalid", err)
	}
	b.mustLoad(t, "t$20260102", one, bigquery.WriteAppend)
	if diff := cmp.Diff([]int64{1, 3, 3}, ids()); diff != "" {
		t.Errorf("after an append to the partition (-want +got):\n%s", diff)
	}
}

// background is a context that a test's end does not cancel.
func background(t *testing.T) context.Context { return context.WithoutCancel(t.Context()) }
