package ledger

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// A Holder is who holds a lease.
type Holder struct {
	Message  string `json:"message"` // the Pub/Sub message that asked
	Delivery int    `json:"delivery"`
	Instance string `json:"instance"`
	Manual   bool   `json:"manual,omitempty"`
}

// Done is the error of claiming a run that has ended.
type Done struct{ Outcome Outcome }

func (d *Done) Error() string { return "the run has ended: " + string(d.Outcome.Status) }

// Unwrap gives it its kind.
func (d *Done) Unwrap() error { return fault.Stale }

// Held is the error of claiming a run that somebody is at. Same says that it is
// the same message, delivered again: its holder may be dead, so the message
// must come again.
type Held struct {
	Holder Holder
	Since  time.Time // of the last renewal, by the store's clock
	Same   bool
}

func (h *Held) Error() string {
	return fmt.Sprintf("%s is at it for message %s, last heard of at %s", h.Holder.Instance, h.Holder.Message, h.Since.Format(time.RFC3339))
}

// Unwrap gives it its kind.
func (h *Held) Unwrap() error { return fault.Conflict }

// Claim makes the caller the one who runs k, or says why not: *Done, *Held.
func (l *Ledger) Claim(ctx context.Context, k Key, p Pin, h Holder) (*Lease, error) {
	// Most claims are the first: try that without looking. A message that comes
	// again looks: to write under names that others write means waiting.
	if rec, ok := claimed(leaseRecord{}, false, time.Time{}, time.Time{}, l.ttl(), h); ok && h.Delivery <= 1 {
		lease, err := l.take(ctx, k, p, rec, object.Cond{Absent: true})
		if !errors.Is(err, fault.Conflict) {
			return lease, err
		}
	}
	for range 5 {
		lease, err := l.takeOver(ctx, k, p, h)
		if !errors.Is(err, errRaced) {
			return lease, err
		}
	}
	return nil, fault.Errorf(fault.Conflict, "run %s is claimed by many at once", k)
}

var errRaced = errors.New("somebody else wrote the lease")

// takeOver claims a job that has a lease already.
func (l *Ledger) takeOver(ctx context.Context, k Key, p Pin, h Holder) (*Lease, error) {
	var old leaseRecord
	attrs, exists, err := l.get(ctx, l.path(k.job(), "lease.json"), &old)
	if err != nil {
		return nil, err
	}
	var now time.Time
	if exists && !old.ended() { // else it does not matter how old the lease is
		if now, err = l.clock(ctx, h); err != nil {
			return nil, err
		}
	}
	if old.Outcome != nil { // the marker may be the first try's own
		return nil, errors.Join(&Done{*old.Outcome}, l.Store.Delete(ctx, l.path("open", k.marker()), object.Cond{}))
	}
	if attrs.Updated.Nanosecond() == 0 { // a store may know it to the second only
		now = now.Truncate(time.Second)
	}
	rec, ok := claimed(old, exists, attrs.Updated, now, l.ttl(), h)
	if !ok {
		return nil, &Held{Holder: old.Holder, Since: attrs.Updated, Same: old.Holder.Message == h.Message}
	}
	cond := object.Cond{Version: attrs.Version}
	if !exists {
		cond = object.Cond{Absent: true}
	}
	lease, err := l.take(ctx, k, p, rec, cond)
	if errors.Is(err, fault.Conflict) {
		return nil, errRaced
	}
	return lease, err
}

// clock is the store's own time, read off an object that was just written.
// Holders' clocks are not compared: they differ, and stop with their holders.
func (l *Ledger) clock(ctx context.Context, h Holder) (time.Time, error) {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(h.Instance + h.Message))
	a, err := l.put(ctx, l.path("clock", fmt.Sprintf("%02x", sum.Sum32()%256)), header{version}, object.Cond{})
	return a.Updated, err
}

// take writes the lease; the marker of an open run goes beside it.
func (l *Ledger) take(ctx context.Context, k Key, p Pin, rec leaseRecord, c object.Cond) (*Lease, error) {
	ls := &Lease{
		ledger: l, key: k, pin: p, attempt: rec.Attempt, crashes: rec.Crashes, rec: rec,
		sequence: map[string]int{}, open: map[string]*openWork{}, renewed: time.Now(),
	}
	var g errgroup.Group
	var marked error
	g.Go(func() error { marked = l.mark(ctx, k); return nil })
	g.Go(func() error {
		a, err := l.put(ctx, l.path(k.job(), "lease.json"), rec, c)
		ls.version = a.Version
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if marked != nil {
		return nil, errors.Join(marked, ls.Release(ctx, marked.Error()))
	}
	return ls, nil
}

// mark puts up the marker of an open run.
func (l *Ledger) mark(ctx context.Context, k Key) error {
	_, err := l.put(ctx, l.path("open", k.marker()), openRecord{header{version}, k.String()}, object.Cond{})
	return err
}

type openRecord struct {
	header
	Run string `json:"run"`
}
