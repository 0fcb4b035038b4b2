package azuretest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// A Cut is a way in which an answer's body can end too early.
type Cut int

// The ways: with the length it promised unfulfilled, as chunks with an end in
// good form, and without any length by the end of the connection.
const (
	CutNothing Cut = iota
	CutLength
	CutChunked
	CutClose
)

// A Fault is what happens to one request.
type Fault struct {
	Status int    // the emulator does not hear of it; this is answered
	Code   string // the service's code in that answer
	Drop   bool   // the emulator does it, and the answer is lost
	Cut    Cut    // the body ends After so many bytes
	After  int64
	Stall  time.Duration // the body stands still After so many bytes
	Rate   int64         // bytes of the body a second
}

// A Line lies between a store and an emulator.
type Line struct {
	URL string

	mu     sync.Mutex
	fault  func(*http.Request) *Fault
	seen   []string
	served map[string]int64
}

// NewLine makes one to the emulator at url, until the test ends.
func NewLine(t testing.TB, url string) *Line {
	t.Helper()
	x, stop, err := Listen(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return x
}

// Listen makes one to the emulator at url, until it is stopped.
func Listen(url string) (x *Line, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	x = &Line{URL: "http://" + l.Addr().String(), served: map[string]int64{}}
	base := &http.Transport{MaxIdleConnsPerHost: 32, DisableCompression: true}
	srv := &http.Server{Handler: x.handler(strings.TrimPrefix(url, "http://"), base)}
	go func() { _ = srv.Serve(l) }()
	return x, func() { _ = srv.Close(); base.CloseIdleConnections() }, nil
}

// Fault has f decide about every request from now on; nil lets them pass.
func (x *Line) Fault(f func(*http.Request) *Fault) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fault = f
}

// Seen are the requests so far: method, path and range.
func (x *Line) Seen() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]string(nil), x.seen...)
}

// Served is how many bytes of bodies were sent for a path's end.
func (x *Line) Served(suffix string) (n int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for path, size := range x.served {
		if strings.HasSuffix(path, suffix) {
			n += size
		}
	}
	return n
}

func (x *Line) note(r *http.Request) *Fault {
	x.mu.Lock()
	x.seen = append(x.seen, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+r.Header.Get("X-Ms-Range")+" "+r.Header.Get("If-Match")))
	f := x.fault
	x.mu.Unlock()
	if f != nil {
		if hit := f(r); hit != nil {
			return hit
		}
	}
	return &Fault{}
}

func (x *Line) count(path string, n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.served[path] += int64(n)
}

func (x *Line) handler(to string, base http.RoundTripper) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := x.note(r)
		if f.Status != 0 {
			w.Header().Set("X-Ms-Error-Code", f.Code)
			w.WriteHeader(f.Status)
			return
		}
		out := r.Clone(r.Context())
		out.RequestURI, out.URL.Scheme, out.URL.Host = "", "http", to
		res, err := base.RoundTrip(out)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer res.Body.Close()
		if f.Drop {
			_, _ = io.Copy(io.Discard, res.Body)
			panic(http.ErrAbortHandler)
		}
		x.answer(w, r, res, f)
	})
}

func (x *Line) answer(w http.ResponseWriter, r *http.Request, res *http.Response, f *Fault) {
	if f.Cut != CutNothing {
		x.cut(w, r, res, f)
		return
	}
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(res.StatusCode)
	buf := make([]byte, 32<<10)
	if f.Rate > 0 {
		buf = buf[:max(1, f.Rate/20)]
	}
	for sent := int64(0); ; {
		if f.Stall > 0 && sent >= f.After {
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-time.After(f.Stall):
			}
			panic(http.ErrAbortHandler)
		}
		piece := buf
		if f.Stall > 0 {
			piece = buf[:min(int64(len(buf)), f.After-sent)]
		}
		n, err := res.Body.Read(piece)
		if _, werr := w.Write(piece[:n]); werr != nil {
			return
		}
		sent += int64(n)
		x.count(r.URL.Path, n)
		if f.Rate > 0 {
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Duration(n) * time.Second / time.Duration(f.Rate))
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// cut writes an answer by hand, for net/http would not write a wrong one.
func (x *Line) cut(w http.ResponseWriter, r *http.Request, res *http.Response, f *Fault) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 %s\r\nConnection: close\r\n", res.Status)
	for name, values := range res.Header {
		if name == "Connection" || name == "Keep-Alive" || name == "Transfer-Encoding" || name == "Content-Length" && f.Cut != CutLength {
			continue
		}
		for _, v := range values {
			fmt.Fprintf(rw, "%s: %s\r\n", name, v)
		}
	}
	part, err := io.ReadAll(io.LimitReader(res.Body, f.After))
	if err != nil {
		return
	}
	x.count(r.URL.Path, len(part))
	switch {
	case f.Cut != CutChunked:
		fmt.Fprintf(rw, "\r\n%s", part)
	case len(part) == 0:
		fmt.Fprint(rw, "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	default:
		fmt.Fprintf(rw, "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(part), part)
	}
	_ = rw.Flush()
}
