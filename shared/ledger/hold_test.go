package ledger

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/sink"
)

// weather is a store in memory whose network is as a test wants it.
type weather struct {
	object.Mem
	mu     sync.Mutex
	delay  time.Duration
	before error // every operation ends so, and does nothing
	after  error // every Put ends so, and is done all the same
	hang   bool  // no answer before the caller gives up
}

func (s *weather) set(change func()) { s.mu.Lock(); change(); s.mu.Unlock() }

func (s *weather) wait(ctx context.Context) error {
	s.mu.Lock()
	delay, before, hang := s.delay, s.before, s.hang
	s.mu.Unlock()
	if hang {
		<-ctx.Done()
		return object.Interrupted(ctx)
	}
	time.Sleep(delay)
	return before
}

func (s *weather) Stat(ctx context.Context, uri string) (object.Attrs, error) {
	if err := s.wait(ctx); err != nil {
		return object.Attrs{}, err
	}
	return s.Mem.Stat(ctx, uri)
}

func (s *weather) Open(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	if err := s.wait(ctx); err != nil {
		return nil, object.Attrs{}, err
	}
	return s.Mem.Open(ctx, uri, r)
}

func (s *weather) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (object.Attrs, error) {
	if err := s.wait(ctx); err != nil {
		return object.Attrs{}, err
	}
	a, err := s.Mem.Put(ctx, uri, r, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.after != nil && err == nil {
		return object.Attrs{}, s.after
	}
	return a, err
}

func (s *weather) Delete(ctx context.Context, uri string, c object.Cond) error {
	if err := s.wait(ctx); err != nil {
		return err
	}
	return s.Mem.Delete(ctx, uri, c)
}

func claim(t *testing.T, l *Ledger, h Holder) *Lease {
	t.Helper()
	lease, err := l.Claim(t.Context(), older, Pin{}, h)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return lease
}

func TestHold(t *testing.T) {
	down := fault.Errorf(fault.Transient, "the store is down")
	for _, c := range []struct {
		name  string
		after time.Duration // of holding, something happens
		what  func(t *testing.T, l *Ledger, s *weather)
		want  error         // nil: it is held on
		by    time.Duration // latest, after that
	}{
		{"nothing", 0, nil, nil, 0},
		{"cancel", 30 * time.Second, func(t *testing.T, l *Ledger, _ *weather) {
			if err := errors.Join(l.Cancel(t.Context(), older, "me"), l.Cancel(t.Context(), older, "you")); err != nil {
				t.Error(err)
			}
		}, ErrCancelled, 20 * time.Second},
		{"another took it", 30 * time.Second, func(t *testing.T, l *Ledger, _ *weather) {
			ls := *l
			ls.TTL = time.Nanosecond // it thinks that the lease has run out
			claim(t, &ls, holder("b"))
		}, ErrLost, 20 * time.Second},
		{"short outage", 30 * time.Second, func(t *testing.T, _ *Ledger, s *weather) {
			s.set(func() { s.before = down })
			time.AfterFunc(35*time.Second, func() { s.set(func() { s.before = nil }) })
		}, nil, 0},
		{"long outage", 30 * time.Second, func(t *testing.T, _ *Ledger, s *weather) { s.set(func() { s.before = down }) }, ErrLost, 50 * time.Second},
		{"short silence", 30 * time.Second, func(t *testing.T, _ *Ledger, s *weather) {
			s.set(func() { s.hang = true })
			time.AfterFunc(20*time.Second, func() { s.set(func() { s.hang = false }) })
		}, nil, 0},
		{"long silence", 30 * time.Second, func(t *testing.T, _ *Ledger, s *weather) { s.set(func() { s.hang = true }) }, ErrLost, 50 * time.Second},
		{"answers lost", 30 * time.Second, func(t *testing.T, _ *Ledger, s *weather) {
			s.set(func() { s.after = down })
			time.AfterFunc(25*time.Second, func() { s.set(func() { s.after = nil }) })
		}, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := new(weather)
				l := &Ledger{Store: s, Prefix: "gs://state", ID: "test"}
				lease := claim(t, l, holder("a"))
				ctx, stop := lease.Hold(t.Context())
				defer stop()
				time.Sleep(c.after)
				if c.what != nil {
					c.what(t, l, s)
				}
				happened := time.Now()
				select {
				case <-ctx.Done():
				case <-time.After(10 * time.Minute):
				}
				if cause := context.Cause(ctx); !errors.Is(cause, c.want) {
					t.Fatalf("it ends with %v, want %v", cause, c.want)
				}
				if took := time.Since(happened); c.want != nil && took > c.by {
					t.Errorf("it ends after %v, want %v", took, c.by)
				}
				if c.want == nil { // and nobody could have taken it
					if _, err := l.Claim(t.Context(), older, Pin{}, holder("b")); !errors.As(err, new(*Held)) {
						t.Errorf("Claim by another: %v", err)
					}
				}
			})
		})
	}
}

// TestHoldAgain: a run that was cancelled between two attempts stops at once.
func TestHoldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &Ledger{Store: new(object.Mem), Prefix: "gs://state"}
		first := claim(t, l, holder("a"))
		if err := errors.Join(first.Release(t.Context(), "later"), l.Cancel(t.Context(), older, "me")); err != nil {
			t.Fatal(err)
		}
		ctx, stop := claim(t, l, holder("a")).Hold(t.Context())
		defer stop()
		time.Sleep(time.Second)
		if cause := context.Cause(ctx); !errors.Is(cause, ErrCancelled) {
			t.Errorf("it ends with %v", cause)
		}
	})
}

func TestProgressIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(weather)
		l := &Ledger{Store: s, Prefix: "gs://state"}
		lease := claim(t, l, holder("a"))
		_, stop := lease.Hold(t.Context())
		want := Progress{Stage: "export", BytesRead: 7}
		lease.Report(want)
		time.Sleep(21 * time.Second)
		states, err := l.Jobs(t.Context(), Key{Workflow: older.Workflow, Slot: older.Slot})
		if err != nil || len(states) != 1 {
			t.Fatalf("Jobs = %+v, %v", states, err)
		}
		if diff := cmp.Diff(want, states[0].Progress); diff != "" || states[0].Outcome != nil || states[0].Attempt != 1 || states[0].Key != older {
			t.Errorf("state %+v: (-want +got)\n%s", states[0], diff)
		}
		// A renewal that hangs does not hold up who reports.
		s.set(func() { s.hang = true })
		time.Sleep(21 * time.Second)
		before := time.Now()
		lease.Report(want)
		if took := time.Since(before); took > 0 {
			t.Errorf("Report took %v", took)
		}
		stop()
	})
}

// TestTrips: a run that nobody contends asks the store for six things in
// sequence. What is asked for at the same time takes its time once.
func TestTrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &weather{delay: time.Second}
		w := newWorld(t)
		p := w.process(none, 0)
		l := &Ledger{Store: s, Prefix: "gs://state", ID: "test"}
		began := time.Now()
		pin, err := l.Pin(t.Context(), older, Pin{Manifest: "m"})
		if err != nil {
			t.Fatal(err)
		}
		lease, err := l.Claim(t.Context(), older, pin, holder("a"))
		if err != nil {
			t.Fatal(err)
		}
		o, err := p.work(t.Context(), lease)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lease.Wind(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := lease.Finish(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if got := time.Since(began); got > 6*s.delay {
			t.Errorf("%v trips in sequence, want 6 at most", got/s.delay)
		}
		if got := w.sink.Landed(sink.Target{System: "mem", Address: "p.d.city"}); len(got) != 1 {
			t.Errorf("%d landed", len(got))
		}
	})
}
