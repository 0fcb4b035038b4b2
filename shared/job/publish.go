package job

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/stage"
)

// publish replaces the targets, one after the other: what is decided is
// recorded before it is done, and how it ended after.
func (r *run) publish(ctx context.Context) error {
	for _, o := range r.outputs {
		if err := r.publishOutput(ctx, o); err != nil {
			return fmt.Errorf("output %s: %w", o.out.Name, err)
		}
	}
	return nil
}

func (r *run) publishOutput(ctx context.Context, o *output) error {
	rel := relation.Relation{
		Name: o.out.Name, Form: o.writer.Accepts()[0], Files: o.exported.Files, Columns: o.columns,
		Rows: o.exported.Rows, Bytes: o.exported.Bytes,
	}
	intent, err := o.writer.Prepare(ctx, o.out, rel, o.live)
	if err != nil {
		return at(o.manifest.Pos, err)
	}
	intent.Attempt = r.lease.Attempt()
	intent.Inputs = r.inputs
	if err := r.lease.Intend(ctx, o.writer, intent); err != nil {
		return err
	}
	receipt, err := o.writer.Publish(ctx, intent)
	if err != nil {
		err = at(o.manifest.Pos, err)
		if !fault.Retry(err) { // it failed, and that is how it stays
			if drop := r.lease.Drop(context.WithoutCancel(ctx), intent); drop != nil {
				return drop
			}
		}
		return err
	}
	if err := r.lease.Settle(ctx, intent, receipt); err != nil {
		return err
	}
	r.receipts = append(r.receipts, receipt)
	return nil
}

// clear removes what this run left in the temporary buckets, earlier attempts
// included. It is called only when the end is known: nothing of it can be
// loaded any more.
func (r *run) clear(ctx context.Context) error {
	buckets := map[string]bool{}
	for _, o := range r.outputs {
		buckets[bucketOf(o.area.Prefix)] = true
	}
	if r.lease.Attempt() > 1 { // an earlier attempt may have come further than this one
		for i := range r.job.Outputs {
			if b, err := r.bucket(ctx, &r.job.Outputs[i]); err == nil && b != "" {
				buckets[b] = true
			}
		}
	}
	for _, receipt := range r.receipts { // of an earlier attempt, too
		for _, file := range receipt.Files {
			buckets[bucketOf(file)] = true
		}
	}
	var left []error
	for b := range buckets {
		left = append(left, stage.Clear(ctx, r.Temporary, stage.Runs(b, r.lease.Key().String())))
	}
	return errors.Join(left...)
}

func bucketOf(uri string) string {
	bucket, _, _ := strings.Cut(strings.TrimPrefix(uri, "gs://"), "/")
	return bucket
}
