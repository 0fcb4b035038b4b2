package workflow

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/trigger"
)

// silence is how long a run may go unheard of before its message is sent anew:
// a message that is alive comes within the push subscription's deadline and its
// longest back-off, ten minutes each.
const silence = 20 * time.Minute

// maxRevivals is how often a message is sent anew without a claim following.
const maxRevivals = 5

// A Reconciler puts right what was left: by those who died, and by time.
type Reconciler struct {
	*Reruns
	Silence time.Duration // 20 minutes if 0
	PollAll bool          // look at the inputs of every workflow, whatever schedules.yaml says
	Idle    slog.Level    // of the line of a tick that found nothing
}

// A Tick is what one look found and did.
type Tick struct {
	Open    int // runs that have not ended
	Closed  int // markers of runs that had
	Revived int // messages sent anew
	Stuck   int // runs that no message helps
	Started int // runs because of events
	Waiting int // whose quiet period goes on, or an earlier run
	Changed int // workflows whose inputs a poll found changed
}

// Tick looks once. What fails does not keep the rest from being done; the next
// tick tries it again.
func (r *Reconciler) Tick(ctx context.Context) (t Tick, err error) {
	began := r.Now()
	err = errors.Join(r.runs(ctx, &t), r.poll(ctx, &t))
	var due error
	t.Started, t.Waiting, due = r.Due(ctx)
	err = errors.Join(err, due)
	line := []any{
		"open", t.Open, "closed", t.Closed, "revived", t.Revived, "stuck", t.Stuck, "started", t.Started,
		"waiting", t.Waiting, "changed", t.Changed, "duration", r.Now().Sub(began).Round(time.Millisecond).String(),
	}
	if err != nil {
		r.Log.Error("tick", append(line, "error", err.Error(), "hints", fault.Hints(err))...)
		return t, err
	}
	level := slog.LevelInfo
	if t == (Tick{}) {
		level = r.Idle
	}
	r.Log.Log(ctx, level, "tick", line...)
	return t, nil
}

// runs looks after the runs whose marker stands.
func (r *Reconciler) runs(ctx context.Context, t *Tick) error {
	opens, now, err := r.Ledger.Opens(ctx, ledger.Holder{Instance: r.Instance})
	if err != nil {
		return err
	}
	since := r.Silence
	if since == 0 {
		since = silence
	}
	var failed []error
	for _, o := range opens {
		err := o.Err
		switch {
		case err != nil:
		case o.Outcome != nil:
			err = r.close(ctx, o, t)
		case o.Silent(now, since) && o.Key.Job == "":
			err = r.resume(ctx, o, now.Add(-since), t)
		case o.Silent(now, since):
			err = r.revive(ctx, o, t)
		}
		if o.Outcome == nil {
			t.Open++
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("run %s: %w", o.Key, err))
		}
	}
	return errors.Join(failed...)
}

// close sweeps what a run that has ended staged, and then removes its marker.
func (r *Reconciler) close(ctx context.Context, o ledger.Open, t *Tick) error {
	if err := r.Jobs.Sweep(ctx, o.Key, *o.Outcome); err != nil {
		if fault.Retry(err) {
			return err
		}
		r.Log.Warn("temporary objects are left", "run", o.Key.String(), "error", err.Error(), "hints", fault.Hints(err))
	}
	t.Closed++
	return r.Ledger.Close(ctx, o)
}

// revive sends a run's message anew. Sent twice, it is the same run.
func (r *Reconciler) revive(ctx context.Context, o ledger.Open, t *Tick) error {
	n, err := r.Ledger.Revived(ctx, o)
	if err != nil {
		return err
	}
	if n >= maxRevivals {
		r.stuck(o, n, t)
		return nil
	}
	m := trigger.Message{
		Workflow: o.Key.Workflow, Job: o.Key.Job, Slot: o.Key.Slot, Ordinal: o.Key.Ordinal, Manual: o.Holder.Manual,
		Reason: "revived: nothing was heard of attempt " + fmt.Sprint(o.Attempt),
	}
	data, attributes := m.Encode()
	id, err := r.Ask(ctx, data, attributes)
	if err != nil {
		return err
	}
	t.Revived++
	r.Log.Warn("run revived", "run", o.Key.String(), "attempt", o.Attempt, "crashed", o.Attempt > 0 && o.Released == "",
		"released", o.Released, "message_id", id)
	return r.Ledger.Revive(ctx, o, n+1)
}

func (r *Reconciler) stuck(o ledger.Open, n int, t *Tick) {
	t.Stuck++
	r.Log.Error("run is stuck", "run", o.Key.String(), "attempt", o.Attempt, "released", o.Released,
		"hints", []string{"its message was sent " + fmt.Sprint(n) + " times and nobody claimed it: look at the dead-letter topic; glint cancel and glint rerun"})
}

// resume brings a run of several jobs on whose messages were lost: none of its
// jobs is at work, and none has been since. A job that is at work has a marker
// of its own.
func (r *Reconciler) resume(ctx context.Context, o ledger.Open, since time.Time, t *Tick) error {
	pin, _, err := r.Ledger.Pinned(ctx, o.Key) // written before the marker
	if err != nil {
		return err
	}
	w, err := r.parse(ctx, o.Key.Workflow, pin)
	if err != nil && fault.Retry(err) {
		return err
	}
	if err != nil {
		t.Stuck++
		r.Log.Error("run is stuck", "run", o.Key.String(), "error", err.Error(), "hints", fault.Hints(err))
		return nil
	}
	states, err := r.states(ctx, o.Key, w)
	if err != nil {
		return err
	}
	manual, moved := false, false
	for _, s := range states {
		if s.Attempt > 0 && s.Outcome == nil || s.Updated.After(since) {
			return nil
		}
		manual, moved = manual || s.Holder.Manual, moved || s.Updated.After(o.Marked)
	}
	n, err := r.Ledger.Revived(ctx, o)
	if err != nil {
		return err
	}
	if moved { // the last message that was sent anew did help
		n = 0
	}
	if n >= maxRevivals {
		r.stuck(o, n, t)
		return nil
	}
	if err := r.keep(ctx, o.Key, pin); err != nil {
		return err
	}
	m := trigger.Message{Workflow: o.Key.Workflow, Slot: o.Key.Slot, Ordinal: o.Key.Ordinal, Manual: manual, Reason: "revived: its next message was lost"}
	asked, err := r.advance(ctx, m, o.Key, w, "")
	if err != nil || asked == 0 { // it has ended
		return err
	}
	t.Revived++
	r.Log.Warn("run revived", "run", o.Key.String(), "jobs", asked)
	return r.Ledger.Revive(ctx, o, n+1)
}

// poll looks at the inputs of the workflows that schedules.yaml asks it for.
func (r *Reconciler) poll(ctx context.Context, t *Tick) error {
	schedules, err := overrides(ctx, r.Manifests, r.Prefix)
	if err != nil {
		return err
	}
	asked := r.PollAll
	for _, o := range schedules {
		asked = asked || o.OnChange
	}
	if !asked {
		return nil
	}
	index, err := r.readers(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, one := range index.known {
		if !one.onPoll && !r.PollAll || one.refused != nil {
			continue
		}
		changed, err := r.look(ctx, one)
		if err != nil {
			failed = append(failed, fmt.Errorf("poll of %s: %w", one.name, err))
		}
		if changed {
			t.Changed++
		}
	}
	return errors.Join(failed...)
}

// look compares a workflow's inputs with what was seen last. The first look
// counts as a change: whether the last run has read what is there is not known.
func (r *Reconciler) look(ctx context.Context, one *reader) (bool, error) {
	sum := sha256.New()
	n := 0
	for _, a := range one.reads {
		in, err := r.Jobs.Depots.Locate(ctx, a) // not as the index knows it: a depot's secret may be another by now
		if err != nil {
			return false, err
		}
		if in.Store == nil { // a table has no version that a listing shows
			continue
		}
		m, err := digest(ctx, in, func(uri, version string) { fmt.Fprintf(sum, "%q %q\n", uri, version) })
		if err != nil {
			return false, err
		}
		n += m
	}
	now := fmt.Sprintf("%x", sum.Sum(nil))
	seen, err := r.Ledger.Polled(ctx, one.name)
	if err != nil || now == seen || n == 0 {
		return false, err
	}
	// The mark first: whoever dies here makes the same one again.
	if _, err := r.Ledger.Want(ctx, one.name, ledger.Want{ID: "poll#" + now, Reason: "an input has changed"}); err != nil {
		return false, err
	}
	return true, r.Ledger.SetPolled(ctx, one.name, now)
}

// digest names the objects that a run would read of an input, and counts them.
func digest(ctx context.Context, in depot.Location, add func(uri, version string)) (n int, err error) {
	attrs, err := in.Store.Stat(ctx, in.URI)
	if err == nil {
		add(attrs.URI, attrs.Version)
		return 1, nil
	}
	if !errors.Is(err, fault.NotFound) {
		return 0, err
	}
	for attrs, err := range in.Store.List(ctx, strings.TrimRight(in.URI, "/")+"/", "") {
		if err != nil {
			return n, err
		}
		if trigger.Reads(in.URI, attrs.URI) {
			add(attrs.URI, attrs.Version)
			n++
		}
	}
	return n, nil
}
