package bigquery

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/udl"
)

// wire is the little of the API that one load needs, with the faults that
// bigquerytest's emulator is too faithful to have.
type wire struct {
	mu       sync.Mutex
	dataset  *bq.Dataset
	table    *bq.Table
	policies int // -1: not permitted
	jobs     map[string]*bq.Job
	polls    int            // looks at a job until it is done; -1 is never
	end      *bq.ErrorProto // how a load ends; nil is well
	rows     int64          // what a load says it wrote
	answers  []int          // statuses given instead of the next answers
	lose     int            // inserts that are done and answered 503
	patches  []*bq.Table
	inserts  int // requests, also those refused
	loads    int // jobs made
	cancels  int
}

func serve(t *testing.T) (*wire, *Writer) {
	t.Helper()
	f := &wire{
		dataset: &bq.Dataset{Location: "europe-west4"},
		jobs:    map[string]*bq.Job{}, rows: 10,
	}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	w, err := New(context.Background(), Options{Endpoint: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	w.retry = pace{first: time.Millisecond, max: time.Millisecond, attempts: 3}
	w.answer = 200 * time.Millisecond // the official client tries again by itself, a second apart
	w.poll = pace{first: time.Millisecond, max: time.Millisecond}
	return f, w
}

func (f *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.answers) > 0 {
		code := f.answers[0]
		f.answers = f.answers[1:]
		if code != 0 {
			reason := "backendError"
			if code < 500 {
				reason = "accessDenied"
			}
			refuse(rw, code, reason, "a bad moment")
			return
		}
	}
	p := strings.Split(strings.Trim(r.URL.Path, "/"), "/") // projects p datasets d tables t …
	switch {
	case r.Method == "POST" && len(p) == 3 && p[2] == "jobs":
		f.insert(rw, r)
	case r.Method == "POST" && len(p) == 5 && p[4] == "cancel":
		f.cancels++
		j := f.jobs[p[3]]
		j.Status = &bq.JobStatus{State: "DONE", ErrorResult: &bq.ErrorProto{Reason: "stopped", Message: "Job execution was cancelled: User requested cancellation"}}
		send(rw, &bq.JobCancelResponse{Job: j})
	case r.Method == "GET" && len(p) == 4 && p[2] == "jobs":
		f.get(rw, p[3], r.URL.Query().Get("location"))
	case r.Method == "GET" && len(p) == 4 && p[2] == "datasets" && f.dataset != nil:
		send(rw, f.dataset)
	case r.Method == "GET" && len(p) == 6 && f.table != nil:
		send(rw, f.table)
	case r.Method == "PATCH" && len(p) == 6:
		var t bq.Table
		json.NewDecoder(r.Body).Decode(&t)
		f.patches = append(f.patches, &t)
		send(rw, &t)
	case r.Method == "GET" && len(p) == 7 && p[6] == "rowAccessPolicies" && f.policies < 0:
		refuse(rw, 403, "accessDenied", "Permission bigquery.rowAccessPolicies.list denied")
	case r.Method == "GET" && len(p) == 7 && p[6] == "rowAccessPolicies":
		send(rw, &bq.ListRowAccessPoliciesResponse{RowAccessPolicies: make([]*bq.RowAccessPolicy, f.policies)})
	case r.Method == "GET" && len(p) == 7 && p[6] == "data":
		rw.Write([]byte(previewed))
	default:
		refuse(rw, 404, "notFound", "Not found: "+r.URL.Path)
	}
}

func (f *wire) insert(rw http.ResponseWriter, r *http.Request) {
	f.inserts++
	var j bq.Job
	if err := json.NewDecoder(r.Body).Decode(&j); err != nil {
		refuse(rw, 400, "invalid", err.Error())
		return
	}
	id := j.JobReference.JobId
	if _, taken := f.jobs[id]; taken {
		refuse(rw, 409, "duplicate", "Already Exists: Job "+id)
		return
	}
	j.Status = &bq.JobStatus{State: "PENDING"}
	f.jobs[id] = &j
	if j.Configuration.Load != nil {
		f.loads++
	}
	if f.lose > 0 {
		f.lose--
		refuse(rw, 503, "backendError", "the answer is lost")
		return
	}
	send(rw, &j)
}

func (f *wire) get(rw http.ResponseWriter, id, location string) {
	j := f.jobs[id]
	if j == nil || j.JobReference.Location != location {
		refuse(rw, 404, "notFound", "Not found: Job "+id)
		return
	}
	if f.polls > 0 {
		f.polls--
	} else if f.polls == 0 && j.Status.State != "DONE" {
		j.Status = &bq.JobStatus{State: "DONE"}
		if j.Configuration.Load != nil {
			if f.end != nil {
				j.Status.ErrorResult, j.Status.Errors = f.end, []*bq.ErrorProto{f.end}
			}
			j.Statistics = &bq.JobStatistics{StartTime: 1000, EndTime: 3000, Load: &bq.JobStatistics3{OutputRows: f.rows, OutputBytes: 99}}
		}
	}
	send(rw, j)
}

func send(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	json.NewEncoder(rw).Encode(v)
}

func refuse(rw http.ResponseWriter, code int, reason, message string) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(code)
	fmt.Fprintf(rw, `{"error":{"code":%d,"message":%q,"errors":[{"reason":%q,"message":%q}]}}`, code, message, reason, message)
}

// output is the output of the tests, changed by edit.
func output(edit func(*sink.Output)) sink.Output {
	o := sink.Output{
		Name: "finalDf", Mode: sink.Overwrite, ID: "glint_abc", Run: "bq-write-01/2026-11-22T02:00Z.0",
		Location: depot.Location{Address: udl.Address{Depot: "bqdepot"}, Path: []string{"p", "dev", "city"}},
		Options:  plug.Args{},
		Labels:   map[string]string{"glint_workflow": "Bq.Write"},
	}
	if edit != nil {
		edit(&o)
	}
	return o
}

func options(kv map[string]any) func(*sink.Output) {
	return func(o *sink.Output) {
		x := plug.Args{}
		for k, v := range maps.All(kv) {
			x[k] = plug.Value{Data: v}
			x[k] = at(x[k])
		}
		o.Options["extraOptions"] = plug.Value{Data: x}
	}
}

func at(v plug.Value) plug.Value {
	v.Pos.File, v.Pos.Line = "w.yaml", 7
	return v
}

// staged is ten rows in one file.
func staged(cols ...relation.Column) relation.Relation {
	if cols == nil {
		cols = []relation.Column{{Name: "id", Type: relation.Of(relation.Long)}, {Name: "name", Type: relation.Of(relation.String)}}
	}
	return relation.Relation{
		Name: "finalDf", Form: relation.Parquet, Columns: cols, Rows: 10, Bytes: 123,
		Files: []relation.File{{URI: "gs://tmp/run/1/finalDf/0.parquet"}},
	}
}

// intend inspects and prepares.
func intend(t *testing.T, w *Writer, o sink.Output, r relation.Relation) (sink.Intent, error) {
	t.Helper()
	l, err := w.Inspect(t.Context(), o)
	if err != nil {
		t.Fatalf("Inspect: %v", err)
	}
	return w.Prepare(t.Context(), o, r, l)
}

func mustIntend(t *testing.T, w *Writer, o sink.Output, r relation.Relation) sink.Intent {
	t.Helper()
	i, err := intend(t, w, o, r)
	if err != nil {
		t.Fatalf("Prepare: %v", err)
	}
	return i
}
