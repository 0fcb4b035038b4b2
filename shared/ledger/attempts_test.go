package ledger_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// A message asks for a run until it is acknowledged.
type message struct {
	id    string
	key   ledger.Key
	acked bool
}

// An attempt is one delivery of a message, being worked on.
type attempt struct {
	world   *world
	message *message
	nr      int
	dead    bool
	done    bool
	kill    context.CancelFunc
	mistake error // what its story meets before it publishes, and no retry can help
	cancel  bool  // somebody cancels it while it publishes
}

// deliver begins an attempt at m.
func (w *world) deliver(m *message, mistake error, cancel bool) {
	ctx, kill := context.WithCancel(w.ctx)
	a := &attempt{world: w, message: m, nr: len(w.attempts), kill: kill, mistake: mistake, cancel: cancel}
	w.attempts = append(w.attempts, a)
	go func() {
		err := a.work(ctx)
		w.mu.Lock()
		defer w.mu.Unlock()
		a.done = true
		w.note("%v ends: %v", a, err)
		if err == nil && !a.dead {
			m.acked = true
		}
	}()
}

func (a *attempt) String() string { return fmt.Sprintf("#%d(%s)", a.nr, a.message.id) }

// work answers the message as the workflow does: nil is acknowledged.
func (a *attempt) work(ctx context.Context) error {
	l := &ledger.Ledger{Store: store{a, &a.world.store}, Prefix: "mem://state", ID: "model", TTL: ttl}
	k := a.message.key
	pin, err := l.Pin(ctx, ledger.Key{Workflow: k.Workflow, Slot: k.Slot, Ordinal: k.Ordinal}, ledger.Pin{Generation: a.message.id})
	if err != nil {
		return err
	}
	lease, err := l.Claim(ctx, k, pin, ledger.Holder{Message: a.message.id, Instance: a.String()})
	var done *ledger.Done
	var held *ledger.Held
	switch {
	case errors.As(err, &done):
		return nil
	case errors.As(err, &held) && !held.Same:
		return nil
	case err != nil:
		return err
	}
	o, err := a.run(ctx, lease)
	a.world.note("%v has told its story: %d receipts, %v", a, len(o.Receipts), err)
	return a.end(ctx, lease, o, err)
}

// run is the story of a job with one output.
func (a *attempt) run(ctx context.Context, lease *ledger.Lease) (ledger.Outcome, error) {
	var o ledger.Outcome
	target := target{&a.world.sink, a}
	landed, err := lease.Resume(ctx, func(string) (sink.Writer, error) { return target, nil })
	if err != nil {
		return o, err
	}
	if r, ok := landed["final"]; ok {
		o.Receipts = append(o.Receipts, r)
		return o, nil
	}
	if err := lease.Exhausted(); err != nil {
		return o, err
	}
	if a.mistake != nil {
		return o, a.mistake
	}
	out := sink.Output{
		Name: "final", Location: depot.Location{Path: []string{"p", "d", "city"}}, Mode: sink.Overwrite,
		ID: lease.ID("final"), Sequence: lease.Sequence("final"), Slot: lease.Key().Slot, Run: lease.Key().String(),
	}
	staged := relation.Relation{Rows: 1, Files: []relation.File{{URI: fmt.Sprintf("gs://tmp/%s/%d", out.Run, lease.Attempt())}}}
	i, err := target.Prepare(ctx, out, staged, sink.Live{})
	if err != nil {
		return o, err
	}
	if err := lease.Intend(ctx, target, i); err != nil {
		return o, err
	}
	r, err := target.Publish(ctx, i)
	if err != nil {
		if a.cancel {
			return o, fmt.Errorf("%w (%w)", ledger.ErrCancelled, err)
		}
		if !fault.Retry(err) {
			if drop := lease.Drop(ctx, i); drop != nil {
				return o, drop
			}
		}
		return o, err
	}
	if err := lease.Settle(ctx, i, r); err != nil {
		return o, err
	}
	o.Receipts = append(o.Receipts, r)
	return o, nil
}

// end records how the story ended, as the job does.
func (a *attempt) end(ctx context.Context, lease *ledger.Lease, o ledger.Outcome, err error) error {
	switch {
	case err == nil:
		o.Status = ledger.Succeeded
	case errors.Is(err, ledger.ErrCancelled):
		o.Status = ledger.Cancelled
	case errors.Is(err, fault.Stale):
		o.Status = ledger.Superseded
	case fault.Retry(err):
		_ = lease.Release(ctx, err.Error())
		return err
	default:
		o.Status, o.Error = ledger.Failed, err.Error()
	}
	landed, err := lease.Wind(ctx)
	if err != nil {
		_ = lease.Release(ctx, err.Error())
		return err
	}
	o.Receipts = append(o.Receipts, landed...)
	return lease.Finish(ctx, o)
}
