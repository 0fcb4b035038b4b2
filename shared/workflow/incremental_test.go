package workflow_test

import (
	"context"
	"fmt"
	"io"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/trigger"
)

// A tide is a cloud whose workflow reads, each time, what came after the last
// run: up to high.
type tide struct {
	*cloud
	high string
}

const (
	cityURI      = "gs://root/workflows/city.yaml"
	continuedURI = "gs://state/continued/city/load.json"
)

func newTide(t *testing.T) *tide {
	c := &tide{cloud: newCloud(t)}
	text := strings.Replace(manifestText, "            outputs:\n", `                incremental:
                  context: everything
                  sql: SELECT * FROM everything WHERE name > '$|lo|' AND name <= '$|hi|'
                  keys:
                    - {name: lo, sql: SELECT 'start'}
                    - {name: hi, sql: SELECT max(name) FROM everything WHERE name > '$|lo|'}
                  state:
                    - {key: lo, value: hi}
            outputs:
`, 1)
	c.put(cityURI, strings.Replace(text, "saveMode: overwrite", "saveMode: append", 1))
	c.engine.answer = func(text string) any {
		if strings.Contains(text, "max(") {
			return c.high
		}
		return "start"
	}
	return c
}

func slot(day, ordinal int) ledger.Key {
	return ledger.Key{Workflow: "city", Job: "load", Slot: time.Date(2026, 11, day, 2, 0, 0, 0, time.UTC), Ordinal: ordinal}
}

// run asks for a run at a time at which there is data up to high.
func (c *tide) run(day, ordinal int, high string) error {
	c.high = high
	k := slot(day, ordinal)
	return c.runner.Handle(c.t.Context(), trigger.Message{ID: high, Workflow: "city", Slot: k.Slot, Ordinal: ordinal, Delivery: 2})
}

// wantRead holds a run to having read what lies between two values.
func (c *tide) wantRead(day, ordinal int, status ledger.Status, lo, hi string) {
	c.t.Helper()
	o, ok, err := c.runner.Ledger.Outcome(c.t.Context(), slot(day, ordinal))
	if err != nil || !ok || o.Status != status || o.Part == nil {
		c.t.Fatalf("run %d.%d: %s, %v, %v: %s", day, ordinal, o.Status, ok, err, o.Error)
	}
	want := ledger.Values{"raw": {"lo": lo, "hi": hi}}
	if diff := cmp.Diff(want, o.Part.Values); diff != "" {
		c.t.Errorf("run %d.%d (-want +got)\n%s", day, ordinal, diff)
	}
	if got := o.Part.State["raw"]["lo"]; got != hi {
		c.t.Errorf("run %d.%d leaves %q", day, ordinal, got)
	}
}

func (c *tide) read(uri string) string {
	c.t.Helper()
	body, _, err := c.store.Open(c.t.Context(), uri, object.Range{})
	if err != nil {
		c.t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// TestIncremental: each run goes on where the last one that succeeded ended.
func TestIncremental(t *testing.T) {
	c := newTide(t)
	if err := c.run(21, 0, "a"); err != nil {
		t.Fatal(err)
	}
	c.wantRead(21, 0, ledger.Succeeded, "start", "a")
	c.engine.exporting = func(context.Context, int) error { return fault.Errorf(fault.Invalid, "it is not what it seems") }
	if err := c.run(22, 0, "b"); err == nil {
		t.Fatal("no error")
	}
	c.wantRead(22, 0, ledger.Failed, "a", "b")
	c.engine.exporting = nil
	if err := c.run(23, 0, "c"); err != nil {
		t.Fatal(err)
	}
	c.wantRead(23, 0, ledger.Succeeded, "a", "c")
	if err := c.run(23, 0, "d"); err != nil { // delivered again
		t.Fatal(err)
	}
	c.wantRead(23, 0, ledger.Succeeded, "a", "c")
	if line := c.line("incremental"); get(line, "lo") != "a" || get(line, "hi") != "c" || get(line, "input") != "raw" {
		t.Errorf("log %v", line)
	}
	c.wantTidy()
}

// TestIncrementalAttempts: what the first attempt decided, all of them read,
// wherever it broke off, and that is what the next run goes on from.
func TestIncrementalAttempts(t *testing.T) {
	for name, fail := range map[string]func(c *tide){
		"before anything is published": func(c *tide) { c.sink.Step = onceAt(sink.Inserting) },
		"between publish and outcome":  func(c *tide) { c.sink.Step = onceAt(sink.Inserted) },
		"while it computes": func(c *tide) {
			c.engine.exporting = func(_ context.Context, n int) error {
				if n == 1 {
					return errDown
				}
				return nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTide(t)
			fail(c)
			if err := c.run(21, 0, "a"); !fault.Retry(err) {
				t.Fatalf("first delivery: %v", err)
			}
			if err := c.run(21, 0, "b"); err != nil { // more has come meanwhile
				t.Fatal(err)
			}
			c.wantRead(21, 0, ledger.Succeeded, "start", "a")
			if landed := c.sink.Landed(table); len(landed) != 1 {
				t.Errorf("%d published", len(landed))
			}
			if err := c.run(22, 0, "c"); err != nil {
				t.Fatal(err)
			}
			c.wantRead(22, 0, ledger.Succeeded, "a", "c")
		})
	}
}

// TestIncrementalLeft: a run that was killed right after its outcome was written
// left the state all the same.
func TestIncrementalLeft(t *testing.T) {
	c := newTide(t)
	var open string
	c.engine.exporting = func(context.Context, int) error { open = c.read(continuedURI); return nil }
	if err := c.run(21, 0, "a"); err != nil {
		t.Fatal(err)
	}
	if c.read(continuedURI) == open {
		t.Fatal("the record was not brought up to date")
	}
	c.put(continuedURI, open)
	if err := c.run(22, 0, "b"); err != nil {
		t.Fatal(err)
	}
	c.wantRead(22, 0, ledger.Succeeded, "a", "b")
}

// TestIncrementalOverlap: a run waits for the one before it, for the two would
// read the same.
func TestIncrementalOverlap(t *testing.T) {
	c := newTide(t)
	c.engine.exporting = func(_ context.Context, n int) error {
		if n == 1 {
			return errDown
		}
		return nil
	}
	if err := c.run(21, 0, "a"); !fault.Retry(err) {
		t.Fatal(err)
	}
	if err := c.run(22, 0, "b"); !fault.Retry(err) || !strings.Contains(err.Error(), "20261121T020000.000Z.0/load has not ended") {
		t.Fatalf("it did not wait: %v", err)
	}
	for _, day := range []int{21, 22} {
		if err := c.run(day, 0, "c"); err != nil {
			t.Fatal(err)
		}
	}
	c.wantRead(21, 0, ledger.Succeeded, "start", "a")
	c.wantRead(22, 0, ledger.Succeeded, "a", "c")
}

// TestIncrementalLate: what a latecomer would read, the later run has read.
func TestIncrementalLate(t *testing.T) {
	c := newTide(t)
	for _, day := range []int{22, 21} {
		if err := c.run(day, 0, "a"); err != nil {
			t.Fatal(err)
		}
	}
	o, _, err := c.runner.Ledger.Outcome(t.Context(), slot(21, 0))
	if err != nil || o.Status != ledger.Superseded || len(c.sink.Landed(table)) != 1 {
		t.Errorf("%v, %+v", err, o)
	}
}

// TestIncrementalRerun: a rerun of a slot begins where its first run began, and
// moves nothing that later runs have left.
func TestIncrementalRerun(t *testing.T) {
	c := newTide(t)
	for day, high := range []string{"a", "b", "c"} {
		if err := c.run(21+day, 0, high); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.run(22, 1, "b2"); err != nil {
		t.Fatal(err)
	}
	c.wantRead(22, 1, ledger.Succeeded, "a", "b2")
	if err := c.run(24, 0, "d"); err != nil {
		t.Fatal(err)
	}
	c.wantRead(24, 0, ledger.Succeeded, "c", "d")
	if err := c.run(24, 1, "e"); err != nil { // of the latest: the next one goes on from it
		t.Fatal(err)
	}
	c.wantRead(24, 1, ledger.Succeeded, "c", "e")
	if err := c.run(25, 0, "f"); err != nil {
		t.Fatal(err)
	}
	c.wantRead(25, 0, ledger.Succeeded, "e", "f")
}

// TestIncrementalTiles: runs of many slots, delivered over and over, shuffled and
// several at once, that break off anywhere or fail for good: what the successful ones
// read has neither gaps nor overlaps.
func TestIncrementalTiles(t *testing.T) {
	for seed := range int64(12) {
		c := newTide(t)
		var mu sync.Mutex
		dice, tick := rand.New(rand.NewSource(seed)), 0
		roll := func(n int) int { mu.Lock(); defer mu.Unlock(); return dice.Intn(n) }
		c.engine.answer = func(text string) any {
			if !strings.Contains(text, "max(") {
				return "0000"
			}
			mu.Lock()
			defer mu.Unlock()
			tick++
			return fmt.Sprintf("%04d", tick)
		}
		c.engine.exporting = func(context.Context, int) error {
			switch roll(6) {
			case 0:
				return errDown
			case 1:
				return fault.Errorf(fault.Invalid, "it is not what it seems")
			}
			return nil
		}
		c.sink.Step = func(context.Context, sink.Step, sink.Intent) error {
			if roll(12) == 0 {
				return errDown
			}
			return nil
		}
		const slots = 8
		var ended [slots]atomic.Bool
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for range 400 {
					n := roll(slots)
					if ended[n].Load() {
						continue
					}
					k := slot(10+n, 0)
					err := c.runner.Handle(t.Context(), trigger.Message{ID: fmt.Sprint(n), Workflow: "city", Slot: k.Slot, Delivery: 2})
					if !fault.Retry(err) {
						ended[n].Store(true)
					}
				}
			})
		}
		all.Wait()
		var read [][2]string
		succeeded := 0
		for n := range slots {
			o, ok, err := c.runner.Ledger.Outcome(t.Context(), slot(10+n, 0))
			if err != nil || !ok {
				t.Fatalf("seed %d, run %d has not ended: %v", seed, n, err)
			}
			if o.Status == ledger.Succeeded {
				succeeded++
				read = append(read, [2]string{o.Part.Values["raw"]["lo"], o.Part.Values["raw"]["hi"]})
			}
		}
		slices.SortFunc(read, func(a, b [2]string) int { return strings.Compare(a[1], b[1]) })
		at := "0000"
		for _, r := range read {
			if r[0] != at {
				t.Errorf("seed %d: after %s comes %v of %v", seed, at, r, read)
			}
			at = r[1]
		}
		if landed := c.sink.Landed(table); len(landed) != succeeded {
			t.Errorf("seed %d: %d published by %d runs", seed, len(landed), succeeded)
		}
	}
}
