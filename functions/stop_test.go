package main

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/bigquery/bigquerytest"
	"github.com/glint-data/glint/shared/gcs/gcstest"
	"github.com/glint-data/glint/shared/ledger"
)

// TestPaused: the function stands still past its lease while another instance
// completes the run, and is woken then. The other's result stands.
func TestPaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	healthy := w.start(nil)
	w.land("old", "old", 40)
	w.land("new", "new", 40)
	for i, c := range []struct {
		name string
		at   func(moment) bool
	}{
		{"reading", asks("GET", "/o/new%2Fcity.csv?alt=media", false)},
		{"staging", asks("POST", "/upload/storage/v1/b/"+temporary, false)},
		{"staged", asks("POST", "/upload/storage/v1/b/"+temporary, true)},
		{"intending", asks("POST", "intents%2F", false)},
		{"intended", asks("POST", "head.json", true)},
		{"publishing", asks("POST", "/jobs", false)},
		{"published", asks("POST", "/jobs", true)},
		{"ending", after(asks("POST", "settled%2F", false), asks("POST", "lease.json", false))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.t = t
			w.paused(healthy, i, c.at)
		})
	}
}

func (w *world) paused(healthy *worker, i int, at func(moment) bool) {
	name, table := fmt.Sprintf("pause-%03d", i), fmt.Sprintf("pause_%03d", i)
	w.workflow(name, "old", table)
	healthy.run(name+"-1", name, slot1)
	w.workflow(name, "new", table)

	var sleeper *worker
	asleep, awake := make(chan bool), make(chan bool)
	s := &strike{find: at, act: func(moment) bool {
		sleeper.signal(syscall.SIGSTOP)
		close(asleep)
		<-awake
		return true
	}}
	sleeper = w.start(w.wire(s.on).env)
	s.arm()
	status := make(chan string, 1)
	go func() {
		code, answer := sleeper.deliver(name+"-2", name, slot2)
		status <- fmt.Sprint(code, " ", answer)
	}()
	select {
	case <-asleep:
	case got := <-status:
		w.t.Fatalf("it answered %s before it could be stopped; %s", got, sleeper.out.String())
	}
	w.oldOrNew(table, s)
	healthy.run(name+"-2", name, slot2)
	w.completed(name, table, s)
	before, err := w.bq.Tables.Get(project, "dev", table).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	outcome := w.outcome(name, slot2)

	close(awake)
	sleeper.signal(syscall.SIGCONT)
	got := <-status
	w.t.Logf("stopped %s; woken, it answered %s", s.where(), got)
	if !strings.HasPrefix(got, "503") && !strings.HasPrefix(got, "204") {
		w.t.Errorf("%s: woken, it answered %s", s.where(), got)
	}
	if lines := sleeper.lines("run ended"); len(lines) > 0 {
		w.t.Errorf("%s: it says that it ended the run: %v", s.where(), lines)
	}
	w.completed(name, table, s)
	if diff := cmp.Diff(outcome, w.outcome(name, slot2)); diff != "" {
		w.t.Errorf("%s: the outcome changed (-before +after):\n%s", s.where(), diff)
	}
	after, err := w.bq.Tables.Get(project, "dev", table).Do()
	if err != nil {
		w.t.Fatal(err)
	}
	if diff := cmp.Diff(before.Etag, after.Etag); diff != "" || before.LastModifiedTime != after.LastModifiedTime {
		w.t.Errorf("%s: the table changed (-before +after):\n%s", s.where(), diff)
	}
	if status, answer := healthy.deliver(name+"-2", name, slot2); status != 204 {
		w.t.Errorf("afterwards: %d %s", status, answer)
	}
	w.wantTidy(name)
}

// TestKilledWhileLoading: the function dies while its load job is in a state of
// its own. The job is taken up, not repeated.
func TestKilledWhileLoading(t *testing.T) {
	t.Parallel()
	for _, stage := range []bigquerytest.Stage{bigquerytest.Pending, bigquerytest.Running, bigquerytest.Landed} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			healthy := w.start(nil)
			healthy.run("1", seed, slot1)
			w.land("city", "new", 40)
			w.cloud.BigQuery.Hold(stage)
			victim := w.start(nil)
			answered := make(chan int, 1)
			go func() { status, _ := victim.deliver("2", seed, slot2); answered <- status }()
			until(t, "the load is there", func() bool { return len(w.loads("city")) == 2 })
			victim.kill()
			if status := <-answered; status != 0 {
				t.Errorf("answered %d", status)
			}
			if status, answer := healthy.deliver("2", seed, slot2); status != 503 || !strings.Contains(answer, "is at it") {
				t.Errorf("while the dead one's lease lasts: %d %s", status, answer)
			}
			done := make(chan int, 1)
			go func() { done <- healthy.run("2", seed, slot2) }()
			time.Sleep(lease + 500*time.Millisecond)
			w.cloud.BigQuery.Release(stage)
			<-done
			w.completed(seed, "city", &strike{})
		})
	}
}

// TestTerminated: an instance that is told to stop gives the run back at once.
func TestTerminated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.workflow("all", "big", "everything")
	w.put("workflows/all.yaml", strings.Replace(manifest(t, "name: "+seed, "name: all", "thirdparty01:none/city", "thirdparty01:none/big",
		"bqdepot:dev/city", "bqdepot:dev/everything"), " LIMIT 10", "", 1))
	w.cloud.Storage.Put(landing, "big/city.csv", cities("row", 200_000))
	reading := make(chan bool, 100)
	w.cloud.Storage.Fault(func(r *http.Request) *gcstest.Fault {
		if strings.Contains(r.URL.Path, "big") && r.URL.Query().Get("alt") == "media" {
			reading <- true
			return &gcstest.Fault{BytesPerSecond: 200_000}
		}
		return nil
	})
	p := w.start(nil)
	q := w.start(nil)
	type answer struct {
		status int
		text   string
	}
	answered := make(chan answer, 1)
	go func() { status, text := p.deliver("1", "all", slot1); answered <- answer{status, text} }()
	<-reading
	time.Sleep(100 * time.Millisecond)
	asked := time.Now()
	p.signal(syscall.SIGTERM)
	got := <-answered
	if got.status != 503 || !strings.Contains(got.text, "stopping") || time.Since(asked) > 5*time.Second {
		t.Errorf("answered %d %s after %v", got.status, got.text, time.Since(asked))
	}
	select {
	case <-p.gone:
	case <-time.After(10*time.Second - time.Since(asked)):
		t.Error("it has not ended after ten seconds")
	}
	t.Logf("ended after %v", time.Since(asked))
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit status %d", code)
	}
	w.cloud.Storage.Fault(nil)
	if status, text := q.deliver("1", "all", slot1); status != 204 { // at once: nothing is waited for
		t.Errorf("the next delivery: %d %s", status, text)
	}
	if n := len(w.rows("everything")); n != 1000 { // all that rows looks at
		t.Errorf("%d rows", n)
	}
	if o := w.outcome("all", slot1); o.Status != ledger.Succeeded || o.Receipts[0].Rows != 200_000 || o.Attempt != 2 {
		t.Errorf("outcome %+v", o)
	}
	w.wantTidy("all")
}
