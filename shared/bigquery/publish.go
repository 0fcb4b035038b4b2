package bigquery

import (
	"context"
	"errors"
	"fmt"
	"time"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sink"
)

// Publish inserts the load job and waits for its end. If the ID is taken it
// adopts the job, provided that it is the intent's.
func (w *Writer) Publish(ctx context.Context, i sink.Intent) (sink.Receipt, error) {
	d, err := detailOf(i)
	if err != nil {
		return sink.Receipt{}, err
	}
	j, err := w.start(ctx, d)
	if errors.Is(err, fault.Conflict) {
		if j, err = w.get(ctx, d.Reference); err != nil {
			err = unknown(d.Reference, err)
		} else {
			err = d.check(j)
		}
	}
	if err != nil {
		return sink.Receipt{}, err
	}
	j.JobReference = d.Reference // its location is what later requests need
	if j, err = w.wait(ctx, j); err != nil {
		return sink.Receipt{}, err
	}
	if j.Status.ErrorResult != nil {
		return sink.Receipt{}, jobFailed(j)
	}
	if n := outputRows(j); i.Rows >= 0 && n != i.Rows {
		return sink.Receipt{}, fault.Errorf(fault.Internal, "load job %s says that it wrote %d rows to %s, but %d were staged", i.ID, n, i.Target.Address, i.Rows).
			WithHint("the table has what the job read; as it was before it can be copied aside: bq cp %s@%d %s_before",
				bqName(d), startOf(j)-1, bqName(d))
	}
	return w.receipt(ctx, i, d, j), nil
}

// Settle asks for the intent's job: it is driven to its end, or its ID is used up.
func (w *Writer) Settle(ctx context.Context, i sink.Intent) (sink.Verdict, sink.Receipt, error) {
	d, err := detailOf(i)
	if err != nil {
		return 0, sink.Receipt{}, err
	}
	j, err := w.find(ctx, d.Reference)
	if err != nil {
		return 0, sink.Receipt{}, err
	}
	if err := d.check(j); err != nil {
		if errors.Is(err, fault.Conflict) {
			return sink.Never, sink.Receipt{}, nil
		}
		return 0, sink.Receipt{}, err
	}
	if j, err = w.wait(ctx, j); err != nil {
		return 0, sink.Receipt{}, err
	}
	if j.Status.ErrorResult != nil {
		return sink.Never, sink.Receipt{}, nil
	}
	r := w.receipt(ctx, i, d, j)
	if n := outputRows(j); i.Rows >= 0 && n != i.Rows {
		// It has landed, whatever it is: to say otherwise would load again, or block the target for ever.
		r.Notes = append(r.Notes, fmt.Sprintf("the load job says that it wrote %d rows, but %d were staged", n, i.Rows))
	}
	return sink.Landed, r, nil
}

// find returns the job under an ID. If there is none it makes one: a query that
// costs nothing, so that no other job can have the ID any more.
func (w *Writer) find(ctx context.Context, ref *bq.JobReference) (*bq.Job, error) {
	for n := 0; ; n++ {
		j, err := w.get(ctx, ref)
		if err == nil {
			j.JobReference = ref
			return j, nil
		}
		if !errors.Is(err, fault.NotFound) {
			return nil, err
		}
		no := false
		burn := &bq.Job{JobReference: ref, Configuration: &bq.JobConfiguration{
			Labels: map[string]string{burnedLabel: "true"},
			Query:  &bq.JobConfigurationQuery{Query: "SELECT 1", UseLegacySql: &no},
		}}
		j, err = w.insert(ctx, burn)
		if err == nil {
			if j.Configuration == nil || j.Configuration.Labels[burnedLabel] == "" {
				j.Configuration = burn.Configuration
			}
			return j, nil
		}
		// A duplicate: the late insert arrived, or our own did and its answer was lost.
		if !errors.Is(err, fault.Conflict) {
			return nil, err
		}
		if n >= w.retry.attempts || !w.retry.sleep(ctx, n) {
			return nil, unknown(ref, err)
		}
	}
}

// receipt reads the receipt off the job that landed, and sets what a load cannot set.
func (w *Writer) receipt(ctx context.Context, i sink.Intent, d detail, j *bq.Job) sink.Receipt {
	r := sink.Receipt{
		Target: i.Target, Output: i.Output,
		JobID: d.Reference.JobId, Project: d.Reference.ProjectId, Location: d.Reference.Location,
		Disposition: d.Configuration.Load.WriteDisposition, Rows: outputRows(j),
		Files: i.Files, Columns: i.Columns,
	}
	if s := j.Statistics; s != nil {
		r.Started, r.Ended = moment(s.StartTime), moment(s.EndTime)
		if s.Load != nil {
			r.Bytes = s.Load.OutputBytes
		}
	}
	if d.Patch != nil {
		if err := w.describe(ctx, d); err != nil {
			r.Notes = append(r.Notes, "the rows are loaded, but title, description or labels of the table could not be set: "+err.Error())
		}
	}
	return r
}

func (w *Writer) describe(ctx context.Context, d detail) error {
	t := d.Configuration.Load.DestinationTable
	ctx, done := context.WithTimeout(ctx, 30*time.Second)
	defer done()
	c := call{what: "patch table " + address(t), need: "bigquery.tables.update (roles/bigquery.dataEditor) on " + address(t)}
	return w.do(ctx, c, func(ctx context.Context) error {
		_, err := w.api.Tables.Patch(t.ProjectId, t.DatasetId, t.TableId, d.Patch).Context(ctx).Do()
		return err
	})
}

func outputRows(j *bq.Job) int64 {
	if j.Statistics == nil || j.Statistics.Load == nil {
		return 0
	}
	return j.Statistics.Load.OutputRows
}

func startOf(j *bq.Job) int64 {
	if j.Statistics == nil {
		return 0
	}
	return j.Statistics.StartTime
}

// bqName is the target as the command line tool writes it.
func bqName(d detail) string {
	t := d.Configuration.Load.DestinationTable
	return t.ProjectId + ":" + t.DatasetId + "." + t.TableId
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
