package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/ledger"
)

// torture is the whole sweep, instead of a part of it that is another one each day.
var torture = os.Getenv("GLINT_TORTURE") != ""

// sample takes every kth of n points, beginning with another one each day.
func sample(n, k int) []int {
	if torture {
		k = 1
	}
	var points []int
	for i := int(time.Now().Unix()/86400) % k; i < n; i += k {
		points = append(points, i)
	}
	return points
}

const (
	slot1 = "2026-11-23T02:00:00Z"
	slot2 = "2026-11-24T02:00:00Z"
)

// TestKilled: the function is killed at every request it makes, before the
// request is carried out and after. The table has the old rows or the new ones,
// and the message's next deliveries, to another instance, complete the run.
func TestKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := len(moments(t, w)) / 2
	healthy := w.start(nil)
	w.land("new", "new", 40)
	w.land("old", "old", 40)
	points := sample(2*n, 2)
	t.Logf("%d requests a run, %d of %d points", n, len(points), 2*n)
	for _, at := range points {
		t.Run(fmt.Sprintf("%02d", at), func(t *testing.T) {
			t.Parallel()
			w := *w
			w.t = t
			w.killed(healthy, at)
		})
	}
}

// TestKilledTwice: the attempt that takes over is killed as well, at every
// request that it makes, after the first one died about its load job.
func TestKilledTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	healthy := w.start(nil)
	w.land("old", "old", 40)
	w.land("new", "new", 40)
	for first, find := range map[string]func() func(moment) bool{
		"staged":    func() func(moment) bool { return asks("POST", "/upload/storage/v1/b/"+temporary, true) },
		"intended":  func() func(moment) bool { return asks("POST", "/jobs", false) },
		"published": func() func(moment) bool { return asks("POST", "/jobs", true) },
	} {
		for _, at := range sample(90, 18) { // a taking over makes no more requests than that
			t.Run(fmt.Sprintf("%s/%02d", first, at), func(t *testing.T) {
				t.Parallel()
				w := *w
				w.t = t
				w.killedTwice(healthy, fmt.Sprintf("%s-%03d", first, at), find(), at)
			})
		}
	}
}

func (w *world) killedTwice(healthy *worker, name string, first func(moment) bool, at int) {
	table := strings.ReplaceAll(name, "-", "_")
	w.workflow(name, "old", table)
	healthy.run(name+"-1", name, slot1)
	w.workflow(name, "new", table)

	var victim *worker
	die := func(moment) bool { victim.kill(); return false }
	s := &strike{find: first, act: die}
	victim = w.start(w.wire(s.on).env)
	s.arm()
	if status, answer := victim.deliver(name+"-2", name, slot2); status != 0 {
		w.t.Fatalf("killed, it answered %d %s", status, answer)
	}
	time.Sleep(lease + 1200*time.Millisecond) // the store's clock may tell whole seconds
	again := &strike{n: at / 2, after: at%2 == 1, act: die}
	victim = w.start(w.wire(again.on).env)
	again.arm()
	status, answer := post(victim.url, push(name+"-2", name, slot2, 2))
	if again.where() == "never" { // it got by with fewer requests
		if status != 204 {
			w.t.Errorf("the second attempt was not killed, and answered %d %s", status, answer)
		}
	} else {
		w.oldOrNew(table, again)
		healthy.run(name+"-2", name, slot2)
	}
	w.completed(name, table, again)
}

func (w *world) killed(healthy *worker, at int) {
	name, table := fmt.Sprintf("sweep-%03d", at), fmt.Sprintf("sweep_%03d", at)
	w.workflow(name, "old", table)
	healthy.run(name+"-1", name, slot1)
	w.workflow(name, "new", table)

	var victim *worker
	s := &strike{n: at / 2, after: at%2 == 1, act: func(moment) bool { victim.kill(); return false }}
	victim = w.start(w.wire(s.on).env)
	s.arm()
	status, _ := victim.deliver(name+"-2", name, slot2)
	if s.where() == "never" { // this run got by with fewer requests
		if status != 204 {
			w.t.Errorf("a run that was not killed was answered %d", status)
		}
		return
	}
	if status != 0 {
		w.t.Errorf("killed %s: answered %d", s.where(), status)
	}
	w.oldOrNew(table, s)
	deliveries := healthy.run(name+"-2", name, slot2)
	w.t.Logf("killed %s; done by delivery %d", s.where(), 1+deliveries)
	w.completed(name, table, s)
}

// oldOrNew holds a table to a whole state.
func (w *world) oldOrNew(table string, s *strike) {
	w.t.Helper()
	if rows := w.rows(table); !slices.Equal(rows, ten("old")) && !slices.Equal(rows, ten("new")) {
		w.t.Errorf("%s: %s has the rows %v", s.where(), table, rows)
	}
}

// completed holds a workflow that published twice to that.
func (w *world) completed(name, table string, s *strike) {
	w.t.Helper()
	if diff := cmp.Diff(ten("new"), w.rows(table)); diff != "" {
		w.t.Errorf("%s: rows (-want +got):\n%s", s.where(), diff)
	}
	loads := w.loads(table)
	o := w.outcome(name, slot2)
	if len(loads) != 2 || o.Status != ledger.Succeeded || len(o.Receipts) != 1 || o.Receipts[0].JobID != loads[len(loads)-1].JobReference.JobId {
		w.t.Errorf("%s: %d loads, outcome %+v", s.where(), len(loads), o)
	}
	w.wantTidy(name)
}

// TestKilledLarge: the output is larger than one request of an upload, and the
// function is killed between two of them. Half an upload is no object.
func TestKilledLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	healthy := w.start(nil)
	var b bytes.Buffer
	b.WriteString("city_id,population\n")
	random := rand.New(rand.NewPCG(1, 2))
	const rows = 600_000
	for range rows { // 24 bytes that cannot be made smaller
		fmt.Fprintf(&b, "%016x%016x,1\n", random.Uint64(), random.Uint64())
	}
	w.cloud.Storage.Put(landing, "large/city.csv", b.Bytes())
	for name, find := range map[string]func(moment) bool{
		"begun":  asks("POST", "uploadType=resumable", true),
		"first":  asks("POST", "upload_id=", true),
		"second": after(asks("POST", "upload_id=", true), asks("POST", "upload_id=", false)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.t = t
			w.workflow(name, "city", name)
			healthy.run(name+"-1", name, slot1)
			w.whole(name, "large", name)
			var victim *worker
			s := &strike{find: find, act: func(moment) bool { victim.kill(); return false }}
			victim = w.start(w.wire(s.on).env)
			s.arm()
			if status, answer := victim.deliver(name+"-2", name, slot2); status != 0 {
				t.Fatalf("killed, it answered %d %s", status, answer)
			}
			if diff := cmp.Diff(ten("old"), w.rows(name)); diff != "" {
				t.Errorf("%s: rows (-want +got):\n%s", s.where(), diff)
			}
			w.wantStaged(name, 0)
			healthy.run(name+"-2", name, slot2)
			if o := w.outcome(name, slot2); o.Status != ledger.Succeeded || o.Receipts[0].Rows != rows || o.Attempt != 2 || len(w.loads(name)) != 2 {
				t.Errorf("%s: outcome %+v", s.where(), o)
			}
			w.wantTidy(name)
		})
	}
}

// wantStaged holds the temporary bucket to so many objects of a workflow.
func (w *world) wantStaged(workflow string, want int) {
	w.t.Helper()
	n := 0
	for a, err := range w.store.List(w.t.Context(), "gs://"+temporary+"/glint/"+workflow+"/", "") {
		if err != nil {
			w.t.Fatal(err)
		}
		n++
		w.t.Logf("staged: %s, %d bytes", a.URI, a.Size)
	}
	if n != want {
		w.t.Errorf("%d objects are staged, want %d", n, want)
	}
}
