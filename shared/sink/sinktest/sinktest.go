// Package sinktest says as tests what every sink.Writer promises: to publish
// once, and to know how it ended.
package sinktest

import (
	"encoding/json"
	"errors"
	"regexp"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// A Bed is a writer and one target of it, which has no rows yet. The output
// appends, so that what is published twice shows.
type Bed struct {
	Writer   sink.Writer
	Output   sink.Output
	Relation relation.Relation // staged; its Rows are known and more than none
	Rows     func() int64      // that the target has now
	Lose     func(times int)   // the answers to the next inserts of a job are lost; nil skips that test
	Fail     func(times int)   // the next jobs end in an error; nil skips that test
}

// Test runs the suite; open makes a new Bed each time.
func Test(t *testing.T, open func(t *testing.T) Bed) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Bed)
	}{
		{"Prepare", testPrepare},
		{"Twice", testTwice},
		{"Stored", testStored},
		{"Burned", testBurned},
		{"Lost", testLost},
		{"Failed", testFailed},
		{"Race", testRace},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// prepare makes an intent, as the n-th publication of the output.
func (b Bed) prepare(t *testing.T, n int) sink.Intent {
	t.Helper()
	o := b.Output
	o.Sequence = n
	live, err := b.Writer.Inspect(t.Context(), o)
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	i, err := b.Writer.Prepare(t.Context(), o, b.Relation, live)
	if err != nil {
		t.Fatalf("Prepare: %v", err)
	}
	return i
}

func (b Bed) publish(t *testing.T, i sink.Intent) sink.Receipt {
	t.Helper()
	r, err := b.Writer.Publish(t.Context(), i)
	if err != nil {
		t.Fatalf("Publish(%s): %v", i.ID, err)
	}
	return r
}

func (b Bed) wantSettled(t *testing.T, i sink.Intent, want sink.Verdict) sink.Receipt {
	t.Helper()
	v, r, err := b.Writer.Settle(t.Context(), i)
	if err != nil || v != want {
		t.Fatalf("Settle(%s) = %v, %v, want verdict %v", i.ID, v, err, want)
	}
	return r
}

func (b Bed) wantRows(t *testing.T, times int64) {
	t.Helper()
	if got, want := b.Rows(), times*b.Relation.Rows; got != want {
		t.Errorf("the target has %d rows, want %d", got, want)
	}
}

var legal = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func testPrepare(t *testing.T, b Bed) {
	first := b.prepare(t, 0)
	if diff := cmp.Diff(first, b.prepare(t, 0)); diff != "" {
		t.Errorf("Prepare twice: (-first +second)\n%s", diff)
	}
	if second := b.prepare(t, 1); second.ID == first.ID || !legal.MatchString(first.ID) {
		t.Errorf("IDs %q and %q of the first and second publication", first.ID, second.ID)
	}
	if first.Target == (sink.Target{}) || first.Writer != b.Writer.Spec().Name {
		t.Errorf("Target %v, Writer %q, want a target and %q", first.Target, first.Writer, b.Writer.Spec().Name)
	}
	got := sink.Intent{Run: first.Run, Output: first.Output, Rows: first.Rows, Slot: first.Slot}
	want := sink.Intent{Run: b.Output.Run, Output: b.Output.Name, Rows: b.Relation.Rows, Slot: b.Output.Slot}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("intent (-want +got)\n%s", diff)
	}
	b.wantRows(t, 0)
}

func testTwice(t *testing.T, b Bed) {
	i := b.prepare(t, 0)
	first := b.publish(t, i)
	second := b.publish(t, i)
	settled := b.wantSettled(t, i, sink.Landed)
	for name, r := range map[string]sink.Receipt{"second Publish": second, "Settle": settled} {
		if diff := cmp.Diff(first, r, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("receipt of the %s: (-first +got)\n%s", name, diff)
		}
	}
	if first.Rows != b.Relation.Rows || first.Output != b.Output.Name || first.Target != i.Target {
		t.Errorf("receipt %+v", first)
	}
	b.wantRows(t, 1)
	b.publish(t, b.prepare(t, 1))
	b.wantRows(t, 2)
}

// testStored: whoever settles has read the intent from a store.
func testStored(t *testing.T, b Bed) {
	text, err := json.Marshal(b.prepare(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	var i sink.Intent
	if err := json.Unmarshal(text, &i); err != nil {
		t.Fatal(err)
	}
	b.publish(t, i)
	b.wantSettled(t, i, sink.Landed)
	b.wantRows(t, 1)
}

// testBurned: an intent that was settled before it was published never lands,
// however late the holder who made it wakes up.
func testBurned(t *testing.T, b Bed) {
	i := b.prepare(t, 0)
	b.wantSettled(t, i, sink.Never)
	if _, err := b.Writer.Publish(t.Context(), i); !errors.Is(err, fault.Conflict) {
		t.Errorf("Publish of what was settled: %v, want a Conflict", err)
	}
	b.wantSettled(t, i, sink.Never)
	b.wantRows(t, 0)
	b.publish(t, b.prepare(t, 1))
	b.wantRows(t, 1)
}

func testLost(t *testing.T, b Bed) {
	if b.Lose == nil {
		t.Skip("answers cannot be lost here")
	}
	i := b.prepare(t, 0)
	b.Lose(1)
	if _, err := b.Writer.Publish(t.Context(), i); err != nil && !fault.Retry(err) {
		t.Errorf("Publish whose answer is lost: %v, want success or an error to be retried", err)
	}
	b.wantSettled(t, i, sink.Landed)
	b.publish(t, i)
	b.wantRows(t, 1)
}

func testFailed(t *testing.T, b Bed) {
	if b.Fail == nil {
		t.Skip("jobs cannot be made to fail here")
	}
	i := b.prepare(t, 0)
	b.Fail(1)
	if _, err := b.Writer.Publish(t.Context(), i); err == nil {
		t.Error("Publish whose job failed has no error")
	}
	b.wantSettled(t, i, sink.Never)
	b.wantRows(t, 0)
	b.publish(t, b.prepare(t, 1))
	b.wantRows(t, 1)
}

// testRace has several publish and settle one intent at once: they all say the
// same, and it is true.
func testRace(t *testing.T, b Bed) {
	i := b.prepare(t, 0)
	const each = 4
	published := make([]bool, each)
	verdicts := make([]sink.Verdict, each)
	var wg sync.WaitGroup
	for n := range each {
		wg.Go(func() {
			_, err := b.Writer.Publish(t.Context(), i)
			published[n] = err == nil
			if err != nil && !errors.Is(err, fault.Conflict) {
				t.Errorf("Publish: %v", err)
			}
		})
		wg.Go(func() {
			var err error
			if verdicts[n], _, err = b.Writer.Settle(t.Context(), i); err != nil {
				t.Errorf("Settle: %v", err)
			}
		})
	}
	wg.Wait()
	landed := verdicts[0] == sink.Landed
	for n := range each {
		if published[n] != landed || verdicts[n] != verdicts[0] {
			t.Fatalf("published %v, verdicts %v: not all alike", published, verdicts)
		}
	}
	if landed {
		b.wantRows(t, 1)
	} else {
		b.wantRows(t, 0)
	}
}
