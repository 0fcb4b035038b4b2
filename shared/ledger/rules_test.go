package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glint-data/glint/shared/sink"
)

var noon = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

func TestClaimed(t *testing.T) {
	h := Holder{Message: "new", Instance: "b"}
	held := leaseRecord{Attempt: 2, Crashes: 1, Holder: Holder{Message: "old", Instance: "a"}}
	released := held
	released.Released = "out of luck"
	next := func(attempt, crashes int) *leaseRecord {
		return &leaseRecord{header: header{version}, Attempt: attempt, Crashes: crashes, Holder: h}
	}
	for _, c := range []struct {
		name   string
		old    leaseRecord
		exists bool
		age    time.Duration
		want   *leaseRecord // nil: it is held
	}{
		{"none yet", leaseRecord{}, false, 0, next(1, 0)},
		{"held", held, true, time.Second, nil},
		{"held, just not expired", held, true, time.Minute, nil},
		{"expired: its holder crashed", held, true, time.Minute + 1, next(3, 2)},
		{"released: its holder did not", released, true, 0, next(3, 1)},
		{"released long ago", released, true, time.Hour, next(3, 1)},
		{"written in the future", held, true, -time.Hour, nil},
	} {
		got, ok := claimed(c.old, c.exists, noon, noon.Add(c.age), time.Minute, h)
		if ok != (c.want != nil) {
			t.Errorf("%s: claimed is %v", c.name, ok)
			continue
		}
		if c.want != nil {
			if diff := cmp.Diff(*c.want, got, cmp.AllowUnexported(leaseRecord{})); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", c.name, diff)
			}
		}
	}
}

func TestHead(t *testing.T) {
	key := func(hour, ordinal int) Key {
		return Key{Workflow: "w", Slot: noon.Add(time.Duration(hour) * time.Hour), Ordinal: ordinal, Job: "j"}
	}
	receipt := func(id string) sink.Receipt { return sink.Receipt{JobID: id} }
	one, two := openIntent{ID: "1", Path: "p"}, openIntent{ID: "2", Path: "p"}

	h := headRecord{}.admitted(one)
	if h.newer(key(0, 0)) {
		t.Error("an empty target is newer than a run")
	}
	if got := h.admitted(one).Intents; len(got) != 1 {
		t.Errorf("admitted twice: %v", got)
	}
	if got := h.admitted(two).Intents; !cmp.Equal(got, []openIntent{one, two}) || len(h.Intents) != 1 {
		t.Errorf("admitted a second: %v, and the first head has %v", got, h.Intents)
	}
	h = h.landed(key(1, 0), "1", receipt("1"))
	want := headRecord{Last: &Published{Run: key(1, 0).String(), Receipt: receipt("1")}}
	if diff := cmp.Diff(want, h, cmp.AllowUnexported(headRecord{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("landed: (-want +got)\n%s", diff)
	}
	for _, c := range []struct {
		name  string
		run   Key
		newer bool
	}{
		{"an older slot", key(0, 0), true},
		{"an older slot's rerun", key(0, 7), true},
		{"the same run", key(1, 0), false},
		{"the same slot's rerun", key(1, 1), false},
		{"a newer slot", key(2, 0), false},
	} {
		if got := h.newer(c.run); got != c.newer {
			t.Errorf("newer than %s: %v", c.name, got)
		}
		after := h.admitted(two).landed(c.run, "2", receipt("2"))
		if len(after.Intents) != 0 {
			t.Errorf("%s landed, and is open: %v", c.name, after.Intents)
		}
		if last := after.Last.Receipt.JobID; (last == "1") != c.newer {
			t.Errorf("%s landed: the last is %s", c.name, last)
		}
	}
}
