package ledger

import (
	"context"
	"iter"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sink"
)

var errUnbuilt = fault.Errorf(fault.Internal, "the ledger is being built")

// A Lease is the right to work on one job of a run. It is safe for concurrent use.
type Lease struct {
	ledger *Ledger
	key    Key
	pin    Pin
}

// Pin records what the run of k reads, and returns what the first to do so recorded.
func (l *Ledger) Pin(ctx context.Context, run Key, p Pin) (Pin, error) { return p, errUnbuilt }

// Pinned returns what the run of k reads, if that is decided.
func (l *Ledger) Pinned(ctx context.Context, run Key) (Pin, bool, error) {
	return Pin{}, false, errUnbuilt
}

// Claim asks for the right to work on k. It is a *Done if k has ended, a *Held
// (of kind fault.Conflict) if somebody else is at it.
func (l *Ledger) Claim(ctx context.Context, k Key, p Pin, h Holder) (*Lease, error) {
	return nil, errUnbuilt
}

// Hold renews the lease until release is called. The context that it returns
// ends when the lease is lost (cause ErrLost) or the run is cancelled (cause ErrCancelled).
func (ls *Lease) Hold(ctx context.Context) (held context.Context, release func()) {
	return ctx, func() {}
}

// Report says how far the attempt is; the next renewal tells it to everybody.
func (ls *Lease) Report(p Progress) {}

// Attempt counts the claims of this key, from one.
func (ls *Lease) Attempt() int { return 0 }

// Key is what the lease is for.
func (ls *Lease) Key() Key { return ls.key }

// Pin is what the run reads: what its first claim said.
func (ls *Lease) Pin() Pin { return ls.pin }

// ID is the identity of an output's publication by this run: the same for every
// attempt, different from that of any other run, output or ledger.
func (ls *Lease) ID(output string) string { return "" }

// Sequence counts the intents of this run and output that ended without landing.
func (ls *Lease) Sequence(output string) int { return 0 }

// Resume drives every intent of earlier attempts to its end, and returns the
// receipts of those that landed, by output.
func (ls *Lease) Resume(ctx context.Context, writer func(name string) (sink.Writer, error)) (map[string]sink.Receipt, error) {
	return nil, errUnbuilt
}

// Intend makes i the next publication of its target, after it has driven the
// earlier one to its end. An error means that i must not be published:
// fault.Stale if a newer slot was, ErrLost if the lease is lost.
func (ls *Lease) Intend(ctx context.Context, w sink.Writer, i sink.Intent) error { return errUnbuilt }

// Settle says that i landed, with the target's receipt.
func (ls *Lease) Settle(ctx context.Context, i sink.Intent, r sink.Receipt) error { return errUnbuilt }

// Finish ends the job for good.
func (ls *Lease) Finish(ctx context.Context, o Outcome) error { return errUnbuilt }

// Release ends the attempt without a verdict: the next delivery starts at once.
func (ls *Lease) Release(ctx context.Context, why string) error { return errUnbuilt }

// Outcome returns how k ended, if it has.
func (l *Ledger) Outcome(ctx context.Context, k Key) (Outcome, bool, error) {
	return Outcome{}, false, errUnbuilt
}

// Target returns the last publication of t; fault.NotFound if there is none.
func (l *Ledger) Target(ctx context.Context, t sink.Target) (Published, error) {
	return Published{}, errUnbuilt
}

// Runs yields the jobs of runs, by workflow and slot, oldest first.
func (l *Ledger) Runs(ctx context.Context, f Filter) iter.Seq2[Run, error] {
	return func(yield func(Run, error) bool) { yield(Run{}, errUnbuilt) }
}

// Run returns one job of a run by its key's text. The job may be left out of it
// if the run has one.
func (l *Ledger) Run(ctx context.Context, id string) (Run, error) { return Run{}, errUnbuilt }

// Cancel asks for k to be given up. Its holder sees it at the next renewal, or
// else the next one who claims it.
func (l *Ledger) Cancel(ctx context.Context, k Key, who string) error { return errUnbuilt }

// NextOrdinal is the ordinal of the next deliberate run of a slot: 0 if there was none.
func (l *Ledger) NextOrdinal(ctx context.Context, workflow string, slot time.Time) (int, error) {
	return 0, errUnbuilt
}

// Expired yields the open jobs that nobody is at: their holder died, or their
// message was lost.
func (l *Ledger) Expired(ctx context.Context) iter.Seq2[Run, error] {
	return func(yield func(Run, error) bool) { yield(Run{}, errUnbuilt) }
}
