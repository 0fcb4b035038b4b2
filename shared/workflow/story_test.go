package workflow_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
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
		{"attempt", "1"}, {"delivery", "3"}, {"message_id", "42"}, {"status", "succeeded"}, {"level", "INFO"},
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
