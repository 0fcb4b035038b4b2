package job

import (
	"context"
	"errors"
	"fmt"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/relation"
)

// assertions gives what is asserted its meaning, of relations that are defined.
// It reads no rows.
func (r *run) assertions() error {
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
	return errors.Join(mistakes...)
}

// assert measures what is asserted. All of it is measured before the first that
// failed ends the run.
func (r *run) assert(ctx context.Context, s engine.Session) error {
	for _, p := range r.asserted {
		rows := make([]relation.Rows, len(p.Queries))
		for i, q := range p.Queries {
			var err error
			if rows[i], err = s.Query(ctx, q, assertion.Most); err != nil {
				return fmt.Errorf("assertions: %w", err)
			}
		}
		results, err := p.Judge(rows)
		if err != nil {
			return err
		}
		r.results = append(r.results, results...)
	}
	if len(r.results) > 0 {
		r.log.Info("assertions", "table", assertion.Table(r.results))
	}
	return assertion.Failed(r.results)
}
