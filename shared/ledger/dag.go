package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// A run of several jobs has two records of its own: the marker open/<run>, put
// up before its first job is asked for, and outcome.json, written once when all
// have ended. Neither says which jobs are ready: that follows from the jobs.

// whole is the key of the run of which k is a job.
func (k Key) whole() Key { k.Job = ""; return k }

type endRecord struct {
	header
	Outcome Outcome `json:"outcome"`
}

// Begin puts up the marker of a run of several jobs.
func (l *Ledger) Begin(ctx context.Context, run Key) error { return l.mark(ctx, run.whole()) }

// Going reports whether the marker of a run of several jobs stands.
func (l *Ledger) Going(ctx context.Context, run Key) (bool, error) {
	_, err := l.Store.Stat(ctx, l.path("open", run.whole().marker()))
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// FinishRun records how a run of several jobs ended, and removes its marker. It
// reports true to the one whose record it is.
func (l *Ledger) FinishRun(ctx context.Context, run Key, o Outcome) (first bool, err error) {
	_, err = l.put(ctx, l.path(run.run(), "outcome.json"), endRecord{header{version}, o}, object.Cond{Absent: true})
	if err != nil && !errors.Is(err, fault.Conflict) {
		return false, err
	}
	first = err == nil
	return first, l.Store.Delete(ctx, l.path("open", run.whole().marker()), object.Cond{})
}

// End records the end of a job that never began. The error is fault.Conflict if
// it has: then its holder says how it ends. Who claims it afterwards is told Done.
func (l *Ledger) End(ctx context.Context, k Key, o Outcome) error {
	rec := leaseRecord{header: header{version}, Outcome: &o}
	_, err := l.put(ctx, l.path(k.job(), "lease.json"), rec, object.Cond{Absent: true})
	return err
}

// States are the named jobs of a run, in that order; a job that nobody has begun
// has no attempt.
func (l *Ledger) States(ctx context.Context, run Key, names []string) ([]State, error) {
	all := make([]State, len(names))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, name := range names {
		k := run
		k.Job = name
		g.Go(func() (err error) { all[i], err = l.state(ctx, k); return err })
	}
	return all, g.Wait()
}

// OpenRuns are the runs of a workflow, without their jobs, that have begun and
// not ended. A run whose end has only left its marker is none.
func (l *Ledger) OpenRuns(ctx context.Context, workflow string) (open []Key, err error) {
	prefix := l.path("open") + "/"
	for attrs, err := range l.Store.List(ctx, prefix+workflow+"~", "") {
		if err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
		k, err := ParseKey(strings.ReplaceAll(attrs.URI[len(prefix):], "~", "/"))
		if err != nil || slices.Contains(open, k.whole()) {
			continue
		}
		_, ended, err := l.Outcome(ctx, k)
		if err != nil {
			return nil, err
		}
		if !ended {
			open = append(open, k.whole())
		}
	}
	return open, nil
}
