package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// A Lease is the right to run a job. It must be renewed to last: see Hold. It
// is used by one goroutine, and Report by any.
type Lease struct {
	ledger   *Ledger
	key      Key
	pin      Pin
	attempt  int
	crashes  int
	sequence map[string]int       // publications that ended without landing, by output
	open     map[string]*openWork // intents of this attempt whose end is not recorded, by ID

	write   sync.Mutex // one at a time writes lease.json
	rec     leaseRecord
	version string // of lease.json as we wrote it
	lost    error  // set: lease.json is not ours to write any more

	see      sync.Mutex // never held while the store is asked
	renewed  time.Time  // by this machine's clock: the store had the renewal no earlier
	progress Progress
}

// Progress is how far a run is, for people who follow it from elsewhere.
type Progress struct {
	Stage        string `json:"stage,omitempty"`
	BytesRead    int64  `json:"bytes_read,omitempty"`
	BytesTotal   int64  `json:"bytes_total,omitempty"`
	RowsWritten  int64  `json:"rows_written,omitempty"`
	BytesWritten int64  `json:"bytes_written,omitempty"`
}

// ErrLost is why a run stops when its lease has passed to another attempt.
var ErrLost = fault.Errorf(fault.Conflict, "the lease has passed to another attempt")

// ErrCancelled is why a run stops when somebody cancelled it.
var ErrCancelled = fault.Errorf(fault.Refused, "the run was cancelled")

// Key is the run that is held.
func (ls *Lease) Key() Key { return ls.key }

// Pin is what the run reads.
func (ls *Lease) Pin() Pin { return ls.pin }

// Attempt counts the holders of this run, from 1.
func (ls *Lease) Attempt() int { return ls.attempt }

// Exhausted is the error of a run whose attempts all ended without a verdict:
// another would end the same way.
func (ls *Lease) Exhausted() error {
	if ls.crashes < maxCrashes {
		return nil
	}
	return fault.Errorf(fault.Refused, "%d attempts were killed before they could say how they ended", ls.crashes).
		WithHint("most likely the instance ran out of memory: give the service more, or read less")
}

// ID is the identity of the publication of an output by this run: letters,
// digits, - and _.
func (ls *Lease) ID(output string) string { return publication(ls.ledger.ID, ls.key, output) }

// Sequence is how many publications of an output ended without landing.
func (ls *Lease) Sequence(output string) int { return ls.sequence[output] }

// Report notes progress; the next renewal writes it.
func (ls *Lease) Report(p Progress) {
	ls.see.Lock()
	defer ls.see.Unlock()
	ls.progress = p
}

func (ls *Lease) lastRenewed() time.Time {
	ls.see.Lock()
	defer ls.see.Unlock()
	return ls.renewed
}

// change rewrites lease.json, provided that it is still ours. The error is
// ErrLost if it is not.
func (ls *Lease) change(ctx context.Context, change func(*leaseRecord)) error {
	ls.write.Lock()
	defer ls.write.Unlock()
	if ls.lost != nil {
		return ls.lost
	}
	rec := ls.rec
	ls.see.Lock()
	rec.Progress = ls.progress
	ls.see.Unlock()
	change(&rec)

	sent := time.Now()
	a, err := ls.put(ctx, rec)
	if errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound) {
		// Somebody wrote it: another attempt, or we did and the answer was lost.
		if err := ls.adopt(ctx); err != nil {
			return err
		}
		sent = time.Now()
		if a, err = ls.put(ctx, rec); errors.Is(err, fault.Conflict) {
			err = ErrLost
		}
	}
	if err != nil {
		return err
	}
	ls.rec, ls.version = rec, a.Version
	if rec.ended() {
		ls.lost = ErrLost // nothing may be written over it
	}
	ls.see.Lock()
	ls.renewed = sent
	ls.see.Unlock()
	return nil
}

func (ls *Lease) put(ctx context.Context, rec leaseRecord) (object.Attrs, error) {
	return ls.ledger.put(ctx, ls.path("lease.json"), rec, object.Cond{Version: ls.version})
}

// adopt takes the lease as it lies in the store for ours, if it is.
func (ls *Lease) adopt(ctx context.Context) error {
	var now leaseRecord
	attrs, ok, err := ls.ledger.get(ctx, ls.path("lease.json"), &now)
	if err != nil {
		return err
	}
	if !ok || now.Attempt != ls.attempt || now.ended() {
		ls.lost = ErrLost
		return ErrLost
	}
	ls.version = attrs.Version
	return nil
}

// extend renews the lease, or finds that it is lost.
func (ls *Lease) extend(ctx context.Context) error { return ls.change(ctx, func(*leaseRecord) {}) }

// check looks whether the lease is ours still: then whoever claims the job does
// so after this. It writes nothing, for an object takes one write a second.
func (ls *Lease) check(ctx context.Context) error {
	ls.write.Lock()
	defer ls.write.Unlock()
	if ls.lost != nil {
		return ls.lost
	}
	attrs, err := ls.ledger.Store.Stat(ctx, ls.path("lease.json"))
	switch {
	case err == nil && attrs.Version == ls.version:
		return nil
	case err != nil && !errors.Is(err, fault.NotFound):
		return fmt.Errorf("ledger: %w", err)
	}
	return ls.adopt(ctx)
}

// Release gives the job back without a verdict: the next delivery takes it at once.
func (ls *Lease) Release(ctx context.Context, why string) error {
	if why == "" {
		why = "released"
	}
	return ls.change(ctx, func(rec *leaseRecord) { rec.Released = why })
}

func (ls *Lease) path(name string) string { return ls.ledger.path(ls.key.job(), name) }
