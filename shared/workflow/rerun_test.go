package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/trigger"
	"github.com/glint-data/glint/shared/workflow"
)

// A shore is a cloud whose events and ticks happen when the test says so.
type shore struct {
	*cloud
	tick *workflow.Reconciler

	clock sync.Mutex
	now   time.Time
	asked []trigger.Message
}

func newShore(t *testing.T) *shore {
	l := &shore{cloud: newCloud(t), now: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}
	l.store.Mem.Now = l.time
	l.runner.Ask = func(_ context.Context, data []byte, attributes map[string]string) (string, error) {
		l.clock.Lock()
		defer l.clock.Unlock()
		body, err := json.Marshal(map[string]any{"message": map[string]any{
			"data": data, "attributes": attributes, "messageId": fmt.Sprint("m", len(l.asked)), "publishTime": l.now,
		}})
		if err != nil {
			return "", err
		}
		m, err := trigger.Decode(http.Header{}, body)
		l.asked = append(l.asked, m)
		return m.ID, err
	}
	l.tick = &workflow.Reconciler{Reruns: &workflow.Reruns{Runner: l.runner}}
	return l
}

func (l *shore) time() time.Time {
	l.clock.Lock()
	defer l.clock.Unlock()
	return l.now
}

func (l *shore) pass(d time.Duration) {
	l.clock.Lock()
	defer l.clock.Unlock()
	l.now = l.now.Add(d)
}

// lands writes an object and returns its event, as Pub/Sub delivers it.
func (l *shore) lands(uri, text string) []byte {
	l.t.Helper()
	a, err := l.store.Put(l.t.Context(), uri, strings.NewReader(text), object.Cond{})
	if err != nil {
		l.t.Fatal(err)
	}
	bucket, name, _ := strings.Cut(strings.TrimPrefix(uri, "gs://"), "/")
	body, err := json.Marshal(map[string]any{"message": map[string]any{"messageId": a.Version, "attributes": map[string]string{
		"eventType": "OBJECT_FINALIZE", "bucketId": bucket, "objectId": name, "objectGeneration": a.Version, "eventTime": a.Updated.Format(time.RFC3339Nano),
	}}})
	if err != nil {
		l.t.Fatal(err)
	}
	return body
}

func (l *shore) hear(event []byte) {
	l.t.Helper()
	if _, err := l.tick.Land(l.t.Context(), http.Header{}, event); err != nil {
		l.t.Fatal(err)
	}
}

// look ticks, and returns what the tick did.
func (l *shore) look() workflow.Tick {
	l.t.Helper()
	tick, err := l.tick.Tick(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return tick
}

// run handles the i-th message that was asked for.
func (l *shore) run(i int) {
	l.t.Helper()
	if len(l.asked) <= i {
		l.t.Fatalf("%d runs were asked for, want %d", len(l.asked), i+1)
	}
	if err := l.runner.Handle(l.t.Context(), l.asked[i]); err != nil {
		l.t.Fatal(err)
	}
}

// TestBurst: 500 events in three seconds for one data set, ten of them
// delivered twice, the last one after the run had listed its inputs.
func TestBurst(t *testing.T) {
	l := newShore(t)
	var events [][]byte
	for i := range 499 {
		events = append(events, l.lands(fmt.Sprintf("gs://land/city/%03d.csv", i), fmt.Sprintf("id,name\n%d,X\n", i)))
		l.hear(events[i])
		l.pass(6 * time.Millisecond)
	}
	if tick := l.look(); tick.Started != 0 || tick.Waiting != 1 {
		t.Fatalf("a tick in the quiet period: %+v", tick)
	}
	l.pass(workflow.DefaultQuiet)
	l.look()

	var last []byte
	l.engine.exporting = func(_ context.Context, n int) error {
		if n == 1 { // the inputs are listed
			last = l.lands("gs://land/city/499.csv", "id,name\n499,X\n")
			l.hear(last)
			for i := range 10 { // some heard of late
				l.hear(events[i*40])
			}
			l.pass(2 * workflow.DefaultQuiet)
			if tick := l.look(); tick.Started != 0 || tick.Waiting != 1 {
				t.Errorf("a tick while the run goes on: %+v", tick)
			}
		}
		return nil
	}
	l.run(0)
	l.look()
	l.run(1)
	for i := range 10 {
		l.hear(events[i*40])
	}
	l.hear(last)
	l.pass(2 * workflow.DefaultQuiet)
	if tick := l.look(); tick != (workflow.Tick{}) {
		t.Errorf("a tick when all is done: %+v", tick)
	}
	if len(l.asked) != 2 {
		t.Fatalf("%d runs were asked for, want 2: %v", len(l.asked), l.asked)
	}
	landed := l.sink.Landed(table)
	if len(landed) != 2 {
		t.Fatalf("%d publications, want 2", len(landed))
	}
	inputs := landed[1].Inputs
	if n := len(inputs); n != 502 || inputs[499].URI != "gs://land/city/499.csv" {
		t.Errorf("the second run has read %d files", n)
	}
	l.wantTidy()
}

// TestStartKilled: whoever starts a run dies after asking for it, before that is
// recorded. If nothing has landed since it is the same run, else a later one.
func TestStartKilled(t *testing.T) {
	for _, more := range []bool{false, true} {
		l := newShore(t)
		l.hear(l.lands("gs://land/city/c.csv", "id,name\n4,Oslo\n"))
		l.pass(time.Minute)
		ask := l.tick.Ask
		l.tick.Ask = func(ctx context.Context, data []byte, attributes map[string]string) (string, error) {
			if _, err := ask(ctx, data, attributes); err != nil {
				return "", err
			}
			return "", errDown
		}
		if _, err := l.tick.Tick(t.Context()); !errors.Is(err, fault.Transient) {
			t.Fatal(err)
		}
		l.tick.Ask = ask
		l.run(0)
		if more {
			l.hear(l.lands("gs://land/city/d.csv", "id,name\n5,Bern\n"))
			l.pass(time.Minute)
		}
		l.look()
		l.run(1)
		if got := l.asked[0].Slot.Equal(l.asked[1].Slot); got == more {
			t.Errorf("the same slot: %v, when more has landed: %v", got, more)
		}
		want := 1
		if more {
			want = 2
		}
		if got := len(l.sink.Landed(table)); got != want {
			t.Errorf("%d publications, want %d", got, want)
		}
	}
}

// TestTwoTicks: a second tick looks, and starts what is due, while the first one
// is about to. They ask for the same run.
func TestTwoTicks(t *testing.T) {
	l := newShore(t)
	l.hear(l.lands("gs://land/city/c.csv", "id,name\n4,Oslo\n"))
	l.pass(time.Minute)
	ask, nested := l.tick.Ask, false
	l.tick.Ask = func(ctx context.Context, data []byte, attributes map[string]string) (string, error) {
		if !nested {
			nested = true
			l.look()
			l.run(0)
			l.hear(l.lands("gs://land/city/d.csv", "id,name\n5,Bern\n")) // not among the marks that the first one saw
		}
		return ask(ctx, data, attributes)
	}
	l.look()
	l.run(1)
	if !l.asked[0].Slot.Equal(l.asked[1].Slot) || len(l.sink.Landed(table)) != 1 {
		t.Errorf("asked for %v, %d publications", l.asked, len(l.sink.Landed(table)))
	}
	l.pass(time.Minute)
	if tick := l.look(); tick.Started != 1 {
		t.Errorf("what landed between the two was forgotten: %+v", tick)
	}
	l.run(2)
	if n := len(l.sink.Landed(table)); n != 2 {
		t.Errorf("%d publications, want 2", n)
	}
}

// TestNeverQuiet: where something lands all the time there is a run all the same.
func TestNeverQuiet(t *testing.T) {
	l := newShore(t)
	for i := range 40 {
		l.hear(l.lands(fmt.Sprintf("gs://land/city/x%d.csv", i), "id,name\n1,X\n"))
		l.pass(10 * time.Second)
		l.look()
	}
	if len(l.asked) != 1 {
		t.Errorf("%d runs were asked for, want 1", len(l.asked))
	}
}

// TestNotConcerned: what nobody reads, and what is not data, starts nothing.
func TestNotConcerned(t *testing.T) {
	l := newShore(t)
	for _, uri := range []string{"gs://land/other/a.csv", "gs://land/city/sub/a.csv", "gs://land/city/_SUCCESS", "gs://land/schemas/city.avsc"} {
		l.hear(l.lands(uri, ""))
	}
	if tick := l.look(); tick != (workflow.Tick{}) {
		t.Errorf("tick = %+v", tick)
	}
	l.hear([]byte(`{"message": {"messageId": "1", "data": "e30="}}`))
	if len(l.dead) != 1 || !strings.Contains(l.dead[0].attributes["glint_reason"], "no notification") {
		t.Errorf("put aside %v", l.dead)
	}
}

// TestBrokenNeighbour: a workflow that cannot be read keeps no other from running.
func TestBrokenNeighbour(t *testing.T) {
	l := newShore(t)
	l.put("gs://root/workflows/broken.yaml", "name: broken")
	l.hear(l.lands("gs://land/city/c.csv", "id,name\n4,Oslo\n"))
	if tick := l.look(); tick.Waiting != 1 {
		t.Errorf("tick = %+v", tick)
	}
	if line := l.line("no event starts a workflow that cannot be read"); get(line, "workflow") != "broken" {
		t.Errorf("log line %v", line)
	}
	l.put("gs://root/schedules.yaml", "{")
	if _, err := l.tick.Land(t.Context(), http.Header{}, l.lands("gs://land/city/d.csv", "")); err == nil {
		t.Error("an event was acknowledged that nobody could match")
	}
}

func TestCycle(t *testing.T) {
	l := newShore(t)
	manifest := func(name, from, to string) {
		text := strings.NewReplacer("name: city\n", "name: "+name+"\n", "land:none/city", from, "house:dev/city", to).Replace(manifestText)
		l.put("gs://root/workflows/"+name+".yaml", text)
	}
	manifest("one", "land:none/a", "land:none/b")
	manifest("two", "land:none/b", "land:none/c")
	manifest("three", "land:none/c", "land:none/a")
	for _, uri := range []string{"gs://land/a/x.csv", "gs://land/b/x.csv", "gs://land/c/x.csv"} {
		l.hear(l.lands(uri, "id,name\n1,X\n"))
	}
	l.hear(l.lands("gs://land/city/c.csv", "id,name\n4,Oslo\n"))
	if tick := l.look(); tick.Waiting != 1 {
		t.Errorf("tick = %+v, want only city to wait", tick)
	}
	for _, want := range []string{"two → gs://land/c → three → gs://land/a → one → gs://land/b → two", "break the cycle"} {
		if line := fmt.Sprint(l.line("no event starts a workflow of a cycle")); !strings.Contains(line, want) {
			t.Errorf("the log line %s does not say %q", line, want)
		}
	}
}

func TestHops(t *testing.T) {
	l := newShore(t)
	for hops, ok := range map[int]bool{8: true, 9: false} {
		err := l.runner.Handle(t.Context(), trigger.Message{Workflow: "city", Slot: run.Slot, Hops: hops})
		if (err == nil) != ok || !ok && !errors.Is(err, fault.Refused) {
			t.Errorf("after %d runs: %v", hops, err)
		}
	}
}

func TestAgain(t *testing.T) {
	l := newShore(t)
	if _, err := l.runner.Again(t.Context(), "city", time.Time{}); !errors.Is(err, fault.NotFound) {
		t.Errorf("without a run: %v", err)
	}
	if err := l.deliver(1); err != nil {
		t.Fatal(err)
	}
	for _, slot := range []time.Time{{}, run.Slot} {
		key, err := l.runner.Again(t.Context(), "city", slot)
		want := ledger.Key{Workflow: "city", Slot: run.Slot, Ordinal: 1}
		if err != nil || key != want {
			t.Errorf("Again(%v) = %v, %v, want %v", slot, key, err, want)
		}
	}
	if err := l.runner.Handle(t.Context(), trigger.Message{Workflow: "city", Slot: run.Slot, Ordinal: 1}); err != nil {
		t.Fatal(err)
	}
	if n := len(l.sink.Landed(table)); n != 2 {
		t.Errorf("%d publications, want 2", n)
	}
	if _, err := l.runner.Again(t.Context(), "city", run.Slot.Add(time.Hour)); !errors.Is(err, fault.NotFound) {
		t.Errorf("of a slot without a run: %v", err)
	}
}
