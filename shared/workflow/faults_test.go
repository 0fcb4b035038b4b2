package workflow_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/stage"
)

func TestWorldsFaults(t *testing.T) {
	for _, tc := range []struct {
		name string
		once func(c *cloud)
	}{
		{"engine", func(c *cloud) {
			c.engine.exporting = func(_ context.Context, n int) error {
				if n == 1 {
					return errDown
				}
				return nil
			}
		}},
		{"counts", func(c *cloud) { // what lies in the stage is not what was written
			c.engine.exporting = func(_ context.Context, n int) error {
				if n == 1 {
					return fault.Errorf(fault.Transient, "input raw: 3 bytes read of 41")
				}
				return nil
			}
		}},
		{"insert", func(c *cloud) { c.sink.Step = onceAt(sink.Inserting) }},
		{"answer to the insert", func(c *cloud) { c.sink.Step = onceAt(sink.Inserted) }},
		{"waiting", func(c *cloud) { c.sink.Step = onceAt(sink.Waiting) }},
		{"job", func(c *cloud) {
			var once sync.Once
			c.sink.Fail = func(sink.Intent) (err error) {
				once.Do(func() { err = fault.Errorf(fault.Transient, "backendError") })
				return err
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCloud(t)
			tc.once(c)
			if err := c.deliver(1); !fault.Retry(err) {
				t.Fatalf("first delivery: %v", err)
			}
			if line := c.line("run ended without a verdict"); get(line, "run") != run.String() || get(line, "error") == "<nil>" || get(line, "attempt") != "1" {
				t.Errorf("log line %v", line)
			}
			if err := c.deliver(2); err != nil { // at once: the lease was given back
				t.Fatalf("second delivery: %v", err)
			}
			c.wantPublished()
			if o := c.outcome(); o.Attempt != 2 {
				t.Errorf("outcome of attempt %d", o.Attempt)
			}
		})
	}
}

// onceAt is a Step that fails the first time that s is reached.
func onceAt(s sink.Step) func(context.Context, sink.Step, sink.Intent) error {
	var once sync.Once
	return func(_ context.Context, at sink.Step, _ sink.Intent) (err error) {
		if at == s {
			once.Do(func() { err = errDown })
		}
		return err
	}
}

// TestClearedAfterKill: what an attempt staged that was killed goes with the
// end of the run, also if the next one ends early.
func TestClearedAfterKill(t *testing.T) {
	for _, fails := range []bool{false, true} {
		c := newCloud(t)
		staged := stage.Prefix("tmp", run.String(), 1) + "/final/part-00000.parquet"
		if _, err := c.runner.Ledger.Claim(t.Context(), run, ledger.Pin{}, ledger.Holder{Message: "42"}); err != nil {
			t.Fatal(err)
		}
		c.put(staged, "PAR1")
		if err := c.deliver(2); !fault.Retry(err) {
			t.Fatalf("while the lease holds: %v", err)
		}
		time.Sleep(350 * time.Millisecond) // its holder is dead
		if fails {
			c.remove("gs://land/city/")
		}
		if err := c.deliver(3); err != nil {
			t.Fatal(err)
		}
		if fails {
			c.wantDead("not found", "0 files", "")
			c.wantTidy()
			continue
		}
		c.wantPublished()
		if _, err := c.store.Stat(t.Context(), staged); !errors.Is(err, fault.NotFound) {
			t.Errorf("Stat of what was staged: %v", err)
		}
	}
}

// TestCancel: a person stops a run while it computes, or while it loads.
func TestCancel(t *testing.T) {
	hold := func(c *cloud) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			if err := c.runner.Ledger.Cancel(ctx, run, "me"); err != nil {
				return err
			}
			<-ctx.Done()
			return object.Interrupted(ctx)
		}
	}
	for _, tc := range []struct {
		name      string
		when      func(c *cloud)
		published int
	}{
		{"exporting", func(c *cloud) {
			c.engine.exporting = func(ctx context.Context, _ int) error { return hold(c)(ctx) }
		}, 0},
		{"before the insert", func(c *cloud) {
			c.sink.Step = func(ctx context.Context, s sink.Step, _ sink.Intent) error {
				if s != sink.Inserting {
					return nil
				}
				return hold(c)(ctx)
			}
		}, 0},
		{"after the insert", func(c *cloud) {
			var once sync.Once
			c.sink.Step = func(ctx context.Context, s sink.Step, _ sink.Intent) (err error) {
				if s == sink.Waiting {
					once.Do(func() { err = hold(c)(ctx) })
				}
				return err
			}
		}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCloud(t)
			tc.when(c)
			if err := c.deliver(1); err != nil {
				t.Fatal(err)
			}
			if n := len(c.sink.Landed(table)); n != tc.published {
				t.Fatalf("%d published, want %d", n, tc.published)
			}
			if tc.published == 1 { // too late: it succeeded, and says so
				c.wantPublished()
				if notes := strings.Join(c.outcome().Notes, "\n"); !strings.Contains(notes, "cancelled") {
					t.Errorf("notes: %s", notes)
				}
				return
			}
			if o := c.outcome(); o.Status != ledger.Cancelled || len(o.Receipts) > 0 {
				t.Errorf("outcome %+v", o)
			}
			if len(c.dead) > 0 {
				t.Errorf("put aside: %v", c.dead)
			}
			c.wantTidy()
			if err := c.deliver(2); err != nil || len(c.sink.Landed(table)) > 0 {
				t.Errorf("delivered again: %v", err)
			}
		})
	}
}

// TestStopped: the time is up, or the instance is told to stop: the run is given
// back and the next delivery completes it.
func TestStopped(t *testing.T) {
	for name, end := range map[string]func(context.Context) (context.Context, context.CancelFunc){
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 50*time.Millisecond)
		},
		"SIGTERM": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(50*time.Millisecond, cancel)
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.engine.exporting = func(ctx context.Context, n int) error {
				if n > 1 {
					return nil
				}
				<-ctx.Done()
				return fault.Errorf(fault.Invalid, "a query that was interrupted looks like a mistake")
			}
			ctx, cancel := end(t.Context())
			defer cancel()
			if err := c.runner.Deliver(ctx, http.Header{}, push(request, 1)); !fault.Retry(err) {
				t.Fatalf("first delivery: %v", err)
			}
			if err := c.deliver(2); err != nil {
				t.Fatal(err)
			}
			c.wantPublished()
		})
	}
}

// TestSuperseded: a late slot finds the target with a later one's data.
func TestSuperseded(t *testing.T) {
	c := newCloud(t)
	later := strings.Replace(request, "11-23", "11-24", 1)
	if err := c.runner.Deliver(t.Context(), http.Header{}, push(later, 1)); err != nil {
		t.Fatal(err)
	}
	if err := c.deliver(1); err != nil {
		t.Fatal(err)
	}
	if o := c.outcome(); o.Status != ledger.Superseded || !strings.Contains(o.Error, "20261124") {
		t.Errorf("outcome %+v", o)
	}
	if n := len(c.sink.Landed(table)); n != 1 || len(c.dead) > 0 {
		t.Errorf("%d published, put aside %v", n, c.dead)
	}
	c.wantTidy()
}

// TestKilledAgainAndAgain: attempts that were all killed are followed by no other.
func TestKilledAgainAndAgain(t *testing.T) {
	c := newCloud(t)
	impatient := *c.runner.Ledger
	impatient.TTL = time.Nanosecond
	for range 3 {
		if _, err := impatient.Claim(t.Context(), run, ledger.Pin{}, ledger.Holder{Message: "42"}); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(350 * time.Millisecond)
	if err := c.deliver(4); err != nil {
		t.Fatal(err)
	}
	c.wantDead("refused", "3 attempts were killed", "memory")
	if c.engine.exports > 0 {
		t.Errorf("%d exports", c.engine.exports)
	}
}
