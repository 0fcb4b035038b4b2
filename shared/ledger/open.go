package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// An Open is a job's run, or a whole one of several jobs, whose marker stands.
type Open struct {
	State
	// Marked is when the marker was written last, by the store's clock: at a
	// claim, or when the run's message was sent anew.
	Marked time.Time
	Err    error // why its state is not known; nil if it is
	marker object.Attrs
}

// maxOpen is how many open runs are looked at in one go. Those that are beyond
// come when these have ended.
const maxOpen = 500

// Opens lists the runs that have not ended, and those whose end left the
// marker, with the store's time. It never looks at runs that have ended well.
func (l *Ledger) Opens(ctx context.Context, h Holder) (all []Open, now time.Time, err error) {
	prefix := l.path("open") + "/"
	for attrs, err := range l.Store.List(ctx, prefix, "") {
		if err != nil {
			return nil, now, fmt.Errorf("ledger: %w", err)
		}
		k, err := ParseKey(strings.ReplaceAll(attrs.URI[len(prefix):], "~", "/"))
		if err != nil {
			continue // not one of ours
		}
		all = append(all, Open{State: State{Key: k}, Marked: attrs.Updated, marker: attrs})
		if len(all) == maxOpen {
			break
		}
	}
	if len(all) == 0 {
		return nil, now, nil
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	g.Go(func() (err error) { now, err = l.clock(gctx, h); return err })
	for i := range all {
		g.Go(func() error {
			s, err := l.state(gctx, all[i].Key)
			all[i].State, all[i].Err = s, err // one that cannot be read does not hide the others
			return nil
		})
	}
	return all, now, g.Wait()
}

// Silent reports whether nothing has come for the run in that long: nobody
// renews its lease, no attempt has begun, and its message was not sent anew.
func (o Open) Silent(now time.Time, since time.Duration) bool {
	return o.Err == nil && o.Outcome == nil && now.Sub(o.Updated) > since && now.Sub(o.Marked) > since
}

// revivedRecord is the marker of a run whose message was sent anew. A claim
// writes over it.
type revivedRecord struct {
	openRecord
	Revived int `json:"revived"`
}

// Revived is how often the run's message was sent anew since its last claim.
func (l *Ledger) Revived(ctx context.Context, o Open) (int, error) {
	var rec revivedRecord
	_, _, err := l.get(ctx, o.marker.URI, &rec)
	return rec.Revived, err
}

// Revive notes that the run's message was sent anew, for the n-th time. It does
// nothing if the marker has changed meanwhile: somebody is at the run.
func (l *Ledger) Revive(ctx context.Context, o Open, n int) error {
	rec := revivedRecord{openRecord{header{version}, o.Key.String()}, n}
	_, err := l.put(ctx, o.marker.URI, rec, object.Cond{Version: o.marker.Version})
	if errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Close removes the marker of a run that has ended.
func (l *Ledger) Close(ctx context.Context, o Open) error {
	err := l.Store.Delete(ctx, o.marker.URI, object.Cond{Version: o.marker.Version})
	if errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Last is the last ordinal of a slot's runs; ok is false if the slot has none.
func (l *Ledger) Last(ctx context.Context, workflow string, slot time.Time) (k Key, ok bool, err error) {
	prefix := l.path("runs", workflow, slot.UTC().Format(slotForm)) + "."
	for attrs, err := range l.Store.List(ctx, prefix, "") {
		if err != nil {
			return k, ok, fmt.Errorf("ledger: %w", err)
		}
		name := firstPart(attrs.URI[len(l.path("runs", workflow))+1:])
		if next, err := ParseKey(workflow + "/" + name); err == nil && (!ok || k.before(next)) {
			k, ok = next, true
		}
	}
	return k, ok, nil
}

// parallel is how many objects are asked for at once.
const parallel = 16

// each does f for all of them, some at a time.
func each[T any](ctx context.Context, all []T, f func(context.Context, T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, t := range all {
		g.Go(func() error { return f(ctx, t) })
	}
	return g.Wait()
}
