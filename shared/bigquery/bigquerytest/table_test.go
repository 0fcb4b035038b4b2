package bigquerytest_test

import (
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/iterator"
)

func TestDataset(t *testing.T) {
	documented(t, "rest/v2/datasets")
	b := newBed(t)
	m, err := b.dataset.Metadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var up bigquery.DatasetMetadataToUpdate
	up.Description = "d"
	up.SetLabel("k", "v")
	next, err := b.dataset.Update(t.Context(), up, m.ETag)
	if err != nil {
		t.Fatal(err)
	}
	if next.Description != "d" || next.Labels["k"] != "v" || next.ETag == m.ETag || next.Location != "US" {
		t.Errorf("after update %+v", next)
	}
	if _, err := b.dataset.Update(t.Context(), up, m.ETag); reason(err) != "412 conditionNotMet" {
		t.Errorf("update with an old etag = %v, want 412", err)
	}
	if err := b.dataset.Create(t.Context(), nil); reason(err) != "409 duplicate" {
		t.Errorf("second create = %v, want 409 duplicate", err)
	}
	if err := b.dataset.Table("t").Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if err := b.dataset.Delete(t.Context()); reason(err) != "400 resourceInUse" {
		t.Errorf("delete of a dataset with tables = %v, want resourceInUse", err)
	}
	if _, err := b.client.Dataset("glint_no_such").Metadata(t.Context()); reason(err) != "404 notFound" {
		t.Errorf("no dataset = %v, want 404", err)
	}
}

func TestTable(t *testing.T) {
	documented(t, "rest/v2/tables")
	b := newBed(t)
	expires := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	tab := b.dataset.Table("t")
	err := tab.Create(t.Context(), &bigquery.TableMetadata{
		Description: "d", Labels: map[string]string{"a": "1", "b": "2"}, ExpirationTime: expires, RequirePartitionFilter: true,
		Schema: bigquery.Schema{
			{Name: "id", Type: bigquery.IntegerFieldType, Required: true},
			{Name: "day", Type: bigquery.DateFieldType},
			{Name: "price", Type: bigquery.NumericFieldType, Precision: 10, Scale: 2},
			{Name: "code", Type: bigquery.StringFieldType, MaxLength: 3},
			{Name: "r", Type: bigquery.RecordFieldType, Repeated: true, Schema: bigquery.Schema{{Name: "x", Type: bigquery.FloatFieldType}}},
		},
		TimePartitioning: &bigquery.TimePartitioning{Type: bigquery.MonthPartitioningType, Field: "day"},
	})
	if err != nil {
		t.Fatal(err)
	}
	m := b.meta(t, "t")
	if !m.ExpirationTime.Equal(expires) || m.Schema[2].Precision != 10 || m.Schema[3].MaxLength != 3 || !m.Schema[0].Required || !m.Schema[4].Repeated || !m.RequirePartitionFilter || m.TimePartitioning.Type != "MONTH" {
		t.Errorf("metadata = %+v", m)
	}
	if err := tab.Create(t.Context(), nil); reason(err) != "409 duplicate" {
		t.Errorf("second create = %v, want 409", err)
	}

	t.Run("patch", func(t *testing.T) {
		var up bigquery.TableMetadataToUpdate
		up.DeleteLabel("a")
		up.SetLabel("c", "3")
		up.Schema = append(bigquery.Schema{}, m.Schema...)
		id := *m.Schema[0]
		id.Required = false
		up.Schema[0] = &id
		up.Schema = append(up.Schema, &bigquery.FieldSchema{Name: "more", Type: bigquery.JSONFieldType, Description: "new"})
		next, err := tab.Update(t.Context(), up, m.ETag)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"b": "2", "c": "3"}, next.Labels); diff != "" {
			t.Errorf("labels (-want +got):\n%s", diff)
		}
		if len(next.Schema) != 6 || next.Schema[0].Required || next.Description != "d" {
			t.Errorf("after patch %+v", next)
		}
		if _, err := tab.Update(t.Context(), up, m.ETag); reason(err) != "412 conditionNotMet" {
			t.Errorf("patch with an old etag = %v, want 412", err)
		}
		drop := bigquery.TableMetadataToUpdate{Schema: next.Schema[:2]}
		if _, err := tab.Update(t.Context(), drop, ""); reason(err) != "400 invalid" {
			t.Errorf("patch that drops columns = %v, want 400 invalid", err)
		}
	})
	t.Run("list", func(t *testing.T) {
		for _, n := range []string{"u", "v"} {
			if err := b.dataset.Table(n).Create(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		it := b.dataset.Tables(t.Context())
		it.PageInfo().MaxSize = 2
		var got []string
		for {
			x, err := it.Next()
			if err == iterator.Done {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, x.TableID)
		}
		if diff := cmp.Diff([]string{"t", "u", "v"}, got); diff != "" {
			t.Errorf("tables (-want +got):\n%s", diff)
		}
	})
	t.Run("delete", func(t *testing.T) {
		if err := tab.Delete(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := tab.Metadata(t.Context()); reason(err) != "404 notFound" {
			t.Errorf("deleted table = %v, want 404", err)
		}
	})
}

func TestPages(t *testing.T) {
	documented(t, "rest/v2/tabledata/list")
	b := newBed(t)
	b.mustLoad(t, "t", b.parquet(t, "n.parquet", "SELECT range AS n FROM range(2500)"), bigquery.WriteTruncate)
	it := b.dataset.Table("t").Read(t.Context())
	it.PageInfo().MaxSize = 1000
	sum := int64(0)
	rows := all(t, it)
	for _, r := range rows {
		sum += r[0].(int64)
	}
	if len(rows) != 2500 || sum != 2500*2499/2 || it.TotalRows != 2500 {
		t.Errorf("%d rows, sum %d, total %d", len(rows), sum, it.TotalRows)
	}
}
