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

// A Lease is the right to run a job. It must be renewed to last: see Hold.
type Lease struct {
	ledger *Ledger
	key    Key
	pin    Pin
	never  map[string]int // publications that ended without landing, by output

	mu       sync.Mutex
	rec      leaseRecord
	version  string    // of lease.json as we wrote it
	renewed  time.Time // by this machine's clock, to know when to do it again
	progress Progress
	lost     error
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
func (ls *Lease) Attempt() int { return ls.rec.Attempt }

// Exhausted is the error of a run whose attempts all ended without a verdict:
// another would end the same way.
func (ls *Lease) Exhausted() error {
	if ls.rec.Crashes < maxCrashes {
		return nil
	}
	return fault.Errorf(fault.Refused, "%d attempts were killed before they could say how they ended", ls.rec.Crashes).
		WithHint("most likely the instance ran out of memory: give the service more, or read less")
}

// ID is the identity of the publication of an output by this run: letters,
// digits, - and _.
func (ls *Lease) ID(output string) string { return publication(ls.ledger.ID, ls.key, output) }

// Sequence is how many publications of an output ended without landing.
func (ls *Lease) Sequence(output string) int { return ls.never[output] }

// Hold renews the lease until the returned function is called. The context that
// it returns ends, with ErrLost or ErrCancelled as its cause, when the run must stop.
func (ls *Lease) Hold(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		t := time.NewTicker(ls.ledger.renew())
		defer t.Stop()
		for {
			select {
			case <-quit:
				return
			case <-ctx.Done():
				return
			case <-t.C:
				if err := ls.keep(ctx); err != nil {
					cancel(err)
					return
				}
			}
		}
	}()
	return ctx, func() { close(quit); cancel(nil); done.Wait() }
}

// keep renews, and looks whether somebody cancelled. A store that does not
// answer is no reason to stop before the lease has run out.
func (ls *Lease) keep(ctx context.Context) error {
	_, cancelled := ls.ledger.Store.Stat(ctx, ls.path("cancel.json"))
	err := ls.extend(ctx)
	switch {
	case cancelled == nil:
		return ErrCancelled
	case errors.Is(err, ErrLost):
		return ErrLost
	case err != nil && time.Since(ls.lastRenewed()) > ls.ledger.ttl():
		return fmt.Errorf("%w: it could not be renewed: %w", ErrLost, err)
	}
	return nil
}

// extend writes the lease again, with the latest progress.
func (ls *Lease) extend(ctx context.Context) error {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.lost != nil {
		return ls.lost
	}
	rec := ls.rec
	rec.Progress = ls.progress
	a, err := ls.ledger.put(ctx, ls.path("lease.json"), rec, object.Cond{Version: ls.version})
	if err != nil {
		if errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound) {
			ls.lost = ErrLost
			return ErrLost
		}
		return err
	}
	ls.rec, ls.version, ls.renewed = rec, a.Version, time.Now()
	return nil
}

func (ls *Lease) lastRenewed() time.Time {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.renewed
}

// verify makes sure, before something that matters, that the lease is still
// ours. One that was renewed just now need not be asked for; a process that was
// stopped and continued finds that long ago.
func (ls *Lease) verify(ctx context.Context) error {
	if time.Since(ls.lastRenewed()) < ls.ledger.renew() {
		ls.mu.Lock()
		defer ls.mu.Unlock()
		return ls.lost
	}
	return ls.extend(ctx)
}

// Report notes progress; the next renewal writes it.
func (ls *Lease) Report(p Progress) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.progress = p
}

// Release gives the job back without a verdict: the next delivery takes it at once.
func (ls *Lease) Release(ctx context.Context, why string) error {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.lost != nil {
		return ls.lost
	}
	rec := ls.rec
	rec.Released, rec.Progress = why, ls.progress
	if rec.Released == "" {
		rec.Released = "released"
	}
	ls.lost = ErrLost
	_, err := ls.ledger.put(ctx, ls.path("lease.json"), rec, object.Cond{Version: ls.version})
	return err
}

func (ls *Lease) path(name string) string { return ls.ledger.path(ls.key.job(), name) }
