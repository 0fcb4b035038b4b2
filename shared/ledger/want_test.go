package ledger

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/object"
)

func TestClosed(t *testing.T) {
	at := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name        string
		first, last time.Duration // before now
		count       int
		want        bool
	}{
		{"nothing", time.Hour, time.Hour, 0, false},
		{"just now", time.Second, time.Second, 1, false},
		{"quiet for long enough", time.Minute, 30 * time.Second, 2, true},
		{"almost", time.Minute, 30*time.Second - 1, 2, false},
		{"never quiet", 5 * time.Minute, time.Second, 300, true},
		{"not yet for too long", 5*time.Minute - 1, time.Second, 300, false},
	} {
		w := Window{First: at.Add(-c.first), Last: at.Add(-c.last), Count: c.count}
		if got := w.Closed(at, 30*time.Second); got != c.want {
			t.Errorf("%s: Closed = %v, want %v", c.name, got, c.want)
		}
	}
}

// TestWindows: marks are told apart by workflow, also where one's name begins
// with another's, and those that were not seen stay.
func TestWindows(t *testing.T) {
	now := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	store := &object.Mem{Now: func() time.Time { return now }}
	l := &Ledger{Store: store, Prefix: "gs://state", ID: "test"}
	want := func(workflow, id string, hops int, fresh bool) {
		t.Helper()
		got, err := l.Want(t.Context(), workflow, Want{ID: id, Time: now, Hops: hops, Reason: id})
		if err != nil || got != fresh {
			t.Fatalf("Want(%s, %s) = %v, %v, want %v", workflow, id, got, err, fresh)
		}
		now = now.Add(time.Second)
	}
	want("city", "a", 0, true)
	want("city-b", "a", 0, true)
	want("city", "b", 3, true)
	want("city", "a", 0, false)
	all, _, err := l.Wanted(t.Context(), Holder{})
	if err != nil || len(all) != 2 || all[0].Workflow != "city-b" || all[1].Workflow != "city" {
		t.Fatalf("Wanted = %+v, %v", all, err)
	}
	city := all[1]
	if city.Count != 2 || city.Hops != 3 || city.Last.Sub(city.First) != 2*time.Second {
		t.Errorf("the window is %+v", city)
	}
	if reason, err := l.Reason(t.Context(), city); err != nil || reason != "b" {
		t.Errorf("Reason = %q, %v", reason, err)
	}
	want("city", "c", 0, true)
	if err := l.Start(t.Context(), city, now.Add(time.Minute), 30*time.Second); err != nil {
		t.Fatal(err)
	}
	if all, _, err = l.Wanted(t.Context(), Holder{}); err != nil || len(all) != 2 || all[1].Count != 1 {
		t.Fatalf("after the start: %+v, %v", all, err)
	}
	if s, err := l.LastStarted(t.Context(), "city"); err != nil || !s.Covers(city) || s.Covers(all[1]) || !s.Slot.Equal(city.Slot(30*time.Second)) {
		t.Errorf("started %+v, %v", s, err)
	}
}

// TestOpens: a record that cannot be read hides no other, and an end is seen.
func TestOpens(t *testing.T) {
	l := &Ledger{Store: new(object.Mem), Prefix: "gs://state", ID: "test"}
	ctx := context.Background()
	var keys []Key
	for i := range 3 {
		k := Key{Workflow: fmt.Sprint("w", i), Job: "load", Slot: time.Unix(0, 0)}
		keys = append(keys, k)
		if _, err := l.Claim(ctx, k, Pin{}, Holder{Message: "1"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.put(ctx, l.path(keys[1].job(), "lease.json"), "no record", object.Cond{}); err != nil {
		t.Fatal(err)
	}
	opens, now, err := l.Opens(ctx, Holder{})
	if err != nil || len(opens) != 3 {
		t.Fatalf("Opens = %+v, %v", opens, err)
	}
	for i, o := range opens {
		if o.Key.String() != keys[i].String() || (o.Err != nil) != (i == 1) || o.Silent(now.Add(time.Hour), time.Minute) == (i == 1) || o.Silent(now, time.Minute) {
			t.Errorf("open run %+v", o)
		}
	}
	// A claim writes over a marker that was touched; a marker that has changed is left.
	if err := l.Revive(ctx, opens[0], 2); err != nil {
		t.Fatal(err)
	}
	if n, err := l.Revived(ctx, opens[0]); err != nil || n != 2 {
		t.Errorf("Revived = %d, %v", n, err)
	}
	if err := l.Close(ctx, opens[0]); err != nil {
		t.Error(err)
	}
	if opens, _, err = l.Opens(ctx, Holder{}); err != nil || len(opens) != 3 {
		t.Errorf("the marker of a run that was revived meanwhile went: %d left, %v", len(opens), err)
	}
}
