package main

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/setup"
	"github.com/glint-data/glint/shared/trigger"
)

// dag uploads a workflow with jobs like the seed's one, each written as
// "name: dependencies"; each writes a table of its name.
func (w *world) dag(name string, jobs ...string) {
	w.t.Helper()
	head, spec, ok := strings.Cut(manifest(w.t, "name: "+seed, "name: "+name), "    - name: city-write-bq-01\n")
	if !ok {
		w.t.Fatal("the seed's job has another name")
	}
	for _, j := range jobs {
		job, deps, _ := strings.Cut(j, ":")
		head += "    - name: " + job + "\n      dependencies: [" + strings.TrimSpace(deps) + "]\n" +
			strings.Replace(spec, "bqdepot:dev/city", "bqdepot:dev/"+job, 1)
	}
	w.put("workflows/"+name+".yaml", head)
}

// TestDiamond: four jobs as messages of Pub/Sub, to two instances that are given
// each of them, one after the other and once more. One instance is killed when
// it has ended a job and before it asks for the next. Each job loads once.
func TestDiamond(t *testing.T) {
	t.Parallel()
	for name, job := range map[string]string{"root": "a", "side": "b", "join": "d"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.dag(name, "a:", "b: a", "c: a", "d: b, c")
			var victim *worker
			s := &strike{find: func(m moment) bool { // the marker of a job goes as its end is recorded
				return m.method == "DELETE" && m.after && strings.Contains(m.url, "open%2F") && strings.HasSuffix(strings.SplitN(m.url, "?", 2)[0], "~"+job)
			}, act: func(moment) bool { victim.kill(); return false }}
			victim = w.start(w.wire(s.on).env)
			healthy := w.start(nil)
			s.arm()
			var turn atomic.Int64
			err := w.cloud.Serve(t.Context(), http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				m, err := trigger.Decode(r.Header, body)
				if err != nil {
					t.Error(err)
				}
				first := int(turn.Add(1))
				if m.Job == job {
					first = 0
				}
				status := 0
				for i := range 3 {
					if status, _ = post([]string{victim.url, healthy.url}[(first+i)%2], body); status == 0 {
						status = http.StatusServiceUnavailable // it is dead
					}
				}
				rw.WriteHeader(status)
			}))
			if err != nil {
				t.Fatal(err)
			}
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
			at, err := time.Parse(time.RFC3339, slot1)
			if err != nil {
				t.Fatal(err)
			}
			data, attributes := trigger.Message{Workflow: name, Slot: at}.Encode()
			if _, err := app.Publisher.Publish(t.Context(), cfg.Topic, data, attributes); err != nil {
				t.Fatal(err)
			}
			key := ledger.Key{Workflow: name, Slot: at}
			watch := app.Workflows.Watch(key)
			until(t, "the run has ended", func() bool {
				seen, err := watch.Look(t.Context())
				_, ended, err2 := app.Ledger.Outcome(t.Context(), key)
				return err == nil && err2 == nil && seen.Outcome != nil && ended
			})
			if s.where() == "never" {
				t.Error("nobody was killed")
			}
			seen, err := watch.Look(t.Context())
			if err != nil || seen.Outcome.Status != ledger.Succeeded {
				t.Fatalf("%+v, %v", seen.Outcome, err)
			}
			for _, state := range seen.Jobs {
				job := state.Key.Job
				if diff := cmp.Diff(ten("old"), w.rows(job)); diff != "" {
					t.Errorf("%s: rows (-want +got):\n%s", job, diff)
				}
				if n := len(w.loads(job)); n != 1 || state.Outcome.Status != ledger.Succeeded {
					t.Errorf("%s: %d loads, %s", job, n, state.Outcome.Status)
				}
			}
			if n := len(victim.lines("workflow ended")) + len(healthy.lines("workflow ended")); n > 1 {
				t.Errorf("%d lines about the workflow", n)
			}
			until(t, "nothing is left", func() bool { // the last delivery sweeps what a dead one staged
				for _, prefix := range []string{"gs://" + state + "/open/", "gs://" + temporary + "/glint/"} {
					for range w.store.List(t.Context(), prefix, "") {
						return false
					}
				}
				return true
			})
		})
	}
}
