package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/sink"
)

type intentRecord struct {
	header
	Run    string      `json:"run"`
	Intent sink.Intent `json:"intent"`
}

type settledRecord struct {
	header
	Verdict sink.Verdict `json:"verdict"`
	Receipt sink.Receipt `json:"receipt"`
}

// Resume settles what earlier attempts of this run began, before any source is
// read again. It returns the receipts of the outputs that are published.
func (ls *Lease) Resume(ctx context.Context, writer func(name string) (sink.Writer, error)) (map[string]sink.Receipt, error) {
	landed := map[string]sink.Receipt{}
	if ls.rec.Attempt == 1 {
		return landed, nil
	}
	prefix := ls.path("intents") + "/"
	for attrs, err := range ls.ledger.Store.List(ctx, prefix, "") {
		if err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
		var rec intentRecord
		if _, ok, err := ls.ledger.get(ctx, attrs.URI, &rec); err != nil || !ok {
			return nil, errors.Join(err, fault.Errorf(fault.Transient, "ledger: %s cannot be read", attrs.URI))
		}
		w, err := writer(rec.Intent.Writer)
		if err != nil {
			return nil, err
		}
		s, err := ls.ledger.settle(ctx, w, ls.key.job(), rec.Intent)
		if err != nil {
			return nil, err
		}
		if s.Verdict == sink.Landed {
			landed[rec.Intent.Output] = s.Receipt
			err = ls.ledger.changeHead(ctx, rec.Intent.Target, func(h headRecord) (headRecord, error) {
				return h.landed(ls.key, rec.Intent.ID, s.Receipt), nil
			})
			if err != nil {
				return nil, err
			}
			continue
		}
		ls.never[rec.Intent.Output]++
	}
	return landed, nil
}

// settle drives an intent to its end, and remembers it, so that it is asked of
// the target once only.
func (l *Ledger) settle(ctx context.Context, w sink.Writer, job string, i sink.Intent) (settledRecord, error) {
	uri := l.path(job, "settled", i.ID+".json")
	var rec settledRecord
	if _, ok, err := l.get(ctx, uri, &rec); err != nil || ok {
		return rec, err
	}
	verdict, receipt, err := w.Settle(ctx, i)
	if err != nil {
		return rec, fmt.Errorf("settling %s: %w", i.ID, err)
	}
	rec = settledRecord{header{version}, verdict, receipt}
	_, err = l.put(ctx, uri, rec, object.Cond{Absent: true})
	if errors.Is(err, fault.Conflict) { // somebody settled it as well; there is one truth
		_, _, err = l.get(ctx, uri, &rec)
	}
	return rec, err
}

// Intend records what is about to be done to a target. Every earlier intent on
// it is settled first, whoever's it was: a load that is still on its way either
// lands now or never can. The error is fault.Stale when a later run has
// published already.
func (ls *Lease) Intend(ctx context.Context, w sink.Writer, i sink.Intent) error {
	if err := ls.verify(ctx); err != nil {
		return err
	}
	rec := intentRecord{header{version}, ls.key.String(), i}
	if _, err := ls.ledger.put(ctx, ls.intent(i.ID), rec, object.Cond{Absent: true}); err != nil {
		return err // there already: another attempt of this run is at it
	}
	mine := openIntent{ID: i.ID, Path: ls.key.job()}
	return ls.ledger.changeHead(ctx, i.Target, func(h headRecord) (headRecord, error) {
		for _, o := range h.Intents {
			if o.ID == i.ID {
				continue
			}
			ended, err := ls.ledger.close(ctx, w, h, o)
			if err != nil {
				return h, err
			}
			h = ended
		}
		if h.newer(ls.key) {
			return h, fault.Errorf(fault.Stale, "%s has the data of %s, which is a later run", i.Target, h.Last.Run)
		}
		return h.admitted(mine), nil
	})
}

func (ls *Lease) intent(id string) string { return ls.path("intents/" + id + ".json") }

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

// Settle records that an intent of this attempt was published.
func (ls *Lease) Settle(ctx context.Context, i sink.Intent, r sink.Receipt) error {
	var g errgroup.Group
	g.Go(func() error {
		rec := settledRecord{header{version}, sink.Landed, r}
		_, err := ls.ledger.put(ctx, ls.ledger.path(ls.key.job(), "settled", i.ID+".json"), rec, object.Cond{Absent: true})
		if errors.Is(err, fault.Conflict) {
			return nil // another attempt has settled it: there is one truth
		}
		return err
	})
	g.Go(func() error {
		return ls.ledger.changeHead(ctx, i.Target, func(h headRecord) (headRecord, error) {
			return h.landed(ls.key, i.ID, r), nil
		})
	})
	return g.Wait()
}

// changeHead rewrites a target's head under its version, and again if it changed meanwhile.
func (l *Ledger) changeHead(ctx context.Context, t sink.Target, change func(headRecord) (headRecord, error)) error {
	uri := l.path("targets", t.System, t.Address, "head.json")
	for range 10 {
		var h headRecord
		attrs, ok, err := l.get(ctx, uri, &h)
		if err != nil {
			return err
		}
		cond := object.Cond{Version: attrs.Version}
		if !ok {
			cond = object.Cond{Absent: true}
		}
		next, err := change(h)
		if err != nil {
			return err
		}
		next.V = version
		_, err = l.put(ctx, uri, next, cond)
		if !errors.Is(err, fault.Conflict) && !errors.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.Errorf(fault.Conflict, "ledger: many runs publish to %s at once", t)
}

// Target is the last good publication on a target; ok is false if there is none.
func (l *Ledger) Target(ctx context.Context, t sink.Target) (p Published, ok bool, err error) {
	var h headRecord
	if _, _, err := l.get(ctx, l.path("targets", t.System, t.Address, "head.json"), &h); err != nil || h.Last == nil {
		return Published{}, false, err
	}
	return *h.Last, true, nil
}
