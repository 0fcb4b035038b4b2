package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A worker is the function as a process.
type worker struct {
	t   *testing.T
	cmd *exec.Cmd
	url string

	out, err locked
	gone     chan struct{} // closed when it has ended
}

// start starts a worker in the world, with some of its environment replaced,
// and waits until it accepts.
func (w *world) start(env map[string]string) *worker {
	w.t.Helper()
	for range 5 {
		if p := w.startOnce(env); p != nil {
			return p
		}
	}
	w.t.Fatal("no port is free for long enough to start the function on it")
	return nil
}

var ports atomic.Int64

// nextPort is free, and stays so until the function listens on it: it lies below
// the ports that systems give away, and no other test is given it.
func nextPort() string {
	for {
		port := strconv.FormatInt(20000+(int64(os.Getpid())*37+ports.Add(1))%12000, 10)
		l, err := net.Listen("tcp", ":"+port)
		if err != nil {
			continue
		}
		l.Close()
		return port
	}
}

// startOnce is nil if somebody else took the port meanwhile.
func (w *world) startOnce(env map[string]string) *worker {
	w.t.Helper()
	port := nextPort()
	addr := net.JoinHostPort("127.0.0.1", port)

	p := &worker{t: w.t, cmd: exec.Command(os.Args[0]), url: "http://" + addr + "/", gone: make(chan struct{})}
	all := map[string]string{
		"GLINT_TEST_SERVE": "1", "FUNCTION_TARGET": "run", "PORT": port, "GLINT_LEASE": lease.String(), "GLINT_MEMORY": "1024",
		"GLINT_THREADS": "2", "GLINT_SCRATCH": w.t.TempDir(), "PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"),
	}
	maps.Copy(all, w.cloud.Env())
	maps.Copy(all, env)
	for name, value := range all {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.gone) }()
	w.t.Cleanup(func() {
		p.kill()
		if w.t.Failed() {
			w.t.Logf("the function at %s said:\n%s%s", p.url, p.out.String(), p.err.String())
		}
	})
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(3 * time.Millisecond) {
		select {
		case <-p.gone:
			if strings.Contains(p.err.String(), "address already in use") {
				return nil
			}
			w.t.Fatalf("the function ended at its start: %s%s", p.out.String(), p.err.String())
		default:
		}
		if time.Now().After(end) {
			w.t.Fatalf("the function does not accept: %s%s", p.out.String(), p.err.String())
		}
		// A push that is no POST: whoever else has the port would answer otherwise.
		resp, err := http.Get(p.url)
		if err != nil {
			continue
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusMethodNotAllowed {
			return p
		}
	}
}

// kill is SIGKILL, and waits for its end.
func (p *worker) kill() {
	_ = p.cmd.Process.Kill()
	<-p.gone
}

func (p *worker) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Errorf("%v: %v", s, err)
	}
}

// deliver posts a message of a run once.
func (p *worker) deliver(id, workflow, slot string) (status int, answer string) {
	return post(p.url, push(id, workflow, slot, 1))
}

// run delivers a message until it is acknowledged, as Pub/Sub would. It returns
// how often it came.
func (p *worker) run(id, workflow, slot string) int {
	p.t.Helper()
	end := time.Now().Add(40 * time.Second)
	for n := 1; ; n++ {
		status, answer := post(p.url, push(id, workflow, slot, n))
		if status == 204 {
			return n
		}
		if time.Now().After(end) || status != 503 {
			p.t.Fatalf("%s %s: delivery %d was answered %d %s", workflow, slot, n, status, answer)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// lines are the lines of its log with a message; all must be JSON that Cloud
// Logging reads.
func (p *worker) lines(message string) []map[string]any {
	p.t.Helper()
	var found []map[string]any
	for text := range strings.Lines(p.out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil || line["severity"] == nil || line["message"] == nil || line["time"] == nil {
			p.t.Errorf("stdout has the line %q: %v", text, err)
			continue
		}
		if line["message"] == message {
			found = append(found, line)
		}
	}
	return found
}

// A locked is a buffer that one writes while another reads.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
