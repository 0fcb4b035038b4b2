// Package job is one job's run, as a story: claim, read, bind, steps, export,
// guard, publish, finish. It knows ports, never adapters, and builds without
// an SDK or DuckDB.
package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/guard"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/profile"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparksql"
)

// A Runner runs jobs. All its fields are given by the assembly; it is safe for
// concurrent use if they are.
type Runner struct {
	Engine    engine.Engine
	Sources   *plug.Set[source.Source]
	Sinks     *plug.Set[sink.Writer]
	Guards    []guard.Guard
	Depots    *depot.Catalog
	Temporary object.Store // reaches the temporary buckets
	Bucket    string       // the temporary bucket where neither manifest nor depot names one
	Budget    func(deadline time.Time) (b host.Budget, done func(), err error)
	Log       *slog.Logger
	Now       func() time.Time
	AsOf      time.Time // what SQL takes for this moment; zero is the moment itself
	Limit     int64     // how many rows of each input are read; 0 is all
}

// Run carries one claimed job to its end and records it. The outcome says how
// it ended; the error is non-nil when there is no outcome, and the same message
// should come again.
func (r *Runner) Run(ctx context.Context, lease *ledger.Lease, w *manifest.Workflow, j *manifest.Job) (ledger.Outcome, error) {
	run := &run{Runner: r, lease: lease, workflow: w, job: j, started: r.Now(), log: r.logger(lease, r.leveled(j)), asked: r.logger(lease, r.Log), scope: sparksql.Scopes{}}
	held, release := lease.Hold(ctx)
	defer release()

	err := run.story(held)
	if cause := context.Cause(held); err != nil && cause != nil {
		// What the story met after the lease was lost, or the time was up, is only a consequence.
		err = fmt.Errorf("%w (%w)", kind(cause), err)
	}
	return run.end(ctx, err)
}

// run is one attempt.
type run struct {
	*Runner
	lease    *ledger.Lease
	workflow *manifest.Workflow
	job      *manifest.Job
	log      *slog.Logger
	asked    *slog.Logger // for what the manifest asks to see, whatever its logLevel is
	started  time.Time

	scope    sparksql.Scopes // what SQL can name so far
	stages   []ledger.Stage
	outputs  []*output
	inputs   []sink.Pinned
	exported engine.Exported
	receipts []sink.Receipt
	notes    []string
	begun    bool // something may be loaded of what was staged
	done     bool // every output of this run was published by an earlier attempt

	partials  []partial    // inputs of which a part is read
	part      *ledger.Part // which, if the next run goes on from there
	asserted  []*assertion.Plan
	results   []assertion.Result
	profiling *profile.Plan
	profile   *profile.Profile
}

func (r *run) story(ctx context.Context) error {
	if err := r.stage(ctx, "resume", r.resume); err != nil || r.done {
		return err
	}
	if err := r.lease.Exhausted(); err != nil {
		return err
	}
	budget, free, err := r.Budget(deadlineOf(ctx))
	if err != nil {
		return err
	}
	defer free()
	r.log.Debug("budget", "memory", budget.Memory, "threads", budget.Threads, "scratch", budget.Scratch, "deadline", budget.Deadline)

	session, err := r.Engine.Open(ctx, budget)
	if err != nil {
		return err
	}
	defer session.Close()

	if err := r.stage(ctx, "read", func(ctx context.Context) error { return r.bind(ctx, session) }); err != nil {
		return err
	}
	if err := r.stage(ctx, "steps", func(ctx context.Context) error { return r.define(ctx, session) }); err != nil {
		return err
	}
	if err := r.stage(ctx, "inspect", r.inspect); err != nil {
		return err
	}
	if r.job.DryRun {
		r.notes = append(r.notes, "dryRun: everything was checked, nothing was read or published")
		return nil
	}
	if len(r.asserted) > 0 || r.profiling != nil {
		if err := r.stage(ctx, "assert", func(ctx context.Context) error { return r.answers(ctx, session) }); err != nil {
			return err
		}
	}
	if len(r.outputs) == 0 {
		return nil
	}
	if err := r.stage(ctx, "export", func(ctx context.Context) error { return r.export(ctx, session) }); err != nil {
		return err
	}
	if err := r.stage(ctx, "guard", r.guard); err != nil {
		return err
	}
	return r.stage(ctx, "publish", r.publish)
}

// resume settles what earlier attempts of this run began, before any source is
// read again.
func (r *run) resume(ctx context.Context) error {
	landed, err := r.lease.Resume(ctx, r.writer)
	if err != nil {
		return err
	}
	for _, o := range r.job.Outputs {
		if receipt, ok := landed[o.Name]; ok {
			r.receipts = append(r.receipts, receipt)
		}
	}
	r.done = len(r.job.Outputs) > 0 && len(r.receipts) == len(r.job.Outputs)
	if r.done && remembers(r.job) {
		part, ok, err := r.lease.Continued(ctx)
		if err != nil || !ok {
			return errors.Join(err, fault.Errorf(fault.Transient, "which part of its inputs this run read is not known"))
		}
		r.part = &part
	}
	return nil
}

func (r *run) writer(name string) (sink.Writer, error) { return r.Sinks.Get(name) }

// kind gives why a context ended its kind: time used up, or an instance that is
// told to stop, and both can be tried again.
func kind(cause error) error {
	switch {
	case errors.Is(cause, ledger.ErrLost): // by a renewal that took too long, perhaps
		return cause
	case errors.Is(cause, context.DeadlineExceeded):
		return fault.Errorf(fault.Exhausted, "the time for one delivery is up: %w", cause).
			WithHint("the message comes again; if it never suffices, raise GLINT_DEADLINE and the service's timeout, or read less")
	case errors.Is(cause, context.Canceled):
		return fault.Errorf(fault.Transient, "the attempt was stopped: %w", cause)
	}
	return cause
}

// stage runs one part of the story and notes how long it took.
func (r *run) stage(ctx context.Context, name string, part func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	r.lease.Report(ledger.Progress{Stage: name})
	s := ledger.Stage{Name: name, Started: r.Now()}
	err := part(ctx)
	s.Ended = r.Now()
	s.Rows, s.Bytes = r.amount(name)
	r.stages = append(r.stages, s)
	return err
}

// amount is what a stage moved.
func (r *run) amount(stage string) (rows, bytes int64) {
	switch stage {
	case "read":
		for _, in := range r.inputs {
			bytes += in.Size
		}
	case "export":
		for _, o := range r.exported.Outputs {
			rows, bytes = rows+o.Rows, bytes+o.Bytes
		}
	case "resume", "publish":
		for _, receipt := range r.receipts {
			rows, bytes = rows+receipt.Rows, bytes+receipt.Bytes
		}
	}
	return rows, bytes
}

// leveled is the log at the level that the manifest's job.logLevel asks for,
// where the service's handler lets a run have one.
func (r *Runner) leveled(j *manifest.Job) *slog.Logger {
	var level slog.Level
	if h, ok := r.Log.Handler().(interface{ WithLevel(slog.Level) slog.Handler }); ok && level.UnmarshalText([]byte(j.LogLevel)) == nil {
		return slog.New(h.WithLevel(level))
	}
	return r.Log
}

// logger is a run's own log.
func (r *Runner) logger(lease *ledger.Lease, log *slog.Logger) *slog.Logger {
	k := lease.Key()
	return log.With("workflow", k.Workflow, "job", k.Job, "slot", k.Slot, "run", k.String(), "attempt", lease.Attempt())
}

func deadlineOf(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}
