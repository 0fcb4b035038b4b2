package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
	"github.com/glint-data/glint/shared/ledger"
)

// TestScheduled: the scheduler fires, the table has the rows, and the log has
// one line that says so.
func TestScheduled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.start(nil)
	if err := w.cloud.PushTo(t.Context(), p.url); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cloud.Schedule(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cloud.Fire(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	until(t, "the run has ended", func() bool { return len(p.lines("run ended")) > 0 })

	if diff := cmp.Diff(ten("old"), w.rows("city")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	jobs := w.loads("city")
	if len(jobs) != 1 {
		t.Fatalf("%d load jobs, want 1", len(jobs))
	}
	l := ledger.Ledger{Store: w.store, Prefix: "gs://" + state, ID: "glint"}
	key, ok, err := l.Latest(t.Context(), seed)
	if err != nil || !ok {
		t.Fatalf("Latest = %v, %v", ok, err)
	}
	ended := w.outcome(seed, key.Slot.Format("2006-01-02T15:04:05Z"))
	id := jobs[0].JobReference.JobId
	if want := "glint_bq-write-01_" + key.Slot.Format("20060102T150405") + "_"; !strings.HasPrefix(id, want) || key.Slot.Hour() != 2 {
		t.Errorf("job ID %s, want %s…", id, want)
	}
	if d := jobs[0].Configuration.Load.WriteDisposition; d != "WRITE_TRUNCATE" {
		t.Errorf("disposition %s", d)
	}
	if ended.Status != ledger.Succeeded || len(ended.Receipts) != 1 || ended.Receipts[0].JobID != id || ended.Receipts[0].Rows != 10 {
		t.Errorf("outcome %+v", ended)
	}
	w.wantTidy(seed)

	lines := p.lines("run ended")
	if len(lines) != 1 {
		t.Fatalf("%d lines say that the run ended", len(lines))
	}
	line := lines[0]
	out, _ := line["finalDf"].(map[string]any)
	got := fmt.Sprint(line["severity"], line["workflow"], line["status"], out["job_id"], out["rows"], out["disposition"])
	if want := fmt.Sprint("INFO", seed, "succeeded", id, 10, "WRITE_TRUNCATE"); got != want {
		t.Errorf("line says %s, want %s", got, want)
	}
	if p.err.String() != "" {
		t.Errorf("stderr: %s", p.err.String())
	}
}

// TestTenDeliveries: one message ten times, one after the other and all at once.
func TestTenDeliveries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.start(nil)
	const slot = "2026-11-23T02:00:00Z"
	for n := range 10 {
		if status, answer := post(p.url, push("1", seed, slot, n)); status != 204 {
			t.Errorf("answered %d %s", status, answer)
		}
	}
	if n := len(w.loads("city")); n != 1 {
		t.Errorf("%d load jobs after ten deliveries", n)
	}

	w.land("city", "new", 40)
	const next = "2026-11-24T02:00:00Z"
	q := w.start(nil)
	var all sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	for i := range 10 {
		all.Go(func() {
			status, _ := post([]*worker{p, q}[i%2].url, push("2", seed, next, 1+i/2))
			mu.Lock()
			defer mu.Unlock()
			answers[status]++
		})
	}
	all.Wait()
	if answers[204]+answers[503] != 10 || answers[204] == 0 {
		t.Errorf("answers %v", answers)
	}
	if status, answer := p.deliver("2", seed, next); status != 204 {
		t.Errorf("after all: %d %s", status, answer)
	}
	if n := len(w.loads("city")); n != 2 {
		t.Errorf("%d load jobs after two messages", n)
	}
	if diff := cmp.Diff(ten("new"), w.rows("city")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if n := len(p.lines("run ended")) + len(q.lines("run ended")); n != 2 {
		t.Errorf("%d lines say that a run ended, want 2", n)
	}
	w.wantTidy(seed)
}

// TestRedelivered: a load fails for the moment, the function says that the
// message must come again, and Pub/Sub brings it.
func TestRedelivered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.cloud.BigQuery.FailJobs(bigquerytest.JobFault{Kind: "load", Reason: "backendError"})
	p := w.start(nil)
	if err := w.cloud.PushTo(t.Context(), p.url); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cloud.Schedule(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.cloud.Fire(t.Context(), seed); err != nil {
		t.Fatal(err)
	}
	until(t, "the run has ended", func() bool { return len(p.lines("run ended")) > 0 })
	line := p.lines("run ended")[0]
	if line["delivery"] != 2.0 || line["attempt"] != 2.0 || line["status"] != "succeeded" {
		t.Errorf("line %v", line)
	}
	if n := len(p.lines("run ended without a verdict")); n != 1 {
		t.Errorf("%d lines about the first attempt", n)
	}
	if diff := cmp.Diff(ten("old"), w.rows("city")); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if jobs := w.loads("city"); len(jobs) != 1 || !strings.HasSuffix(jobs[0].JobReference.JobId, "_1") {
		t.Errorf("%d load jobs that did not fail", len(jobs))
	}
	w.wantTidy(seed)
}
