package gcstest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// A Fault is what goes wrong with one request.
type Fault struct {
	// Status is answered at once, and the request is not carried out. 0 carries it out.
	Status int
	// Reason is the error's, such as rateLimitExceeded; "" takes the usual one.
	Reason string
	// Drop carries the request out and closes the connection without an answer.
	Drop bool
	// CutRequest breaks the request's body after so many bytes, as a client's
	// line does. The server keeps of an upload what the service would. 0 does not.
	CutRequest int64
	// Cut ends the answer's body after After bytes, in the way it says.
	Cut Cut
	// Stall waits, after After bytes of the body, or before the answer if that
	// is 0. It ends early when the client goes.
	Stall time.Duration
	// After is where Cut and Stall strike.
	After int64
	// BytesPerSecond slows the answer's body down. 0 does not.
	BytesPerSecond int64
}

// A Cut is how a body ends too early.
type Cut int

const (
	// NoCut leaves the body whole.
	NoCut Cut = iota
	// CutLength announces the whole Content-Length and closes the connection.
	CutLength
	// CutChunked announces no length and ends a chunked body in good form:
	// nothing in HTTP tells that something is missing.
	CutChunked
	// CutClose announces no length and closes the connection in good form, as
	// HTTP/1.0 ends a body.
	CutClose
)

// Fault has f decide for every request what goes wrong with it; nil means
// nothing. f is called from many goroutines, before the request is looked at.
func (s *Server) Fault(f func(*http.Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

func (s *Server) faultFor(r *http.Request) *Fault {
	s.mu.Lock()
	f := s.fault
	s.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(r)
}

var usualReasons = map[int]string{
	401: "authError", 403: "forbidden", 404: "notFound", 408: "requestTimeout", 410: "gone", 412: "conditionNotMet",
	429: "rateLimitExceeded", 500: "internalError", 502: "badGateway", 503: "backendError", 504: "gatewayTimeout",
}

// before stalls, or answers with the fault's status; true means that it answered.
func (f *Fault) before(w *faultWriter, asXML bool) bool {
	if f == nil || f.Status == 0 {
		return false
	}
	w.fault = &Fault{Stall: f.Stall}
	reason := cmp.Or(f.Reason, usualReasons[f.Status], "unknown")
	e := &apiError{f.Status, reason, reason, fmt.Sprintf("gcstest: a fault was asked for: %d %s", f.Status, reason), ""}
	e.write(w, asXML)
	return true
}

// A faultWriter writes an answer, counts it, and lets a Fault happen to it.
type faultWriter struct {
	http.ResponseWriter
	req     *http.Request
	entry   *Request
	fault   *Fault
	status  int
	sent    int64
	stalled bool
	conn    net.Conn // after a CutClose took the connection over
}

var errCut = errors.New("the answer was cut by a fault")

func (w *faultWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	f := w.fault
	switch {
	case f == nil:
	case f.Drop:
		return
	case f.After == 0:
		w.stall()
	}
	if f != nil && f.Cut > CutLength {
		w.Header().Del("Content-Length")
	}
	if f != nil && f.Cut == CutClose && w.takeOver(status) {
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *faultWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	f := w.fault
	if f == nil {
		return w.pass(p)
	}
	if f.Drop {
		return len(p), nil
	}
	if f.Stall > 0 && !w.stalled && w.sent+int64(len(p)) > f.After {
		head := p[:max(0, f.After-w.sent)]
		if _, err := w.slow(head); err != nil {
			return 0, err
		}
		w.flush()
		w.stall()
		n, err := w.Write(p[len(head):])
		return len(head) + n, err
	}
	if f.Cut != NoCut && w.sent+int64(len(p)) > f.After {
		w.slow(p[:max(0, f.After-w.sent)])
		w.flush()
		if f.Cut == CutLength {
			panic(http.ErrAbortHandler)
		}
		return 0, errCut
	}
	return w.slow(p)
}

// slow passes p on at the fault's rate.
func (w *faultWriter) slow(p []byte) (int, error) {
	rate := w.fault.BytesPerSecond
	if rate <= 0 {
		return w.pass(p)
	}
	done := 0
	for done < len(p) {
		piece := p[done:min(len(p), done+int(max(1, rate/20)))]
		n, err := w.pass(piece)
		done += n
		if err != nil {
			return done, err
		}
		w.flush()
		if err := w.wait(time.Duration(float64(n) / float64(rate) * float64(time.Second))); err != nil {
			return done, err
		}
	}
	return done, nil
}

func (w *faultWriter) pass(p []byte) (int, error) {
	var to io.Writer = w.ResponseWriter
	if w.conn != nil {
		to = w.conn
	}
	n, err := to.Write(p)
	w.sent += int64(n)
	w.entry.addSent(int64(n))
	return n, err
}

func (w *faultWriter) flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok && w.conn == nil {
		f.Flush()
	}
}

func (w *faultWriter) stall() {
	if w.fault.Stall > 0 && !w.stalled {
		w.stalled = true
		w.wait(w.fault.Stall)
	}
}

func (w *faultWriter) wait(d time.Duration) error {
	select {
	case <-w.req.Context().Done():
		return w.req.Context().Err()
	case <-time.After(d):
		return nil
	}
}

// takeOver writes the answer's head by hand, for net/http would not end a body without a length.
func (w *faultWriter) takeOver(status int) bool {
	h, ok := w.ResponseWriter.(http.Hijacker)
	if !ok {
		return false
	}
	conn, _, err := h.Hijack()
	if err != nil {
		return false
	}
	w.conn = conn
	head := w.Header().Clone()
	head.Set("Connection", "close")
	fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	head.Write(conn)
	io.WriteString(conn, "\r\n")
	return true
}

// finish ends the answer: a dropped one by closing the connection.
func (w *faultWriter) finish() {
	if w.conn != nil {
		w.conn.Close()
		return
	}
	if w.fault == nil {
		return
	}
	if w.fault.Drop {
		panic(http.ErrAbortHandler)
	}
	if w.fault.Cut == CutChunked {
		w.flush() // or net/http would count a small body and announce its length
	}
}
