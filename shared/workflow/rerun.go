package workflow

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/trigger"
)

// DefaultQuiet is how long nothing may have landed before a run is started.
const DefaultQuiet = 30 * time.Second

// maxHops is how many runs may lead to one another before it is taken for a
// cycle that the index did not see.
const maxHops = 8

// patience is how long a run that was asked for may take to begin before the
// next is started all the same: longer than the longest back-off of its message.
const patience = 15 * time.Minute

// Reruns start workflows because of what landed: a burst of events becomes one
// run, and while it goes on, one more that waits.
//
// An event only leaves a mark in the ledger, and is acknowledged when the mark
// is there. Runs are started by the tick that also looks after open runs, once
// a minute: an instance without a request has no time, so nothing that waits in
// one can be relied on, and to answer an event "not yet" until the quiet period
// is over would use up its deliveries, and make the run hang on one message. A
// mark waits for any tick.
type Reruns struct {
	*Runner
	Quiet time.Duration // DefaultQuiet if 0

	mu    sync.Mutex
	index *readers
}

func (r *Reruns) quiet() time.Duration {
	if r.Quiet > 0 {
		return r.Quiet
	}
	return DefaultQuiet
}

// Land takes the request of an event. A nil error means that it is dealt with;
// otherwise it must come again. The handshake, if there is one, is the answer.
func (r *Reruns) Land(ctx context.Context, h http.Header, body []byte) (handshake string, err error) {
	l, err := trigger.DecodeLanding(h, body)
	if err != nil {
		return "", r.dead(ctx, trigger.Message{ID: l.ID}, body, nil, err)
	}
	if len(l.Objects) == 0 {
		return l.Handshake, nil
	}
	index, err := r.readers(ctx)
	if err != nil { // also if schedules.yaml is broken: the event waits until it is mended
		return "", err
	}
	for _, o := range l.Objects {
		for _, reader := range index.of(o.URI) {
			if err := r.want(ctx, reader, o); err != nil {
				return "", err
			}
		}
	}
	return l.Handshake, nil
}

func (r *Reruns) want(ctx context.Context, reader *reader, o trigger.Object) error {
	if reader.refused != nil {
		r.Log.Error("event refused", "workflow", reader.name, "object", o.URI, "error", reader.refused.Error())
		return nil
	}
	fresh, err := r.Ledger.Want(ctx, reader.name, ledger.Want{
		ID: trigger.Place(o.URI) + "#" + o.Version, Time: o.Time, Hops: o.Hops, Reason: o.URI + " landed",
	})
	r.Log.Debug("event", "workflow", reader.name, "object", o.URI, "version", o.Version, "fresh", fresh)
	return err
}

// Due starts the runs whose quiet period is over. Killed anywhere, or done by
// two at once, it asks for the same runs again, or for later ones.
func (r *Reruns) Due(ctx context.Context) (started, waiting int, err error) {
	windows, now, err := r.Ledger.Wanted(ctx, ledger.Holder{Instance: r.Instance})
	if err != nil {
		return 0, 0, err
	}
	for _, w := range windows {
		last, err := r.Ledger.LastStarted(ctx, w.Workflow)
		if err != nil {
			return started, waiting, err
		}
		if last.Covers(w) { // who asked for that run died before it had removed them
			if err := r.Ledger.Forget(ctx, w); err != nil {
				return started, waiting, err
			}
			continue
		}
		due := w.Closed(now, r.quiet())
		if due {
			going, err := r.going(ctx, w.Workflow, last, now)
			if err != nil {
				return started, waiting, err
			}
			due = !going
		}
		if !due {
			waiting++
			continue
		}
		if err := r.start(ctx, w, now); err != nil {
			return started, waiting, fmt.Errorf("workflow %s: %w", w.Workflow, err)
		}
		started++
	}
	return started, waiting, nil
}

// going reports whether the last run that events asked for has still to end:
// what has landed since then waits, and becomes one run.
func (r *Reruns) going(ctx context.Context, workflow string, last ledger.Started, now time.Time) (bool, error) {
	if last.Slot.IsZero() {
		return false, nil
	}
	run := ledger.Key{Workflow: workflow, Slot: last.Slot}
	if going, err := r.Ledger.Going(ctx, run); err != nil || going {
		return going, err
	}
	jobs, err := r.Ledger.Jobs(ctx, run)
	if err != nil {
		return false, err
	}
	for _, j := range jobs {
		if j.Outcome == nil {
			return true, nil
		}
	}
	return len(jobs) == 0 && now.Sub(last.Slot) < patience, nil
}

func (r *Reruns) start(ctx context.Context, w ledger.Window, now time.Time) error {
	reason, err := r.Ledger.Reason(ctx, w)
	if err != nil {
		return err
	}
	if w.Count > 1 {
		reason = fmt.Sprintf("%s, and %d more", reason, w.Count-1)
	}
	m := trigger.Message{Workflow: w.Workflow, Slot: w.Slot(r.quiet()), Hops: w.Hops + 1, Reason: reason}
	data, attributes := m.Encode()
	id, err := r.Ask(ctx, data, attributes)
	if err != nil {
		return err
	}
	r.Log.Info("run asked for", "workflow", w.Workflow, "slot", m.Slot, "reason", reason, "events", w.Count, "message_id", id)
	return r.Ledger.Start(ctx, w, now, r.quiet())
}

// hopped refuses a message at the end of too long a chain of runs.
func hopped(m trigger.Message) error {
	if m.Hops <= maxHops {
		return nil
	}
	return fault.Errorf(fault.Refused, "workflow %s: %d runs led to this one, at most %d may", m.Workflow, m.Hops, maxHops).
		WithHint("most likely workflows start one another in a circle: look for one that writes what an earlier one reads")
}

// Again is the key of a deliberate rerun: of a slot, or of the latest that there
// is if it is zero. The run that it repeats must not be going on.
func (r *Runner) Again(ctx context.Context, workflow string, slot time.Time) (ledger.Key, error) {
	last, ok, err := ledger.Key{}, false, error(nil)
	if slot.IsZero() {
		last, ok, err = r.Ledger.Latest(ctx, workflow)
	} else {
		last, ok, err = r.Ledger.Last(ctx, workflow, slot)
	}
	switch {
	case err != nil:
		return last, err
	case !ok && slot.IsZero():
		return last, fault.Errorf(fault.NotFound, "workflow %s has no run yet", workflow).WithHint("glint run %s starts one", workflow)
	case !ok:
		return last, fault.Errorf(fault.NotFound, "workflow %s has no run of the slot %s", workflow, slot.Format(time.RFC3339Nano)).
			WithHint("glint run %s --slot %s starts it", workflow, slot.Format(time.RFC3339Nano))
	}
	going, err := r.Ledger.Going(ctx, last)
	if err != nil {
		return last, err
	}
	jobs, err := r.Ledger.Jobs(ctx, last)
	if err != nil {
		return last, err
	}
	for _, j := range jobs { // none has begun where the message was put aside: that is mended now, or would be again
		going = going || j.Outcome == nil
	}
	if going {
		return last, fault.Errorf(fault.Refused, "the run %s has not ended", last).
			WithHint("it is tried again by itself; glint cancel %s ends it", last)
	}
	last.Ordinal++
	return last, nil
}
