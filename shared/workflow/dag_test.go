package workflow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/trigger"
	"github.com/glint-data/glint/shared/workflow"
)

// dagOf is a manifest with the jobs, each written as "name: dependencies".
func dagOf(jobs ...string) string {
	head, job, _ := strings.Cut(manifestText, "    - name: load\n")
	text := head
	for _, j := range jobs {
		name, deps, _ := strings.Cut(j, ":")
		text += "    - name: " + name + "\n"
		if deps = strings.TrimSpace(deps); deps != "" {
			text += "      dependencies: [" + deps + "]\n"
		}
		text += strings.Replace(job, "dev/city", "dev/"+name, 1)
	}
	return text
}

var diamond = []string{"d: b, c", "a:", "b: a", "c: a"}

func tableOf(job string) sink.Target { return sink.Target{System: "mem", Address: "p.dev." + job} }

func newDAG(t *testing.T, jobs ...string) *shore {
	l := newShore(t)
	l.runner.Ledger.TTL = time.Minute // the store's clock stands: one that ran out would not be known to have
	l.put("gs://root/workflows/city.yaml", dagOf(jobs...))
	return l
}

var whole = ledger.Key{Workflow: "city", Slot: run.Slot}

// request is the message that asks for a run of the workflow.
func (l *shore) request(ordinal int, resume bool) trigger.Message {
	return trigger.Message{ID: "42", Published: l.time(), Delivery: 1, Workflow: "city", Slot: run.Slot, Ordinal: ordinal, Resume: resume}
}

// push delivers a message as Pub/Sub does.
func (l *shore) push(m trigger.Message, delivery int) error {
	data, attributes := m.Encode()
	body, err := json.Marshal(map[string]any{"deliveryAttempt": delivery, "message": map[string]any{
		"data": data, "attributes": attributes, "messageId": m.ID, "publishTime": m.Published,
	}})
	if err != nil {
		l.t.Fatal(err)
	}
	return l.runner.Deliver(l.t.Context(), http.Header{}, body)
}

// drain delivers m, and whatever is asked for because of it, to the end.
func (l *shore) drain(m trigger.Message) {
	l.t.Helper()
	next := len(l.asked)
	for {
		if err := l.push(m, 1); err != nil {
			l.t.Fatal(err)
		}
		if next == len(l.asked) {
			return
		}
		m = l.asked[next]
		next++
	}
}

// ends is how every job of a run ended, and the whole.
func (l *shore) ends(k ledger.Key) map[string]string {
	l.t.Helper()
	seen, err := l.runner.Watch(k).Look(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	ends := map[string]string{}
	for _, s := range seen.Jobs {
		ends[s.Key.Job] = "waits"
		if s.Outcome != nil {
			ends[s.Key.Job] = string(s.Outcome.Status)
			if s.Attempt == 0 && s.Outcome.Error != "" {
				ends[s.Key.Job] += " " + s.Outcome.Error
			}
		}
	}
	if seen.Outcome != nil {
		ends["all"] = string(seen.Outcome.Status)
	}
	return ends
}

func (l *shore) wantEnds(k ledger.Key, want map[string]string) {
	l.t.Helper()
	if diff := cmp.Diff(want, l.ends(k)); diff != "" {
		l.t.Errorf("how the jobs ended (-want +got)\n%s", diff)
	}
}

// lines counts the lines of the log with that message.
func (c *cloud) lines(msg string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Count(c.log.String(), fmt.Sprintf("%q:%q", "msg", msg))
}

func TestDiamond(t *testing.T) {
	l := newDAG(t, diamond...)
	l.drain(l.request(0, false))
	l.wantEnds(whole, map[string]string{"a": "succeeded", "b": "succeeded", "c": "succeeded", "d": "succeeded", "all": "succeeded"})
	var order []string
	for _, m := range l.asked {
		order = append(order, m.Job)
	}
	if order[0] != "a" || len(order) > 5 || !slices.Contains(order[3:], "d") { // b and c are siblings: the first of them asks for nothing
		t.Errorf("asked for %v", order)
	}
	if n, m := l.lines("run ended"), l.lines("workflow ended"); n != 4 || m != 1 {
		t.Errorf("%d lines of jobs and %d of the workflow", n, m)
	}
	line := l.line("workflow ended")
	if get(line, "run") != whole.String() || get(line, "status") != "succeeded" || get(line, "jobs") != "4" {
		t.Errorf("log line %v", line)
	}
	l.wantTidy()
	if tick := l.look(); tick != (workflow.Tick{}) {
		t.Errorf("a tick when all is done: %+v", tick)
	}
}

// points are the requests that are a process's last: some of them, others each
// day, or all, which takes a quarter of a minute.
func points() (first, every int) {
	if os.Getenv("GLINT_TORTURE") != "" {
		return 0, 1
	}
	return int(time.Now().Unix()/86400) % 23, 23
}

// TestDiamondKilledAnywhere: each request that is made of the ledger, and each
// message that is sent, is the last of a process that then dies, before it is
// carried out or after. Every message is delivered three times, in any order.
// Each job publishes once, and the run ends.
func TestDiamondKilledAnywhere(t *testing.T) {
	most, every := points()
	for at := most; ; at += every {
		hit := false
		for _, after := range []bool{false, true} {
			l := newDAG(t, diamond...)
			f := &dying{Store: &l.store, at: at, after: after}
			ask := l.runner.Ask
			l.runner.Manifests, l.runner.Ledger = f, &ledger.Ledger{Store: f, Prefix: "gs://state", ID: "test"}
			l.runner.Ask = func(ctx context.Context, data []byte, attributes map[string]string) (id string, err error) {
				err = f.do(func() error { id, err = ask(ctx, data, attributes); return err })
				return id, err
			}
			name := fmt.Sprintf("killed at %d (after %v)", at, after)
			l.threeTimes(t, f, rand.New(rand.NewPCG(uint64(at), 1)), name)
			f.reborn()
			f.at = -1
			for job, n := range map[string]int{"a": 1, "b": 1, "c": 1, "d": 1} {
				if got := len(l.sink.Landed(tableOf(job))); got != n {
					t.Errorf("%s: job %s published %d times", name, job, got)
				}
			}
			if ends := l.ends(whole); ends["all"] != "succeeded" {
				t.Errorf("%s: %v", name, ends)
			}
			if n := l.lines("workflow ended"); n > 1 {
				t.Errorf("%s: %d lines of the workflow", name, n)
			}
			l.pass(21 * time.Minute)
			before := len(l.asked)
			l.look() // what a process left that died at its very end
			l.pass(21 * time.Minute)
			if tick := l.look(); tick != (workflow.Tick{}) || len(l.asked) != before {
				t.Errorf("%s: a tick when all is done: %+v, %d messages", name, tick, len(l.asked)-before)
			}
			l.wantTidy()
			hit = hit || f.dead
		}
		if most = at; !hit || t.Failed() {
			break
		}
	}
	if most < 100 {
		t.Errorf("only %d requests were made", most)
	}
}

// threeTimes delivers the workflow's message and all that follow, each until
// three deliveries were acknowledged, in the order that chance has.
func (l *shore) threeTimes(t *testing.T, f *dying, chance *rand.Rand, name string) {
	t.Helper()
	messages := []trigger.Message{l.request(0, false)}
	left, delivery := map[string]int{"42": 3}, map[string]int{}
	for seen, turns := 0, 0; len(messages) > 0; turns++ {
		if turns > 300 {
			t.Fatalf("%s: no end after %d deliveries: %v", name, turns, l.ends(whole))
		}
		i := chance.IntN(len(messages))
		m := messages[i]
		f.reborn()
		l.pass(90 * time.Second) // a dead one's lease runs out
		delivery[m.ID]++
		if err := l.push(m, delivery[m.ID]); err == nil {
			left[m.ID]--
		} else if !fault.Retry(err) {
			t.Fatalf("%s: %v", name, err)
		}
		if left[m.ID] == 0 {
			messages = slices.Delete(messages, i, i+1)
		}
		for ; seen < len(l.asked); seen++ {
			messages = append(messages, l.asked[seen])
			left[l.asked[seen].ID] = 3
		}
	}
}

// TestDAGAtOnce: siblings end at the same time, each message is with two
// instances at once. What joins them is asked for, and runs once.
func TestDAGAtOnce(t *testing.T) {
	for range 5 {
		l := newDAG(t, "a:", "b:", "c:", "d: a, b, c", "e: d", "f: d")
		var all sync.WaitGroup
		deliver := func(m trigger.Message) {
			for range 2 {
				all.Go(func() {
					end := time.Now().Add(30 * time.Second)
					for n := 1; time.Now().Before(end); n++ {
						err := l.push(m, n)
						if err == nil {
							return
						}
						if !fault.Retry(err) {
							t.Error(err)
							return
						}
						time.Sleep(5 * time.Millisecond)
					}
					t.Errorf("%s: no end", m.Job)
				})
			}
		}
		deliver(l.request(0, false))
		seen := 0
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
			l.clock.Lock()
			fresh := slices.Clone(l.asked[seen:])
			seen = len(l.asked)
			l.clock.Unlock()
			for _, m := range fresh {
				deliver(m)
			}
			if _, ended, err := l.runner.Ledger.Outcome(t.Context(), whole); err != nil || ended || time.Now().After(end) {
				break
			}
		}
		all.Wait()
		l.wantEnds(whole, map[string]string{"a": "succeeded", "b": "succeeded", "c": "succeeded", "d": "succeeded", "e": "succeeded", "f": "succeeded", "all": "succeeded"})
		l.wantPublications(map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1})
		if n := l.lines("workflow ended"); n != 1 || t.Failed() {
			t.Fatalf("%d lines of the workflow", n)
		}
	}
}

// TestDAGFails: a job that fails stops what depends on it, and nothing else.
func TestDAGFails(t *testing.T) {
	l := newDAG(t, "d: b, c", "a:", "b: a", "c: a", "e: d", "f: c")
	l.sink.Fail = func(i sink.Intent) error {
		if i.Target == tableOf("b") {
			return fault.Errorf(fault.Invalid, "rows do not fit")
		}
		return nil
	}
	l.drain(l.request(0, false))
	l.wantEnds(whole, map[string]string{
		"a": "succeeded", "b": "failed", "c": "succeeded", "f": "succeeded",
		"d": "skipped it depends on b, which failed", "e": "skipped it depends on d, which was skipped", "all": "failed",
	})
	if len(l.dead) != 1 || l.dead[0].attributes["glint_reason"] == "" || !strings.Contains(l.dead[0].data, `"job":"b"`) {
		t.Errorf("put aside: %v", l.dead)
	}
	if line := l.line("workflow ended"); get(line, "status") != "failed" || !strings.HasPrefix(get(line, "error"), "job b: output final: ") {
		t.Errorf("log line %v", line)
	}
	l.wantTidy()

	// The next ordinal runs what did not succeed, and what depends on that.
	l.sink.Fail = nil
	again, err := l.runner.Again(t.Context(), "city", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	l.drain(l.request(again.Ordinal, true))
	ends := map[string]string{"a": "succeeded", "b": "succeeded", "c": "succeeded", "d": "succeeded", "e": "succeeded", "f": "succeeded", "all": "succeeded"}
	l.wantEnds(again, ends)
	l.wantPublications(map[string]int{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1})
	again.Job = "c"
	if o, _, err := l.runner.Ledger.Outcome(t.Context(), again); err != nil || len(o.Receipts) != 1 || !strings.Contains(strings.Join(o.Notes, ""), "not run again: it succeeded as city/20261123T020000.000Z.0/c") {
		t.Errorf("outcome of a job that was kept: %+v, %v", o, err)
	}

	// One that succeeded is run whole, with all jobs.
	l.drain(l.request(2, true))
	l.wantPublications(map[string]int{"a": 2, "b": 2, "c": 2, "d": 2, "e": 2, "f": 2})
	l.wantTidy()
}

func (l *shore) wantPublications(want map[string]int) {
	l.t.Helper()
	got := map[string]int{}
	for job := range maps.Keys(want) {
		got[job] = len(l.sink.Landed(tableOf(job)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		l.t.Errorf("publications (-want +got)\n%s", diff)
	}
}

// TestRerunChanged: a job that was changed since runs again, though it succeeded;
// one that only stands in another line does not.
func TestRerunChanged(t *testing.T) {
	l := newDAG(t, "a:", "b:", "c: b", "d:")
	l.store.past = map[string][]byte{}
	l.put("gs://root/workflows/city.yaml", dagOf("a:", "b:", "c: b", "d:"))
	l.sink.Fail = func(i sink.Intent) error {
		if i.Target == tableOf("d") {
			return fault.Errorf(fault.Invalid, "rows do not fit")
		}
		return nil
	}
	l.drain(l.request(0, false))
	l.sink.Fail = nil
	text := strings.Replace("# mended\n"+dagOf("a:", "b:", "c: b", "d:"), "SELECT * FROM raw", "SELECT *  FROM raw ORDER BY 1", 1)
	l.put("gs://root/workflows/city.yaml", text)
	l.drain(l.request(1, true))
	l.wantPublications(map[string]int{"a": 2, "b": 1, "c": 1, "d": 1})

	l.put("gs://root/workflows/city.yaml", text) // without asking for what is left: all of it
	l.drain(l.request(2, false))
	l.wantPublications(map[string]int{"a": 3, "b": 2, "c": 2, "d": 2})
}

// TestDAGCancel: the job that is at work stops, and what waits never begins.
func TestDAGCancel(t *testing.T) {
	l := newDAG(t, "a:", "b: a", "c: b", "d: b, c")
	l.engine.exporting = func(ctx context.Context, n int) error {
		if n != 2 { // b
			return nil
		}
		if _, err := l.runner.Cancel(ctx, whole, "me"); err != nil {
			return err
		}
		<-ctx.Done()
		return context.Cause(ctx)
	}
	l.drain(l.request(0, false))
	l.wantEnds(whole, map[string]string{
		"a": "succeeded", "b": "cancelled", "c": "cancelled cancelled by me before it began",
		"d": "cancelled cancelled by me before it began", "all": "cancelled",
	})
	l.wantTidy()
	if len(l.dead) > 0 || l.lines("workflow ended") != 1 {
		t.Errorf("put aside %v, %d lines", l.dead, l.lines("workflow ended"))
	}
}

// TestDAGCancelUnheard: a job gave itself back and its message never came again;
// whoever cancels it sends one, so that it ends.
func TestDAGCancelUnheard(t *testing.T) {
	l := newDAG(t, "a:", "b: a")
	l.engine.exporting = func(ctx context.Context, n int) error {
		if n == 1 {
			return errDown
		}
		<-ctx.Done()
		return context.Cause(ctx)
	}
	if err := l.push(l.request(0, false), 1); err != nil {
		t.Fatal(err)
	}
	if err := l.push(l.asked[0], 1); !fault.Retry(err) {
		t.Fatal(err)
	}
	if _, err := l.runner.Cancel(t.Context(), whole, "me"); err != nil {
		t.Fatal(err)
	}
	if len(l.asked) != 2 || l.asked[1].Job != "a" {
		t.Fatalf("asked for %v", l.asked)
	}
	l.drain(l.asked[1])
	l.wantEnds(whole, map[string]string{"a": "cancelled", "b": "cancelled cancelled by me before it began", "all": "cancelled"})
	l.wantTidy()
}

// TestDAGResumed: a message that was to begin a job is lost.
func TestDAGResumed(t *testing.T) {
	for lost := range 4 {
		l := newDAG(t, "a:", "b: a", "c: b", "d: c")
		for i := 0; i <= lost; i++ { // the i-th message is delivered, what it asks for last is lost
			m := l.request(0, false)
			if i > 0 {
				m = l.asked[i-1]
			}
			if err := l.push(m, 1); err != nil {
				t.Fatal(err)
			}
		}
		if tick := l.look(); tick.Open != 1 || tick.Revived != 0 {
			t.Fatalf("at once: %+v", tick)
		}
		if _, err := l.runner.Again(t.Context(), "city", time.Time{}); err == nil || !strings.Contains(err.Error(), "has not ended") {
			t.Errorf("Again of a run that goes on: %v", err)
		}
		for range 3 {
			l.pass(21 * time.Minute)
			if tick := l.look(); tick.Revived != 1 {
				t.Fatalf("after 21 minutes: %+v", tick)
			}
		}
		n := len(l.asked)
		l.drain(l.asked[n-1])
		if ends := l.ends(whole); ends["all"] != "succeeded" {
			t.Errorf("lost %d: %v", lost, ends)
		}
		l.wantTidy()
	}
}

// TestDAGFiles: a job of the DAG is a workflow in a file of its own, whose jobs
// run in its place, as they were when the run began.
func TestDAGFiles(t *testing.T) {
	l := newShore(t)
	l.store.past = map[string][]byte{}
	head, _, _ := strings.Cut(manifestText, "    - name: load\n")
	_, last, _ := strings.Cut(dagOf("z: inner"), "    - name: z\n")
	l.put("gs://root/workflows/city.yaml", head+"    - name: inner\n      file: inner.yaml\n    - name: z\n"+last)
	l.put("gs://root/parts/inner.yaml", strings.Replace(dagOf("b: a", "a:"), "name: city", "name: inner", 1))
	l.engine.exporting = func(_ context.Context, n int) error {
		if n == 1 {
			l.put("gs://root/parts/inner.yaml", "broken")
		}
		return nil
	}
	l.drain(l.request(0, false))
	l.wantEnds(whole, map[string]string{"inner/a": "succeeded", "inner/b": "succeeded", "z": "succeeded", "all": "succeeded"})
	l.wantPublications(map[string]int{"a": 1, "b": 1, "z": 1})
	if jobs, err := l.runner.Ledger.Jobs(t.Context(), whole); err != nil || len(jobs) != 3 || jobs[0].Key.Job != "inner/a" || jobs[0].Outcome == nil {
		t.Errorf("jobs %+v, %v", jobs, err)
	}
	l.wantTidy()
}

// TestDAGEvents: what a run writes for its own later jobs is no news to it; what
// it reads from elsewhere is, and all of one burst while it goes on is one run.
func TestDAGEvents(t *testing.T) {
	l := newShore(t)
	text := strings.Replace(dagOf("a:", "b: a"), "dev/b", "dev/c", 1)
	at := strings.LastIndex(text, "land:none/city")
	l.put("gs://root/workflows/city.yaml", strings.Replace(text[:at]+"land:none/made"+text[at+len("land:none/city"):], "house:dev/a", "land:none/made", 1))
	l.hear(l.lands("gs://land/made/x.csv", "id,name\n4,Oslo\n"))
	if tick := l.look(); tick.Waiting != 0 {
		t.Errorf("what job a makes for b: %+v", tick)
	}
	l.hear(l.lands("gs://land/city/c.csv", "id,name\n4,Oslo\n"))
	l.pass(time.Minute)
	if tick := l.look(); tick.Started != 1 {
		t.Fatalf("what lands: %+v", tick)
	}
	l.put("gs://root/workflows/city.yaml", dagOf("a:", "b: a"))
	l.run(0) // its first message: a is asked for, and has not begun
	l.hear(l.lands("gs://land/city/d.csv", "id,name\n5,Bern\n"))
	l.pass(16 * time.Minute)
	if tick := l.look(); tick.Started != 0 || tick.Waiting != 1 {
		t.Errorf("while the run goes on: %+v", tick)
	}
	l.drain(l.asked[1])
	if tick := l.look(); tick.Started != 1 {
		t.Errorf("when it has ended: %+v", tick)
	}
}

// TestDAGMessages: messages for jobs that nobody should have sent.
func TestDAGMessages(t *testing.T) {
	l := newDAG(t, "a:", "b: a")
	m := l.request(0, false)
	m.Job = "b" // not ready: it asks for what is
	l.drain(m)
	l.wantEnds(whole, map[string]string{"a": "succeeded", "b": "succeeded", "all": "succeeded"})
	l.wantPublications(map[string]int{"a": 1, "b": 1})

	m.Job = "x"
	l.drain(m)
	if len(l.dead) != 1 || !strings.Contains(l.dead[0].attributes["glint_reason"], "no job x") {
		t.Errorf("put aside: %v", l.dead)
	}
}

// TestDAGPinned: the manifest changes while its jobs run; all of them read the
// generation that the first delivery has pinned.
func TestDAGPinned(t *testing.T) {
	l := newShore(t)
	l.store.past = map[string][]byte{}
	l.put("gs://root/workflows/city.yaml", dagOf("a:", "b: a"))
	l.engine.exporting = func(_ context.Context, n int) error {
		if n == 1 {
			l.put("gs://root/workflows/city.yaml", dagOf("a:", "z: a"))
		}
		return nil
	}
	l.drain(l.request(0, false))
	l.wantPublications(map[string]int{"a": 1, "b": 1, "z": 0})
}
