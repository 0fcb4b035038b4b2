package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/sink"
)

// A world is a store, a target, some messages and the attempts at them. Every
// trip of an attempt waits in it until the scheduler lets it go.
type world struct {
	ctx      context.Context
	store    object.Mem
	sink     sink.Mem
	messages []*message
	attempts []*attempt
	stopped  chan struct{}

	mu       sync.Mutex
	trips    []*trip
	failures []fault.Kind // of the next jobs of the target

	logs sync.Mutex
	log  []string
}

// A trip is one request of an attempt that is on its way.
type trip struct {
	by   *attempt
	what string
	act  chan action
}

// An action is what becomes of a trip.
type action int

const (
	do   action = iota // it is done
	lose               // it is done, and its answer is lost
	fail               // it is not done
)

func newWorld(ctx context.Context) *world {
	w := &world{ctx: ctx, stopped: make(chan struct{}), messages: []*message{
		{id: "early", key: early}, {id: "again", key: early}, {id: "late", key: late},
	}}
	w.sink.Step = step
	w.sink.Fail = func(i sink.Intent) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.failures) == 0 {
			return nil
		}
		kind := w.failures[0]
		w.failures = w.failures[1:]
		w.note("job %s fails: %v", i.ID, kind)
		return fault.Errorf(kind, "the job failed")
	}
	return w
}

// ready are the trips that wait, in an order that does not depend on the
// machine.
func (w *world) ready() []*trip {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Clone(w.trips)
	slices.SortFunc(all, func(a, b *trip) int {
		if a.by != b.by {
			return a.by.nr - b.by.nr
		}
		return strings.Compare(a.what, b.what)
	})
	return all
}

func (w *world) act(t *trip, a action) {
	w.mu.Lock()
	w.trips = slices.DeleteFunc(w.trips, func(o *trip) bool { return o == t })
	w.note("%v %s%s", t.by, [...]string{"", "answer lost: ", "fails: "}[a], t.what)
	w.mu.Unlock()
	t.act <- a
}

// killed ends an attempt where it is. What it has sent is still on its way.
func (w *world) killed(a *attempt) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !a.dead {
		w.note("%v is killed", a)
		a.dead = true
		a.kill()
	}
}

func (w *world) note(format string, args ...any) {
	w.logs.Lock()
	defer w.logs.Unlock()
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

func (w *world) story() string { return strings.Join(w.log, "\n") }

// stop lets go of everybody who waits.
func (w *world) stop() {
	close(w.stopped)
	for _, a := range w.attempts {
		a.kill()
	}
}

var errDead = fault.Errorf(fault.Transient, "the process is dead")

// wait is the scheduler's word on a request that is being sent.
func (a *attempt) wait(what string) (action, error) {
	w := a.world
	t := &trip{by: a, what: what, act: make(chan action)}
	w.mu.Lock()
	if a.dead {
		w.mu.Unlock()
		return fail, errDead
	}
	w.trips = append(w.trips, t)
	w.mu.Unlock()
	select {
	case act := <-t.act:
		return act, nil
	case <-w.stopped:
		return fail, errDead
	}
}

// hear is the answer to a request that was sent: a dead process hears none.
func (a *attempt) hear(what string, act action, err error) error {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	switch {
	case a.dead:
		return errDead
	case act != do:
		return fault.Errorf(fault.Transient, "%s: no answer", what)
	}
	return err
}

func (a *attempt) trip(what string, request func() error) error {
	act, err := a.wait(what)
	if err != nil {
		return err
	}
	if act != fail {
		err = request()
	}
	return a.hear(what, act, err)
}

// target is the world's target as an attempt reaches it.
type target struct {
	*sink.Mem
	by *attempt
}

type byKey struct{}

func (t target) with(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), byKey{}, &visit{by: t.by})
}

func (t target) Publish(ctx context.Context, i sink.Intent) (sink.Receipt, error) {
	return t.Mem.Publish(t.with(ctx), i)
}

func (t target) Settle(ctx context.Context, i sink.Intent) (sink.Verdict, sink.Receipt, error) {
	return t.Mem.Settle(t.with(ctx), i)
}

// A visit is one call of the target: what was decided before a request holds
// for its answer.
type visit struct {
	by  *attempt
	act action
}

func step(ctx context.Context, s sink.Step, i sink.Intent) (err error) {
	v := ctx.Value(byKey{}).(*visit)
	what := string(s) + " " + i.ID
	switch s {
	case sink.Inserted, sink.Burned:
		return v.by.hear(what, v.act, nil)
	case sink.Waiting:
		return v.by.trip(what, func() error { return nil })
	}
	v.act, err = v.by.wait(what)
	if v.act == fail && err == nil {
		err = fault.Errorf(fault.Transient, "%s: no answer", what)
	}
	return err
}

// store is the world's store as an attempt reaches it. Its requests go on
// without their context: a dead process cannot take one back.
type store struct {
	by *attempt
	in *object.Mem
}

func (s store) Stat(_ context.Context, uri string) (a object.Attrs, err error) {
	err = s.by.trip("stat "+uri, func() (err error) { a, err = s.in.Stat(s.by.world.ctx, uri); return err })
	return a, err
}

func (s store) Open(_ context.Context, uri string, r object.Range) (body io.ReadCloser, a object.Attrs, err error) {
	err = s.by.trip("open "+uri, func() (err error) { body, a, err = s.in.Open(s.by.world.ctx, uri, r); return err })
	return body, a, err
}

func (s store) Put(_ context.Context, uri string, r io.Reader, c object.Cond) (a object.Attrs, err error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return a, err
	}
	err = s.by.trip("put "+uri, func() (err error) { a, err = s.in.Put(s.by.world.ctx, uri, bytes.NewReader(text), c); return err })
	return a, err
}

func (s store) Delete(_ context.Context, uri string, c object.Cond) error {
	return s.by.trip("delete "+uri, func() error { return s.in.Delete(s.by.world.ctx, uri, c) })
}

func (s store) List(_ context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	return func(yield func(object.Attrs, error) bool) {
		var all []object.Attrs
		err := s.by.trip("list "+prefix, func() error {
			for a, err := range s.in.List(s.by.world.ctx, prefix, after) {
				if err != nil {
					return err
				}
				all = append(all, a)
			}
			return nil
		})
		if err != nil {
			yield(object.Attrs{}, err)
			return
		}
		for _, a := range all {
			if !yield(a, nil) {
				return
			}
		}
	}
}
