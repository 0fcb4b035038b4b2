package ledger

import (
	"context"
	"errors"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// Values are texts by input and key: which part of its inputs a run reads.
type Values map[string]map[string]string

// A Part is what a run of a job with incremental inputs read.
type Part struct {
	Stored Values `json:"stored"` // what the run before left
	Values Values `json:"values"` // of all keys
	State  Values `json:"state"`  // what the next run gets, if this one succeeds
}

// A continuedRecord says where a job's runs have come to. The state of a run
// counts from the moment at which its outcome is written, which holds it too:
// whoever comes next brings this record up to date, should its writer have died
// between the two.
//
// One run at a time may be open, for what two would read from the same state on
// would overlap.
type continuedRecord struct {
	header
	Last *continued `json:"last,omitempty"` // of the latest slot that succeeded
	Open *continued `json:"open,omitempty"`
}

type continued struct {
	Run  string `json:"run"`
	Part Part   `json:"part"`
}

// Continue decides which part of its inputs this run reads, once: decide is
// given what the run before left, and every attempt gets what the first decided.
// A rerun begins where the run that it repeats began. The error is fault.Stale if
// a later run has gone on from the same state, and can be tried again while
// another run is at it.
func (ls *Lease) Continue(ctx context.Context, decide func(stored Values) (Part, error)) (Part, error) {
	for range 10 {
		rec, version, err := ls.continued(ctx)
		if err != nil {
			return Part{}, err
		}
		if rec.Open != nil && rec.Open.Run == ls.key.String() {
			return rec.Open.Part, nil
		}
		if rec, err = ls.ledger.closed(ctx, rec); err != nil {
			return Part{}, err
		}
		stored, err := ls.stored(ctx, rec)
		if err != nil {
			return Part{}, err
		}
		part, err := decide(stored)
		if err != nil {
			return Part{}, err
		}
		part.Stored = stored
		rec.Open = &continued{ls.key.String(), part}
		if err := ls.confirm(ctx, ls.check); err != nil { // who lost the lease decides nothing
			return Part{}, err
		}
		err = ls.ledger.putContinued(ctx, ls.key, rec, version)
		if err == nil {
			return part, nil
		}
		if !errors.Is(err, fault.Conflict) && !errors.Is(err, fault.NotFound) {
			return Part{}, err
		}
	}
	return Part{}, fault.Errorf(fault.Conflict, "ledger: many runs of %s/%s begin at once", ls.key.Workflow, ls.key.Job)
}

// Continued is what an earlier attempt of this run decided; ok is false if none did.
func (ls *Lease) Continued(ctx context.Context) (p Part, ok bool, err error) {
	rec, _, err := ls.continued(ctx)
	if err != nil || rec.Open == nil || rec.Open.Run != ls.key.String() {
		return Part{}, false, err
	}
	return rec.Open.Part, true, nil
}

// Leave brings the record up to date with the outcome of this run. Nothing is
// lost if it does not come to that.
func (ls *Lease) Leave(ctx context.Context) error {
	rec, version, err := ls.continued(ctx)
	if err != nil || rec.Open == nil || rec.Open.Run != ls.key.String() {
		return err
	}
	if rec, err = ls.ledger.closed(ctx, rec); err != nil {
		return err
	}
	return ls.ledger.putContinued(ctx, ls.key, rec, version)
}

// stored is the state from which this run goes on.
func (ls *Lease) stored(ctx context.Context, rec continuedRecord) (Values, error) {
	for k := ls.key; k.Ordinal > 0; {
		k.Ordinal--
		o, ok, err := ls.ledger.Outcome(ctx, k)
		if err != nil {
			return nil, err
		}
		if ok && o.Part != nil {
			return o.Part.Stored, nil
		}
	}
	if rec.Last == nil {
		return Values{}, nil
	}
	last, err := ParseKey(rec.Last.Run)
	if err != nil {
		return nil, err
	}
	if ls.key.before(last) {
		return nil, fault.Errorf(fault.Stale, "%s, which is a later run, has gone on from where this one would begin", last)
	}
	return rec.Last.Part.State, nil
}

// closed is the record after the run that is open in it has ended.
func (l *Ledger) closed(ctx context.Context, rec continuedRecord) (continuedRecord, error) {
	if rec.Open == nil {
		return rec, nil
	}
	k, err := ParseKey(rec.Open.Run)
	if err != nil {
		return rec, err
	}
	var lease leaseRecord
	_, exists, err := l.get(ctx, l.path(k.job(), "lease.json"), &lease)
	switch {
	case err != nil:
		return rec, err
	case exists && lease.Outcome == nil:
		return rec, fault.Errorf(fault.Transient, "the run %s has not ended, and this one goes on from where it ends", k).
			WithHint("it is tried again by itself; glint cancel %s ends it", k)
	case exists && lease.Outcome.Status == Succeeded && lease.Outcome.Part != nil:
		if rec.Last == nil || !k.before(rec.Last.key()) {
			rec.Last = &continued{rec.Open.Run, *lease.Outcome.Part}
		}
	}
	rec.Open = nil
	return rec, nil
}

func (c *continued) key() Key {
	k, _ := ParseKey(c.Run)
	return k
}

func (ls *Lease) continued(ctx context.Context) (rec continuedRecord, version string, err error) {
	attrs, ok, err := ls.ledger.get(ctx, ls.ledger.continuedURI(ls.key), &rec)
	if ok {
		version = attrs.Version
	}
	return rec, version, err
}

func (l *Ledger) putContinued(ctx context.Context, k Key, rec continuedRecord, known string) error {
	rec.V = version
	_, err := l.put(ctx, l.continuedURI(k), rec, object.Cond{Version: known, Absent: known == ""})
	return err
}

func (l *Ledger) continuedURI(k Key) string {
	return l.path("continued", k.Workflow, k.Job+".json")
}
