package ledger

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sink"
)

var (
	older = Key{Workflow: "w", Slot: noon, Job: "j"}
	newer = Key{Workflow: "w", Slot: noon.Add(24 * time.Hour), Job: "j"}
)

func holder(message string) Holder { return Holder{Message: message, Delivery: 1, Instance: "i"} }

// everyStep runs a test for a mishap at every step that a process makes, until
// it makes no more.
func everyStep(t *testing.T, test func(t *testing.T, n int) (met string)) int {
	t.Helper()
	for n := 1; n < 100; n++ {
		if test(t, n) == "" {
			return n - 1
		}
		if t.Failed() {
			return n
		}
	}
	t.Fatal("a process that makes 100 steps")
	return 0
}

// TestKilled: whatever step an attempt and the next one die at, the one after
// that completes, and the run was published once.
func TestKilled(t *testing.T) {
	for _, m := range []mishap{crashBefore, crashAfter, lose, refuse} {
		t.Run(string(m), func(t *testing.T) {
			steps := everyStep(t, func(t *testing.T, n int) (met string) {
				everyStep(t, func(t *testing.T, n2 int) (met2 string) {
					w := newWorld(t)
					first, second := w.process(m, n), w.process(m, n2)
					err := first.attempt(t.Context(), older, holder("a"))
					if met = first.met(); met == "" || err == nil && n2 > 1 {
						w.complete(older, holder("a"))
						w.check(false, older)
						return ""
					}
					w.expire()
					_ = second.attempt(t.Context(), older, holder("a"))
					w.expire()
					w.complete(older, holder("a"))
					w.complete(older, holder("a")) // once more: it has ended
					w.check(false, older)
					if t.Failed() {
						t.Logf("%s %d, %s; then %s %d, %s", m, n, met, m, n2, second.met())
					}
					return second.met()
				})
				return met
			})
			t.Logf("%d steps", steps)
		})
	}
}

// TestKilledJobsLand: a load that was sent lands also when nobody waits for it.
func TestKilledJobsLand(t *testing.T) {
	everyStep(t, func(t *testing.T, n int) string {
		w := newWorld(t)
		p := w.process(crashAfter, n)
		_ = p.attempt(t.Context(), older, holder("a"))
		for _, id := range w.sink.Pending() {
			_ = w.sink.End(id)
		}
		w.expire()
		w.complete(older, holder("a"))
		w.complete(older, holder("a"))
		w.check(false, older)
		if t.Failed() {
			t.Logf("killed after %d, %s", n, p.met())
		}
		return p.met()
	})
}

// TestNotExpired: a message that comes again while the lease of its dead holder
// holds is told to come later, and changes nothing.
func TestNotExpired(t *testing.T) {
	everyStep(t, func(t *testing.T, n int) string {
		w := newWorld(t)
		p := w.process(crashAfter, n)
		_ = p.attempt(t.Context(), older, holder("a"))
		before := len(w.sink.Landed(table))
		err := w.process(none, 0).attempt(t.Context(), older, holder("a"))
		if held, ok := err.(*Held); ok && (!held.Same || held.Since.IsZero()) || ok && len(w.sink.Landed(table)) != before {
			t.Errorf("%d: %+v, %d landed before and %d after", n, held, before, len(w.sink.Landed(table)))
		}
		w.expire()
		w.complete(older, holder("a"))
		w.check(false, older)
		return p.met()
	})
}

// TestStopped: an attempt that is stopped at any step, presumed dead, and goes
// on when another has ended the run changes nothing any more.
func TestStopped(t *testing.T) {
	for _, m := range []mishap{pauseBefore, pauseAfter} {
		t.Run(string(m), func(t *testing.T) {
			everyStep(t, func(t *testing.T, n int) string {
				w := newWorld(t)
				p, ended := w.process(m, n), make(chan struct{})
				go func() { defer close(ended); _ = p.attempt(t.Context(), older, holder("a")) }()
				select {
				case <-ended:
					return p.met()
				case <-p.paused:
				}
				w.expire()
				w.complete(older, holder("a"))
				before := w.check(true, older)
				close(p.wake)
				<-ended
				w.complete(older, holder("a"))
				after := w.check(true, older)
				if diff := cmp.Diff(before, after, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("what woke up changed something: (-before +after)\n%s", diff)
				}
				// Whoever wants the target next finds nothing in its way.
				w.complete(newer, holder("b"))
				w.check(false, older, newer)
				if t.Failed() {
					t.Logf("%s %d, %s", m, n, p.met())
				}
				return p.met()
			})
		})
	}
}

// TestStoppedFailing: an attempt whose job fails, and which is presumed dead
// before it can say so, does not say it any more.
func TestStoppedFailing(t *testing.T) {
	everyStep(t, func(t *testing.T, n int) string {
		w := newWorld(t)
		w.failing = true
		w.sink.Fail = func(i sink.Intent) error {
			if strings.HasSuffix(i.Files[0], string(pauseBefore)) {
				return fault.Errorf(fault.Invalid, "not for this process")
			}
			return nil
		}
		p, ended := w.process(pauseBefore, n), make(chan struct{})
		go func() { defer close(ended); _ = p.attempt(t.Context(), older, holder("a")) }()
		select {
		case <-ended:
			return ""
		case <-p.paused:
		}
		w.expire()
		w.complete(older, holder("a"))
		before := w.check(true, older)
		close(p.wake)
		<-ended
		w.complete(older, holder("a"))
		if diff := cmp.Diff(before, w.check(true, older), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("stopped before %d, %s: what woke up changed something: (-before +after)\n%s", n, p.met(), diff)
		}
		return p.met()
	})
}

// TestStoppedThenFailed: an attempt that is stopped before it published goes on
// when the next has ended the run as failed, or is about to: nothing lands then.
func TestStoppedThenFailed(t *testing.T) {
	for _, m := range []mishap{pauseBefore, pauseAfter} {
		t.Run(string(m), func(t *testing.T) {
			everyStep(t, func(t *testing.T, n int) (met string) {
				everyStep(t, func(t *testing.T, n2 int) string {
					w := newWorld(t)
					w.failing = true
					first, second := w.process(m, n), w.process(m, n2)
					second.fails = true
					if met = meanwhile(t, first, second); met == "" {
						return ""
					}
					w.complete(older, holder("a"))
					w.check(true, older)
					if t.Failed() {
						t.Logf("%s %d, %s; then %d, %s", m, n, met, n2, second.met())
					}
					return second.met()
				})
				return met
			})
		})
	}
}

// TestStoppedMeanwhile: it goes on while the next attempt is stopped at any step in turn.
func TestStoppedMeanwhile(t *testing.T) {
	everyStep(t, func(t *testing.T, n int) (met string) {
		everyStep(t, func(t *testing.T, n2 int) string {
			w := newWorld(t)
			first, second := w.process(pauseBefore, n), w.process(pauseBefore, n2)
			if met = meanwhile(t, first, second); met == "" {
				return ""
			}
			w.expire()
			w.complete(older, holder("a"))
			w.complete(older, holder("a"))
			w.check(true, older)
			if t.Failed() {
				t.Logf("stopped before %d, %s; then before %d, %s", n, met, n2, second.met())
			}
			return second.met()
		})
		return met
	})
}

// meanwhile lets second make an attempt while first is stopped, and first go on
// when second is stopped or has ended. It returns what stopped first.
func meanwhile(t *testing.T, first, second *process) string {
	ended, ended2 := make(chan struct{}), make(chan struct{})
	go func() { defer close(ended); _ = first.attempt(t.Context(), older, holder("a")) }()
	select {
	case <-ended:
		return ""
	case <-first.paused:
	}
	first.w.expire()
	go func() { defer close(ended2); _ = second.attempt(t.Context(), older, holder("a")) }()
	select {
	case <-ended2:
	case <-second.paused:
	}
	close(first.wake)
	<-ended
	close(second.wake)
	<-ended2
	return first.met()
}

// TestTwoRuns: the runs of two slots want one target, interleaved at every pair
// of steps. In the end it has the rows of the newer one.
func TestTwoRuns(t *testing.T) {
	for _, order := range [][2]Key{{older, newer}, {newer, older}} {
		for _, firstOn := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s first, %v", order[0].Slot.Format("02"), firstOn), func(t *testing.T) {
				everyStep(t, func(t *testing.T, n int) (met string) {
					everyStep(t, func(t *testing.T, n2 int) string {
						w := newWorld(t)
						one, two := w.process(pauseBefore, n), w.process(pauseBefore, n2)
						ended, ended2 := make(chan struct{}), make(chan struct{})
						go func() { defer close(ended); _ = one.attempt(t.Context(), order[0], holder("a")) }()
						select {
						case <-ended:
							return ""
						case <-one.paused:
						}
						met = one.met()
						go func() { defer close(ended2); _ = two.attempt(t.Context(), order[1], holder("b")) }()
						select {
						case <-ended2:
						case <-two.paused:
						}
						if firstOn {
							close(one.wake)
							<-ended
							close(two.wake)
							<-ended2
						} else {
							close(two.wake)
							<-ended2
							close(one.wake)
							<-ended
						}
						w.complete(order[0], holder("a"))
						w.complete(order[1], holder("b"))
						w.complete(order[0], holder("a"))
						w.check(true, older, newer)
						if t.Failed() {
							t.Logf("stopped before %d, %s; the other before %d, %s", n, one.met(), n2, two.met())
						}
						return two.met()
					})
					return met
				})
			})
		}
	}
}

// TestTenAtOnce: a message delivered ten times at once is one run.
func TestTenAtOnce(t *testing.T) {
	for range 20 {
		w := newWorld(t)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { _ = w.process(none, 0).attempt(t.Context(), older, holder("a")) })
		}
		wg.Wait()
		w.complete(older, holder("a"))
		w.check(false, older)
	}
}
