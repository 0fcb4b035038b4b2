package bigquerytest_test

import (
	"fmt"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
)

func TestJobIDs(t *testing.T) {
	documented(t, "docs/managing-jobs, rest/v2/JobReference; docs/error-messages: duplicate")
	b := newBed(t)
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	id := fmt.Sprintf("glint_%d", time.Now().UnixNano())
	named := func(l *bigquery.Loader) { l.JobID = id }
	b.mustLoad(t, "t", uri, bigquery.WriteTruncate, named)
	if _, err := b.load(t, "t", uri, bigquery.WriteTruncate, named); reason(err) != "409 duplicate" {
		t.Errorf("same ID again = %v, want 409 duplicate", err)
	}
	q := b.client.Query("SELECT 1")
	q.JobID, q.Location = id, "US"
	if _, err := q.Run(t.Context()); reason(err) != "409 duplicate" {
		t.Errorf("same ID for a query = %v, want 409 duplicate", err)
	}
	j, err := b.client.JobFromIDLocation(t.Context(), id, "US")
	if err != nil {
		t.Fatal(err)
	}
	conf, err := j.Config()
	if err != nil {
		t.Fatal(err)
	}
	l, ok := conf.(*bigquery.LoadConfig)
	if !ok || l.WriteDisposition != bigquery.WriteTruncate || l.Dst.TableID != "t" {
		t.Errorf("configuration = %+v", conf)
	}
	if _, err := b.client.JobFromIDLocation(t.Context(), id, "europe-west4"); reason(err) != "404 notFound" {
		t.Errorf("job in another location = %v, want 404", err)
	}
	if _, err := b.client.JobFromIDLocation(t.Context(), id+"x", "US"); reason(err) != "404 notFound" {
		t.Errorf("no such job = %v, want 404", err)
	}
}

// TestRegionalJob: outside the multi-regions a job is found with its location only.
func TestRegionalJob(t *testing.T) {
	documented(t, "rest/v2/jobs/get: location")
	b := newBed(t)
	far := b.client.Dataset(b.dataset.DatasetID + "_far")
	if err := far.Create(t.Context(), &bigquery.DatasetMetadata{Location: "europe-west4"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.DeleteWithContents(background(t)) })
	id := fmt.Sprintf("glint_far_%d", time.Now().UnixNano())
	q := b.client.Query("SELECT 1")
	q.JobID, q.Location = id, "europe-west4"
	j, err := q.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if j.Location() != "europe-west4" {
		t.Errorf("location = %s", j.Location())
	}
	if _, err := b.client.JobFromIDLocation(t.Context(), id, ""); reason(err) != "404 notFound" {
		t.Errorf("without location = %v, want 404", err)
	}
	if _, err := b.client.JobFromIDLocation(t.Context(), id, "europe-west4"); err != nil {
		t.Error(err)
	}
}

func TestLoadErrors(t *testing.T) {
	documented(t, "docs/error-messages; the messages' wording is assumed")
	b := newBed(t)
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	b.mustLoad(t, "t", uri, bigquery.WriteTruncate)
	before := b.meta(t, "t")
	text := b.put(t, "text.parquet", []byte("id\n1\n"))
	for name, c := range map[string]struct{ uri, want string }{
		"missing object":   {uri[:len(uri)-9] + "none.parquet", "job notFound"},
		"missing wildcard": {uri[:len(uri)-9] + "none*", "job notFound"},
		"not parquet":      {text, "job invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := b.load(t, "t", c.uri, bigquery.WriteTruncate); reason(err) != c.want {
				t.Errorf("load of %s = %v, want %s", c.uri, err, c.want)
			}
		})
	}
	documented(t, "docs/batch-loading-data: a failed load changes nothing")
	after := b.meta(t, "t")
	if after.NumRows != 1 || after.ETag != before.ETag {
		t.Errorf("a failed load changed the table: %+v", after)
	}
	ghost := &bed{client: b.client, project: b.project, put: b.put, dataset: b.client.Dataset("glint_no_such")}
	if _, err := ghost.load(t, "t", uri, bigquery.WriteTruncate); reason(err) != "404 notFound" {
		t.Errorf("load into no dataset = %v, want 404 notFound", err)
	}
}

func TestWildcard(t *testing.T) {
	documented(t, "docs/batch-loading-data: wildcards; docs/loading-data-cloud-storage-parquet: schema of the last file")
	b := newBed(t)
	b.parquet(t, "w/1.parquet", "SELECT 1::BIGINT AS id")
	uri := b.parquet(t, "w/2.parquet", "SELECT 2::BIGINT AS id")
	st := b.mustLoad(t, "t", uri[:len(uri)-9]+"*.parquet", bigquery.WriteTruncate)
	if d := st.Statistics.Details.(*bigquery.LoadStatistics); d.InputFiles != 2 || d.OutputRows != 2 {
		t.Errorf("statistics = %+v", d)
	}
}

func TestCancelAndList(t *testing.T) {
	b, s := onlyBed(t, bigquerytest.Options{})
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	ref := bigquery.NewGCSReference(uri)
	ref.SourceFormat = bigquery.Parquet
	s.Hold(bigquerytest.Running)
	l := b.dataset.Table("t").LoaderFrom(ref)
	j, err := l.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.JobTimeout = 10 * time.Millisecond
	slow, err := l.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	for reasonWanted, j := range map[string]*bigquery.Job{"job stopped": j, "job timeout": slow} {
		st, err := b.wait(t, j)
		if err != nil || reason(st.Err()) != reasonWanted {
			t.Errorf("job = %v, %v, want %s", st, err, reasonWanted)
		}
	}
	s.Release(bigquerytest.Running)
	if _, err := b.dataset.Table("t").Metadata(t.Context()); reason(err) != "404 notFound" {
		t.Errorf("the table of a cancelled load = %v", err)
	}
	it := b.client.Jobs(t.Context())
	it.State = bigquery.Done
	n := 0
	for {
		if _, err := it.Next(); err == iterator.Done {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d jobs done, want 2", n)
	}
}
