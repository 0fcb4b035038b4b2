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
	if ls.attempt == 1 {
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
		if err := ls.ledger.record(ctx, ls.key, rec.Intent, s); err != nil {
			return nil, err
		}
		if s.Verdict == sink.Landed {
			landed[rec.Intent.Output] = s.Receipt
		} else {
			ls.sequence[rec.Intent.Output]++
		}
	}
	return landed, nil
}

// Wind brings what this attempt intended to a known end, so that the run can
// end. It returns the receipts of what had landed without being recorded.
func (ls *Lease) Wind(ctx context.Context) ([]sink.Receipt, error) {
	var landed []sink.Receipt
	for id, o := range ls.open {
		s, err := ls.ledger.settle(ctx, o.writer, ls.key.job(), o.intent)
		if err != nil {
			return landed, err
		}
		if err := ls.ledger.record(ctx, ls.key, o.intent, s); err != nil {
			return landed, err
		}
		delete(ls.open, id)
		if s.Verdict == sink.Landed {
			landed = append(landed, s.Receipt)
		}
	}
	return landed, nil
}

// settle drives an intent to its end, and remembers it, so that it is asked of
// the target once only.
func (l *Ledger) settle(ctx context.Context, w sink.Writer, job string, i sink.Intent) (settledRecord, error) {
	var rec settledRecord
	if _, ok, err := l.get(ctx, l.path(job, "settled", i.ID+".json"), &rec); err != nil || ok {
		return rec, err
	}
	verdict, receipt, err := w.Settle(ctx, i)
	if err != nil {
		return rec, fmt.Errorf("settling %s: %w", i.ID, err)
	}
	return l.settled(ctx, job, i.ID, settledRecord{header{version}, verdict, receipt})
}

// settled writes how an intent ended, and returns what is written: there is one truth.
func (l *Ledger) settled(ctx context.Context, job, id string, rec settledRecord) (settledRecord, error) {
	uri := l.path(job, "settled", id+".json")
	_, err := l.put(ctx, uri, rec, object.Cond{Absent: true})
	if !errors.Is(err, fault.Conflict) {
		return rec, err
	}
	var there settledRecord
	_, ok, err := l.get(ctx, uri, &there)
	if err == nil && !ok {
		err = fault.Errorf(fault.Transient, "ledger: %s came and went", uri)
	}
	return there, err
}

// record brings a target's head up to date with how an intent of run k ended.
func (l *Ledger) record(ctx context.Context, k Key, i sink.Intent, s settledRecord) error {
	_, err := l.changeHead(ctx, i.Target, nil, func(h headRecord) (headRecord, error) {
		if s.Verdict == sink.Landed {
			return h.landed(k, i.ID, s.Receipt), nil
		}
		return h.ended(i.ID), nil
	})
	return err
}

// Settle records that an intent of this attempt was published.
func (ls *Lease) Settle(ctx context.Context, i sink.Intent, r sink.Receipt) error {
	return ls.close(ctx, i, settledRecord{header{version}, sink.Landed, r})
}

// Drop records that an intent of this attempt was not published and cannot be
// any more: its job failed, or was refused.
func (ls *Lease) Drop(ctx context.Context, i sink.Intent) error {
	return ls.close(ctx, i, settledRecord{header{version}, sink.Never, sink.Receipt{}})
}

func (ls *Lease) close(ctx context.Context, i sink.Intent, s settledRecord) error {
	var known *knownHead
	if o := ls.open[i.ID]; o != nil {
		known = o.head
	}
	var g errgroup.Group
	g.Go(func() error {
		there, err := ls.ledger.settled(ctx, ls.key.job(), i.ID, s)
		if err == nil && there.Verdict != s.Verdict {
			err = fault.Errorf(fault.Internal, "ledger: two say of intent %s how it ended, and differ", i.ID)
		}
		return err
	})
	g.Go(func() error {
		_, err := ls.ledger.changeHead(ctx, i.Target, known, func(h headRecord) (headRecord, error) {
			if s.Verdict == sink.Landed {
				return h.landed(ls.key, i.ID, s.Receipt), nil
			}
			return h.ended(i.ID), nil
		})
		return err
	})
	if err := g.Wait(); err != nil {
		return err
	}
	delete(ls.open, i.ID)
	return nil
}
