package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
)

// TestPinned: the manifest changes, breaks or goes between two deliveries of
// one message. The run is the one that the first delivery found.
func TestPinned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	healthy := w.start(nil)
	for name, change := range map[string]func(w *world, name, file string){
		"replaced": func(w *world, name, file string) {
			w.put(file, manifest(w.t, "name: "+seed, "name: "+name, "bqdepot:dev/city", "bqdepot:dev/another", "LIMIT 10", "LIMIT 3"))
		},
		"broken": func(w *world, _, file string) { w.put(file, "workflow: [") },
		"gone": func(w *world, _, file string) {
			if err := w.store.Delete(w.t.Context(), "gs://glint-root/"+file, object.Cond{}); err != nil {
				w.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.t = t
			file := "workflows/" + name + ".yaml"
			w.workflow(name, "city", name)
			var victim *worker
			s := &strike{find: asks("GET", "depots%2Fbqdepot", false), act: func(moment) bool { victim.kill(); return false }}
			victim = w.start(w.wire(s.on).env)
			s.arm()
			if status, answer := victim.deliver("1", name, slot1); status != 0 {
				t.Fatalf("killed, it answered %d %s", status, answer)
			}
			change(&w, name, file)
			healthy.run("1", name, slot1)
			if diff := cmp.Diff(ten("old"), w.rows(name)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if o := w.outcome(name, slot1); o.Status != ledger.Succeeded || o.Attempt != 2 {
				t.Errorf("outcome %+v", o)
			}
			if rows := w.rows("another"); rows != nil {
				t.Errorf("the new manifest's table has rows: %v", rows)
			}
			if status, answer := healthy.deliver("1", name, slot1); status != 204 { // it ended well, whatever became of the manifest
				t.Errorf("delivered once more: %d %s", status, answer)
			}
		})
	}
}
