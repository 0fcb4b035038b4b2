package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// A world is a store, a target and a clock that many attempts share.
type world struct {
	t       *testing.T
	mu      sync.Mutex
	now     time.Time
	store   object.Mem
	sink    sink.Mem
	failing bool // a run may fail
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: noon}
	w.store.Now = func() time.Time {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now = w.now.Add(time.Millisecond)
		return w.now
	}
	w.sink.Step = func(ctx context.Context, s sink.Step, _ sink.Intent) error {
		p, _ := ctx.Value(processKey{}).(*process)
		if p == nil {
			return nil
		}
		return p.step(string(s), func() error { return nil })
	}
	return w
}

// expire lets every lease run out.
func (w *world) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(time.Hour)
}

func (w *world) ledger(s object.Store) *Ledger {
	return &Ledger{Store: s, Prefix: "gs://state/ledger", ID: "test"}
}

var table = sink.Target{System: "mem", Address: "p.d.city"}

// attempt is one delivery, taken as far as it goes: what a job does, without
// the rows. The error is nil if the message may go.
func (p *process) attempt(ctx context.Context, k Key, h Holder) error {
	ctx = context.WithValue(ctx, processKey{}, p)
	l := p.w.ledger(p)
	pin, err := l.Pin(ctx, k, Pin{Manifest: "m", Generation: "1"})
	if err != nil {
		return err
	}
	lease, err := l.Claim(ctx, k, pin, h)
	var done *Done
	if errors.As(err, &done) {
		return nil
	}
	if err != nil {
		return err
	}
	o, err := p.work(ctx, lease)
	switch {
	case errors.Is(err, fault.Stale):
		o.Status = Superseded
	case fault.Retry(err):
		return errors.Join(err, lease.Release(ctx, "test"))
	case err != nil:
		o.Status, o.Error = Failed, err.Error()
	}
	late, err := lease.Wind(ctx)
	if err != nil {
		return errors.Join(err, lease.Release(ctx, "test"))
	}
	o.Receipts = append(o.Receipts, late...)
	if err := lease.Finish(ctx, o); err != nil {
		return errors.Join(err, lease.Release(ctx, "test"))
	}
	return nil
}

func (p *process) work(ctx context.Context, lease *Lease) (Outcome, error) {
	o := Outcome{Status: Succeeded, Attempt: lease.Attempt()}
	landed, err := lease.Resume(ctx, func(string) (sink.Writer, error) { return &p.w.sink, nil })
	if err != nil {
		return o, err
	}
	if r, ok := landed["final"]; ok {
		o.Receipts = append(o.Receipts, r)
		return o, nil
	}
	if p.fails {
		return o, fault.Errorf(fault.Invalid, "this process finds a mistake")
	}
	i := p.intent(ctx, lease)
	if err := lease.Intend(ctx, &p.w.sink, i); err != nil {
		return o, err
	}
	r, err := p.w.sink.Publish(ctx, i)
	if err != nil {
		if !fault.Retry(err) {
			return o, errors.Join(err, lease.Drop(ctx, i))
		}
		return o, err
	}
	if err := lease.Settle(ctx, i, r); err != nil {
		return o, err
	}
	o.Receipts = append(o.Receipts, r)
	return o, nil
}

func (p *process) intent(ctx context.Context, lease *Lease) sink.Intent {
	file := relation.File{URI: fmt.Sprintf("gs://tmp/%s/%d/%s", lease.Key(), lease.Attempt(), p.mishap)}
	i, err := p.w.sink.Prepare(ctx, sink.Output{
		Name: "final", Location: depot.Location{Path: []string{"p", "d", "city"}}, Mode: sink.Overwrite,
		ID: lease.ID("final"), Sequence: lease.Sequence("final"), Slot: lease.Key().Slot, Run: lease.Key().String(),
	}, relation.Relation{Rows: 3, Files: []relation.File{file}}, sink.Live{})
	if err != nil {
		p.w.t.Error(err)
	}
	return i
}

// complete delivers the message until it may go.
func (w *world) complete(k Key, h Holder) {
	w.t.Helper()
	var err error
	for range 8 {
		h.Delivery++
		if err = w.process(none, 0).attempt(w.t.Context(), k, h); err == nil {
			return
		}
		w.expire()
	}
	w.t.Errorf("run %s does not complete: %v", k, err)
}

// seen is all that may not change once a run has ended.
type seen struct {
	Outcomes map[string]Outcome
	Landed   []sink.Intent
	Last     *Published
}

// check holds the world to what must be true when runs, oldest first, have ended.
func (w *world) check(zombies bool, keys ...Key) seen {
	w.t.Helper()
	ctx, l := w.t.Context(), w.ledger(&w.store)
	s := seen{Outcomes: map[string]Outcome{}, Landed: w.sink.Landed(table)}
	if p := w.sink.Pending(); len(p) > 0 {
		w.t.Errorf("jobs are on their way still: %v", p)
	}
	for _, k := range keys {
		o, ok, err := l.Outcome(ctx, k)
		if err != nil || !ok {
			w.t.Errorf("run %s has no outcome: %v", k, err)
			continue
		}
		s.Outcomes[k.String()] = o
		w.checkOutcome(k, o, len(keys) > 1)
	}
	h, err := l.head(ctx, table)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Last = h.rec.Last
	newest := keys[len(keys)-1].String()
	if len(s.Landed) > 0 && (s.Last == nil || s.Last.Run != newest) {
		w.t.Errorf("the target's last good run is %+v, want %s", s.Last, newest)
	}
	if n := len(s.Landed); n > 0 && s.Landed[n-1].Run != newest {
		w.t.Errorf("the target has the rows of %s, want those of %s", s.Landed[n-1].Run, newest)
	}
	for _, o := range h.rec.Intents {
		v, _, err := w.sink.Settle(ctx, sink.Intent{ID: o.ID, Target: table})
		if !zombies || err != nil || v != sink.Never {
			w.t.Errorf("intent %s is open on the target (%v, %v)", o.ID, v, err)
		}
	}
	for a := range w.store.List(ctx, "gs://state/ledger/open/", "") {
		w.t.Errorf("marker %s is left", a.URI)
	}
	return s
}

func (w *world) checkOutcome(k Key, o Outcome, raced bool) {
	w.t.Helper()
	var landed []sink.Intent
	for _, i := range w.sink.Landed(table) {
		if i.Run == k.String() {
			landed = append(landed, i)
		}
	}
	switch {
	case o.Status == Succeeded && len(landed) == 1 && len(o.Receipts) == 1:
		if r := o.Receipts[0]; r.JobID != landed[0].ID || !cmp.Equal(r.Files, landed[0].Files) {
			w.t.Errorf("run %s: receipt of %s %v, but %s %v landed", k, r.JobID, r.Files, landed[0].ID, landed[0].Files)
		}
	case raced && o.Status == Superseded && len(landed) == 0 && len(o.Receipts) == 0:
	case w.failing && o.Status == Failed && len(landed) == 0 && len(o.Receipts) == 0:
	default:
		w.t.Errorf("run %s: %s with %d receipts, and %d landed", k, o.Status, len(o.Receipts), len(landed))
	}
}
