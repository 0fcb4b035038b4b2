package ledger

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/trigger"
)

// What events want is kept as marks, an object each, and never in one record: a
// burst of 500 events would queue for an object that takes one write a second.
//
//	wanted/<workflow>/<id>.<hops> one event that no run has read yet; written once
//	started/<workflow>.json       the last run that was asked for because of events; rewritten
//	polled/<workflow>.json        what a poller saw last
//
// A mark goes only after the run that reads its object was asked for. The slot
// of that run is made of the last mark's time: whoever dies between asking and
// removing the marks is followed by one who, if nothing else has landed, asks
// for the same run, and otherwise for a later one that reads all of it. A slot
// made of the first mark would be the same in both cases, and the second run
// would be taken for one that has ended.

// A Want is one event that concerns a workflow.
type Want struct {
	ID     string    // of the event, the same however often it is delivered
	Time   time.Time // when its object was written; zero if it is not known
	Hops   int       // how many runs led to it
	Reason string    // for people
}

// A Window is what a workflow's marks say together.
type Window struct {
	Workflow    string
	First, Last time.Time // of the marks, by the store's clock
	Count       int
	Hops        int // the most of any mark
	marks       []object.Attrs
}

// Slot is that of the run which the window asks for. It is later than the last
// mark by as much as the scheduler may be early: a run with a later slot than
// this has then begun after the last mark, and may well supersede this one. It
// is no later than that the window can be closed by then, so that a run that
// somebody asks for afterwards is the newer one.
func (w Window) Slot(quiet time.Duration) time.Time {
	return w.Last.Add(min(quiet, trigger.Early)).UTC().Truncate(time.Millisecond)
}

// maxWindows is how many quiet periods a window may last: where something lands
// all the time there would else be no run.
const maxWindows = 10

// Closed reports whether a run is due at the store's time now.
func (w Window) Closed(now time.Time, quiet time.Duration) bool {
	return w.Count > 0 && (now.Sub(w.Last) >= quiet || now.Sub(w.First) >= maxWindows*quiet)
}

// Started is the last run of a workflow that events asked for.
type Started struct {
	Slot time.Time `json:"slot"`
	// Covered is the time until which an object was written that the run is
	// certain to find: it lists its inputs later, by at least a quiet period,
	// which is more than two stores' clocks differ.
	Covered time.Time `json:"covered"`
}

type startedRecord struct {
	header
	Started
}

// wantRecord is a mark's text.
type wantRecord struct {
	header
	Reason string `json:"reason,omitempty"`
}

// Want marks that an event concerns a workflow. It reports false if nothing new
// is wanted: the event was marked before, or a run that was asked for since its
// object was written reads it.
func (l *Ledger) Want(ctx context.Context, workflow string, w Want) (bool, error) {
	s, _, err := l.started(ctx, workflow)
	if err != nil {
		return false, err
	}
	if !w.Time.IsZero() && !w.Time.After(s.Covered) {
		return false, nil
	}
	sum := sha256.Sum256([]byte(w.ID))
	uri := l.path("wanted", workflow, fmt.Sprintf("%x.%d", sum[:12], w.Hops))
	_, err = l.put(ctx, uri, wantRecord{header{version}, w.Reason}, object.Cond{Absent: true})
	if errors.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// Wanted lists the open windows, and the store's time.
func (l *Ledger) Wanted(ctx context.Context, h Holder) (all []Window, now time.Time, err error) {
	prefix := l.path("wanted") + "/"
	for attrs, err := range l.Store.List(ctx, prefix, "") { // in the order of workflows
		if err != nil {
			return nil, now, fmt.Errorf("ledger: %w", err)
		}
		workflow, mark, _ := strings.Cut(attrs.URI[len(prefix):], "/")
		_, hops, ok := strings.Cut(mark, ".")
		n, err := strconv.Atoi(hops)
		if !ok || err != nil {
			continue // not one of ours
		}
		if n := len(all); n == 0 || all[n-1].Workflow != workflow {
			all = append(all, Window{Workflow: workflow, First: attrs.Updated})
		}
		w := &all[len(all)-1]
		w.Count++
		w.Hops = max(w.Hops, n)
		w.marks = append(w.marks, attrs)
		if attrs.Updated.Before(w.First) {
			w.First = attrs.Updated
		}
		if attrs.Updated.After(w.Last) {
			w.Last = attrs.Updated
		}
	}
	if len(all) == 0 {
		return nil, now, nil
	}
	now, err = l.clock(ctx, h)
	return all, now, err
}

// Reason is that of the window's last mark, for people.
func (l *Ledger) Reason(ctx context.Context, w Window) (string, error) {
	var rec wantRecord
	for _, m := range w.marks {
		if m.Updated.Equal(w.Last) {
			_, _, err := l.get(ctx, m.URI, &rec)
			return rec.Reason, err
		}
	}
	return "", nil
}

// LastStarted is the last run of a workflow that events asked for; zero if
// there is none.
func (l *Ledger) LastStarted(ctx context.Context, workflow string) (Started, error) {
	s, _, err := l.started(ctx, workflow)
	return s, err
}

// Start records that the window's run was asked for, and then removes its marks.
func (l *Ledger) Start(ctx context.Context, w Window, now time.Time, quiet time.Duration) error {
	next := Started{Slot: w.Slot(quiet), Covered: w.Last}
	if early := now.Add(-quiet); early.Before(next.Covered) {
		next.Covered = early
	}
	for {
		s, at, err := l.started(ctx, w.Workflow)
		if err != nil {
			return err
		}
		if !s.Slot.Before(next.Slot) {
			break // somebody was faster
		}
		_, err = l.put(ctx, l.path("started", w.Workflow+".json"), startedRecord{header{version}, next}, object.Cond{Version: at, Absent: at == ""})
		if err == nil {
			break
		}
		if !errors.Is(err, fault.Conflict) {
			return err
		}
	}
	return l.Forget(ctx, w)
}

// Forget removes a window's marks as they were listed: one that was made anew
// since is another event's.
func (l *Ledger) Forget(ctx context.Context, w Window) error {
	return each(ctx, w.marks, func(ctx context.Context, m object.Attrs) error {
		err := l.Store.Delete(ctx, m.URI, object.Cond{Version: m.Version})
		if errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound) {
			return nil
		}
		return err
	})
}

// Covers reports whether the run finds all that the window's marks are about.
func (s Started) Covers(w Window) bool { return !w.Last.After(s.Covered) }

func (l *Ledger) started(ctx context.Context, workflow string) (Started, string, error) {
	var rec startedRecord
	attrs, ok, err := l.get(ctx, l.path("started", workflow+".json"), &rec)
	if !ok {
		return Started{}, "", err
	}
	return rec.Started, attrs.Version, err
}

type polledRecord struct {
	header
	Digest string `json:"digest"`
}

// Polled is the digest of a workflow's inputs that a poller has seen to.
func (l *Ledger) Polled(ctx context.Context, workflow string) (string, error) {
	var rec polledRecord
	_, _, err := l.get(ctx, l.path("polled", workflow+".json"), &rec)
	return rec.Digest, err
}

// SetPolled records the digest of a workflow's inputs, after what it means is marked.
func (l *Ledger) SetPolled(ctx context.Context, workflow, digest string) error {
	_, err := l.put(ctx, l.path("polled", workflow+".json"), polledRecord{header{version}, digest}, object.Cond{})
	return err
}
