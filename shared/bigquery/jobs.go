package bigquery

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	bq "google.golang.org/api/bigquery/v2"
	"google.golang.org/api/googleapi"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
)

// pace is exponential back-off with jitter.
type pace struct {
	first, max time.Duration
	attempts   int // 0 is without end
}

// sleep waits for the nth time (from 0); false if ctx ended.
func (p pace) sleep(ctx context.Context, n int) bool {
	d := p.max
	if n < 16 {
		d = min(p.max, time.Duration(float64(p.first)*pow(1.6, n)))
	}
	t := time.NewTimer(d/2 + rand.N(d/2+1))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func pow(base float64, n int) float64 {
	p := 1.0
	for range n {
		p *= base
	}
	return p
}

// do sends one request until it is answered, while trying again can help: every
// request here is safe to repeat.
func (w *Writer) do(ctx context.Context, c call, send func(context.Context) error) error {
	for n := 0; ; n++ {
		one, done := context.WithTimeout(ctx, w.answer)
		err := translate(c, send(one))
		done()
		if err == nil || fault.KindOf(err) != fault.Transient || n+1 >= w.retry.attempts || !w.retry.sleep(ctx, n) {
			return err
		}
	}
}

// insert asks for a job under its ID. It returns the job, or fault.Conflict if
// the ID is taken: by somebody else, or by our own request whose answer was lost.
func (w *Writer) insert(ctx context.Context, j *bq.Job) (*bq.Job, error) {
	var made *bq.Job
	err := w.do(ctx, inserting(j.JobReference), func(ctx context.Context) (err error) {
		made, err = w.api.Jobs.Insert(j.JobReference.ProjectId, j).Context(ctx).Do()
		return err
	})
	if isDuplicate(err) {
		return nil, fault.Wrap(fault.Conflict, err)
	}
	return made, err
}

// isDuplicate: the job ID is taken. Of a job inserted under its own ID, 409 means nothing else.
func isDuplicate(err error) bool {
	var api *googleapi.Error
	return errors.As(err, &api) && api.Code == http.StatusConflict
}

// get looks at a job; fault.NotFound if there is none of this ID in this place.
func (w *Writer) get(ctx context.Context, r *bq.JobReference) (*bq.Job, error) {
	var j *bq.Job
	c := call{
		what: "get job " + r.JobId,
		need: "bigquery.jobs.get (roles/bigquery.user has it for own jobs, roles/bigquery.resourceViewer for all) on project " + r.ProjectId,
	}
	err := w.do(ctx, c, func(ctx context.Context) (err error) {
		j, err = w.api.Jobs.Get(r.ProjectId, r.JobId).Location(r.Location).Context(ctx).Do()
		return err
	})
	return j, err
}

// wait looks at a job until it has ended. When it cannot, the job is left as it
// is and the end is unknown: a later attempt finds it under its ID. Only a
// person's cancellation stops the job.
func (w *Writer) wait(ctx context.Context, j *bq.Job) (*bq.Job, error) {
	ref := j.JobReference
	for n := 0; j.Status == nil || j.Status.State != "DONE"; n++ {
		if !w.poll.sleep(ctx, n) {
			if errors.Is(context.Cause(ctx), ledger.ErrCancelled) {
				return w.cancel(ctx, ref)
			}
			return nil, unknown(ref, context.Cause(ctx))
		}
		next, err := w.get(ctx, ref)
		if err != nil && ctx.Err() == nil {
			return nil, unknown(ref, err)
		}
		if err == nil {
			j = next
		}
	}
	return j, nil
}

func unknown(ref *bq.JobReference, err error) error {
	return fault.Errorf(fault.Transient, "job %s may still be running, how it ends is not known: %w", ref.JobId, err).
		WithHint("it is left to run; the next attempt takes up its result. bq show --location=%s -j %s:%s", ref.Location, ref.ProjectId, ref.JobId)
}

// cancel stops a job because a person said so, and says how it ended: it may
// have landed before it could be stopped.
func (w *Writer) cancel(ctx context.Context, ref *bq.JobReference) (*bq.Job, error) {
	cause := context.Cause(ctx)
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer done()
	c := call{what: "cancel job " + ref.JobId, need: "bigquery.jobs.update (roles/bigquery.user has it for own jobs) on project " + ref.ProjectId}
	err := w.do(ctx, c, func(ctx context.Context) error {
		_, err := w.api.Jobs.Cancel(ref.ProjectId, ref.JobId).Location(ref.Location).Context(ctx).Do()
		return err
	})
	if err != nil {
		return nil, unknown(ref, errors.Join(cause, err))
	}
	for n := 0; ; n++ {
		j, err := w.get(ctx, ref)
		if err == nil && j.Status != nil && j.Status.State == "DONE" {
			return j, nil
		}
		if !w.poll.sleep(ctx, n) {
			return nil, unknown(ref, errors.Join(cause, err))
		}
	}
}
