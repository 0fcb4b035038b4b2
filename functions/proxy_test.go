package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// A moment is where a request of a worker is.
type moment struct {
	n      int  // the request, counted from 0
	after  bool // it was carried out and is not answered yet
	method string
	url    string
}

func (m moment) String() string {
	when := "before"
	if m.after {
		when = "after"
	}
	return fmt.Sprintf("%s request %d, %s %.100s", when, m.n, m.method, m.url)
}

// A wire lies between one worker and the services, and lets a test act at
// every moment of what the worker asks for.
type wire struct {
	env map[string]string

	mu    sync.Mutex
	on    func(moment) bool // false: the request, or its answer, is lost
	n     int
	known []moment
}

// wire makes one to this world's storage and BigQuery.
func (w *world) wire(on func(moment) bool) *wire {
	w.t.Helper()
	x := &wire{on: on, env: map[string]string{}}
	for _, name := range []string{"STORAGE_EMULATOR_HOST", "BIGQUERY_EMULATOR_HOST"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			w.t.Fatal(err)
		}
		// A transport of its own: the worker's connections are not another's.
		base := &http.Transport{MaxIdleConnsPerHost: 32, DisableCompression: true}
		srv := &http.Server{Handler: x.handler(w.cloud.Env()[name], base)}
		go func() { _ = srv.Serve(l) }()
		w.t.Cleanup(func() { srv.Close(); base.CloseIdleConnections() })
		x.env[name] = "http://" + l.Addr().String()
	}
	return x
}

func (x *wire) act(m moment) bool {
	x.mu.Lock()
	x.known = append(x.known, m)
	on := x.on
	x.mu.Unlock()
	return on == nil || on(m)
}

func (x *wire) seen() []moment {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]moment(nil), x.known...)
}

func (x *wire) next() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.n++
	return x.n - 1
}

func (x *wire) handler(to string, base http.RoundTripper) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		m := moment{n: x.next(), method: r.Method, url: r.URL.RequestURI()}
		if !x.act(m) {
			panic(http.ErrAbortHandler)
		}
		out := r.Clone(r.Context())
		out.RequestURI = ""
		out.URL.Scheme, out.URL.Host = "http", strings.TrimPrefix(to, "http://") // Host stays: links in answers lead here
		resp, err := base.RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer resp.Body.Close()
		m.after = true
		if !x.act(m) {
			panic(http.ErrAbortHandler)
		}
		for name, values := range resp.Header {
			rw.Header()[name] = values
		}
		rw.WriteHeader(resp.StatusCode)
		buf := make([]byte, 32<<10)
		for {
			n, err := resp.Body.Read(buf)
			if _, werr := rw.Write(buf[:n]); werr != nil {
				return
			}
			if n > 0 && resp.ContentLength < 0 {
				rw.(http.Flusher).Flush()
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				panic(http.ErrAbortHandler)
			}
		}
	})
}

// moments are those of an undisturbed run.
func moments(t *testing.T, w *world) []moment {
	t.Helper()
	x := w.wire(nil)
	p := w.start(x.env)
	w.workflow("measured", "city", "measured")
	p.run("m-1", "measured", "2026-11-22T02:00:00Z")
	first := len(x.seen())
	p.run("m-2", "measured", "2026-11-23T02:00:00Z")
	p.kill()
	return x.seen()[first:]
}
