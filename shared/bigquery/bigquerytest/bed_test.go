package bigquerytest_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/storage"
	_ "github.com/duckdb/duckdb-go/v2"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
)

// A bed is a BigQuery to test against: the emulator, or with GLINT_TEST_PROJECT
// (and GLINT_TEST_BUCKET) the real one, to prove the emulator wrong.
type bed struct {
	client  *bigquery.Client
	dataset *bigquery.Dataset
	project string
	put     func(t *testing.T, name string, content []byte) (uri string)
}

func newBed(t *testing.T) *bed {
	t.Helper()
	project, bucket := os.Getenv("GLINT_TEST_PROJECT"), os.Getenv("GLINT_TEST_BUCKET")
	var b *bed
	if project == "" {
		b, _ = emulated(t, bigquerytest.Options{})
	} else {
		b = real(t, project, bucket)
	}
	b.dataset = b.client.Dataset(fmt.Sprintf("glint_test_%d", time.Now().UnixNano()))
	if err := b.dataset.Create(t.Context(), &bigquery.DatasetMetadata{Location: "US"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.dataset.DeleteWithContents(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return b
}

func real(t *testing.T, project, bucket string) *bed {
	client, err := bigquery.NewClient(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	store, err := storage.NewClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run := fmt.Sprintf("glint-test-%d/", time.Now().UnixNano())
	return &bed{client: client, project: project, put: func(t *testing.T, name string, content []byte) string {
		if bucket == "" {
			t.Skip("needs GLINT_TEST_BUCKET")
		}
		w := store.Bucket(bucket).Object(run + name).NewWriter(t.Context())
		w.Write(content)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Bucket(bucket).Object(run + name).Delete(context.WithoutCancel(t.Context())) })
		return "gs://" + bucket + "/" + run + name
	}}
}

// objects stand in for Cloud Storage.
type objects struct {
	mu sync.Mutex
	m  map[string][]byte
}

func (o *objects) open(_ context.Context, uri string) (io.ReadCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	b, ok := o.m[uri]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (o *objects) list(_ context.Context, prefix string) ([]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []string
	for u := range o.m {
		if strings.HasPrefix(u, prefix) {
			all = append(all, u)
		}
	}
	slices.Sort(all)
	return all, nil
}

func emulated(t *testing.T, o bigquerytest.Options) (*bed, *bigquerytest.Server) {
	t.Helper()
	store := &objects{m: map[string][]byte{}}
	o.Open, o.List = store.open, store.list
	s, err := bigquerytest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	client, err := bigquery.NewClient(t.Context(), "p", option.WithEndpoint(url), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		stop()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &bed{client: client, project: "p", put: func(t *testing.T, name string, content []byte) string {
		store.mu.Lock()
		defer store.mu.Unlock()
		store.m["gs://b/"+name] = content
		return "gs://b/" + name
	}}
	b.dataset = client.Dataset("d")
	return b, s
}

// Where a test's claim comes from is part of it.
func documented(t *testing.T, page string) { t.Helper(); t.Log("documented:", page) }
func observed(t *testing.T, source string) { t.Helper(); t.Log("observed:", source) }
func assumed(t *testing.T, what string)    { t.Helper(); t.Log("assumed:", what) }

var scratch = sync.OnceValues(func() (*sql.DB, error) { return sql.Open("duckdb", "") })

// parquet writes the rows of a query of DuckDB's.
func (b *bed) parquet(t *testing.T, name, query string) string {
	t.Helper()
	db, err := scratch()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.parquet")
	if _, err := db.Exec("COPY (" + query + ") TO '" + path + "'"); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b.put(t, name, content)
}

type loadOption func(*bigquery.Loader)

// load runs a Parquet load into table and returns how it ended.
func (b *bed) load(t *testing.T, table, uri string, d bigquery.TableWriteDisposition, opts ...loadOption) (*bigquery.JobStatus, error) {
	t.Helper()
	ref := bigquery.NewGCSReference(uri)
	ref.SourceFormat = bigquery.Parquet
	ref.ParquetOptions = &bigquery.ParquetOptions{EnableListInference: true}
	l := b.dataset.Table(table).LoaderFrom(ref)
	l.WriteDisposition = d
	l.DecimalTargetTypes = []bigquery.DecimalTargetType{bigquery.NumericTargetType, bigquery.BigNumericTargetType}
	for _, o := range opts {
		o(l)
	}
	j, err := l.Run(t.Context())
	if err != nil {
		return nil, err
	}
	st, err := b.wait(t, j)
	if err != nil {
		return nil, err
	}
	return st, st.Err()
}

// wait is Job.Wait without its pauses of a second, which the emulator does not need.
func (b *bed) wait(t *testing.T, j *bigquery.Job) (*bigquery.JobStatus, error) {
	if os.Getenv("GLINT_TEST_PROJECT") != "" {
		return j.Wait(t.Context())
	}
	for {
		st, err := j.Status(t.Context())
		if err != nil || st.Done() {
			return st, err
		}
		time.Sleep(time.Millisecond)
	}
}

func (b *bed) mustLoad(t *testing.T, table, uri string, d bigquery.TableWriteDisposition, opts ...loadOption) *bigquery.JobStatus {
	t.Helper()
	st, err := b.load(t, table, uri, d, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func schema(s bigquery.Schema) loadOption {
	return func(l *bigquery.Loader) {
		switch src := l.Src.(type) {
		case *bigquery.GCSReference:
			src.Schema = s
		}
	}
}

// read returns a table's rows by tabledata.list.
func (b *bed) read(t *testing.T, table string) [][]bigquery.Value {
	t.Helper()
	return all(t, b.dataset.Table(table).Read(t.Context()))
}

func all(t *testing.T, it *bigquery.RowIterator) [][]bigquery.Value {
	t.Helper()
	rows := [][]bigquery.Value{}
	for {
		var row []bigquery.Value
		err := it.Next(&row)
		if errors.Is(err, iterator.Done) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

func (b *bed) meta(t *testing.T, table string) *bigquery.TableMetadata {
	t.Helper()
	m, err := b.dataset.Table(table).Metadata(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// reason is the code of an error as BigQuery gives it: an answer's or a job's.
func reason(err error) string {
	var api *googleapi.Error
	if errors.As(err, &api) && len(api.Errors) > 0 {
		return fmt.Sprintf("%d %s", api.Code, api.Errors[0].Reason)
	}
	var job *bigquery.Error
	if errors.As(err, &job) {
		return "job " + job.Reason
	}
	return fmt.Sprint(err)
}
