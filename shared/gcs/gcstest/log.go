package gcstest

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// A Request is one that the server was sent.
type Request struct {
	Op     string // storage.objects.get and so on; a chunk of an upload is storage.objects.insert.chunk
	Method string
	URL    string
	Bucket string
	Object string
	Media  bool // the bytes of an object were asked for
	Range  string
	Status int // 0: not answered

	sent, received atomic.Int64
}

// Sent is how many bytes of body the server has written so far.
func (r *Request) Sent() int64 { return r.sent.Load() }

// Received is how many bytes of body the server has read so far.
func (r *Request) Received() int64 { return r.received.Load() }

func (r *Request) addSent(n int64) { r.sent.Add(n) }

// keptRequests is how many requests are remembered; older ones are only counted.
const keptRequests = 10_000

type requestLog struct {
	mu     sync.Mutex
	last   []*Request
	count  map[string]int
	served map[string]int64
}

func (l *requestLog) begin(c *call) *Request {
	e := &Request{
		Op: c.op, Method: c.r.Method, URL: c.r.URL.RequestURI(), Bucket: c.bucket, Object: c.object,
		Media: c.op == "storage.objects.get" && c.q.Get("alt") == "media", Range: c.r.Header.Get("Range"),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count == nil {
		l.count, l.served = map[string]int{}, map[string]int64{}
	}
	l.count[c.op]++
	if len(l.last) >= keptRequests {
		l.last = append([]*Request(nil), l.last[keptRequests/2:]...)
	}
	l.last = append(l.last, e)
	return e
}

func (l *requestLog) end(e *Request, w *faultWriter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.fault == nil || !w.fault.Drop {
		e.Status = w.status
	}
	if e.Media && l.served != nil {
		l.served[e.Bucket+"/"+e.Object] += e.Sent()
	}
}

// Requests returns copies of the latest requests, oldest first.
func (s *Server) Requests() []*Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	all := make([]*Request, len(s.log.last))
	for i, e := range s.log.last {
		c := &Request{Op: e.Op, Method: e.Method, URL: e.URL, Bucket: e.Bucket, Object: e.Object, Media: e.Media, Range: e.Range, Status: e.Status}
		c.sent.Store(e.Sent())
		c.received.Store(e.Received())
		all[i] = c
	}
	return all
}

// Count returns how many requests of op there were; "" counts all.
func (s *Server) Count(op string) int {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if op != "" {
		return s.log.count[op]
	}
	n := 0
	for _, c := range s.log.count {
		n += c
	}
	return n
}

// Served returns how many bytes of an object's body were sent by reads that
// have ended. What a client did not take may still be counted, as far as the
// network had room for it.
func (s *Server) Served(bucket, object string) int64 {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.served[bucket+"/"+object]
}

// ResetLog forgets all requests and counts.
func (s *Server) ResetLog() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.last, s.log.count, s.log.served = nil, nil, nil
}

// A countingBody counts what is read of a request, and breaks where a Fault says.
type countingBody struct {
	io.ReadCloser
	entry *Request
	cut   int64
}

func (b *countingBody) Read(p []byte) (int, error) {
	if b.cut > 0 {
		left := b.cut - b.entry.Received()
		if left <= 0 {
			return 0, io.ErrUnexpectedEOF
		}
		p = p[:min(int64(len(p)), left)]
	}
	n, err := b.ReadCloser.Read(p)
	b.entry.received.Add(int64(n))
	return n, err
}

var _ http.Handler = (*Server)(nil)
