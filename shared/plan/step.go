package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/flare"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// step resolves a step and the Flare functions on top of it. Columns are nil if
// they are not known: of something that it reads, or because it is wrong.
func (w *planner) step(j *manifest.Job, s *manifest.Step, scope sparksql.Scopes) (*Step, []relation.Column) {
	p := &Step{Name: s.Name, Spark: s.SQL.Value}
	p.Kept = slices.ContainsFunc(j.Keeps, func(k manifest.Kept) bool { return strings.EqualFold(k.Step, s.Name) })
	if s.SQL.Value == "" { // it was said
		return p, nil
	}
	set := j.Session
	set.Now = w.Now
	q, err := sparksql.ResolveWith(s.SQL.Value, s.SQL.At, scope, set)
	if err != nil {
		w.wrongStep(s, err)
		w.unplaced(s)
		return p, nil
	}
	p.Reads = q.Reads
	queries := []*sparksql.Query{q}
	for i, f := range s.Functions {
		below := fmt.Sprintf("%s__%d", s.Name, i)
		text, notes, err := flare.Compile(f, below, q.Columns)
		w.notes = append(w.notes, notes...)
		if err == nil {
			set.Compiled = true
			p.Functions = append(p.Functions, text)
			q, err = sparksql.ResolveWith(text, func(int) fault.Pos { return f.Pos }, sparksql.Scopes{below: q.Columns}, set)
			if err != nil {
				err = fmt.Errorf("function %s: %w", f.Name, err)
			}
		}
		if err != nil {
			w.wrongStep(s, err)
			return p, nil
		}
		queries = append(queries, q)
	}
	var forms []string
	for _, q := range queries {
		forms = append(forms, q.DuckDB(nil))
	}
	p.DuckDB = strings.Join(forms, ";\n")
	p.Schema = columns(q.Columns)
	return p, q.Columns
}

// unplaced checks what of a step's functions needs no columns: their names.
func (w *planner) unplaced(s *manifest.Step) {
	for _, f := range s.Functions {
		if _, err := flare.All.Get(f.Name); err != nil {
			var e *fault.Error
			if errors.As(err, &e) {
				err = e.At(f.Pos)
			}
			w.wrongStep(s, err)
		}
	}
}

// wrongStep keeps a step's mistakes, but not that columns are not known.
func (w *planner) wrongStep(s *manifest.Step, err error) {
	for _, e := range mistaken(err) {
		w.wrong(fmt.Errorf("step %s: %w", s.Name, e))
	}
}

// mistaken are the mistakes of err, but not that columns are not known.
func mistaken(err error) []error {
	return slices.DeleteFunc(fault.Each(err), func(e error) bool { return errors.Is(e, sparksql.ErrUnknown) })
}

func (w *planner) wrong(err error) { w.mistakes = append(w.mistakes, fault.Each(err)...) }

func joined(mistakes []error) error { return errors.Join(mistakes...) }

// output finds where an output goes and what becomes of what is there.
func (w *planner) output(ctx context.Context, o *manifest.Output, cols []relation.Column) *Output {
	p := &Output{Name: o.Name, Address: o.Dataset.String(), Format: o.Format, Guards: w.Guards, Schema: columns(cols)}
	if err := sparksql.Duplicate(cols); err != nil {
		w.wrong(fmt.Errorf("output %s: %w", o.Name, at(o.Pos, err)))
	}
	if o.Dataset.Depot == "" {
		return p
	}
	folder := w.Depots != nil && len(w.Depots.Folders) > 0 // it stands for the data, not for the targets
	if w.Depots != nil && !folder {
		loc, err := w.Depots.Locate(ctx, o.Dataset)
		if err != nil {
			w.wrong(fmt.Errorf("output %s: %w", o.Name, at(o.DatasetPos, err)))
			return p
		}
		w.notes = append(w.notes, loc.Notes...)
		p.Target = place(loc)
		if p.Format == "" {
			p.Format = loc.Format
		}
	} else {
		p.Target = w.physical(ctx, o.Dataset, o.DatasetPos)
	}
	if w.Sinks == nil || p.Format == "" {
		return p
	}
	sink, err := w.Sinks.Get(p.Format)
	if err != nil {
		if slices.Contains(elsewhere, p.Format) {
			err = fault.Errorf(fault.Refused, "format %s is not written yet", p.Format).
				WithHint("written are: %s; glint try writes Parquet here in its place", strings.Join(w.Sinks.Names(), ", "))
		}
		w.wrong(fmt.Errorf("output %s: %w", o.Name, at(o.FormatPos, err)))
		return p
	}
	opts, notes, err := sink.Spec().Check(o.Options)
	w.notes = append(w.notes, notes...)
	if err != nil {
		for _, e := range fault.Each(err) {
			w.wrong(fmt.Errorf("output %s: %w", o.Name, at(o.Pos, e)))
		}
		return p
	}
	p.Disposition = opts.Text("saveMode")
	return p
}
