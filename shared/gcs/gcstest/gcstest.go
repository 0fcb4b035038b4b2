// Package gcstest is a small server of Cloud Storage's JSON API, in memory, for
// tests and laptops. It holds every precondition atomically on every verb, which
// is what leases and records are built on.
//
// Each behaviour stands beside the page that documents it; where no page says,
// the comment says "assumed". Pages are given by their path below
// cloud.google.com/storage/docs. What the server does not do it answers with
// 501 and the name of the verb or parameter, never by ignoring it. Access
// control is not played: everybody may do everything.
package gcstest

import (
	"net"
	"net/http"
	"sync"
	"time"

	storage "google.golang.org/api/storage/v1"
)

// Options say what a Server is like. The zero Options are like the service.
type Options struct {
	// MutationsPerSecond is how often one object may be created, replaced,
	// changed or deleted before the server answers 429. 0 means 1, as the
	// service has it (quotas: "Maximum rate of writes to the same object
	// name"); a negative number means that there is no limit.
	MutationsPerSecond float64
	// Burst is how many mutations of one object may come at once when it has
	// rested. The service does not document one and tolerates a few. 0 means 3.
	Burst int
	// Now is the server's clock; nil means time.Now.
	Now func() time.Time
	// OnEvent receives what a bucket's notification configurations ask for.
	// topic is projects/P/topics/T. It is called before the answer is sent and
	// may call the server.
	OnEvent func(topic string, attributes map[string]string, data []byte)
}

// A Server is Cloud Storage in memory. It is an http.Handler.
type Server struct {
	opts Options
	log  requestLog

	mu      sync.Mutex // over all that follows; never held while a body is read or written
	buckets map[string]*bucket
	uploads map[string]*upload
	limits  map[string]*limit
	lastGen int64
	lastID  int64
	fault   func(*http.Request) *Fault
}

// A bucket holds objects. An object is never changed: a new one takes its place.
type bucket struct {
	meta          *storage.Bucket
	live          map[string]*object
	old           map[string][]*object // noncurrent generations, oldest first; only with versioning
	names         []string             // of live and old, sorted unless stale
	stale         bool
	notifications []*storage.Notification
}

type object struct {
	meta *storage.Object
	data blob
	crc  uint32
}

// New returns an empty Server.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MutationsPerSecond == 0 {
		o.MutationsPerSecond = 1
	}
	if o.Burst == 0 {
		o.Burst = 3
	}
	return &Server{opts: o, buckets: map[string]*bucket{}, uploads: map[string]*upload{}, limits: map[string]*limit{}}
}

// Start serves s on a free port of 127.0.0.1 and returns its URL, which is what
// gcs.Options.Endpoint wants, and what ends it. It panics if there is no port.
func (s *Server) Start() (url string, stop func()) {
	url, stop, err := s.StartOn("127.0.0.1:0")
	if err != nil {
		panic("gcstest: " + err.Error())
	}
	return url, stop
}

// StartOn serves s on an address, such as 127.0.0.1:4443. stop breaks the
// connections that are open.
func (s *Server) StartOn(addr string) (url string, stop func(), err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", nil, err
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go srv.Serve(l)
	return "http://" + l.Addr().String(), func() { srv.Close() }, nil
}

// CreateBucket makes a bucket, if it is not there, without a request.
func (s *Server) CreateBucket(name, location string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] == nil {
		s.newBucket(&storage.Bucket{Name: name, Location: location})
	}
}

// KeepVersions switches on versioning of a bucket that is there.
func (s *Server) KeepVersions(bucket string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buckets[bucket]; b != nil {
		b.meta.Versioning = &storage.BucketVersioning{Enabled: true}
	}
}

// Put makes an object, and its bucket, without a request and without an event.
// data is not copied and must not be changed afterwards.
func (s *Server) Put(bucket, name string, data []byte) {
	s.CreateBucket(bucket, "")
	o := newObject(&storage.Object{Bucket: bucket, Name: name}, oneBlob(data))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store(s.buckets[bucket], o)
}

// Get returns an object's bytes as they are now, without a request; false if it
// is not there. The bytes must not be changed.
func (s *Server) Get(bucket, name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	if b == nil || b.live[name] == nil {
		return nil, false
	}
	return b.live[name].data.bytes(), true
}
