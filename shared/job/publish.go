package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
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
	r.begun = true
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

// staged are the temporary buckets that this run wrote to.
func (r *run) staged(ctx context.Context) []string {
	var buckets []string
	add := func(uri string) {
		bucket, _, _ := strings.Cut(strings.TrimPrefix(uri, "gs://"), "/")
		if bucket != "" && !slices.Contains(buckets, bucket) {
			buckets = append(buckets, bucket)
		}
	}
	for _, o := range r.outputs {
		add(o.area.Prefix)
	}
	for _, receipt := range r.receipts { // of an earlier attempt, too
		for _, file := range receipt.Files {
			add(file)
		}
	}
	if r.lease.Attempt() > 1 { // one that was killed may have come further than this one
		for i := range r.job.Outputs {
			if bucket, err := r.bucket(ctx, &r.job.Outputs[i]); err == nil {
				add(bucket)
			}
		}
	}
	return buckets
}

// Sweep removes what a run that has ended left in the temporary buckets, all
// its attempts included: nothing of it can be loaded any more.
func (r *Runner) Sweep(ctx context.Context, k ledger.Key, o ledger.Outcome) error {
	var left []error
	for _, b := range o.Staged {
		left = append(left, stage.Clear(ctx, r.Temporary, stage.Runs(b, k.String())))
	}
	return errors.Join(left...)
}
