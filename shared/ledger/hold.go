package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/fault"
)

// Hold renews the lease until the returned function is called, once. The
// context that it returns ends, with ErrLost or ErrCancelled as its cause, when
// the run must stop.
func (ls *Lease) Hold(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		wait := ls.ledger.renew()
		if ls.attempt > 1 {
			wait = 0 // an earlier attempt may have been asked to stop
		}
		for {
			select {
			case <-quit:
				return
			case <-ctx.Done():
				return
			case <-time.After(min(wait, ls.left())):
			}
			wait = ls.ledger.renew()
			if err := ls.keep(ctx); errors.Is(err, ErrCancelled) || errors.Is(err, ErrLost) {
				cancel(err)
				return
			} else if err != nil {
				wait /= 4
			}
		}
	})
	return ctx, func() { close(quit); cancel(nil); done.Wait() }
}

// left is how long the lease lasts if it is not renewed.
func (ls *Lease) left() time.Duration { return ls.ledger.ttl() - time.Since(ls.lastRenewed()) }

// keep renews, and looks whether somebody cancelled. A store that does not
// answer, or hangs, is no reason to stop before the lease has run out.
func (ls *Lease) keep(ctx context.Context) error {
	patience := max(min(ls.ledger.renew(), ls.left()), ls.ledger.renew()/4)
	one, done := context.WithTimeout(ctx, patience)
	defer done()
	err := ls.confirm(one, ls.extend)
	if err != nil && ls.left() <= 0 && !errors.Is(err, ErrCancelled) && !errors.Is(err, ErrLost) {
		return fmt.Errorf("%w: it could not be renewed: %w", ErrLost, err)
	}
	return err
}

// confirm makes sure that the lease is ours, in either way, and that nobody
// cancelled the run.
func (ls *Lease) confirm(ctx context.Context, ours func(context.Context) error) error {
	var g errgroup.Group
	var cancelled error
	g.Go(func() error { cancelled = ls.cancelled(ctx); return nil })
	g.Go(func() error { return ours(ctx) })
	err := g.Wait()
	if err != nil && !errors.Is(cancelled, ErrCancelled) {
		return err
	}
	return cancelled
}

// cancelled is ErrCancelled if somebody cancelled the run.
func (ls *Lease) cancelled(ctx context.Context) error {
	_, err := ls.ledger.Store.Stat(ctx, ls.path("cancel.json"))
	switch {
	case err == nil:
		return ErrCancelled
	case errors.Is(err, fault.NotFound):
		return nil
	}
	return fmt.Errorf("ledger: %w", err)
}
