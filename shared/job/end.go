package job

import (
	"context"
	"errors"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
)

// end records how the attempt ended, with a context that outlives the deadline.
func (r *run) end(ctx context.Context, err error) (ledger.Outcome, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()

	o := r.verdict(err)
	if o.Status != "" && err != nil {
		// A verdict is about what was published, so that has to be known first.
		err = r.wind(ctx, &o)
	}
	if o.Status != "" && err == nil {
		o.Staged = r.staged(ctx)
		if err = r.lease.Finish(ctx, o); err == nil {
			if r.part != nil {
				if left := r.lease.Leave(ctx); left != nil { // the next run finds the outcome
					r.log.Debug("the record of what was read is left behind", "error", left.Error())
				}
			}
			if left := r.Sweep(ctx, r.lease.Key(), o); left != nil {
				r.log.Warn("temporary objects are left", "error", left.Error())
			}
			return o, nil
		}
	}
	// The world's fault: the files of this attempt stay until an end is known,
	// the run keeps its key and its pin, and the message comes again.
	rel := r.lease.Release(ctx, err.Error())
	if rel != nil {
		r.log.Debug("release", "error", rel)
	}
	if errors.Is(rel, ledger.ErrLost) && !r.begun {
		r.clear(ctx)
	}
	o.Status = ""
	return o, err
}

// clear removes what this attempt staged. Whoever has the lease now may have
// ended the run, and swept, before the last of it was written.
func (r *run) clear(ctx context.Context) {
	for _, o := range r.outputs {
		if err := o.area.Clear(ctx); err != nil {
			r.log.Warn("temporary objects are left", "error", err.Error())
		}
	}
}

// verdict is the outcome of an attempt that ended so; its Status is "" if that
// is none, and the run goes on.
func (r *run) verdict(err error) ledger.Outcome {
	o := ledger.Outcome{
		Started: r.started, Ended: r.Now(), Attempt: r.lease.Attempt(),
		Receipts: r.receipts, Reads: r.exported.Reads, Stages: r.stages, Notes: r.notes,
		Assertions: r.results, Profile: r.profile, Part: r.part,
	}
	switch {
	case err == nil:
		o.Status = ledger.Succeeded
	case errors.Is(err, ledger.ErrCancelled):
		o.Status, o.Error = ledger.Cancelled, err.Error()
	case errors.Is(err, fault.Stale):
		o.Status, o.Error = ledger.Superseded, err.Error()
	case !fault.Retry(err):
		o.Status, o.Kind, o.Error, o.Hints = ledger.Failed, fault.KindOf(err).String(), err.Error(), fault.Hints(err)
	}
	return o
}

// wind finds out what became of what was begun and broke off. A run that had
// published everything by then succeeded, whatever stopped it.
func (r *run) wind(ctx context.Context, o *ledger.Outcome) error {
	late, err := r.lease.Wind(ctx)
	r.receipts = append(r.receipts, late...)
	o.Receipts = r.receipts
	if err != nil {
		return err
	}
	if len(r.receipts) == len(r.job.Outputs) && len(r.receipts) > 0 {
		o.Notes = append(o.Notes, "published before it could be stopped: "+o.Error)
		o.Status, o.Kind, o.Error, o.Hints = ledger.Succeeded, "", "", nil
	}
	return nil
}
