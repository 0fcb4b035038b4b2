package workflow_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/stage"
)

func TestStory(t *testing.T) {
	c := newCloud(t)
	if err := c.deliver(3); err != nil {
		t.Fatal(err)
	}
	c.wantPublished()

	line := c.line("run ended")
	for _, want := range []struct {
		path  string
		value string
	}{
		{"run", run.String()}, {"workflow", "city"}, {"job", "load"}, {"slot", "2026-11-23T02:00:00Z"},
		{"attempt", "1"}, {"delivery", "3"}, {"message", "42"}, {"status", "succeeded"}, {"level", "INFO"},
		{"final/target", "mem:p.dev.city"}, {"final/rows", "3"}, {"final/disposition", "overwrite"},
		{"final/job_id", c.sink.Landed(table)[0].ID}, {"read_raw/rows", "3"}, {"read_raw/bytes", "40"}, {"read_raw/of", "40"},
	} {
		if got := get(line, strings.Split(want.path, "/")...); got != want.value {
			t.Errorf("the log line has %s = %s, want %s", want.path, got, want.value)
		}
	}
	if _, err := time.ParseDuration(get(line, "duration")); err != nil {
		t.Error(err)
	}
	var stages []string
	for _, s := range c.outcome().Stages {
		stages = append(stages, s.Name)
	}
	if diff := cmp.Diff([]string{"resume", "read", "steps", "inspect", "export", "guard", "publish"}, stages); diff != "" {
		t.Errorf("stages (-want +got)\n%s", diff)
	}
	i := c.sink.Landed(table)[0]
	if len(i.Inputs) != 2 || i.Inputs[1].URI != "gs://land/city/b.csv" || i.Inputs[1].Version == "" || i.Attempt != 1 {
		t.Errorf("the intent %+v does not say what was read", i)
	}
}

func TestRedelivered(t *testing.T) {
	c := newCloud(t)
	for n := range 10 {
		if err := c.deliver(n + 1); err != nil {
			t.Fatal(err)
		}
	}
	c.wantPublished()
	if c.engine.exports != 1 {
		t.Errorf("%d exports", c.engine.exports)
	}
}

func TestAtOnce(t *testing.T) {
	c := newCloud(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if err := c.deliver(1); err != nil && !fault.Retry(err) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := c.deliver(2); err != nil {
		t.Error(err)
	}
	c.wantPublished()
}

// TestManifestReplaced: the manifest changes between two deliveries; the run
// goes on with the generation that the first one pinned, or says that it cannot.
func TestManifestReplaced(t *testing.T) {
	for _, versions := range []bool{true, false} {
		c := newCloud(t)
		if versions {
			c.store.past = map[string][]byte{}
			c.put("gs://root/workflows/city.yaml", manifestText)
		}
		c.engine.exporting = func(_ context.Context, n int) error {
			if n == 1 {
				c.replace("gs://root/workflows/city.yaml", "dev/city", "dev/other")
				return errDown
			}
			return nil
		}
		if err := c.deliver(1); !errors.Is(err, fault.Transient) {
			t.Fatalf("first delivery: %v", err)
		}
		if err := c.deliver(2); err != nil {
			t.Fatal(err)
		}
		if versions {
			c.wantPublished()
			continue
		}
		c.wantDead("not found", "is gone", "versioning")
	}
}

// TestManifestGone: a manifest that went, or broke, after its run had ended, or
// had begun, is no mistake of that run.
func TestManifestGone(t *testing.T) {
	for name, spoil := range map[string]func(c *cloud){
		"removed":          func(c *cloud) { c.remove("gs://root/workflows/") },
		"replaced":         func(c *cloud) { c.put("gs://root/workflows/city.yaml", "name: city") },
		"broken schedules": func(c *cloud) { c.put("gs://root/schedules.yaml", "{") },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			if err := c.deliver(1); err != nil {
				t.Fatal(err)
			}
			spoil(c)
			if err := c.deliver(2); err != nil {
				t.Fatal(err)
			}
			c.wantPublished()
		})
	}
}

// TestSweepRefused: a run that succeeded stays so if what it staged cannot be removed.
func TestSweepRefused(t *testing.T) {
	c := newCloud(t)
	c.runner.Jobs.Temporary = undeletable{&c.store}
	for n := range 2 {
		if err := c.deliver(n + 1); err != nil {
			t.Fatal(err)
		}
	}
	if o := c.outcome(); o.Status != ledger.Succeeded || len(c.dead) > 0 {
		t.Errorf("outcome %s, put aside %v", o.Status, c.dead)
	}
	if line := c.line("temporary objects are left"); !strings.Contains(get(line, "error"), "not yours") {
		t.Errorf("log line %v", line)
	}
}

// undeletable lets nobody delete.
type undeletable struct{ object.Store }

func (undeletable) Delete(context.Context, string, object.Cond) error {
	return fault.Errorf(fault.Denied, "not yours to delete")
}

// wantDead: the message was put aside once, with the reason and a hint, and the
// target is untouched.
func (c *cloud) wantDead(kind, reason, hint string) {
	c.t.Helper()
	if len(c.dead) != 1 {
		c.t.Fatalf("put aside %d times: %v", len(c.dead), c.dead)
	}
	a := c.dead[0].attributes
	if a["glint_kind"] != kind || !strings.Contains(a["glint_reason"], reason) || !strings.Contains(a["glint_hint"], hint) {
		c.t.Errorf("put aside with %q\nwant kind %q, reason %q, hint %q", a, kind, reason, hint)
	}
	if a["glint_workflow"] != "city" || a["glint_message"] != "42" || !strings.Contains(c.dead[0].data, `"workflow":"city"`) {
		c.t.Errorf("put aside %v", c.dead[0])
	}
	if n := len(c.sink.Landed(table)); n > 0 {
		c.t.Errorf("%d published", n)
	}
}

func TestUsersMistakes(t *testing.T) {
	const m = "gs://root/workflows/city.yaml"
	for _, tc := range []struct {
		name               string
		spoil              func(c *cloud)
		kind, reason, hint string
		outcome            bool
	}{
		{"no manifest", func(c *cloud) { c.remove(m) },
			"not found", "there is no manifest gs://root/workflows/city.yaml", "upload it", false},
		{"not a manifest", func(c *cloud) { c.replace(m, "type: workflow", "type: banana") },
			"invalid", "city.yaml:3:", "", false},
		{"another's name", func(c *cloud) { c.replace(m, "name: city", "name: town") },
			"invalid", "city.yaml:1:1", "rename", false},
		{"unknown depot", func(c *cloud) { c.replace(m, "land:none/city", "lnad:none/city") },
			"not found", "city.yaml:14:", "did you mean land?", true},
		{"no depot's manifest", func(c *cloud) { c.remove("gs://root/depots/house.yaml") },
			"not found", "city.yaml:19:", "known: land", true},
		{"unknown column", func(c *cloud) { c.replace(m, "SELECT *", "SELECT naem") },
			"invalid", "city.yaml:26:33: ", "name", true},
		{"no schema", func(c *cloud) { c.remove("gs://land/schemas/") },
			"not found", "city.yaml:16:", "upload the schema", true},
		{"bad schema", func(c *cloud) { c.put("gs://land/schemas/city.avsc", `{"type": "record"`) },
			"invalid", "input raw", "", true},
		{"no dataset", func(c *cloud) { c.remove("gs://land/city/") },
			"not found", "0 files under gs://land/city/", "", true},
		{"unknown format", func(c *cloud) { c.replace(m, "format: mem", "format: men") },
			"invalid", "city.yaml:20:", `did you mean "mem"?`, true},
		{"output that is no step", func(c *cloud) {
			c.replace(m, "- name: final\n                    sql", "- name: finale\n                    sql")
		},
			"invalid", "city.yaml:18:", "", false},
		{"the job fails", func(c *cloud) {
			c.sink.Fail = func(sink.Intent) error { return fault.Errorf(fault.Invalid, "rows do not fit") }
		}, "invalid", "rows do not fit", "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newCloud(t)
			tc.spoil(c)
			if err := c.deliver(1); err != nil {
				t.Fatalf("Deliver: %v", err)
			}
			c.wantDead(tc.kind, tc.reason, tc.hint)
			c.wantTidy()
			if !tc.outcome {
				return
			}
			if o := c.outcome(); o.Status != ledger.Failed || !strings.Contains(o.Error, tc.reason) || o.Kind != tc.kind {
				t.Errorf("outcome %+v", o)
			}
			if line := c.line("run ended"); get(line, "status") != "failed" || !strings.Contains(get(line, "error"), tc.reason) {
				t.Errorf("log line %v", line)
			}
		})
	}
}

// TestBadMessage: what can never be read is put aside with what could be.
func TestBadMessage(t *testing.T) {
	for _, data := range []string{"{", `{"workflow": "../city"}`} {
		c := newCloud(t)
		body := push(data, 1)
		if err := c.runner.Deliver(t.Context(), http.Header{}, body); err != nil {
			t.Fatal(err)
		}
		if len(c.dead) != 1 || c.dead[0].attributes["glint_kind"] != "invalid" || c.dead[0].attributes["glint_message"] != "42" {
			t.Errorf("put aside: %v", c.dead)
		}
	}
}

// TestDeadLetterDown: a message that cannot even be put aside comes again.
func TestDeadLetterDown(t *testing.T) {
	c := newCloud(t)
	c.remove("gs://root/depots/house.yaml")
	keep := c.runner.DeadLetter
	c.runner.DeadLetter = func(context.Context, []byte, map[string]string) error { return errDown }
	if err := c.deliver(1); !fault.Retry(err) {
		t.Fatalf("Deliver = %v", err)
	}
	c.runner.DeadLetter = keep
	if err := c.deliver(2); err != nil {
		t.Fatal(err)
	}
	c.wantDead("not found", "house", "known: land")
}

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
