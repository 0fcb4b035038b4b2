package workflow

import (
	"context"
	"errors"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/trigger"
)

// A Run is a run of a workflow as it can be seen from elsewhere.
type Run struct {
	Key     ledger.Key      // without a job
	Jobs    []ledger.State  // in the manifest's order, those that nobody has begun included
	Outcome *ledger.Outcome // of the whole; nil while it goes on
}

// A Watch looks at one run, again and again.
type Watch struct {
	runner   *Runner
	run      ledger.Key
	workflow *manifest.Workflow // as the run is pinned to it; nil until it is
}

// Watch looks at the run of a key, of whose job it takes no notice.
func (r *Runner) Watch(run ledger.Key) *Watch {
	run.Job = ""
	return &Watch{runner: r, run: run}
}

// Look is the run as it is now. It has no jobs while no delivery has read the
// manifest. The error is final if that manifest cannot be read.
func (w *Watch) Look(ctx context.Context) (Run, error) {
	run := Run{Key: w.run}
	if w.workflow == nil {
		pin, ok, err := w.runner.Ledger.Pinned(ctx, w.run)
		if err != nil || !ok {
			return run, err
		}
		if w.workflow, err = w.runner.parse(ctx, w.run.Workflow, pin); err != nil {
			return run, err
		}
	}
	var err error
	if run.Jobs, err = w.runner.states(ctx, w.run, w.workflow); err != nil {
		return run, err
	}
	run.Outcome = whole(w.workflow.Jobs, byName(run.Jobs))
	if len(run.Jobs) == 1 {
		run.Outcome = run.Jobs[0].Outcome
	}
	return run, nil
}

// Begun reports whether any job of the run has been at work.
func (r Run) Begun() bool {
	for _, s := range r.Jobs {
		if s.Attempt > 0 || s.Outcome != nil {
			return true
		}
	}
	return false
}

// hear sends the message of a job that nobody is at work on, so that somebody
// hears of its being cancelled: its own may be gone.
func (r *Runner) hear(ctx context.Context, s ledger.State, who string) error {
	if s.Attempt == 0 || s.Released == "" && r.Now().Sub(s.Updated) < 5*time.Minute {
		return nil
	}
	m := trigger.Message{Workflow: s.Key.Workflow, Job: s.Key.Job, Slot: s.Key.Slot, Ordinal: s.Key.Ordinal, Manual: true, Reason: "cancelled by " + who}
	data, attributes := m.Encode()
	_, err := r.Ask(ctx, data, attributes)
	return err
}

// Cancel stops a run: the jobs that are at work are asked to stop, and those
// that have not begun never do. With a job in the key it stops that one, and
// what depends on it is skipped. It returns the run as it was before.
func (r *Runner) Cancel(ctx context.Context, k ledger.Key, who string) (Run, error) {
	watch := r.Watch(k)
	was, err := watch.Look(ctx)
	if err != nil {
		return was, err
	}
	found := false
	for _, s := range was.Jobs {
		if k.Job != "" && k.Job != s.Key.Job {
			continue
		}
		found = true
		if s.Outcome != nil {
			continue
		}
		now := r.Now()
		// The lease decides between us and whoever claims the job now.
		err := r.Ledger.End(ctx, s.Key, ledger.Outcome{Status: ledger.Cancelled, Error: "cancelled by " + who + " before it began", Started: now, Ended: now})
		if errors.Is(err, fault.Conflict) {
			err = errors.Join(r.Ledger.Cancel(ctx, s.Key, who), r.hear(ctx, s, who))
		}
		if err != nil {
			return was, err
		}
	}
	if !found {
		return was, fault.Errorf(fault.NotFound, "there is no run %s", k)
	}
	if len(was.Jobs) == 1 {
		return was, nil
	}
	// What nobody is at work on ends now; a sibling that may run is asked for once more at worst.
	m := trigger.Message{Workflow: k.Workflow, Slot: k.Slot, Ordinal: k.Ordinal, Manual: true, Reason: "asked for by " + who}
	_, err = r.advance(ctx, m, was.Key, watch.workflow, "")
	return was, err
}
