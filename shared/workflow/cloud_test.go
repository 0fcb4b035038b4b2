package workflow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/guard"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/job"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/workflow"
)

const manifestText = `name: city
version: v1
type: workflow
workflow:
  dag:
    - name: load
      spec:
        stack: flare:6.0
        compute: runnable-default
        stackSpec:
          job:
            inputs:
              - name: raw
                dataset: dataos://land:none/city
                format: csv
                schemaPath: dataos://land:none/schemas/city.avsc
            outputs:
              - name: final
                dataset: dataos://house:dev/city?acl=rw
                format: mem
                options:
                  saveMode: overwrite
            steps:
              - sequence:
                  - name: final
                    sql: SELECT * FROM raw
`

const landing = `{name: land, version: v2alpha, type: depot, depot: {type: GCS, gcs: {bucket: land}}}`

var files = map[string]string{
	"gs://root/workflows/city.yaml": manifestText,
	"gs://root/depots/land.yaml":    landing,
	"gs://root/depots/house.yaml":   `{name: house, version: v2alpha, type: depot, depot: {type: BIGQUERY, bigquery: {project: p, params: {temporaryBucket: tmp}}}}`,
	"gs://land/schemas/city.avsc":   `{"type": "record", "name": "city", "fields": [{"name": "id", "type": "int"}, {"name": "name", "type": ["null", "string"]}]}`,
	"gs://land/city/a.csv":          "id,name\n1,Berlin\n2,Paris\n",
	"gs://land/city/b.csv":          "id,name\n3,Rome\n",
}

var table = sink.Target{System: "mem", Address: "p.dev.city"}

// store keeps earlier versions, as a bucket with versioning does.
type store struct {
	object.Mem
	mu   sync.Mutex
	past map[string][]byte // by URI and version
}

func (s *store) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (object.Attrs, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return object.Attrs{}, err
	}
	a, err := s.Mem.Put(ctx, uri, bytes.NewReader(text), c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.past != nil && err == nil {
		s.past[uri+"#"+a.Version] = text
	}
	return a, err
}

func (s *store) Open(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	s.mu.Lock()
	text, ok := s.past[uri+"#"+r.Version]
	s.mu.Unlock()
	if ok && r.Off == 0 && r.N <= 0 {
		return io.NopCloser(bytes.NewReader(text)), object.Attrs{URI: uri, Version: r.Version, Size: int64(len(text))}, nil
	}
	return s.Mem.Open(ctx, uri, r)
}

// A cloud is all that the runner needs, in memory.
type cloud struct {
	t      *testing.T
	store  store
	sink   sink.Mem
	engine passing
	runner *workflow.Runner

	mu   sync.Mutex
	log  bytes.Buffer
	dead []letter
}

type letter struct {
	data       string
	attributes map[string]string
}

func newCloud(t *testing.T) *cloud {
	c := &cloud{t: t}
	for uri, text := range files {
		c.put(uri, text)
	}
	log := slog.New(slog.NewJSONHandler(lockedWriter{c}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	l := &ledger.Ledger{Store: &c.store, Prefix: "gs://state", ID: "test", TTL: 300 * time.Millisecond, Renew: 50 * time.Millisecond, Log: log}
	c.runner = &workflow.Runner{
		Manifests: &c.store, Prefix: "gs://root", Ledger: l, Instance: "test", Log: log, Now: time.Now,
		Jobs: &job.Runner{
			Engine: &c.engine, Sources: source.All, Sinks: plug.NewSet[sink.Writer]("format", &c.sink), Guards: []guard.Guard{guard.Counts{}},
			Depots: &depot.Catalog{Manifests: &c.store, Prefix: "gs://root/depots", Open: map[depot.Type]func(context.Context, map[string]string, depot.Secret) (object.Store, error){
				depot.GCS: func(context.Context, map[string]string, depot.Secret) (object.Store, error) { return &c.store, nil },
			}},
			Temporary: &c.store, Log: log, Now: time.Now,
			Budget: func(time.Time) (host.Budget, func(), error) { return host.Budget{}, func() {}, nil },
		},
		DeadLetter: func(_ context.Context, data []byte, attributes map[string]string) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.dead = append(c.dead, letter{string(data), attributes})
			return nil
		},
	}
	return c
}

type lockedWriter struct{ c *cloud }

func (w lockedWriter) Write(p []byte) (int, error) {
	w.c.mu.Lock()
	defer w.c.mu.Unlock()
	return w.c.log.Write(p)
}

func (c *cloud) put(uri, text string) {
	c.t.Helper()
	if _, err := c.store.Put(context.Background(), uri, strings.NewReader(text), object.Cond{}); err != nil {
		c.t.Fatal(err)
	}
}

// replace changes a file by replacing some of its text.
func (c *cloud) replace(uri, old, new string) {
	c.t.Helper()
	text := strings.Replace(files[uri], old, new, 1)
	if text == files[uri] {
		c.t.Fatalf("%s has no %q", uri, old)
	}
	c.put(uri, text)
}

func (c *cloud) remove(prefix string) {
	c.t.Helper()
	for a := range c.store.List(context.Background(), prefix, "") {
		if err := c.store.Delete(context.Background(), a.URI, object.Cond{}); err != nil {
			c.t.Fatal(err)
		}
	}
}

var run = ledger.Key{Workflow: "city", Job: "load", Slot: time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)}

// push is a message as Pub/Sub delivers it.
func push(data string, delivery int) []byte {
	body, err := json.Marshal(map[string]any{
		"message":         map[string]any{"data": []byte(data), "messageId": "42", "publishTime": "2026-11-23T02:00:01Z"},
		"subscription":    "projects/p/subscriptions/s",
		"deliveryAttempt": delivery,
	})
	if err != nil {
		panic(err)
	}
	return body
}

const request = `{"workflow": "city", "slot": "2026-11-23T02:00:00Z"}`

func (c *cloud) deliver(n int) error {
	return c.runner.Deliver(c.t.Context(), http.Header{}, push(request, n))
}

// outcome is the run's, which must have one.
func (c *cloud) outcome() ledger.Outcome {
	c.t.Helper()
	o, ok, err := c.runner.Ledger.Outcome(c.t.Context(), run)
	if err != nil || !ok {
		c.t.Fatalf("outcome: %v, %v", ok, err)
	}
	return o
}

// wantPublished holds the cloud to one publication of three rows, and nothing left behind.
func (c *cloud) wantPublished() {
	c.t.Helper()
	o, landed := c.outcome(), c.sink.Landed(table)
	if o.Status != ledger.Succeeded || len(o.Receipts) != 1 || len(landed) != 1 {
		c.t.Fatalf("outcome %s %s with %d receipts, %d published", o.Status, o.Error, len(o.Receipts), len(landed))
	}
	if r := o.Receipts[0]; r.JobID != landed[0].ID || r.Rows != 3 {
		c.t.Errorf("receipt %+v of %+v", r, landed[0])
	}
	if len(c.dead) > 0 {
		c.t.Errorf("put aside: %v", c.dead)
	}
	c.wantTidy()
}

func (c *cloud) wantTidy() {
	c.t.Helper()
	for _, prefix := range []string{"gs://tmp/", "gs://state/open/"} {
		for a := range c.store.List(context.Background(), prefix, "") {
			c.t.Errorf("%s is left", a.URI)
		}
	}
}

// line is the last line of the log with that message.
func (c *cloud) line(msg string) map[string]any {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	var last map[string]any
	for text := range strings.Lines(c.log.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			c.t.Fatal(err)
		}
		if line["msg"] == msg {
			last = line
		}
	}
	if last == nil {
		c.t.Fatalf("no line %q in\n%s", msg, &c.log)
	}
	return last
}

// get walks into a line: get(line, "final", "rows").
func get(line map[string]any, path ...string) string {
	var v any = line
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return fmt.Sprint(v)
}

var errDown = fault.Errorf(fault.Transient, "the world has a bad moment")
