package workflow_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/workflow"
)

// TestRevive: an attempt gave its run back and its message never came again.
func TestRevive(t *testing.T) {
	l := newShore(t)
	l.engine.exporting = func(_ context.Context, n int) error {
		if n == 1 {
			return errDown
		}
		return nil
	}
	if err := l.deliver(1); !errors.Is(err, fault.Transient) {
		t.Fatal(err)
	}
	if tick := l.look(); tick.Open != 1 || tick.Revived != 0 {
		t.Fatalf("at once: %+v", tick)
	}
	l.pass(21 * time.Minute)
	if tick := l.look(); tick.Revived != 1 {
		t.Fatalf("after 21 minutes: %+v", tick)
	}
	if tick := l.look(); tick.Revived != 0 {
		t.Fatalf("a minute later: %+v", tick)
	}
	l.run(0)
	l.wantPublished()
	if tick := l.look(); tick != (workflow.Tick{}) {
		t.Errorf("when all is done: %+v", tick)
	}
}

// TestStuck: a run that no message helps is not asked for without end.
func TestStuck(t *testing.T) {
	l := newShore(t)
	l.engine.exporting = func(context.Context, int) error { return errDown }
	if err := l.deliver(1); err == nil {
		t.Fatal("the run ended")
	}
	var last workflow.Tick
	for range 10 {
		l.pass(21 * time.Minute)
		last = l.look()
	}
	if len(l.asked) != 5 || last.Stuck != 1 {
		t.Errorf("%d messages, last tick %+v", len(l.asked), last)
	}
	if line := l.line("run is stuck"); get(line, "run") != run.String() {
		t.Errorf("log line %v", line)
	}
}

// TestLeftOver: a holder died after it had recorded the end, before it removed
// the marker and what it had staged.
func TestLeftOver(t *testing.T) {
	l := newShore(t)
	if err := l.deliver(1); err != nil {
		t.Fatal(err)
	}
	l.put("gs://state/open/"+strings.ReplaceAll(run.String(), "/", "~"), `{"v": 1}`)
	l.put("gs://tmp/glint/"+run.String()+"/1/final/part-00000.parquet", "left")
	if tick := l.look(); tick.Closed != 1 || tick.Open != 0 {
		t.Errorf("tick = %+v", tick)
	}
	l.wantTidy()
}

// TestPoll: a workflow that asks for it runs when its inputs have changed.
func TestPoll(t *testing.T) {
	l := newShore(t)
	l.put("gs://root/schedules.yaml", "city: {on_change: true}")
	for i, c := range []struct {
		name    string
		do      func()
		started int
	}{
		{"first look", func() {}, 1},
		{"nothing", func() {}, 0},
		{"a new file", func() { l.put("gs://land/city/c.csv", "id,name\n4,Oslo\n") }, 1},
		{"a file replaced", func() { l.put("gs://land/city/c.csv", "id,name\n5,Oslo\n") }, 1},
		{"a file removed", func() { l.remove("gs://land/city/c.csv") }, 1},
		{"no data", func() { l.put("gs://land/city/_SUCCESS", "") }, 0},
	} {
		c.do()
		seen := l.look()
		l.pass(time.Minute)
		if tick := l.look(); tick.Started != c.started || seen.Changed != c.started {
			t.Fatalf("%d %s: %+v, then %+v", i, c.name, seen, tick)
		}
		if c.started > 0 {
			l.run(len(l.asked) - 1)
		}
	}
}

// TestIdleTick: a tick costs little, however many runs have ended.
func TestIdleTick(t *testing.T) {
	l := newShore(t)
	if err := l.deliver(1); err != nil {
		t.Fatal(err)
	}
	counted := &counting{Store: &l.store}
	l.runner.Manifests = counted
	l.runner.Ledger = &ledger.Ledger{Store: counted, Prefix: "gs://state", ID: "test"}
	if tick := l.look(); tick != (workflow.Tick{}) {
		t.Errorf("tick = %+v", tick)
	}
	if counted.n > 5 {
		t.Errorf("%d requests, want at most 5", counted.n)
	}
}

// counting counts the requests to a store.
type counting struct {
	object.Store
	n int
}

func (c *counting) Open(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	c.n++
	return c.Store.Open(ctx, uri, r)
}

func (c *counting) Stat(ctx context.Context, uri string) (object.Attrs, error) {
	c.n++
	return c.Store.Stat(ctx, uri)
}

func (c *counting) List(ctx context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	c.n++
	return c.Store.List(ctx, prefix, after)
}

func (c *counting) Put(ctx context.Context, uri string, r io.Reader, cond object.Cond) (object.Attrs, error) {
	c.n++
	return c.Store.Put(ctx, uri, r, cond)
}
