package ledger

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

func TestClaim(t *testing.T) {
	w := newWorld(t)
	l := w.ledger(&w.store)
	first := claim(t, l, holder("a"))
	for _, c := range []struct {
		message string
		same    bool
	}{{"a", true}, {"b", false}} {
		var held *Held
		if _, err := l.Claim(t.Context(), older, Pin{}, holder(c.message)); !errors.As(err, &held) || held.Same != c.same || !fault.Retry(err) {
			t.Errorf("Claim of message %s while it is held: %v", c.message, err)
		}
	}
	if err := first.Release(t.Context(), "no luck"); err != nil {
		t.Fatal(err)
	}
	if s, err := l.state(t.Context(), older); err != nil || s.Released != "no luck" {
		t.Errorf("state = %+v, %v", s, err)
	}
	second := claim(t, l, holder("a"))
	if second.Attempt() != 2 || second.Exhausted() != nil {
		t.Errorf("attempt %d, %v", second.Attempt(), second.Exhausted())
	}
	if err := errors.Join(first.Release(t.Context(), "again"), first.Finish(t.Context(), Outcome{Status: Failed})); !errors.Is(err, ErrLost) {
		t.Errorf("who has released it: %v", err)
	}
	want := Outcome{Status: Failed, Kind: "invalid", Error: "manifest.yaml:1:2: no", Hints: []string{"yes"}, Attempt: 2, Started: noon, Ended: noon}
	if err := second.Finish(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if err := second.extend(t.Context()); !errors.Is(err, ErrLost) {
		t.Errorf("renewal after the end: %v", err)
	}
	w.expire()
	var done *Done
	if _, err := l.Claim(t.Context(), older, Pin{}, holder("b")); !errors.As(err, &done) {
		t.Fatalf("Claim of what has ended: %v", err)
	}
	if diff := cmp.Diff(want, done.Outcome); diff != "" {
		t.Errorf("outcome (-want +got)\n%s", diff)
	}
	for a := range w.store.List(t.Context(), "gs://state/ledger/open/", "") {
		t.Errorf("marker %s is left", a.URI)
	}
}

// TestExhausted: attempts that are killed are counted, those that give back are not.
func TestExhausted(t *testing.T) {
	w := newWorld(t)
	l := w.ledger(&w.store)
	for n := range 2 * maxCrashes {
		lease := claim(t, l, holder("a"))
		if err := lease.Exhausted(); (err != nil) != (n/2 >= maxCrashes) {
			t.Errorf("attempt %d: %v", n+1, err)
		}
		if n%2 == 0 {
			if err := lease.Release(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
		}
		w.expire()
	}
	if err := claim(t, l, holder("a")).Exhausted(); !errors.Is(err, fault.Refused) || len(fault.Hints(err)) == 0 {
		t.Errorf("after %d that were killed: %v", maxCrashes, err)
	}
}

// coarse knows times to the second only when it reads.
type coarse struct{ *object.Mem }

func (s coarse) Open(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	b, a, err := s.Mem.Open(ctx, uri, r)
	a.Updated = a.Updated.Truncate(time.Second)
	return b, a, err
}

// TestClaimCoarse: no lease seems older than it is.
func TestClaimCoarse(t *testing.T) {
	now := noon.Add(900 * time.Millisecond)
	l := &Ledger{Store: coarse{&object.Mem{Now: func() time.Time { return now }}}, Prefix: "gs://state", TTL: 2 * time.Second}
	claim(t, l, holder("a"))
	for _, c := range []struct {
		age  time.Duration
		held bool
	}{{1200 * time.Millisecond, true}, {1999 * time.Millisecond, true}, {3 * time.Second, false}} {
		now = noon.Add(900*time.Millisecond + c.age)
		_, err := l.Claim(t.Context(), older, Pin{}, holder("b"))
		if errors.As(err, new(*Held)) != c.held {
			t.Errorf("after %v: %v", c.age, err)
		}
	}
}

// unmarked cannot put up markers.
type unmarked struct{ *object.Mem }

func (s unmarked) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (object.Attrs, error) {
	if strings.Contains(uri, "/open/") {
		return object.Attrs{}, fault.Errorf(fault.Transient, "no markers today")
	}
	return s.Mem.Put(ctx, uri, r, c)
}

// TestClaimGivesBack: a claim that fails half way holds nothing.
func TestClaimGivesBack(t *testing.T) {
	w := newWorld(t)
	if _, err := w.ledger(unmarked{&w.store}).Claim(t.Context(), older, Pin{}, holder("a")); !errors.Is(err, fault.Transient) {
		t.Errorf("Claim = %v", err)
	}
	if lease := claim(t, w.ledger(&w.store), holder("a")); lease.Attempt() != 2 || lease.crashes != 0 {
		t.Errorf("attempt %d after %d crashes", lease.Attempt(), lease.crashes)
	}
}

func TestPin(t *testing.T) {
	w := newWorld(t)
	l := w.ledger(&w.store)
	if _, ok, err := l.Pinned(t.Context(), older); ok || err != nil {
		t.Errorf("Pinned = %v, %v", ok, err)
	}
	want := Pin{Manifest: "m", Generation: "1", Variables: map[string]string{"a": "b"}}
	for _, p := range []Pin{want, {Manifest: "m", Generation: "2"}} {
		got, err := l.Pin(t.Context(), older, p)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("Pin = %v (-want +got)\n%s", err, diff)
		}
	}
}

func TestLatest(t *testing.T) {
	w := newWorld(t)
	l := w.ledger(&w.store)
	if _, ok, err := l.Latest(t.Context(), "w"); ok || err != nil {
		t.Errorf("Latest of none = %v, %v", ok, err)
	}
	for _, k := range []Key{newer, older, {Workflow: "w-2", Slot: noon.Add(time.Hour * 999)}} {
		if _, err := l.Pin(t.Context(), k, Pin{}); err != nil {
			t.Fatal(err)
		}
	}
	if k, ok, err := l.Latest(t.Context(), "w"); err != nil || !ok || !k.Slot.Equal(newer.Slot) {
		t.Errorf("Latest = %v, %v, %v", k, ok, err)
	}
}

// TestNewerForm: a record of a newer program is left alone.
func TestNewerForm(t *testing.T) {
	w := newWorld(t)
	l := w.ledger(&w.store)
	if _, err := w.store.Put(t.Context(), l.path(older.job(), "lease.json"), strings.NewReader(`{"v":2,"attempt":1}`), object.Cond{}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Claim(t.Context(), older, Pin{}, holder("a")); !errors.Is(err, fault.Internal) {
		t.Errorf("Claim = %v", err)
	}
}
