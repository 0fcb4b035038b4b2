package main

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/functions/reconcile"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/setup"
)

// TestReconcile: an instance is killed while its load is on its way, and its
// message never comes again. A tick asks for the run anew; it loads once.
func TestReconcile(t *testing.T) {
	w := newWorld(t)
	env := w.cloud.Env()
	cfg, err := setup.FromEnv(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	app, err := setup.New(t.Context(), cfg, setup.JSONLog(io.Discard, cfg.LogLevel))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	app.Clock.Silence = 2 * lease
	door := httptest.NewServer(reconcile.New(app.Tick, time.Minute))
	defer door.Close()

	var victim *worker
	s := &strike{
		find: func(m moment) bool { return m.after && m.method == "POST" && strings.Contains(m.url, "/jobs") },
		act:  func(moment) bool { victim.kill(); return false },
	}
	victim = w.start(w.wire(s.on).env)
	s.arm()
	if status, _ := victim.deliver("1", seed, slot1); status != 0 || s.where() == "never" {
		t.Fatalf("the instance was not killed: %s, answer %d", s.where(), status)
	}
	if err := w.cloud.PushTo(t.Context(), w.start(nil).url); err != nil {
		t.Fatal(err)
	}
	w.cloud.Tick(t.Context(), door.URL, 200*time.Millisecond)
	at, err := time.Parse(time.RFC3339, slot1)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the run has ended", func() bool {
		jobs, err := app.Ledger.Jobs(t.Context(), ledger.Key{Workflow: seed, Slot: at})
		return err == nil && len(jobs) == 1 && jobs[0].Outcome != nil
	})
	if o := w.outcome(seed, slot1); o.Status != ledger.Succeeded || o.Attempt != 2 {
		t.Errorf("outcome %s of attempt %d: %s", o.Status, o.Attempt, o.Error)
	}
	if n := len(w.loads("city")); n != 1 {
		t.Errorf("%d loads, want 1", n)
	}
	until(t, "nothing is left", func() bool {
		for range w.store.List(t.Context(), "gs://"+state+"/open/", "") {
			return false
		}
		return true
	})
	w.wantTidy(seed)
}
