package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/flare"
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
	if len(mistakes) == 0 {
		return r.questions()
	}
	return errors.Join(mistakes...)
}

// reads reports whether a step names one of the relations, as far as its text tells.
func reads(step *manifest.Step, names []string) bool {
	text := strings.ToLower(step.SQL.Value)
	return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(text, n) })
}

func (r *run) defineStep(ctx context.Context, s engine.Session, step *manifest.Step) error {
	q, err := r.resolve(step)
	if err != nil {
		return ofStep(step.Name, err)
	}
	if q, err = r.apply(ctx, s, step, q); err != nil {
		return ofStep(step.Name, err)
	}
	if err := s.Define(ctx, engine.View{Name: step.Name, Query: q, Columns: q.Columns, Keep: r.keeps(step.Name)}); err != nil {
		return ofStep(step.Name, err)
	}
	r.scope[step.Name] = q.Columns
	if r.job.Explain {
		plan, err := s.Explain(ctx, step.Name)
		if err != nil {
			return fmt.Errorf("step %s: explain: %w", step.Name, err)
		}
		r.asked.Info("plan", "step", step.Name, "plan", plan)
	}
	if r.job.PreviewLines > 0 {
		rows, err := s.Query(ctx, sparksql.Scan(step.Name, q.Columns), r.job.PreviewLines)
		if err != nil {
			return fmt.Errorf("step %s: showPreviewLines: %w", step.Name, err)
		}
		r.asked.Info("preview", "step", step.Name, "columns", relation.Names(rows.Columns), "rows", rows.Values)
	}
	return nil
}

// keeps reports whether the manifest asks to compute a step once, and keep its rows.
func (r *run) keeps(step string) bool {
	return slices.ContainsFunc(r.job.Keeps, func(k manifest.Kept) bool { return strings.EqualFold(k.Step, step) })
}

// resolve gives a step's sql its meaning.
func (r *run) resolve(step *manifest.Step) (*sparksql.Query, error) {
	return sparksql.ResolveWith(step.SQL.Value, step.SQL.At, r.scope, r.settings())
}

// settings are those of the session that the job asks for.
func (r *run) settings() sparksql.Settings {
	set := r.job.Session
	set.Now = r.AsOf
	return set
}

// apply puts a step's Flare functions on top of its query, one after the other:
// each reads a view of what is below it.
func (r *run) apply(ctx context.Context, s engine.Session, step *manifest.Step, q *sparksql.Query) (*sparksql.Query, error) {
	for i, f := range step.Functions {
		below := fmt.Sprintf("%s__%d", step.Name, i)
		if err := s.Define(ctx, engine.View{Name: below, Query: q, Columns: q.Columns}); err != nil {
			return nil, err
		}
		text, notes, err := flare.Compile(f, below, q.Columns)
		r.note(notes)
		if err != nil {
			return nil, err
		}
		place := func(int) fault.Pos { return f.Pos }
		scope, set := sparksql.Scopes{below: q.Columns}, r.settings()
		set.Compiled = true
		if q, err = sparksql.ResolveWith(text, place, scope, set); err != nil {
			return nil, fmt.Errorf("function %s: %w", f.Name, err)
		}
	}
	return q, nil
}

// ofStep says of each mistake which step has it.
func ofStep(name string, err error) error {
	mistakes := fault.Each(err)
	for i := range mistakes {
		mistakes[i] = fmt.Errorf("step %s: %w", name, mistakes[i])
	}
	return errors.Join(mistakes...)
}
