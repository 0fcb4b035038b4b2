//go:build !windows

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing/fstest"
	"time"

	"github.com/glint-data/glint/shared/localcloud"
)

const (
	project   = "bench"
	landing   = "bench-landing"
	temporary = "bench-temporary"
	state     = "glint-state"
	root      = "glint-root"
	object    = "big/big.csv"
	small     = "small/small.csv"
)

// instanceMemory in MiB leaves the engine, by host.Share, 70 % of what is above
// 400: 256 MB, the same as raw DuckDB gets.
const instanceMemory = "749"

// A world is a local cloud in this process, with the data set in its landing
// bucket; the function is a process of its own, so that what it costs is its own.
type world struct {
	o        options
	function string // the deployed program
	cloud    *localcloud.Cloud
	file     string
	data     []byte
	runs     int
	depot    string            // in which the data set is looked for
	env      map[string]string // what the function needs to reach it
}

func newWorld(ctx context.Context, o options, function string) (*world, error) {
	file, err := dataset(o)
	if err != nil {
		return nil, err
	}
	data, err := mapped(file)
	if err != nil {
		return nil, err
	}
	cloud, err := localcloud.Start(ctx, localcloud.Options{
		Project: project, Temporary: []string{landing, temporary}, Datasets: []string{"dev"},
		Failed: func(err error) { say("cloud: %v", err) },
	})
	if err != nil {
		return nil, err
	}
	w := &world{o: o, function: function, cloud: cloud, file: file, data: data, depot: "landing"}
	cloud.Storage.Put(landing, object, data)
	cloud.Storage.Put(landing, small, data[:bytes.LastIndexByte(data[:min(len(data), 1<<20)], '\n')+1])
	cloud.Storage.Put(landing, "schemas/big.avsc", avro())
	return w, cloud.Upload(ctx, fstest.MapFS{
		"depots/landing.yaml": {Data: []byte("name: landing\nversion: v2alpha\ntype: depot\ndepot:\n  type: GCS\n  gcs:\n    bucket: " + landing + "\n")},
		"depots/bqdepot.yaml": {Data: []byte("name: bqdepot\nversion: v2alpha\ntype: depot\ndepot:\n  type: BIGQUERY\n  bigquery:\n    project: " + project + "\n")},
		"schedules.yaml":      {Data: []byte("{}\n")},
	})
}

// mapped is a file's bytes, without a copy in memory.
func mapped(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
}

func workflow(name, depot, dataset, query string, doubled bool) []byte {
	options := "{}"
	if doubled {
		options = `{escape: '"'}`
	}
	return fmt.Appendf(nil, `name: %[1]s
version: v1
type: workflow
workflow:
  dag:
    - name: job
      spec:
        stack: flare:6.0
        compute: runnable-default
        stackSpec:
          job:
            inputs:
              - name: big
                dataset: dataos://%[6]s:none/%[2]s
                format: csv
                schemaPath: dataos://%[6]s:none/schemas/big.avsc
                options: %[5]s
            outputs:
              - name: out
                dataset: dataos://bqdepot:dev/%[1]s?acl=rw
                format: bigquery
                options:
                  saveMode: overwrite
                  bigquery:
                    temporaryBucket: %[3]s
            steps:
              - sequence:
                  - name: out
                    sql: %[4]s
`, name, dataset, temporary, query, options, depot)
}

// A process is the deployed program, started and accepting.
type process struct {
	cmd *exec.Cmd
	url string
}

func (w *world) command(ctx context.Context) (p *process, addr string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	addr = l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	p = &process{cmd: exec.CommandContext(ctx, w.function), url: "http://" + addr + "/"}
	p.cmd.Env = append(os.Environ(), "FUNCTION_TARGET=run", "PORT="+port, "GLINT_MEMORY="+instanceMemory, "GLINT_THREADS=2", "GLINT_SCRATCH="+w.o.dir)
	for _, env := range []map[string]string{w.cloud.Env(), w.env} {
		for name, value := range env {
			p.cmd.Env = append(p.cmd.Env, name+"="+value)
		}
	}
	p.cmd.Stderr = os.Stderr
	if w.o.verbose {
		p.cmd.Stdout = os.Stderr
	}
	return p, addr, nil
}

// accepts waits until the function takes connections.
func accepts(ctx context.Context, addr string) error {
	for end := time.Now().Add(time.Minute); ; time.Sleep(500 * time.Microsecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return c.Close()
		}
		if ctx.Err() != nil || time.Now().After(end) {
			return err
		}
	}
}

// run lets a fresh function run a workflow once, which replaces the table of its
// name: two runs of one name within a second wait for each other, because Cloud
// Storage takes one write a second of what the ledger remembers of a table. The
// time is that of the delivery; CPU and memory are those of the process from its
// start to its end.
func (w *world) run(ctx context.Context, name, dataset, query string) (cost, error) {
	manifest := workflow(name, w.depot, dataset, query, w.o.doubled)
	if err := w.cloud.Upload(ctx, fstest.MapFS{"workflows/" + name + ".yaml": {Data: manifest}}); err != nil {
		return cost{}, err
	}
	p, addr, err := w.command(ctx)
	if err != nil {
		return cost{}, err
	}
	var took time.Duration
	c, err := measured(p.cmd, func() (int64, error) {
		err := accepts(ctx, addr)
		begin := time.Now()
		if err == nil {
			err = w.deliver(p.url, name)
		}
		took = time.Since(begin)
		peak := peakOf(p.cmd.Process.Pid)
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
		if ended := p.cmd.Wait(); err == nil {
			err = ended
		}
		return peak, err
	})
	c.wall = took
	return c, err
}

// deliver posts a message of a new run as Pub/Sub pushes it.
func (w *world) deliver(url, name string) error {
	w.runs++
	slot := time.Date(2026, 1, 1, 0, w.runs, 0, 0, time.UTC)
	data, _ := json.Marshal(map[string]string{"workflow": name, "slot": slot.Format(time.RFC3339)})
	body, _ := json.Marshal(map[string]any{
		"message":      map[string]any{"data": data, "messageId": fmt.Sprint(w.runs), "publishTime": slot},
		"subscription": "projects/" + project + "/subscriptions/glint-runs-push",
	})
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%s was answered %s %s", name, resp.Status, answer)
	}
	for _, m := range w.cloud.PubSub.Messages() { // nothing else is published here
		return fmt.Errorf("%s went to the dead-letter topic: %s %s", name, m.Attributes["glint_reason"], m.Attributes["glint_hint"])
	}
	return nil
}
