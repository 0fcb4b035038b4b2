package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/trigger"
)

// A run of several jobs goes from message to message, one a job. Whoever ends a
// job derives from the ledger what follows and asks for it, before the message
// of that job is acknowledged: killed in between, the message comes again, finds
// its job ended, and the same follows. Two that end their jobs at once both see
// both ends, or one of them does, so a join is asked for at least once; and as
// every message of a job is a claim of it, it runs once.

// job is the job that a message asks for: nil if it asks for the whole run, or
// for a job that is not ready.
func (r *Runner) job(ctx context.Context, m trigger.Message, run ledger.Key, w *manifest.Workflow) (*manifest.Job, error) {
	if m.Job == "" && len(w.Jobs) == 1 {
		return &w.Jobs[0], nil
	}
	if m.Job == "" {
		return nil, nil
	}
	i := slices.IndexFunc(w.Jobs, func(j manifest.Job) bool { return j.Name == m.Job })
	if i < 0 {
		return nil, fault.Errorf(fault.Invalid, "workflow %s: it has no job %s", w.Name, m.Job).
			WithHint("a message without a job runs the workflow")
	}
	j := &w.Jobs[i]
	states, err := r.Ledger.States(ctx, run, j.Dependencies)
	for _, s := range states {
		if s.Outcome == nil || s.Outcome.Status != ledger.Succeeded {
			return nil, err
		}
	}
	return j, err
}

// begin answers a message that asks for a run of several jobs: it asks for those
// that are ready, at first the ones that depend on none.
func (r *Runner) begin(ctx context.Context, m trigger.Message, run ledger.Key, w *manifest.Workflow, pin ledger.Pin) error {
	if _, ended, err := r.Ledger.Outcome(ctx, run); err != nil || ended {
		return err
	}
	// Whoever looks after open runs must know of this one before its first message can be lost.
	if err := r.Ledger.Begin(ctx, run); err != nil {
		return err
	}
	if err := r.keep(ctx, run, pin); err != nil {
		return err
	}
	_, err := r.advance(ctx, m, run, w, "")
	return err
}

// advance does what follows from the jobs of a run: it ends those that can never
// begin, asks for those that are ready, and ends the whole. Of what is ready it
// asks for the jobs that depend on after, or for all if that is "".
func (r *Runner) advance(ctx context.Context, m trigger.Message, run ledger.Key, w *manifest.Workflow, after string) (asked int, err error) {
	n, err := r.settle(ctx, run, w)
	if err != nil {
		return 0, err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for _, j := range w.Jobs {
		if !slices.Contains(n.ready, j.Name) || after != "" && !slices.Contains(j.Dependencies, after) {
			continue
		}
		asked++
		g.Go(func() error {
			one := trigger.Message{Workflow: m.Workflow, Job: j.Name, Slot: m.Slot, Ordinal: m.Ordinal, Hops: m.Hops, Reason: m.Reason, Manual: m.Manual}
			data, attributes := one.Encode()
			id, err := r.Ask(gctx, data, attributes)
			if err != nil { // the run waits for it, whatever is wrong
				return fault.Errorf(fault.Transient, "asking for job %s: %w", j.Name, err)
			}
			r.Log.Debug("job asked for", "run", run.String(), "job", j.Name, "message_id", id)
			return nil
		})
	}
	if err := g.Wait(); err != nil || n.outcome == nil {
		return asked, err
	}
	first, err := r.Ledger.FinishRun(ctx, run, *n.outcome)
	if first {
		r.wholeLine(run, w, m, *n.outcome)
	}
	return asked, err
}

// settle ends the jobs of a run that can never begin, and derives what follows.
func (r *Runner) settle(ctx context.Context, run ledger.Key, w *manifest.Workflow) (next, error) {
	for {
		states, err := r.states(ctx, run, w)
		if err != nil {
			return next{}, err
		}
		n := derive(w.Jobs, byName(states))
		if len(n.skipped) == 0 {
			return n, nil
		}
		for _, s := range n.skipped {
			k := run
			k.Job = s.job
			now := r.Now()
			err := r.Ledger.End(ctx, k, ledger.Outcome{Status: ledger.Skipped, Error: s.why, Started: now, Ended: now})
			switch {
			case err == nil:
				r.Log.Info("run ended", "run", k.String(), "workflow", k.Workflow, "job", k.Job, "slot", k.Slot, "status", ledger.Skipped, "error", s.why)
			case !errors.Is(err, fault.Conflict): // else somebody was faster
				return next{}, err
			}
		}
	}
}

func (r *Runner) states(ctx context.Context, run ledger.Key, w *manifest.Workflow) ([]ledger.State, error) {
	names := make([]string, len(w.Jobs))
	for i, j := range w.Jobs {
		names[i] = j.Name
	}
	return r.Ledger.States(ctx, run, names)
}

func byName(states []ledger.State) map[string]ledger.State {
	m := map[string]ledger.State{}
	for _, s := range states {
		m[s.Key.Job] = s
	}
	return m
}

// follows brings the run on after the job of k has ended, with a context that
// outlives the deadline: what is not done now costs a delivery.
func (r *Runner) follows(ctx context.Context, m trigger.Message, k ledger.Key, w *manifest.Workflow) error {
	if len(w.Jobs) == 1 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 8*time.Second)
	defer cancel()
	run := k
	run.Job = ""
	if _, err := r.advance(ctx, m, run, w, k.Job); err != nil {
		return fmt.Errorf("run %s: %w", run, err)
	}
	return nil
}

// wholeLine is the one line that a run of several jobs leaves in the log, beside
// those of its jobs.
func (r *Runner) wholeLine(run ledger.Key, w *manifest.Workflow, m trigger.Message, o ledger.Outcome) {
	attrs := []any{
		"run", run.String(), "workflow", run.Workflow, "slot", run.Slot, "message_id", m.ID, "jobs", len(w.Jobs),
		"status", o.Status, "duration", o.Ended.Sub(o.Started).Round(time.Millisecond).String(),
	}
	if o.Error != "" {
		attrs = append(attrs, "error", o.Error, "hints", o.Hints)
	}
	r.Log.Info("workflow ended", attrs...)
}
