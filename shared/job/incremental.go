package job

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// whole is the name under which the whole of an input is bound, where its own
// name stands for a part of it.
func whole(input string) string { return input + "__all" }

// called gives what was read the names that inputs have in the manifest.
func called(reads []engine.Read) {
	for i := range reads {
		reads[i].Input = strings.TrimSuffix(reads[i].Input, whole(""))
	}
}

// A partial is an input of which a run reads a part.
type partial struct {
	input *manifest.Input
	all   []relation.Column
	rows  *sparksql.Query // all of it, or so many rows as are asked for
}

// narrow finds which part of its incremental inputs this run reads, and puts
// that in their place.
func (r *run) narrow(ctx context.Context, s engine.Session) error {
	if len(r.partials) == 0 {
		return nil
	}
	decide := func(stored ledger.Values) (ledger.Part, error) { return r.decide(ctx, s, stored) }
	var part ledger.Part
	var err error
	if r.lease != nil && !r.job.DryRun && remembers(r.job) {
		if part, err = r.lease.Continue(ctx, decide); err != nil {
			return err
		}
		r.part = &part
	} else if part, err = decide(nil); err != nil {
		return err
	}
	for _, p := range r.partials {
		if err := r.replace(ctx, s, p, part.Values[p.input.Name]); err != nil {
			return fmt.Errorf("input %s: incremental: %w", p.input.Name, err)
		}
	}
	return nil
}

// remembers reports whether a run of the job leaves a state to the next.
func remembers(j *manifest.Job) bool {
	return slices.ContainsFunc(j.Inputs, func(in manifest.Input) bool { return in.Incremental != nil && len(in.Incremental.State) > 0 })
}

// decide finds the values of all keys: those that the run before left, and those
// that SQL gives.
func (r *run) decide(ctx context.Context, s engine.Session, stored ledger.Values) (ledger.Part, error) {
	part := ledger.Part{Values: ledger.Values{}, State: ledger.Values{}}
	for _, p := range r.partials {
		name, inc := p.input.Name, p.input.Incremental
		values, err := r.keys(ctx, s, p, stored[name])
		if err != nil {
			return part, fmt.Errorf("input %s: incremental: %w", name, err)
		}
		part.Values[name] = values
		for _, st := range inc.State {
			if part.State[name] == nil {
				part.State[name] = map[string]string{}
			}
			part.State[name][st.Key] = values[st.Value]
		}
	}
	return part, nil
}

func (r *run) keys(ctx context.Context, s engine.Session, p partial, stored map[string]string) (map[string]string, error) {
	inc, values := p.input.Incremental, map[string]string{}
	scope, err := r.context(ctx, s, p)
	if err != nil {
		return nil, err
	}
	for _, k := range inc.Keys {
		kept := slices.ContainsFunc(inc.State, func(st manifest.State) bool { return st.Key == k.Name })
		if v, ok := stored[k.Name]; ok && kept {
			values[k.Name] = v
			continue
		}
		if values[k.Name], err = r.key(ctx, s, k, scope, values); err != nil {
			return nil, fmt.Errorf("key %s: %w", k.Name, err)
		}
	}
	return values, nil
}

// key is the first value that a key's SQL gives, as text.
func (r *run) key(ctx context.Context, s engine.Session, k manifest.Key, scope sparksql.Scope, values map[string]string) (string, error) {
	text := k.SQL.Fill(values).Statement()
	q, err := sparksql.ResolveWith(text.Value, text.At, scope, r.settings())
	if err != nil {
		return "", err
	}
	first := "`" + strings.ReplaceAll(q.Columns[0].Name, "`", "``") + "`"
	text = manifest.Join(manifest.Placed("SELECT CAST("+first+" AS STRING) AS value FROM (\n", k.Pos), text, manifest.Placed("\n)", k.Pos))
	if q, err = sparksql.ResolveWith(text.Value, text.At, scope, r.settings()); err != nil {
		return "", err
	}
	rows, err := s.Query(ctx, q, 1)
	if err != nil {
		return "", err
	}
	if rows.More {
		r.note([]plug.Note{{Pos: k.Pos, Message: fmt.Sprintf("key %s: its sql gives more than one row; the first counts", k.Name)}})
	}
	if len(rows.Values) > 0 {
		if v, ok := rows.Values[0][0].(string); ok {
			return v, nil
		}
	}
	if k.Default == "" {
		return "", fault.Errorf(fault.Invalid, "its sql gives no value").At(k.Pos).WithHint("write default: with what counts then")
	}
	return k.Default, nil
}

// context names the whole of the input as its incremental SQL does.
func (r *run) context(ctx context.Context, s engine.Session, p partial) (sparksql.Scope, error) {
	name := p.input.Incremental.Context
	scope := sparksql.Scopes{}
	for other, cols := range r.scope {
		scope[other] = cols
	}
	scope[name] = p.all
	return scope, s.Define(ctx, engine.View{Name: name, Query: p.rows, Columns: p.all})
}

// replace puts what incremental.sql gives in the place of the input.
func (r *run) replace(ctx context.Context, s engine.Session, p partial, values map[string]string) error {
	inc := p.input.Incremental
	scope, err := r.context(ctx, s, p)
	if err != nil {
		return err
	}
	text := inc.SQL.Fill(values).Statement()
	q, err := sparksql.ResolveWith(text.Value, text.At, scope, r.settings())
	if err != nil {
		return at(inc.Pos, err)
	}
	said := []any{"input", p.input.Name}
	for _, k := range inc.Keys {
		said = append(said, k.Name, values[k.Name])
	}
	r.log.Info("incremental", said...)
	if err := s.Define(ctx, engine.View{Name: p.input.Name, Query: q, Columns: q.Columns}); err != nil {
		return err
	}
	r.scope[p.input.Name] = q.Columns
	return nil
}
