package bigquerytest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// Options are what a server is given. The zero value works and can load nothing.
type Options struct {
	// Open reads an object of Cloud Storage by its gs:// URI. An error that is
	// fs.ErrNotExist or fault.NotFound means that there is no such object.
	Open func(ctx context.Context, uri string) (io.ReadCloser, error)
	// List returns the URIs of the objects whose URI starts with prefix, for wildcards.
	List func(ctx context.Context, prefix string) ([]string, error)
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Latency is how long jobs stay in each state at least.
	Latency Latency
	// Location is where datasets are created that name none; US if empty.
	Location string
	// Modifications a table and day, after which jobs fail with quotaExceeded.
	// Zero means BigQuery's 1,500; a negative number switches the quota off.
	Modifications int
	// Versions of a table kept for time travel, besides the current one. Zero means 20.
	Versions int
	// TimeTravel is how long old versions are kept; seven days if zero.
	TimeTravel time.Duration
}

// Latency is how long every job is PENDING and then RUNNING before it does its work.
type Latency struct{ Pending, Running time.Duration }

// A Server is an emulated BigQuery: an http.Handler that also knows how to
// misbehave on purpose (see [Server.Hold], [Server.Inject], [Server.FailJobs]).
type Server struct {
	opt    Options
	db     *sql.DB
	dir    string // scratch of running loads
	mux    *http.ServeMux
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu       sync.Mutex // guards everything below, never held while DuckDB works
	datasets map[datasetKey]*dataset
	tables   map[tableKey]*table
	writers  map[tableKey]*sync.Mutex // one job at a time builds a table's next version
	quota    map[tableKey]*quota      // follows the name: dropping a table does not reset it
	jobs     map[jobKey]*job
	order    []*job
	serial   int64
	gates    map[Stage]chan struct{}
	faults   []*Fault
	failures []*JobFault
}

// New makes a server. The caller closes it.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == "" {
		o.Location = "US"
	}
	if o.Modifications == 0 {
		o.Modifications = 1500
	}
	if o.Versions == 0 {
		o.Versions = 20
	}
	if o.TimeTravel == 0 {
		o.TimeTravel = 7 * 24 * time.Hour
	}
	connector, err := duckdb.NewConnector("", func(c driver.ExecerContext) error {
		_, err := c.ExecContext(context.Background(), "SET TimeZone = 'UTC'", nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bigquerytest: %w", err)
	}
	dir, err := os.MkdirTemp("", "bigquerytest-")
	if err != nil {
		connector.Close()
		return nil, fmt.Errorf("bigquerytest: %w", err)
	}
	s := &Server{
		opt: o, db: sql.OpenDB(connector), dir: dir,
		datasets: map[datasetKey]*dataset{}, tables: map[tableKey]*table{},
		writers: map[tableKey]*sync.Mutex{}, quota: map[tableKey]*quota{},
		jobs: map[jobKey]*job{}, gates: map[Stage]chan struct{}{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for _, m := range append([]string{"SET GLOBAL temp_directory = " + quote(dir)}, macros...) {
		if _, err := s.db.Exec(m); err != nil {
			s.Close()
			return nil, fmt.Errorf("bigquerytest: %s: %w", m, err)
		}
	}
	s.routes()
	return s, nil
}

// Close stops the jobs that run and forgets everything.
func (s *Server) Close() error {
	s.cancel()
	s.work.Wait()
	err := s.db.Close()
	if e := os.RemoveAll(s.dir); err == nil {
		err = e
	}
	return err
}

// Listen serves on a free port of 127.0.0.1 and returns the URL that clients
// are given (option.WithEndpoint). stop ends the serving, not the server.
func (s *Server) Listen() (url string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	hs := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go hs.Serve(l) // ends with stop
	return "http://" + l.Addr().String(), func() { hs.Close() }, nil
}

// name returns a name for an internal table that was never used before.
func (s *Server) name(kind string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return fmt.Sprintf("%s_%d", kind, s.serial)
}
