package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/object"
)

// shore starts all three functions: what lands is heard of, and a clock ticks.
func (w *world) shore() (heard *worker) {
	w.t.Helper()
	env := func(target string) map[string]string {
		return map[string]string{"FUNCTION_TARGET": target, "GLINT_QUIET": "700ms"}
	}
	run, heard, clock := w.start(env("run")), w.start(env("rerun")), w.start(env("reconcile"))
	ctx := w.t.Context()
	if err := w.cloud.PushTo(ctx, run.url); err != nil {
		w.t.Fatal(err)
	}
	if err := w.cloud.Notify(ctx, heard.url, landing); err != nil {
		w.t.Fatal(err)
	}
	w.cloud.Tick(ctx, clock.url, 150*time.Millisecond)
	return heard
}

// TestEventsRerun: what lands in the landing bucket is read by a run, and a
// burst by two at most; what is heard of twice starts nothing.
func TestEventsRerun(t *testing.T) {
	w := newWorld(t)
	w.put(seedFile, manifest(t, " LIMIT 10", ""))
	heard := w.shore()
	write := func(i int) []byte {
		t.Helper()
		uri := fmt.Sprintf("gs://%s/city/part-%03d.csv", landing, i)
		a, err := w.store.Put(t.Context(), uri, strings.NewReader(fmt.Sprintf("city_id,population\nnew-%d,1\n", i)), object.Cond{})
		if err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(map[string]any{"message": map[string]any{"messageId": fmt.Sprint("again-", i), "attributes": map[string]string{
			"eventType": "OBJECT_FINALIZE", "bucketId": landing, "objectId": strings.TrimPrefix(uri, "gs://"+landing+"/"),
			"objectGeneration": a.Version, "eventTime": a.Updated.Format(time.RFC3339Nano),
		}}})
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	const burst = 60
	var events [][]byte
	for i := range burst {
		events = append(events, write(i))
	}
	has := func(id string) func() bool {
		return func() bool { return slices.Contains(w.rows("city"), id) }
	}
	until(t, "the burst is in the table", has(fmt.Sprintf("new-%d", burst-1)))
	write(burst)
	until(t, "what came after it is too", has(fmt.Sprintf("new-%d", burst)))
	for i := range 10 {
		if status, answer := post(heard.url, events[i]); status != http.StatusNoContent {
			t.Errorf("a duplicate was answered %d %s", status, answer)
		}
	}
	time.Sleep(2 * time.Second) // a third run would have begun
	if n := len(w.loads("city")); n != 2 {
		t.Errorf("%d loads, want 2", n)
	}
	w.wantTidy(seed)
	if dead := w.letters(); len(dead) > 0 {
		t.Errorf("put aside: %v", dead)
	}
}
