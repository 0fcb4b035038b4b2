package ledger

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/profile"
	"github.com/glint-data/glint/shared/sink"
)

// A Status is how a run ended.
type Status string

// The ends of a run. Superseded: a later run had published already. Skipped: it
// was not to begin, for one that it depends on had not succeeded.
const (
	Succeeded  Status = "succeeded"
	Failed     Status = "failed"
	Superseded Status = "superseded"
	Cancelled  Status = "cancelled"
	Skipped    Status = "skipped"
)

// An Outcome is the end of a job's run, written once.
type Outcome struct {
	Status   Status         `json:"status"`
	Kind     string         `json:"kind,omitempty"`  // of the error
	Error    string         `json:"error,omitempty"` // as people read it
	Hints    []string       `json:"hints,omitempty"`
	Receipts []sink.Receipt `json:"receipts,omitempty"`
	Reads    []engine.Read  `json:"reads,omitempty"`
	Stages   []Stage        `json:"stages,omitempty"`
	// Assertions are how the tests of the data went.
	Assertions []assertion.Result `json:"assertions,omitempty"`
	Profile    *profile.Profile   `json:"profile,omitempty"`
	Part       *Part              `json:"part,omitempty"` // of its inputs, where the next run goes on from there
	Notes      []string           `json:"notes,omitempty"`
	Staged     []string           `json:"staged,omitempty"` // temporary buckets that may hold something of the run
	Attempt    int                `json:"attempt"`
	Started    time.Time          `json:"started"` // the attempt that ended it
	Ended      time.Time          `json:"ended"`
}

// A Stage is one part of a run's story.
type Stage struct {
	Name           string    `json:"name"`
	Started, Ended time.Time // by the clock of who ran it
	Rows, Bytes    int64
}

// Finish records the end. The error is ErrLost if the lease has passed to
// another attempt: then that one's end stands. What this attempt intended must
// have come to a known end before: see Wind.
func (ls *Lease) Finish(ctx context.Context, o Outcome) error {
	if len(ls.open) > 0 {
		return fault.Errorf(fault.Internal, "ledger: run %s ends with work whose end is not known", ls.key)
	}
	// The marker goes at the same time: should the end not get recorded, the
	// message comes again, and with it the marker.
	var g errgroup.Group
	g.Go(func() error { return ls.change(ctx, func(rec *leaseRecord) { rec.Outcome = &o }) })
	g.Go(func() error {
		err := ls.ledger.Store.Delete(ctx, ls.ledger.path("open", ls.key.marker()), object.Cond{})
		if err != nil && ls.ledger.Log != nil { // whoever looks after open runs finds the outcome
			ls.ledger.Log.Debug("marker of an open run is left", "run", ls.key.String(), "error", err)
		}
		return nil
	})
	err := g.Wait()
	if err == nil {
		return nil
	}
	if _, ended, oerr := ls.ledger.Outcome(ctx, ls.key); oerr != nil || !ended {
		return errors.Join(err, ls.ledger.mark(ctx, ls.key))
	}
	return err
}

// Outcome is the end of a job's run, or of a whole one of several jobs; ok is
// false while it has none.
func (l *Ledger) Outcome(ctx context.Context, k Key) (o Outcome, ok bool, err error) {
	s, err := l.state(ctx, k)
	if err != nil || s.Outcome == nil {
		return Outcome{}, false, err
	}
	return *s.Outcome, true, nil
}

// A State is a job's run as it can be seen from elsewhere.
type State struct {
	Key      Key
	Attempt  int
	Holder   Holder
	Released string // why the last attempt gave the job back; "" while one holds it
	Progress Progress
	Updated  time.Time // of the lease, by the store's clock
	Outcome  *Outcome  // nil while the run goes on
}

// Jobs returns the jobs of a run that have begun.
func (l *Ledger) Jobs(ctx context.Context, run Key) ([]State, error) {
	prefix := l.path(run.run(), "jobs") + "/"
	names := map[string]bool{}
	var order []string
	for attrs, err := range l.Store.List(ctx, prefix, "") {
		if err != nil {
			return nil, err
		}
		if name := firstPart(attrs.URI[len(prefix):]); !names[name] {
			names[name] = true
			order = append(order, name)
		}
	}
	states := make([]State, len(order))
	g, ctx := errgroup.WithContext(ctx)
	for i, name := range order {
		k := run
		k.Job = strings.ReplaceAll(name, "~", "/")
		g.Go(func() (err error) { states[i], err = l.state(ctx, k); return err })
	}
	return states, g.Wait()
}

func (l *Ledger) state(ctx context.Context, k Key) (State, error) {
	s := State{Key: k}
	if k.Job == "" {
		var rec endRecord
		_, ok, err := l.get(ctx, l.path(k.run(), "outcome.json"), &rec)
		if ok {
			s.Outcome = &rec.Outcome
		}
		return s, err
	}
	var rec leaseRecord
	attrs, _, err := l.get(ctx, l.path(k.job(), "lease.json"), &rec)
	if err != nil {
		return s, err
	}
	s.Attempt, s.Holder, s.Released, s.Progress, s.Updated = rec.Attempt, rec.Holder, rec.Released, rec.Progress, attrs.Updated
	s.Outcome = rec.Outcome
	return s, nil
}

// Cancel asks the holder of a job's run to stop; it hears it when it renews.
func (l *Ledger) Cancel(ctx context.Context, k Key, who string) error {
	rec := struct {
		header
		Who string `json:"who"`
	}{header{version}, who}
	_, err := l.put(ctx, l.path(k.job(), "cancel.json"), rec, object.Cond{Absent: true})
	if errors.Is(err, fault.Conflict) {
		return nil // somebody has asked already
	}
	return err
}

func firstPart(path string) string {
	for i := range path {
		if path[i] == '/' {
			return path[:i]
		}
	}
	return path
}

// Latest is the run of a workflow with the latest slot; ok is false if it has none.
func (l *Ledger) Latest(ctx context.Context, workflow string) (k Key, ok bool, err error) {
	prefix := l.path("runs", workflow) + "/"
	for attrs, err := range l.Store.List(ctx, prefix, "") {
		if err != nil {
			return k, ok, err
		}
		if next, err := ParseKey(workflow + "/" + firstPart(attrs.URI[len(prefix):])); err == nil && (!ok || k.before(next)) {
			k, ok = next, true
		}
	}
	return k, ok, nil
}
