package workflow_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/workflow"
)

// TestEventsKilledAnywhere: each request that the doors for events and ticks
// make of the store, and each message they send, is the last of a process that
// then dies, before it is carried out or after. Pub/Sub and the scheduler come
// again. Nothing that landed is lost, and few runs too many are asked for.
func TestEventsKilledAnywhere(t *testing.T) {
	most := 0
	for at := 0; ; at++ {
		hit := false
		for _, after := range []bool{false, true} {
			l := newShore(t)
			f := &dying{Store: &l.store, at: at, after: after}
			runner := *l.runner
			runner.Manifests, runner.Ledger = f, &ledger.Ledger{Store: f, Prefix: "gs://state", ID: "test"}
			ask := l.tick.Ask
			runner.Ask = func(ctx context.Context, data []byte, attributes map[string]string) (id string, err error) {
				err = f.do(func() error { id, err = ask(ctx, data, attributes); return err })
				return id, err
			}
			l.tick = &workflow.Reconciler{Reruns: &workflow.Reruns{Runner: &runner}}
			l.lifetime(t, f)
			landed := l.sink.Landed(table)
			read := map[string]bool{}
			if len(landed) > 0 {
				for _, in := range landed[len(landed)-1].Inputs {
					read[in.URI] = true
				}
			}
			for i := range 4 {
				if uri := fmt.Sprintf("gs://land/city/n%d.csv", i); !read[uri] {
					t.Errorf("killed at %d (after %v): %s was not read", at, after, uri)
				}
			}
			if len(landed) > 3 {
				t.Errorf("killed at %d (after %v): %d publications, want at most 3", at, after, len(landed))
			}
			for a := range l.store.List(t.Context(), "gs://state/wanted/", "") {
				t.Errorf("killed at %d (after %v): %s is left", at, after, a.URI)
			}
			hit = hit || f.dead
		}
		if most = at; !hit {
			break
		}
	}
	if most < 20 {
		t.Errorf("only %d requests were made", most)
	}
}

// lifetime lands two pairs of objects, with time for a run after each.
func (l *shore) lifetime(t *testing.T, f *dying) {
	t.Helper()
	done := 0
	for i := range 4 {
		event := l.lands(fmt.Sprintf("gs://land/city/n%d.csv", i), "id,name\n1,X\n")
		for {
			f.reborn()
			if _, err := l.tick.Land(t.Context(), http.Header{}, event); err == nil {
				break
			}
		}
		l.pass(time.Second)
		if i%2 == 0 {
			continue
		}
		for range 4 {
			l.pass(20 * time.Second)
			f.reborn()
			_, _ = l.tick.Tick(t.Context()) // the next one does what this one could not
			for ; done < len(l.asked); done++ {
				l.run(done)
			}
		}
	}
}

// A dying store is cut off at one request, and stays so until it is reborn.
type dying struct {
	object.Store
	at    int
	after bool

	mu   sync.Mutex
	n    int
	off  bool
	dead bool // it was
}

func (d *dying) reborn() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = false
}

func (d *dying) do(f func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return errDown
	}
	d.n++
	if d.n-1 != d.at {
		return f()
	}
	d.off, d.dead = true, true
	if d.after {
		_ = f()
	}
	return errDown
}

func (d *dying) Stat(ctx context.Context, uri string) (a object.Attrs, err error) {
	err = d.do(func() (err error) { a, err = d.Store.Stat(ctx, uri); return err })
	return a, err
}

func (d *dying) Open(ctx context.Context, uri string, r object.Range) (body io.ReadCloser, a object.Attrs, err error) {
	err = d.do(func() (err error) { body, a, err = d.Store.Open(ctx, uri, r); return err })
	return body, a, err
}

func (d *dying) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (a object.Attrs, err error) {
	err = d.do(func() (err error) { a, err = d.Store.Put(ctx, uri, r, c); return err })
	return a, err
}

func (d *dying) Delete(ctx context.Context, uri string, c object.Cond) error {
	return d.do(func() error { return d.Store.Delete(ctx, uri, c) })
}

func (d *dying) List(ctx context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	return func(yield func(object.Attrs, error) bool) {
		if err := d.do(func() error { return nil }); err != nil {
			yield(object.Attrs{}, err)
			return
		}
		for a, err := range d.Store.List(ctx, prefix, after) {
			if !yield(a, err) {
				return
			}
		}
	}
}
