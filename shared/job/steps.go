package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// define resolves every step and names it in the session, in the manifest's
// order. A step that cannot be resolved does not hide the mistakes of those
// that do not read it.
func (r *run) define(ctx context.Context, s engine.Session) error {
	var mistakes []error
	var broken []string
	for i := range r.job.Steps {
		step := &r.job.Steps[i]
		err := r.defineStep(ctx, s, step)
		if err == nil {
			continue
		}
		if fault.Retry(err) {
			return err
		}
		if !reads(step, broken) { // else it may be only a consequence
			mistakes = append(mistakes, err)
		}
		broken = append(broken, strings.ToLower(step.Name))
	}
	return errors.Join(mistakes...)
}

// reads reports whether a step names one of the relations, as far as its text tells.
func reads(step *manifest.Step, names []string) bool {
	text := strings.ToLower(step.SQL.Value)
	return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) })
}

func (r *run) defineStep(ctx context.Context, s engine.Session, step *manifest.Step) error {
	if len(step.Functions) > 0 {
		f := step.Functions[0]
		return fault.Errorf(fault.Refused, "step %s: the Flare function %q is not supported yet", step.Name, f.Name).At(f.Pos).
			WithHint("say it in the step's sql")
	}
	q, err := sparksql.Resolve(step.SQL.Value, step.SQL.At, r.scope)
	if err != nil {
		return fmt.Errorf("step %s: %w", step.Name, err)
	}
	if err := q.Duplicate(); err != nil {
		return at(step.Pos, fmt.Errorf("step %s: %w", step.Name, err))
	}
	if err := s.Define(ctx, engine.View{Name: step.Name, Query: q, Columns: q.Columns}); err != nil {
		return fmt.Errorf("step %s: %w", step.Name, err)
	}
	r.scope[step.Name] = q.Columns
	if r.job.Explain {
		plan, err := s.Explain(ctx, step.Name)
		if err != nil {
			return fmt.Errorf("step %s: explain: %w", step.Name, err)
		}
		r.log.Info("plan", "step", step.Name, "plan", plan)
	}
	if r.job.PreviewLines > 0 {
		rows, err := s.Query(ctx, sparksql.Scan(step.Name, q.Columns), r.job.PreviewLines)
		if err != nil {
			return fmt.Errorf("step %s: showPreviewLines: %w", step.Name, err)
		}
		r.log.Info("preview", "step", step.Name, "columns", relation.Names(rows.Columns), "rows", rows.Values)
	}
	return nil
}
