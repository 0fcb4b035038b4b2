package bigquerytest_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"

	warehouse "github.com/glint-data/glint/shared/bigquery"
	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/sink/sinktest"
)

// TestWriterSuite holds the adapter to what every writer promises.
func TestWriterSuite(t *testing.T) {
	sinktest.Test(t, func(t *testing.T) sinktest.Bed {
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
		o := outputTo("suite", 0)
		o.Mode, o.Slot = sink.Append, time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
		return sinktest.Bed{
			Writer: w,
			Output: o,
			Relation: relation.Relation{
				Name: o.Name, Form: relation.Parquet, Rows: 3,
				Columns: []relation.Column{{Name: "n", Type: relation.Of(relation.Long)}},
				Files:   []relation.File{{URI: b.parquet(t, "suite.parquet", `SELECT unnest([1, 2, 3])::BIGINT AS n`)}},
			},
			Rows: func() int64 {
				l, err := w.Inspect(t.Context(), o)
				if err != nil {
					t.Fatalf("Inspect: %v", err)
				}
				return l.Rows
			},
			Lose: func(n int) {
				s.Inject(bigquerytest.Fault{Method: http.MethodPost, Path: regexp.MustCompile(`/jobs$`), Times: n, After: true})
			},
			Fail: func(n int) { s.FailJobs(bigquerytest.JobFault{Kind: "load", Times: n, Reason: "invalid"}) },
		}
	})
}
