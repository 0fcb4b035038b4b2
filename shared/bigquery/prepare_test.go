package bigquery

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// city is a live table with everything that a careless overwrite loses.
func city() *bq.Table {
	return &bq.Table{
		Type: "TABLE", NumRows: 42, NumBytes: 4200, Etag: "e1", FriendlyName: "City", Description: "of people",
		Labels: map[string]string{"team": "geo"},
		Schema: &bq.TableSchema{Fields: []*bq.TableFieldSchema{
			{Name: "ID", Type: "INTEGER", Mode: "REQUIRED", Description: "the key"},
			{Name: "name", Type: "STRING", PolicyTags: &bq.TableFieldSchemaPolicyTags{Names: []string{"pii"}}},
		}},
		EncryptionConfiguration: &bq.EncryptionConfiguration{KmsKeyName: "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/3"},
		Clustering:              &bq.Clustering{Fields: []string{"name"}},
	}
}

func keyed(t *bq.Table) *bq.Table {
	t.TableConstraints = &bq.TableConstraints{PrimaryKey: &bq.TableConstraintsPrimaryKey{Columns: []string{"ID"}}}
	return t
}

func TestPrepareNewTable(t *testing.T) {
	_, w := serve(t)
	o := output(func(o *sink.Output) {
		o.Title, o.Sequence = "Cities", 2
		options(map[string]any{"partitionField": "at", "clusteredFields": "name , id"})(o)
	})
	i := mustIntend(t, w, o, staged(
		relation.Column{Name: "id", Type: long}, relation.Column{Name: "name", Type: text, Doc: "as written"},
		relation.Column{Name: "at", Type: relation.Of(relation.Timestamp)}))

	d, err := detailOf(i)
	if err != nil {
		t.Fatal(err)
	}
	digest := d.Configuration.Labels[digestLabel]
	if len(digest) != 40 {
		t.Errorf("digest label %q", digest)
	}
	want := detail{
		Reference: &bq.JobReference{ProjectId: "p", Location: "europe-west4", JobId: "glint_abc_2"},
		Configuration: &bq.JobConfiguration{
			JobTimeoutMs: 6 * 3600 * 1000,
			Labels: map[string]string{
				"glint_workflow": "bq-write", "glint_run": "bq-write-01-2026-11-22t02-00z-0", "glint_output": "finaldf", digestLabel: digest,
			},
			Load: &bq.JobConfigurationLoad{
				DestinationTable:  &bq.TableReference{ProjectId: "p", DatasetId: "dev", TableId: "city"},
				CreateDisposition: "CREATE_IF_NEEDED", WriteDisposition: "WRITE_TRUNCATE", SourceFormat: "PARQUET",
				SourceUris:     []string{"gs://tmp/run/1/finalDf/0.parquet"},
				ParquetOptions: &bq.ParquetOptions{EnableListInference: true}, DecimalTargetTypes: []string{"NUMERIC", "BIGNUMERIC"},
				Schema: &bq.TableSchema{Fields: []*bq.TableFieldSchema{
					{Name: "id", Type: "INTEGER", Mode: "NULLABLE"},
					{Name: "name", Type: "STRING", Mode: "NULLABLE", Description: "as written"},
					{Name: "at", Type: "TIMESTAMP", Mode: "NULLABLE"},
				}},
				TimePartitioning: &bq.TimePartitioning{Field: "at", Type: "DAY"},
				Clustering:       &bq.Clustering{Fields: []string{"name", "id"}},
			},
		},
		Patch: &bq.Table{FriendlyName: "Cities", Labels: map[string]string{"glint_workflow": "bq-write"}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("detail (-want +got):\n%s", diff)
	}
	again := mustIntend(t, w, o, staged(i.Columns...))
	if string(again.Detail) != string(i.Detail) {
		t.Error("the same preparation gives another configuration")
	}
	if i.ID != "glint_abc_2" || i.Target.String() != "bigquery:p.dev.city" || i.Rows != 10 {
		t.Errorf("intent %+v", i)
	}
}

func TestPrepareKeepsTheTable(t *testing.T) {
	f, w := serve(t)
	f.table = city()
	o := output(func(o *sink.Output) {
		o.Title, o.Description, o.Labels = "City", "of towns", map[string]string{"team": "geo"}
	})
	i := mustIntend(t, w, o, staged(relation.Column{Name: "id", Type: long}, relation.Column{Name: "name", Type: text, Doc: "new words"},
		relation.Column{Name: "extra", Type: text}))
	d, _ := detailOf(i)
	want := []*bq.TableFieldSchema{
		{Name: "id", Type: "INTEGER", Mode: "REQUIRED", Description: "the key"},
		{Name: "name", Type: "STRING", Description: "new words", PolicyTags: &bq.TableFieldSchemaPolicyTags{Names: []string{"pii"}}},
		{Name: "extra", Type: "STRING", Mode: "NULLABLE"},
	}
	load := d.Configuration.Load
	if diff := cmp.Diff(want, load.Schema.Fields); diff != "" {
		t.Errorf("schema (-want +got):\n%s", diff)
	}
	if key := load.DestinationEncryptionConfiguration.KmsKeyName; key != "projects/p/locations/l/keyRings/r/cryptoKeys/k" {
		t.Errorf("key %q", key)
	}
	if load.WriteDisposition != truncate || load.Clustering.Fields[0] != "name" {
		t.Errorf("load %+v", load)
	}
	if diff := cmp.Diff(&bq.Table{Description: "of towns"}, d.Patch); diff != "" {
		t.Errorf("patch (-want +got):\n%s", diff)
	}
}

func TestDisposition(t *testing.T) {
	twoColumns := staged()
	other := staged(relation.Column{Name: "id", Type: text}, relation.Column{Name: "name", Type: text})
	for _, c := range []struct {
		name     string
		table    *bq.Table
		policies int
		mode     sink.SaveMode
		rel      relation.Relation
		want     string
		kind     error
	}{
		{"plain", city(), 0, sink.Overwrite, twoColumns, truncate, nil},
		{"other columns", city(), 0, sink.Overwrite, other, truncate, nil},
		{"policies", city(), 1, sink.Overwrite, twoColumns, truncateData, nil},
		{"policies, other columns", city(), 1, sink.Overwrite, other, "", fault.Refused},
		{"policies not known", city(), policiesUnknown, sink.Overwrite, twoColumns, truncateData, nil},
		{"policies not known, other columns", city(), policiesUnknown, sink.Overwrite, other, "", fault.Denied},
		{"key", keyed(city()), 0, sink.Overwrite, twoColumns, truncateData, nil},
		{"key, other columns", keyed(city()), 0, sink.Overwrite, other, "", fault.Refused},
		{"append", city(), 1, sink.Append, twoColumns, appendRows, nil},
		{"append, other columns", city(), 0, sink.Append, other, "", fault.Invalid},
		{"append, new table", nil, 0, sink.Append, other, appendRows, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, w := serve(t)
			f.table, f.policies = c.table, c.policies
			i, err := intend(t, w, output(func(o *sink.Output) { o.Mode = c.mode }), c.rel)
			if i.Disposition != c.want || (c.kind == nil) != (err == nil) || c.kind != nil && !errors.Is(err, c.kind) {
				t.Errorf("disposition %q, error %v; want %q, %v", i.Disposition, err, c.want, c.kind)
			}
			if err != nil && len(fault.Hints(err)) == 0 {
				t.Errorf("%v does not say what to do", err)
			}
		})
	}
}

func TestPrepareRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*sink.Output)
		live func(*bq.Table)
		rel  relation.Relation
		want string
	}{
		{"partitioned otherwise", options(map[string]any{"partitionField": "name"}), func(*bq.Table) {}, staged(), "is partitioned not at all"},
		{"clustered otherwise", options(map[string]any{"clusteredFields": "id"}), func(*bq.Table) {}, staged(), "is clustered by name"},
		{"cluster column gone", nil, func(*bq.Table) {}, staged(relation.Column{Name: "id", Type: long}), "clusters by column name"},
		{"partition column's type", options(map[string]any{"partitionField": "name"}), nil, staged(), "partitions by column name, which is STRING"},
		{"too many clusters", options(map[string]any{"clusteredFields": "a,b,c,d,e"}), nil, staged(), "names 5 columns"},
		{"expiry of nothing", options(map[string]any{"partitionExpirationMs": int64(5)}), nil, staged(), "without partitionField"},
		{"never created", options(map[string]any{"createDisposition": "CREATE_NEVER"}), nil, staged(), "does not exist"},
		{"generated", nil, func(t *bq.Table) { t.Schema.Fields[0].GeneratedColumn = &bq.GeneratedColumn{} }, staged(), "is generated"},
		{"tag on a struct", nil, func(*bq.Table) {}, staged(relation.Column{Name: "name", Type: relation.StructOf(relation.Column{Name: "x", Type: text})}), "has a policy tag"},
		{"not in Cloud Storage", nil, nil, relation.Relation{Columns: staged().Columns, Files: []relation.File{{URI: "file:///x"}}}, "cannot load file:///x"},
		{"nothing staged", nil, nil, relation.Relation{Name: "x", Columns: staged().Columns}, "nothing is staged"},
		{"too many files", nil, nil, relation.Relation{Columns: staged().Columns, Files: slices.Repeat([]relation.File{{URI: "gs://b/x"}}, 10001)}, "10001 files"},
		{"unchecked column", nil, nil, staged(relation.Column{Name: "m", Type: relation.MapOf(text, text)}), "no maps"},
		{"bad id", func(o *sink.Output) { o.ID = "a b" }, nil, staged(), "cannot be a job ID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, w := serve(t)
			if c.live != nil {
				f.table = city()
				c.live(f.table)
			}
			if _, err := intend(t, w, output(c.edit), c.rel); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Prepare = %v, want %q", err, c.want)
			}
		})
	}
}

func TestHolds(t *testing.T) {
	num := func(p, s int64) *bq.TableFieldSchema {
		return &bq.TableFieldSchema{Type: "NUMERIC", Precision: p, Scale: s}
	}
	for _, c := range []struct {
		live, ours *bq.TableFieldSchema
		want       bool
	}{
		{num(0, 0), num(10, 2), true},
		{num(10, 2), num(10, 2), true},
		{num(12, 2), num(10, 2), true},
		{num(10, 2), num(12, 2), false},
		{num(10, 2), num(10, 3), false},
		{&bq.TableFieldSchema{Type: "INT64"}, &bq.TableFieldSchema{Type: "INTEGER", Mode: "NULLABLE"}, true},
		{&bq.TableFieldSchema{Type: "INTEGER", Mode: "REPEATED"}, &bq.TableFieldSchema{Type: "INTEGER"}, false},
		{&bq.TableFieldSchema{Type: "STRING", MaxLength: 3}, &bq.TableFieldSchema{Type: "STRING"}, true},
		{&bq.TableFieldSchema{Type: "DATETIME"}, &bq.TableFieldSchema{Type: "TIMESTAMP"}, false},
	} {
		if got := holds(c.live, c.ours); got != c.want {
			t.Errorf("holds(%s, %s) = %v, want %v", show(c.live), show(c.ours), got, c.want)
		}
	}
}

func TestInspect(t *testing.T) {
	f, w := serve(t)
	f.table = city()
	l, err := w.Inspect(t.Context(), output(nil))
	if err != nil {
		t.Fatal(err)
	}
	if !l.Exists || l.Rows != 42 || l.Bytes != 4200 || l.Version != "e1" || l.Location != "europe-west4" || l.Columns[0].Nullable || !l.Columns[1].Nullable {
		t.Errorf("live %+v", l)
	}
	for _, c := range []struct {
		name string
		edit func(*sink.Output)
		make func()
		want error
	}{
		{"address", func(o *sink.Output) { o.Location.Path = []string{"p", "city"} }, func() {}, fault.Invalid},
		{"partition", func(o *sink.Output) { o.Location.Path = []string{"p", "d", "city$20260101"} }, func() {}, fault.Invalid},
		{"key in depot", func(o *sink.Output) { o.Location.Secret = depot.NewSecret(map[string]string{"json_keyfile": "{}"}) }, func() {}, fault.Refused},
		{"view", nil, func() { f.table.Type = "VIEW" }, fault.Refused},
		{"no dataset", nil, func() { f.dataset = nil }, fault.NotFound},
	} {
		c.make()
		_, err := w.Inspect(t.Context(), output(c.edit))
		if !errors.Is(err, c.want) || len(fault.Hints(err)) == 0 {
			t.Errorf("%s: Inspect = %v %q, want %v with a hint", c.name, err, fault.Hints(err), c.want)
		}
	}
}
