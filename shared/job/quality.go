package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/profile"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// questions gives what is asserted, and asked of the input, its meaning. It reads
// no rows.
func (r *run) questions() error {
	var mistakes []error
	for _, s := range assertion.Subjects(r.job) {
		var ok bool
		if s.Columns, ok = r.scope.Relation(s.Relation); !ok || s.Output != "" && r.published(s.Output) {
			continue // that is said elsewhere, or it is done
		}
		p, err := assertion.Compile(s, r.scope, r.settings())
		r.note(p.Notes)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		r.asserted = append(r.asserted, p)
	}
	if r.job.Profile != nil && len(r.job.Inputs) > 0 {
		var err error
		if r.profiling, err = profile.Compile(r.job, r.scope, r.settings()); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	return errors.Join(mistakes...)
}

// answers measures what is asserted, all of it before the first that failed ends
// the run, and then looks what is in the input.
func (r *run) answers(ctx context.Context, s engine.Session) error {
	for _, p := range r.asserted {
		rows, err := ask(ctx, s, p.Queries, assertion.Most)
		if err != nil {
			return fmt.Errorf("assertions: %w", err)
		}
		results, err := p.Judge(rows)
		if err != nil {
			return err
		}
		r.results = append(r.results, results...)
	}
	if len(r.results) > 0 {
		r.asked.Info("assertions", "results", assertion.Results(r.results))
	}
	if err := assertion.Failed(r.results); err != nil || r.profiling == nil {
		return err
	}
	rows, err := ask(ctx, s, r.profiling.Queries(), profile.Most)
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if r.profile, err = r.profiling.Take(rows); err == nil {
		r.asked.Info("profile", "result", r.profile)
	}
	return err
}

func ask(ctx context.Context, s engine.Session, queries []*sparksql.Query, most int) ([]relation.Rows, error) {
	rows := make([]relation.Rows, len(queries))
	for i, q := range queries {
		var err error
		if rows[i], err = s.Query(ctx, q, most); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
