package workflow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
)

// before is the run that the next ordinal of a slot repeats.
func before(run ledger.Key) ledger.Key {
	run.Ordinal--
	return run
}

// kept are the jobs that a rerun does not run: they succeeded under the ordinal
// before, read as they do now, and depend on none that runs. If that is all of
// them, it is none: then somebody wants the whole run again.
func (r *Runner) kept(ctx context.Context, run ledger.Key, pin ledger.Pin) ([]string, error) {
	old, ok, err := r.Ledger.Pinned(ctx, before(run))
	if err != nil || !ok {
		return nil, err
	}
	w, err := r.parse(ctx, run.Workflow, pin)
	if err == nil && len(w.Jobs) == 1 {
		return nil, nil
	}
	var was *manifest.Workflow
	if err == nil {
		was, err = r.parse(ctx, run.Workflow, old)
	}
	if err != nil {
		if fault.Retry(err) {
			return nil, err
		}
		return nil, nil // what it was is not known: all of it runs
	}
	states, err := r.states(ctx, before(run), w)
	if err != nil {
		return nil, err
	}
	keep := unchanged(w.Jobs, was.Jobs, byName(states))
	if len(keep) == len(w.Jobs) {
		return nil, nil
	}
	return keep, nil
}

// unchanged are the jobs, in the order of jobs, that succeeded and mean the same
// as they did, with all that they depend on.
func unchanged(jobs, was []manifest.Job, states map[string]ledger.State) []string {
	good := map[string]bool{}
	for i := range jobs {
		j := &jobs[i]
		k := slices.IndexFunc(was, func(o manifest.Job) bool { return o.Name == j.Name })
		o := states[j.Name].Outcome
		good[j.Name] = k >= 0 && o != nil && o.Status == ledger.Succeeded && meaning(j) == meaning(&was[k])
	}
	for changed := true; changed; {
		changed = false
		for _, j := range jobs {
			if good[j.Name] && slices.ContainsFunc(j.Dependencies, func(name string) bool { return !good[name] }) {
				good[j.Name], changed = false, true
			}
		}
	}
	var keep []string
	for _, j := range jobs {
		if good[j.Name] {
			keep = append(keep, j.Name)
		}
	}
	return keep
}

// keep gives the jobs that a rerun does not run the outcome that they had.
func (r *Runner) keep(ctx context.Context, run ledger.Key, pin ledger.Pin) error {
	for _, name := range pin.Keep {
		from, to := before(run), run
		from.Job, to.Job = name, name
		o, ok, err := r.Ledger.Outcome(ctx, from)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Errorf(fault.Internal, "run %s: %s has no outcome any more", run, from)
		}
		o.Notes = append(slices.Clone(o.Notes), fmt.Sprintf("not run again: it succeeded as %s", from))
		o.Staged = nil // that run's own
		switch err := r.Ledger.End(ctx, to, o); {
		case err == nil:
			r.Log.Info("job kept", "run", to.String(), "workflow", to.Workflow, "job", name, "from", from.String())
		case !errors.Is(err, fault.Conflict): // else an earlier delivery has done it
			return err
		}
	}
	return nil
}

// meaning is a job without the places in the file at which it is written: a
// comment that was added above changes no job.
func meaning(j *manifest.Job) string {
	var b strings.Builder
	show(&b, reflect.ValueOf(j).Elem())
	return b.String()
}

func show(w io.Writer, v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[fault.Pos]():
		return
	case reflect.TypeFor[manifest.Text](): // the rest of it are places
		v = v.FieldByName("Value")
	}
	switch v.Kind() {
	case reflect.Struct:
		fmt.Fprint(w, "{")
		for i := range v.NumField() {
			fmt.Fprintf(w, "%s:", v.Type().Field(i).Name)
			show(w, v.Field(i))
		}
		fmt.Fprint(w, "}")
	case reflect.Slice, reflect.Array:
		fmt.Fprint(w, "[")
		for i := range v.Len() {
			show(w, v.Index(i))
		}
		fmt.Fprint(w, "]")
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		for _, k := range keys {
			show(w, k)
			show(w, v.MapIndex(k))
		}
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			fmt.Fprint(w, "nil ")
			return
		}
		show(w, v.Elem())
	case reflect.Func, reflect.Chan:
	default:
		fmt.Fprintf(w, "%q ", fmt.Sprint(v))
	}
}
