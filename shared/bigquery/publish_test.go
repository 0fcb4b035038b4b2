package bigquery

import (
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	bq "google.golang.org/api/bigquery/v2"
	"google.golang.org/api/googleapi"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

func TestPublishTwiceLoadsOnce(t *testing.T) {
	f, w := serve(t)
	f.polls = 2
	i := mustIntend(t, w, output(func(o *sink.Output) { o.Description = "cities" }), staged())
	first, err := w.Publish(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	want := sink.Receipt{
		Target: i.Target, Output: "finalDf", JobID: "glint_abc_0", Project: "p", Location: "europe-west4",
		Disposition: truncate, Rows: 10, Bytes: 99, Files: i.Files, Columns: i.Columns,
		Started: time.UnixMilli(1000).UTC(), Ended: time.UnixMilli(3000).UTC(),
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
	second, err := w.Publish(t.Context(), i)
	if diff := cmp.Diff(first, second); err != nil || diff != "" {
		t.Errorf("second receipt %v (-first +second):\n%s", err, diff)
	}
	verdict, third, err := w.Settle(t.Context(), i)
	if diff := cmp.Diff(first, third); err != nil || verdict != sink.Landed || diff != "" {
		t.Errorf("Settle = %v %v (-published +settled):\n%s", verdict, err, diff)
	}
	if f.loads != 1 || f.patches[0].Description != "cities" {
		t.Errorf("%d loads, patches %+v", f.loads, f.patches)
	}
}

func TestPublishAtOnce(t *testing.T) {
	f, w := serve(t)
	f.polls = 20
	i := mustIntend(t, w, output(nil), staged())
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if r, err := w.Publish(t.Context(), i); err != nil || r.Rows != 10 {
				t.Errorf("Publish = %+v, %v", r, err)
			}
		})
	}
	all.Wait()
	if f.loads != 1 {
		t.Errorf("%d loads, want 1", f.loads)
	}
}

// The answer to the insert is lost: the retry is refused as a duplicate of ourselves.
func TestPublishLostAnswer(t *testing.T) {
	f, w := serve(t)
	i := mustIntend(t, w, output(nil), staged())
	f.lose = 1
	if _, err := w.Publish(t.Context(), i); err != nil || f.loads != 1 || f.inserts != 2 {
		t.Errorf("Publish = %v with %d loads of %d inserts", err, f.loads, f.inserts)
	}
}

func TestPublishTransient(t *testing.T) {
	f, w := serve(t)
	i := mustIntend(t, w, output(nil), staged())
	f.answers = []int{503, 500, 0, 502}
	if _, err := w.Publish(t.Context(), i); err != nil {
		t.Errorf("Publish = %v", err)
	}
	f.answers = slices.Repeat([]int{503}, 30) // the official client uses some up by itself
	if _, err := w.Publish(t.Context(), i); !errors.Is(err, fault.Transient) {
		t.Errorf("Publish = %v, want transient", err)
	}
}

func TestPublishTaken(t *testing.T) {
	f, w := serve(t)
	i := mustIntend(t, w, output(nil), staged())
	other := mustIntend(t, w, output(nil), staged(relation.Column{Name: "id", Type: text}))
	if _, err := w.Publish(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Publish(t.Context(), i); !errors.Is(err, fault.Internal) || !strings.Contains(err.Error(), "taken by something else") {
		t.Errorf("Publish = %v", err)
	}
	if v, _, err := w.Settle(t.Context(), i); err == nil || v == sink.Landed || f.loads != 1 {
		t.Errorf("Settle = %v, %v", v, err)
	}
}

func TestFailedLoad(t *testing.T) {
	for _, c := range []struct {
		reason, message string
		want            error
	}{
		{"invalid", "Required field id cannot be null", fault.Invalid},
		{"notFound", "Not found: URI gs://tmp/x", fault.NotFound},
		{"accessDenied", "Access Denied", fault.Denied},
		{"backendError", "try again", fault.Transient},
		{"jobInternalError", "oops", fault.Transient},
		{"quotaExceeded", "Your table exceeded quota for imports", fault.Exhausted},
		{"stopped", "Job timed out after 10s", fault.Exhausted},
		{"stopped", "Job execution was cancelled", fault.Refused},
	} {
		f, w := serve(t)
		f.end = &bq.ErrorProto{Reason: c.reason, Message: c.message}
		i := mustIntend(t, w, output(func(o *sink.Output) { o.Title = "t" }), staged())
		_, err := w.Publish(t.Context(), i)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) || len(fault.Hints(err)) == 0 {
			t.Errorf("%s: Publish = %v %v", c.reason, fault.KindOf(err), err)
		}
		if v, _, err := w.Settle(t.Context(), i); v != sink.Never || err != nil {
			t.Errorf("%s: Settle = %v, %v, want Never", c.reason, v, err)
		}
		if len(f.patches) > 0 {
			t.Errorf("%s: the table was patched after a load that failed", c.reason)
		}
	}
}

func TestPublishCounts(t *testing.T) {
	f, w := serve(t)
	f.rows = 9
	i := mustIntend(t, w, output(nil), staged())
	if _, err := w.Publish(t.Context(), i); !errors.Is(err, fault.Internal) || !strings.Contains(err.Error(), "9 rows") {
		t.Errorf("Publish = %v", err)
	}
	if v, r, err := w.Settle(t.Context(), i); v != sink.Landed || err != nil || len(r.Notes) != 1 {
		t.Errorf("Settle = %v %q, %v; want landed with a note", v, r.Notes, err)
	}
}

func TestPatchFails(t *testing.T) {
	f, w := serve(t)
	i := mustIntend(t, w, output(nil), staged())
	f.answers = []int{0, 0, 403} // insert, get, patch
	r, err := w.Publish(t.Context(), i)
	if err != nil || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "could not be set") {
		t.Errorf("Publish = %q, %v", r.Notes, err)
	}
}

func TestSettleBurns(t *testing.T) {
	f, w := serve(t)
	i := mustIntend(t, w, output(nil), staged())
	for range 2 { // settled twice is settled
		if v, _, err := w.Settle(t.Context(), i); v != sink.Never || err != nil {
			t.Fatalf("Settle = %v, %v, want Never", v, err)
		}
	}
	if _, err := w.Publish(t.Context(), i); !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "given up") {
		t.Errorf("Publish after Never = %v, want conflict", err)
	}
	if f.loads != 0 {
		t.Error("it landed after Never")
	}
}

// The burn's answer is lost, or the insert that was on its way arrives first.
func TestSettleRaces(t *testing.T) {
	f, w := serve(t)
	i := mustIntend(t, w, output(nil), staged())
	f.lose = 1
	if v, _, err := w.Settle(t.Context(), i); v != sink.Never || err != nil {
		t.Errorf("lost answer: Settle = %v, %v", v, err)
	}
	var all sync.WaitGroup
	for n := range 20 {
		i := mustIntend(t, w, output(func(o *sink.Output) { o.Sequence = 10 + n }), staged())
		var published error
		all.Go(func() { _, published = w.Publish(t.Context(), i) })
		v, _, err := w.Settle(t.Context(), i)
		all.Wait()
		if err != nil || (v == sink.Landed) != (published == nil) {
			t.Errorf("Settle = %v, %v while Publish = %v", v, err, published)
		}
	}
}

func TestDeadlineLeavesTheJob(t *testing.T) {
	f, w := serve(t)
	f.polls = -1
	i := mustIntend(t, w, output(nil), staged())
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := w.Publish(ctx, i); !errors.Is(err, fault.Transient) || !strings.Contains(err.Error(), "may still be running") {
		t.Errorf("Publish = %v", err)
	}
	f.mu.Lock()
	f.polls = 0
	f.mu.Unlock()
	if v, r, err := w.Settle(t.Context(), i); v != sink.Landed || r.Rows != 10 || err != nil || f.cancels > 0 {
		t.Errorf("Settle = %v %+v, %v after %d cancels", v, r, err, f.cancels)
	}
}

func TestCancelStopsTheJob(t *testing.T) {
	f, w := serve(t)
	f.polls = -1
	i := mustIntend(t, w, output(nil), staged())
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { cancel(ledger.ErrCancelled) })
	if _, err := w.Publish(ctx, i); !errors.Is(err, fault.Refused) || f.cancels != 1 {
		t.Errorf("Publish = %v after %d cancels", err, f.cancels)
	}
	if v, _, err := w.Settle(t.Context(), i); v != sink.Never || err != nil {
		t.Errorf("Settle = %v, %v", v, err)
	}
}

func TestErrorKinds(t *testing.T) {
	item := func(reason string) []googleapi.ErrorItem { return []googleapi.ErrorItem{{Reason: reason}} }
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{&googleapi.Error{Code: 403, Errors: item("accessDenied")}, fault.Denied},
		{&googleapi.Error{Code: 403, Errors: item("rateLimitExceeded")}, fault.Transient},
		{&googleapi.Error{Code: 403, Errors: item("quotaExceeded")}, fault.Exhausted},
		{&googleapi.Error{Code: 401}, fault.Denied},
		{&googleapi.Error{Code: 404}, fault.NotFound},
		{&googleapi.Error{Code: 409, Errors: item("duplicate")}, fault.Conflict},
		{&googleapi.Error{Code: 400, Errors: item("invalid")}, fault.Invalid},
		{&googleapi.Error{Code: 429}, fault.Transient},
		{&googleapi.Error{Code: 503, Errors: item("backendError")}, fault.Transient},
		{&googleapi.Error{Code: 500}, fault.Transient},
		{&url.Error{Op: "Get", Err: io.EOF}, fault.Transient},
		{context.DeadlineExceeded, fault.Transient},
		{errors.New("?"), fault.Internal},
	} {
		if got := kindOf(c.err); got != c.want {
			t.Errorf("kindOf(%v) = %v, want %v", c.err, got, c.want)
		}
	}
	err := translate(call{what: "get table t", need: "bigquery.tables.get (roles/bigquery.dataEditor)"}, &googleapi.Error{Code: 403})
	if hint := fault.Hints(err)[0]; !strings.Contains(hint, "roles/bigquery.dataEditor") {
		t.Errorf("hint %q names no role", hint)
	}
}
