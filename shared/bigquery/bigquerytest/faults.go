package bigquerytest

import (
	"net/http"
	"regexp"
	"slices"

	bq "google.golang.org/api/bigquery/v2"
)

// A Stage is a point in a job's life at which [Server.Hold] stops it.
type Stage string

const (
	Pending Stage = "PENDING" // inserted; nothing has begun
	Running Stage = "RUNNING" // running; nothing has been read
	Landed  Stage = "LANDED"  // the table is swapped, the job still says RUNNING
)

// Hold stops every job that reaches the stage, until Release.
func (s *Server) Hold(at Stage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gates[at] == nil {
		s.gates[at] = make(chan struct{})
	}
}

// Release lets the jobs go on that Hold stopped.
func (s *Server) Release(at Stage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.gates[at]; g != nil {
		close(g)
		delete(s.gates, at)
	}
}

func (s *Server) gate(at Stage) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.gates[at]; g != nil {
		return g
	}
	open := make(chan struct{})
	close(open)
	return open
}

// A Fault is a request going wrong on purpose.
type Fault struct {
	Method string         // "" is any
	Path   *regexp.Regexp // matched against /projects/…; nil is any
	Times  int            // how often; 0 is once
	// After lets the request take effect first: the client is told of a failure that was none.
	After bool
	// Status and Reason are the answer. A zero Status cuts the connection: no answer at all.
	Status  int
	Reason  string
	Message string
}

// Inject makes the next requests that match go wrong.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, &f)
}

// Heal forgets what was injected and did not happen yet.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.failures = nil, nil
}

// A JobFault is a job that ends with an error instead of doing its work.
type JobFault struct {
	Kind   string // load, copy or query; "" is any
	Times  int    // how many jobs; 0 is one
	Reason string // backendError, rateLimitExceeded, …
	// Message of the error; a default if empty.
	Message string
}

// FailJobs makes the next jobs of that kind fail when they run.
func (s *Server) FailJobs(f JobFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.failures = append(s.failures, &f)
}

func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, h http.Handler) {
	f := s.takeFault(r)
	if f == nil {
		h.ServeHTTP(w, r)
		return
	}
	if f.After {
		h.ServeHTTP(&unheard{header: http.Header{}}, r)
	}
	if f.Status == 0 {
		panic(http.ErrAbortHandler) // net/http cuts the connection
	}
	msg := f.Message
	if msg == "" {
		msg = "Error encountered during execution. Retrying may solve the problem."
	}
	writeError(w, problemf(f.Status, f.Reason, "%s", msg))
}

// unheard is an answer that nobody gets.
type unheard struct{ header http.Header }

func (u *unheard) Header() http.Header         { return u.header }
func (u *unheard) Write(b []byte) (int, error) { return len(b), nil }
func (u *unheard) WriteHeader(int)             {}

func (s *Server) takeFault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f *Fault) bool {
		return (f.Method == "" || f.Method == r.Method) && (f.Path == nil || f.Path.MatchString(r.URL.Path))
	})
	if i < 0 {
		return nil
	}
	f := s.faults[i]
	if f.Times--; f.Times == 0 {
		s.faults = slices.Delete(s.faults, i, i+1)
	}
	return f
}

func (s *Server) takeFailure(c *bq.JobConfiguration) *problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.failures, func(f *JobFault) bool { return f.Kind == "" || f.Kind == kindOf(c) })
	if i < 0 {
		return nil
	}
	f := s.failures[i]
	if f.Times--; f.Times == 0 {
		s.failures = slices.Delete(s.failures, i, i+1)
	}
	msg := f.Message
	if msg == "" {
		msg = "Error encountered during execution. Retrying may solve the problem."
	}
	return problemf(400, f.Reason, "%s", msg)
}
