package ledger

import (
	"context"
	"io"
	"iter"
	"sync"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

type processKey struct{}

// A mishap is what happens to a process.
type mishap string

const (
	none        mishap = ""
	crashBefore mishap = "killed before"
	crashAfter  mishap = "killed after"
	pauseBefore mishap = "stopped before"
	pauseAfter  mishap = "stopped after"
	lose        mishap = "answer lost of"
	refuse      mishap = "error instead of"
)

var errKilled = fault.Errorf(fault.Transient, "this process is dead")

// A process makes one attempt; something happens to it at its step number at.
// It is a Store: what the world has, as this process reaches it.
type process struct {
	w      *world
	mishap mishap
	at     int
	fails  bool          // it finds a mistake before it publishes anything
	paused chan struct{} // closed when it stops
	wake   chan struct{} // close it to let it go on

	mu    sync.Mutex
	n     int
	dead  bool
	stop  bool
	where string // what the mishap met
}

func (w *world) process(m mishap, at int) *process {
	return &process{w: w, mishap: m, at: at, paused: make(chan struct{}), wake: make(chan struct{})}
}

// step does one thing to the world, or meets its mishap.
func (p *process) step(name string, do func() error) error {
	p.mu.Lock()
	p.n++
	hit := p.n == p.at
	if hit {
		p.where = name
	}
	if hit && p.mishap == crashBefore {
		p.dead = true
	}
	dead, stop := p.dead, p.stop
	p.mu.Unlock()
	switch {
	case dead:
		return errKilled
	case hit && p.mishap == refuse:
		return fault.Errorf(fault.Transient, "no answer")
	case hit && p.mishap == pauseBefore:
		p.pause()
	case stop:
		<-p.wake
	}
	err := do()
	switch {
	case !hit:
	case p.mishap == crashAfter:
		p.mu.Lock()
		p.dead = true
		p.mu.Unlock()
		return errKilled
	case p.mishap == pauseAfter:
		p.pause()
	case p.mishap == lose:
		return fault.Errorf(fault.Transient, "the answer is lost")
	}
	return err
}

func (p *process) pause() {
	p.mu.Lock()
	p.stop = true
	p.mu.Unlock()
	close(p.paused)
	<-p.wake
	p.mu.Lock()
	p.stop = false
	p.mu.Unlock()
}

// met is what the mishap met, "" if it did not happen.
func (p *process) met() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.where
}

func (p *process) Stat(ctx context.Context, uri string) (a object.Attrs, err error) {
	err = p.step("stat "+uri, func() error { a, err = p.w.store.Stat(ctx, uri); return err })
	return a, err
}

func (p *process) Open(ctx context.Context, uri string, r object.Range) (b io.ReadCloser, a object.Attrs, err error) {
	err = p.step("open "+uri, func() error { b, a, err = p.w.store.Open(ctx, uri, r); return err })
	return b, a, err
}

func (p *process) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (a object.Attrs, err error) {
	err = p.step("put "+uri, func() error { a, err = p.w.store.Put(ctx, uri, r, c); return err })
	return a, err
}

func (p *process) Delete(ctx context.Context, uri string, c object.Cond) error {
	return p.step("delete "+uri, func() error { return p.w.store.Delete(ctx, uri, c) })
}

func (p *process) List(ctx context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	return func(yield func(object.Attrs, error) bool) {
		if err := p.step("list "+prefix, func() error { return nil }); err != nil {
			yield(object.Attrs{}, err)
			return
		}
		p.w.store.List(ctx, prefix, after)(yield)
	}
}
