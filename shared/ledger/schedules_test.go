package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/sink"
)

// The model runs the real ledger under a scheduler that decides, at every trip
// to the store or the target, who moves next, who is killed there, whose answer
// is lost, and how late what a dead one had sent arrives. It has a clock of its
// own, so an hour passes in no time.

const ttl = time.Minute

var (
	early = ledger.Key{Workflow: "w", Job: "j", Slot: time.Date(2024, 2, 29, 2, 0, 0, 0, time.UTC)}
	late  = ledger.Key{Workflow: "w", Job: "j", Slot: time.Date(2024, 3, 1, 2, 0, 0, 0, time.UTC)}
	table = sink.Target{System: "mem", Address: "p.d.city"}
)

// TestSchedules draws schedules.
func TestSchedules(t *testing.T) {
	for range 4 { // a hundred each
		rapid.Check(t, func(rt *rapid.T) {
			moves := rapid.SliceOfN(rapid.Uint16(), 1, 60).Draw(rt, "moves")
			err := explore(t, func(w *world) {
				for _, m := range moves {
					w.move(m)
				}
			})
			if err != nil {
				rt.Fatal(err)
			}
		})
	}
}

// TestPairs stops one attempt at each of its trips, in every way, begins
// another behind its back, stops that at each of its own, and goes on with the first.
func TestPairs(t *testing.T) {
	for _, mistake := range []error{nil, fault.Errorf(fault.Invalid, "the user's mistake")} {
		for second := range 3 {
			for _, how := range []trouble{killed, lost, failed, frozen} {
				for p, more := 0, true; more; p++ {
					more = pairs(t, mistake, second, p, how)
				}
			}
		}
	}
}

// pairs has trouble at the first attempt's trip p, and reports whether it made so many.
func pairs(t *testing.T, mistake error, second, p int, how trouble) (made bool) {
	t.Helper()
	const all = 100 // more than any attempt makes
	for q, more := 0, true; more; q++ {
		if how == lost || how == failed { // then the first ends by itself
			q = all
		}
		err := explore(t, func(w *world) {
			w.deliver(w.messages[0], mistake, how == lost)
			w.advance(0, p)
			made = w.next(0) != nil
			w.trouble(0, how)
			time.Sleep(ttl + time.Second)
			w.deliver(w.messages[second], nil, false)
			w.advance(1, q)
			more = w.next(1) != nil
			w.advance(0, all)
		})
		if err != nil {
			t.Fatalf("mistake %v, second %d, %d trips, trouble %d, %d trips: %v", mistake, second, p, how, q, err)
		}
	}
	return made
}

// A trouble is what happens to an attempt on its next trip.
type trouble int

const (
	killed trouble = iota // what it has sent arrives later
	lost                  // the answer
	failed                // the request
	frozen                // it goes on later, and does not know
)

func (w *world) trouble(nr int, how trouble) {
	t := w.next(nr)
	switch {
	case t == nil:
	case how == killed:
		w.killed(t.by)
	case how == lost:
		w.act(t, lose)
	case how == failed:
		w.act(t, fail)
	}
}

// advance lets an attempt make so many trips.
func (w *world) advance(nr, trips int) {
	for range trips {
		t := w.next(nr)
		if t == nil {
			return
		}
		w.act(t, do)
	}
	synctest.Wait()
}

// next is the trip that an attempt waits for, nil if none.
func (w *world) next(nr int) *trip {
	synctest.Wait()
	for _, t := range w.ready() {
		if t.by.nr == nr {
			return t
		}
	}
	return nil
}

func mistakeIf(made bool) error {
	if made {
		return fault.Errorf(fault.Invalid, "the user's mistake")
	}
	return nil
}

// explore plays, then lets everything come to rest, and says what is wrong
// with where that led.
func explore(t *testing.T, play func(*world)) (failure error) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t.Context())
		play(w)
		failure = w.rest()
		if failure == nil {
			failure = w.check()
		}
		if failure != nil {
			failure = fmt.Errorf("%w\n%s", failure, w.story())
		}
		w.stop()
	})
	return failure
}

// move takes some steps: what, of whom, and how often are parts of m.
func (w *world) move(m uint16) {
	synctest.Wait()
	what, who, often := int(m%16), int(m/16%8), int(m/128%16)
	var nr int
	if ready := w.ready(); len(ready) > 0 {
		nr = ready[who%len(ready)].by.nr
	} else if what < 10 {
		what = 15
	}
	switch what {
	case 0, 1, 2, 3, 4, 5:
		w.advance(nr, 1+often)
	case 6:
		w.trouble(nr, lost)
	case 7:
		w.trouble(nr, failed)
	case 8, 9:
		w.trouble(nr, killed)
	case 10, 11:
		time.Sleep([]time.Duration{ttl / 4, ttl / 2, ttl + time.Second, 2 * ttl}[often%4])
	case 13:
		w.mu.Lock()
		w.failures = append(w.failures, []fault.Kind{fault.Transient, fault.Invalid}[often%2])
		w.mu.Unlock()
	case 12:
		if ids := w.sink.Pending(); len(ids) > 0 {
			_ = w.sink.End(ids[often%len(ids)])
		}
	default: // deliver, also what is being worked on
		w.deliver(w.messages[who%len(w.messages)], mistakeIf(often%4 == 1), often%4 == 2)
	}
}

// rest has no more trouble: the dead stay dead, what they sent arrives, and
// every message is delivered until it is acknowledged. A run whose messages are
// all gone and that has no end is asked for again if a marker says that it is
// open, which is what whoever looks after open runs does.
func (w *world) rest() error {
	w.settle()
	for range 12 {
		time.Sleep(2 * ttl)
		busy := false
		for _, m := range w.messages {
			if !m.acked {
				busy = true
				w.deliver(m, nil, false)
				w.settle()
			}
		}
		for _, k := range []ledger.Key{early, late} {
			_, ended, err := w.ledger().Outcome(w.ctx, k)
			if err != nil {
				return err
			}
			if !busy && !ended {
				if !w.open(k) {
					return fmt.Errorf("%s has not ended, nobody is at it, and nothing says so", k)
				}
				busy = true
				w.messages = append(w.messages, &message{id: fmt.Sprintf("revived%d", len(w.messages)), key: k})
			}
		}
		if !busy {
			for _, id := range w.sink.Pending() {
				_ = w.sink.End(id)
			}
			return nil
		}
	}
	return errors.New("a message is never acknowledged")
}

// settle lets everybody go on until nobody can.
func (w *world) settle() {
	for synctest.Wait(); len(w.ready()) > 0; synctest.Wait() {
		w.act(w.ready()[0], do)
	}
}

func (w *world) open(k ledger.Key) bool {
	for a := range w.store.List(w.ctx, "mem://state/open/", "") {
		if strings.HasSuffix(a.URI, strings.ReplaceAll(k.String(), "/", "~")) {
			return true
		}
	}
	return false
}

// ledger is the world's as nobody disturbs it.
func (w *world) ledger() *ledger.Ledger {
	return &ledger.Ledger{Store: &w.store, Prefix: "mem://state", ID: "model", TTL: ttl}
}

// check says what must be true of a world at rest.
func (w *world) check() error {
	landed := w.sink.Landed(table)
	if !slices.IsSortedFunc(landed, func(a, b sink.Intent) int { return a.Slot.Compare(b.Slot) }) {
		return fmt.Errorf("the target went back to an older slot: %v", ids(landed))
	}
	for _, k := range []ledger.Key{early, late} {
		mine := slices.DeleteFunc(slices.Clone(landed), func(i sink.Intent) bool { return i.Run != k.String() })
		if len(mine) > 1 {
			return fmt.Errorf("%s was published %d times: %v", k, len(mine), ids(mine))
		}
		o, ok, err := w.ledger().Outcome(w.ctx, k)
		if err != nil || !ok {
			return fmt.Errorf("%s has no outcome: %v", k, err)
		}
		if len(mine) != len(o.Receipts) || len(mine) == 1 && mine[0].ID != o.Receipts[0].JobID {
			return fmt.Errorf("%s %s with the receipts %v, but published %v", k, o.Status, o.Receipts, ids(mine))
		}
		if (o.Status == ledger.Succeeded) != (len(mine) == 1) && o.Status != ledger.Cancelled {
			return fmt.Errorf("%s %s, and published %d times", k, o.Status, len(mine))
		}
	}
	return nil
}

func ids(intents []sink.Intent) (all []string) {
	for _, i := range intents {
		all = append(all, i.ID)
	}
	return all
}
