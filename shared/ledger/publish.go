package ledger

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/sink"
)

// openWork is an intent of this attempt whose end is not recorded.
type openWork struct {
	writer sink.Writer
	intent sink.Intent
	head   *knownHead // of its target, as this attempt wrote it
}

// A knownHead is a target's head as it was last seen.
type knownHead struct {
	rec     headRecord
	version string // "": there was none
}

// Intend records what is about to be done to a target. Every earlier intent on
// it is settled first, whoever's it was: a load that is still on its way either
// lands now or never can. The error is fault.Stale when a later run has
// published already; after any error the intent must not be carried out.
func (ls *Lease) Intend(ctx context.Context, w sink.Writer, i sink.Intent) error {
	var g errgroup.Group
	var head *knownHead
	g.Go(func() error { // a Conflict: an attempt that was presumed dead was about to
		rec := intentRecord{header{version}, ls.key.String(), i}
		_, err := ls.ledger.put(ctx, ls.path("intents/"+i.ID+".json"), rec, object.Cond{Absent: true})
		return err
	})
	g.Go(func() (err error) { head, err = ls.ledger.head(ctx, i.Target); return err })
	if err := g.Wait(); err != nil {
		return err
	}
	work := &openWork{writer: w, intent: i}
	ls.open[i.ID] = work
	// The intent is there for whoever claims the job from now on. Who claimed
	// it before shows in the lease, however long ago we were stopped.
	g = errgroup.Group{}
	g.Go(func() error { return ls.confirm(ctx, ls.check) })
	g.Go(func() (err error) {
		work.head, err = ls.ledger.changeHead(ctx, i.Target, head, func(h headRecord) (headRecord, error) {
			return ls.admit(ctx, w, h, i)
		})
		return err
	})
	err := g.Wait()
	if errors.Is(err, fault.Stale) {
		delete(ls.open, i.ID) // nobody began it
	}
	return err
}

// admit settles what else is open on the target and puts i's intent there.
func (ls *Lease) admit(ctx context.Context, w sink.Writer, h headRecord, i sink.Intent) (headRecord, error) {
	for _, o := range h.Intents {
		if o.ID == i.ID {
			continue
		}
		var err error
		if h, err = ls.ledger.close(ctx, w, h, o); err != nil {
			return h, err
		}
	}
	if !i.Adds && h.newer(ls.key) {
		return h, fault.Errorf(fault.Stale, "%s has the data of %s, which is a later run", i.Target, h.Last.Run)
	}
	return h.admitted(openIntent{ID: i.ID, Path: ls.key.job()}), nil
}

// close settles one intent that a head holds open, and returns the head without it.
func (l *Ledger) close(ctx context.Context, w sink.Writer, h headRecord, o openIntent) (headRecord, error) {
	var rec intentRecord
	_, ok, err := l.get(ctx, l.path(o.Path, "intents", o.ID+".json"), &rec)
	if err != nil {
		return h, err
	}
	if !ok {
		return h, fault.Errorf(fault.Internal, "ledger: the intent %s has no record", o.ID)
	}
	s, err := l.settle(ctx, w, o.Path, rec.Intent)
	if err != nil {
		return h, err
	}
	if s.Verdict != sink.Landed {
		return h.ended(o.ID), nil
	}
	run, err := ParseKey(rec.Run)
	if err != nil {
		return h, err
	}
	return h.landed(run, o.ID, s.Receipt), nil
}

// changeHead rewrites a target's head under its version, and again if it
// changed meanwhile. It begins with known, or looks if that is nil.
func (l *Ledger) changeHead(ctx context.Context, t sink.Target, known *knownHead, change func(headRecord) (headRecord, error)) (*knownHead, error) {
	for range 10 {
		if known == nil {
			var err error
			if known, err = l.head(ctx, t); err != nil {
				return nil, err
			}
		}
		next, err := change(known.rec)
		if err != nil {
			return nil, err
		}
		next.V = version
		a, err := l.put(ctx, l.headURI(t), next, object.Cond{Version: known.version, Absent: known.version == ""})
		if err == nil {
			return &knownHead{next, a.Version}, nil
		}
		if !errors.Is(err, fault.Conflict) && !errors.Is(err, fault.NotFound) {
			return nil, err
		}
		known = nil
	}
	return nil, fault.Errorf(fault.Conflict, "ledger: many runs publish to %s at once", t)
}

func (l *Ledger) head(ctx context.Context, t sink.Target) (*knownHead, error) {
	var h knownHead
	attrs, ok, err := l.get(ctx, l.headURI(t), &h.rec)
	if ok {
		h.version = attrs.Version
	}
	return &h, err
}

func (l *Ledger) headURI(t sink.Target) string {
	return l.path("targets", t.System, t.Address, "head.json")
}

// Target is the last good publication on a target; ok is false if there is none.
func (l *Ledger) Target(ctx context.Context, t sink.Target) (p Published, ok bool, err error) {
	h, err := l.head(ctx, t)
	if err != nil || h.rec.Last == nil {
		return Published{}, false, err
	}
	return *h.rec.Last, true, nil
}
