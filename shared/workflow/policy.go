package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/trigger"
)

// What a manifest's schedule says beside its cron holds for the ticks of the
// scheduler: what a person or an event asks for runs all the same.

// due reports whether the scheduler's tick lies between the dates of the newest
// manifest. One that does not leaves no record, for there is one a minute, maybe,
// for years. A manifest that cannot be read is another's to complain of.
func (r *Runner) due(ctx context.Context, m trigger.Message, run ledger.Key) (bool, error) {
	if m.Cron == "" {
		return true, nil
	}
	if _, begun, err := r.Ledger.Pinned(ctx, run); err != nil || begun {
		return true, err
	}
	w, err := r.Manifest(ctx, m.Workflow)
	if err != nil || w.Schedule == nil {
		if fault.Retry(err) {
			return false, err
		}
		return true, nil
	}
	why := ""
	switch s := w.Schedule; {
	case !s.StartOn.IsZero() && m.Slot.Before(s.StartOn):
		why = "its schedule begins at " + s.StartOn.Format(time.RFC3339)
	case !s.EndOn.IsZero() && m.Slot.After(s.EndOn):
		why = "its schedule ended at " + s.EndOn.Format(time.RFC3339)
	default:
		return true, nil
	}
	r.Log.Info("run not due", "run", run.String(), "workflow", m.Workflow, "slot", m.Slot, "message_id", m.ID, "reason", why)
	return false, nil
}

// admit does what concurrencyPolicy says of a tick while another run of the
// workflow goes on. It reports false if the run is not to begin, which is then
// recorded. An error says that the other must first have stopped.
func (r *Runner) admit(ctx context.Context, m trigger.Message, run ledger.Key, w *manifest.Workflow) (bool, error) {
	if m.Cron == "" || w.Schedule == nil || w.Schedule.ConcurrencyPolicy != forbid && w.Schedule.ConcurrencyPolicy != replace {
		return true, nil
	}
	policy := w.Schedule.ConcurrencyPolicy
	states, err := r.states(ctx, run, w)
	if err != nil {
		return false, err
	}
	why := ""
	for _, s := range states {
		switch {
		case s.Attempt > 0, s.Outcome != nil && s.Outcome.Status != ledger.Skipped: // it was admitted before
			return true, nil
		case s.Outcome != nil:
			why = s.Outcome.Error
		}
	}
	if why != "" { // who skipped it may have died before its end
		return false, r.forgo(ctx, run, w, why)
	}
	others, err := r.Ledger.OpenRuns(ctx, run.Workflow)
	if err != nil {
		return false, err
	}
	var first *ledger.Key // of those that stop this one
	var stopping []ledger.Key
	for i, o := range others {
		switch {
		case o == run:
		case policy == replace && o.Slot.Before(run.Slot):
			stopping = append(stopping, o)
		case first == nil:
			first = &others[i]
		}
	}
	if first != nil {
		return false, r.forgo(ctx, run, w, fmt.Sprintf("the run %s goes on, and the schedule's concurrencyPolicy is %s", first, policy))
	}
	for _, o := range stopping {
		if _, err := r.Cancel(ctx, o, fmt.Sprintf("the run %s, by concurrencyPolicy %s,", run, policy)); err != nil {
			return false, err
		}
	}
	if others, err = r.Ledger.OpenRuns(ctx, run.Workflow); err != nil {
		return false, err
	}
	for _, o := range others {
		if o != run {
			return false, fault.Errorf(fault.Conflict, "run %s waits until %s has stopped", run, o)
		}
	}
	return true, nil
}

// The policies of a schedule that do something.
const (
	forbid  = "Forbid"
	replace = "Replace"
)

// forgo records that a run does not take place.
func (r *Runner) forgo(ctx context.Context, run ledger.Key, w *manifest.Workflow, why string) error {
	o := ledger.Outcome{Status: ledger.Skipped, Error: why, Started: r.Now(), Ended: r.Now()}
	for i := range w.Jobs {
		k := run
		k.Job = w.Jobs[i].Name
		if err := r.Ledger.End(ctx, k, o); err != nil && !errors.Is(err, fault.Conflict) {
			return err
		}
	}
	r.Log.Warn("run skipped", "run", run.String(), "workflow", run.Workflow, "slot", run.Slot, "reason", why)
	if len(w.Jobs) == 1 {
		return nil
	}
	_, err := r.Ledger.FinishRun(ctx, run, o)
	return err
}
