package bigquerytest_test

import (
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	bq "google.golang.org/api/bigquery/v2"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
)

// What follows concerns the emulator's own hooks: it never runs against the service.

func onlyBed(t *testing.T, o bigquerytest.Options) (*bed, *bigquerytest.Server) {
	t.Helper()
	if os.Getenv("GLINT_TEST_PROJECT") != "" {
		t.Skip("a hook of the emulator")
	}
	b, s := emulated(t, o)
	if err := b.dataset.Create(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return b, s
}

// raw is the generated client, under the prefix that the discovery document gives.
func raw(t *testing.T, s *bigquerytest.Server) *bq.Service {
	t.Helper()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	service, err := bq.NewService(t.Context(), option.WithEndpoint(h.URL+"/bigquery/v2/"), option.WithoutAuthentication())
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// TestReadersSeeOldOrNew polls a table during 50 replacements.
func TestReadersSeeOldOrNew(t *testing.T) {
	b, _ := onlyBed(t, bigquerytest.Options{Modifications: -1})
	uris := []string{
		b.parquet(t, "0.parquet", "SELECT 0::BIGINT AS v FROM range(100)"),
		b.parquet(t, "1.parquet", "SELECT 1::BIGINT AS v FROM range(200)"),
	}
	b.mustLoad(t, "t", uris[0], bigquery.WriteTruncate)
	done := make(chan struct{})
	var polls [2]int
	var wg sync.WaitGroup
	for i, look := range []func() [][]bigquery.Value{
		func() [][]bigquery.Value { return b.read(t, "t") },
		func() [][]bigquery.Value { return b.query(t, "SELECT v FROM d.t") },
	} {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				rows := look()
				polls[i]++
				first := rows[0][0].(int64)
				if want := 100 * (int(first) + 1); len(rows) != want {
					t.Errorf("%d rows beginning with %d: neither old nor new", len(rows), first)
					return
				}
				for _, r := range rows {
					if r[0] != first {
						t.Error("old and new rows together")
						return
					}
				}
			}
		})
	}
	for i := range 50 {
		b.mustLoad(t, "t", uris[(i+1)%2], bigquery.WriteTruncate)
	}
	close(done)
	wg.Wait()
	t.Logf("%v looks during 50 loads", polls)
}

func TestFaults(t *testing.T) {
	b, s := onlyBed(t, bigquerytest.Options{})
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	jobs := regexp.MustCompile(`/jobs$`)
	named := func(id string) loadOption { return func(l *bigquery.Loader) { l.JobID = id } }
	for _, c := range []struct {
		name  string
		fault bigquerytest.Fault
		want  string
	}{
		{"before", bigquerytest.Fault{Method: "POST", Path: jobs, Status: 503, Reason: "backendError"}, "<nil>"},
		{"after", bigquerytest.Fault{Method: "POST", Path: jobs, Status: 503, Reason: "backendError", After: true}, "409 duplicate"},
		{"denied", bigquerytest.Fault{Method: "POST", Path: jobs, Status: 403, Reason: "accessDenied"}, "403 accessDenied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Inject(c.fault)
			if _, err := b.load(t, c.name, uri, bigquery.WriteTruncate, named(c.name)); reason(err) != c.want {
				t.Errorf("load = %v, want %s", err, c.want)
			}
			_, err := b.client.JobFromIDLocation(t.Context(), c.name, "US")
			if there := err == nil; there != (c.want != "403 accessDenied") {
				t.Errorf("job exists: %t", there)
			}
		})
	}
	t.Run("lost", func(t *testing.T) {
		s.Inject(bigquerytest.Fault{Method: "POST", Path: jobs, After: true})
		if _, err := b.load(t, "lost", uri, bigquery.WriteTruncate, named("lost")); err == nil || !strings.Contains(err.Error(), "EOF") {
			t.Errorf("load = %v, want a cut connection", err)
		}
		if _, err := b.client.JobFromIDLocation(t.Context(), "lost", "US"); err != nil {
			t.Errorf("the job that was not answered: %v", err)
		}
	})
	t.Run("job", func(t *testing.T) {
		s.FailJobs(bigquerytest.JobFault{Kind: "load", Reason: "backendError"})
		if _, err := b.load(t, "job", uri, bigquery.WriteTruncate); reason(err) != "job backendError" {
			t.Errorf("load = %v, want a failed job", err)
		}
		if _, err := b.dataset.Table("job").Metadata(t.Context()); reason(err) != "404 notFound" {
			t.Errorf("the table of a failed load = %v", err)
		}
	})
}

func TestHold(t *testing.T) {
	b, s := onlyBed(t, bigquerytest.Options{Latency: bigquerytest.Latency{Pending: time.Millisecond, Running: time.Millisecond}})
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	ref := bigquery.NewGCSReference(uri)
	ref.SourceFormat = bigquery.Parquet
	s.Hold(bigquerytest.Pending)
	s.Hold(bigquerytest.Running)
	s.Hold(bigquerytest.Landed)
	j, err := b.dataset.Table("t").LoaderFrom(ref).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	state := func() bigquery.State {
		st, err := j.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return st.State
	}
	there := func() bool {
		_, err := b.dataset.Table("t").Metadata(t.Context())
		return err == nil
	}
	if st := state(); st != bigquery.Pending || there() {
		t.Errorf("held at PENDING: state %v, table %t", st, there())
	}
	s.Release(bigquerytest.Pending)
	eventually(t, func() bool { return state() == bigquery.Running })
	if there() {
		t.Error("held at RUNNING, and the table is there")
	}
	s.Release(bigquerytest.Running)
	eventually(t, there)
	if st := state(); st != bigquery.Running {
		t.Errorf("landed: state %v", st)
	}
	s.Release(bigquerytest.Landed)
	eventually(t, func() bool { return state() == bigquery.Done })
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("never happened")
}

func TestQuota(t *testing.T) {
	b, _ := onlyBed(t, bigquerytest.Options{Modifications: 2})
	uri := b.parquet(t, "x.parquet", "SELECT 1::BIGINT AS id")
	b.mustLoad(t, "t", uri, bigquery.WriteTruncate)
	if _, err := b.load(t, "t", "gs://b/none", bigquery.WriteTruncate); reason(err) != "job notFound" {
		t.Fatal(err)
	}
	if err := b.dataset.Table("t").Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.load(t, "t", uri, bigquery.WriteTruncate); reason(err) != "job quotaExceeded" {
		t.Errorf("third modification = %v, want quotaExceeded: failed loads and former tables count", err)
	}
}

// TestRefusals: what is not emulated is refused by name.
func TestRefusals(t *testing.T) {
	_, s := onlyBed(t, bigquerytest.Options{})
	service := raw(t, s)
	load := func(c *bq.JobConfigurationLoad) error {
		c.DestinationTable = &bq.TableReference{ProjectId: "p", DatasetId: "d", TableId: "t"}
		c.SourceUris = []string{"gs://b/x"}
		_, err := service.Jobs.Insert("p", &bq.Job{Configuration: &bq.JobConfiguration{Load: c}}).Do()
		return err
	}
	for name, err := range map[string]error{
		"load.autodetect":    load(&bq.JobConfigurationLoad{Autodetect: true}),
		"load.maxBadRecords": load(&bq.JobConfigurationLoad{MaxBadRecords: 1}),
		"sourceFormat AVRO":  load(&bq.JobConfigurationLoad{SourceFormat: "AVRO"}),
		"legacy SQL": func() error {
			_, err := service.Jobs.Query("p", &bq.QueryRequest{Query: "SELECT 1"}).Do()
			return err
		}(),
		"table.view": func() error {
			_, err := service.Tables.Insert("p", "d", &bq.Table{TableReference: &bq.TableReference{TableId: "v"}, View: &bq.ViewDefinition{Query: "SELECT 1"}}).Do()
			return err
		}(),
		"GET /projects": func() error { _, err := service.Projects.List().Do(); return err }(),
	} {
		e, ok := err.(*googleapi.Error)
		if !ok || e.Code != 501 || !strings.Contains(e.Message, name) {
			t.Errorf("%s = %v, want a refusal that names it", name, err)
		}
	}
}
