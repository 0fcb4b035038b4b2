package job

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/profile"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/sparksql"
)

// A Rehearsal is what a job would have published.
type Rehearsal struct {
	Inputs   []sink.Pinned
	Exported engine.Exported
	Columns  map[string][]relation.Column // of every output, as its step has them
	// Assertions are how the tests went, also where one failed.
	Assertions []assertion.Result
	Profile    *profile.Profile // nil if none is asked for
	Notes      []string         // what a receipt would say beside
}

// Rehearse computes a job's outputs and gives them to put, as a run does up to
// its stage: no target is looked at, nothing is staged, published or recorded.
func (r *Runner) Rehearse(ctx context.Context, j *manifest.Job, put func(ctx context.Context, output string, part int, body io.Reader) (relation.File, error)) (Rehearsal, error) {
	run := &run{Runner: r, job: j, started: r.Now(), log: r.leveled(j), asked: r.Log, scope: sparksql.Scopes{}}
	budget, free, err := r.Budget(deadlineOf(ctx))
	if err != nil {
		return Rehearsal{}, err
	}
	defer free()
	session, err := r.Engine.Open(ctx, budget)
	if err != nil {
		return Rehearsal{}, err
	}
	defer session.Close()
	done, err := run.rehearse(ctx, session, put)
	done.Inputs, done.Assertions, done.Profile, done.Notes = run.inputs, run.results, run.profile, run.notes
	return done, err
}

func (r *run) rehearse(ctx context.Context, session engine.Session, put func(ctx context.Context, output string, part int, body io.Reader) (relation.File, error)) (Rehearsal, error) {
	done, j := Rehearsal{Columns: map[string][]relation.Column{}}, r.job
	if err := r.bind(ctx, session); err != nil {
		return done, err
	}
	if err := r.define(ctx, session); err != nil {
		return done, err
	}
	exports := make([]engine.Export, 0, len(j.Outputs))
	var mistakes []error
	for i := range j.Outputs {
		name, step := j.Outputs[i].Name, j.Outputs[i].Step
		cols, ok := r.scope.Relation(step)
		if !ok {
			mistakes = append(mistakes, fmt.Errorf("output %s: %w", name, fault.Errorf(fault.Invalid, "there is no step or input of this name").At(j.Outputs[i].Pos)))
			continue
		}
		if err := sparksql.Duplicate(cols); err != nil {
			mistakes = append(mistakes, fmt.Errorf("output %s: %w", name, at(j.Outputs[i].Pos, err)))
			continue
		}
		done.Columns[name] = cols
		exports = append(exports, engine.Export{
			Output: name, View: step, Columns: cols, Form: relation.Parquet,
			Put: func(ctx context.Context, part int, body io.Reader) (relation.File, error) {
				return put(ctx, name, part, body)
			},
		})
	}
	if err := errors.Join(mistakes...); err != nil {
		return done, err
	}
	err := r.answers(ctx, session)
	if err != nil || len(exports) == 0 {
		return done, err
	}
	done.Exported, err = session.Export(ctx, exports, nil)
	called(done.Exported.Reads)
	return done, err
}
