package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/guard"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/sparksql"
	"github.com/glint-data/glint/shared/stage"
)

// An output is one output of the job on its way.
type output struct {
	manifest *manifest.Output
	writer   sink.Writer
	out      sink.Output
	live     sink.Live
	columns  []relation.Column
	area     *stage.Area
	exported engine.Output
}

// inspect locates every output, checks what its target will take, and looks at
// the target as it is: what cannot end well ends here, before rows are read.
func (r *run) inspect(ctx context.Context) error {
	var mistakes []error
	for i := range r.job.Outputs {
		m := &r.job.Outputs[i]
		if r.published(m.Name) {
			continue
		}
		o, err := r.inspectOutput(ctx, m)
		if err != nil {
			err = fmt.Errorf("output %s: %w", m.Name, err)
			if fault.Retry(err) {
				return err
			}
			mistakes = append(mistakes, err)
			continue
		}
		r.outputs = append(r.outputs, o)
	}
	return errors.Join(mistakes...)
}

// bucket is where an output is staged, found without looking at its target.
func (r *run) bucket(ctx context.Context, m *manifest.Output) (string, error) {
	loc, err := r.Depots.Locate(ctx, m.Dataset)
	if err != nil {
		return "", err
	}
	w, err := r.Sinks.Get(cmp.Or(m.Format, loc.Format))
	if err != nil {
		return "", err
	}
	opts, _, err := w.Spec().Check(m.Options)
	if err != nil {
		return "", err
	}
	return cmp.Or(w.Bucket(sink.Output{Name: m.Name, Location: loc, Options: opts}), r.Bucket), nil
}

func (r *run) inspectOutput(ctx context.Context, m *manifest.Output) (*output, error) {
	loc, err := r.Depots.Locate(ctx, m.Dataset)
	if err != nil {
		return nil, at(m.DatasetPos, err)
	}
	r.note(loc.Notes)
	format, err := formatOf(m.Format, loc)
	if err != nil {
		return nil, at(m.DatasetPos, err)
	}
	w, err := r.Sinks.Get(format)
	if err != nil {
		return nil, at(m.FormatPos, err)
	}
	opts, notes, err := w.Spec().Check(m.Options)
	r.note(notes)
	if err != nil {
		return nil, err
	}
	cols, ok := r.scope.Relation(m.Step)
	if !ok {
		return nil, fault.Errorf(fault.Invalid, "there is no step or input of this name").At(m.Pos)
	}
	if err := sparksql.Duplicate(cols); err != nil {
		return nil, at(m.Pos, err)
	}
	k := r.lease.Key()
	o := &output{manifest: m, writer: w, out: sink.Output{
		Name: m.Name, Location: loc, Options: opts, Mode: sink.SaveMode(opts.Text("saveMode")),
		ID: r.lease.ID(m.Name), Sequence: r.lease.Sequence(m.Name),
		Title: m.Title, Description: m.Description,
		Labels: map[string]string{"glint_workflow": k.Workflow, "glint_job": k.Job},
		Slot:   k.Slot, Run: k.String(), Pos: m.Pos,
	}}
	bucket := cmp.Or(w.Bucket(o.out), r.Bucket)
	if bucket == "" {
		return nil, fault.Errorf(fault.Invalid, "no temporary bucket is named").At(m.Pos).
			WithHint("set options.bigquery.temporaryBucket in the manifest, or GLINT_TEMPORARY_BUCKET where the service runs")
	}
	o.area = &stage.Area{Store: r.Temporary, Prefix: stage.Prefix(bucket, k.String(), r.lease.Attempt())}
	o.out.Stage = o.area.Prefix
	if o.columns, err = w.Columns(o.out, cols); err != nil {
		return nil, at(m.Pos, err)
	}
	if o.live, err = w.Inspect(ctx, o.out); err != nil {
		return nil, at(m.DatasetPos, err)
	}
	return o, nil
}

// export computes all outputs in one call and writes them to the stage.
func (r *run) export(ctx context.Context, s engine.Session) error {
	exports := make([]engine.Export, len(r.outputs))
	for i, o := range r.outputs {
		exports[i] = engine.Export{
			Output: o.out.Name, View: o.manifest.Step, Columns: o.columns, Form: o.writer.Accepts()[0],
			Put: func(ctx context.Context, part int, body io.Reader) (relation.File, error) {
				return o.area.Put(ctx, o.out.Name, part, body)
			},
		}
	}
	done, err := s.Export(ctx, exports, func(p engine.Progress) {
		r.lease.Report(ledger.Progress{
			Stage: "export", BytesRead: p.BytesRead, BytesTotal: p.BytesTotal, RowsWritten: p.RowsWritten, BytesWritten: p.BytesWritten,
		})
	})
	if err != nil {
		return err
	}
	r.exported = done
	called(done.Reads)
	for i := range done.Outputs {
		r.outputs[i].exported = done.Outputs[i]
	}
	return nil
}

// guard asks every guard about every output before the first is published.
func (r *run) guard(ctx context.Context) error {
	var refused []error
	for _, o := range r.outputs {
		for _, g := range r.Guards {
			facts := guard.Facts{Output: o.out, Live: o.live, Exported: o.exported, Reads: r.exported.Reads}
			if err := g.Check(ctx, facts); err != nil {
				err = fmt.Errorf("guard %s: %w", g.Spec().Name, err)
				if fault.Retry(err) {
					return err
				}
				refused = append(refused, err)
			}
		}
	}
	return errors.Join(refused...)
}

func (r *run) published(output string) bool {
	for _, receipt := range r.receipts {
		if strings.EqualFold(receipt.Output, output) {
			return true
		}
	}
	return false
}
