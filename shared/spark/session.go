// Package spark is Spark itself, on this machine: a PySpark process that the
// house asks what a query means, and an engine over it that runs a job as Flare
// did. It is slow to start and large; it is the measure, not the tool.
package spark

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

//go:embed session.py
var program string

// Options are how a session is started. The zero Options are Spark's defaults
// on two threads.
type Options struct {
	Python  string            // the interpreter that has PySpark; "python3" if empty
	Dir     string            // where Spark may write; a temporary folder if empty
	Threads int               // 2 if zero
	Memory  int64             // bytes of the driver's heap; 2 GB if zero
	Conf    map[string]string // beyond, or instead of, the settings of settings
	Log     io.Writer         // what Spark prints; nil drops it
}

// settings are what every session begins with: Spark's defaults, but for the
// time zone, and for what only costs time on one machine. Statements are short
// and each is compiled anew: with the JVM's second compiler and its parallel
// collector, 37 of them took 41 s instead of 12.
func settings(o Options) map[string]string {
	memory := o.Memory
	if memory == 0 {
		memory = 2 << 30
	}
	conf := map[string]string{
		"spark.sql.session.timeZone":                  "UTC",
		"spark.sql.ansi.enabled":                      "false",
		"spark.sql.shuffle.partitions":                "1",
		"spark.sql.catalogImplementation":             "in-memory",
		"spark.sql.parquet.outputTimestampType":       "TIMESTAMP_MICROS",
		"spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
		"spark.ui.enabled":                            "false",
		"spark.ui.showConsoleProgress":                "false",
		"spark.driver.memory":                         fmt.Sprintf("%dm", max(memory>>20, 512)),
		"spark.driver.bindAddress":                    "127.0.0.1",
		"spark.driver.host":                           "127.0.0.1",
		"spark.driver.extraJavaOptions":               "-Duser.timezone=UTC -Dfile.encoding=UTF-8 -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
		"spark.local.dir":                             o.Dir,
		"spark.sql.warehouse.dir":                     o.Dir,
	}
	maps.Copy(conf, o.Conf)
	return conf
}

// A Session is a PySpark process. It is used by one goroutine; a call whose
// context ends takes the process with it, and every later call fails.
type Session struct {
	Version string // Spark's
	Java    string // the version of the JVM beneath it

	dir  string // removed by Close, if it is the session's own
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	errs *tail
	dead error
}

// Start starts Python and Spark, which takes some seconds. An error of kind
// fault.NotFound says that PySpark or Java is not installed.
func Start(ctx context.Context, o Options) (*Session, error) {
	s := &Session{errs: &tail{copy: o.Log}}
	if o.Dir == "" {
		var err error
		if s.dir, err = os.MkdirTemp("", "glint-spark-"); err != nil {
			return nil, fault.Errorf(fault.Internal, "scratch folder: %w", err)
		}
		o.Dir = s.dir
	}
	if o.Python == "" {
		o.Python = "python3"
	}
	if o.Threads == 0 {
		o.Threads = 2
	}
	if err := s.start(o); err != nil {
		s.Close()
		return nil, err
	}
	var hello struct {
		Version, Java, Missing string
		Error                  *Error
	}
	if err := s.ask(ctx, map[string]any{"threads": o.Threads, "conf": settings(o)}, &hello); err != nil {
		s.Close()
		return nil, err
	}
	switch {
	case hello.Missing != "":
		s.Close()
		return nil, fault.Errorf(fault.NotFound, "PySpark is not installed for %s: %s", o.Python, hello.Missing).WithHint("%s", install)
	case hello.Error != nil:
		s.Close()
		return nil, fault.Errorf(fault.NotFound, "Spark does not start: %s", hello.Error.Message).WithHint("%s", install)
	case !strings.HasPrefix(hello.Version, "3.5."):
		s.Close()
		return nil, fault.Errorf(fault.NotFound, "PySpark %s is installed; Glint is compared with 3.5", hello.Version).WithHint("%s", install)
	}
	s.Version, s.Java = hello.Version, hello.Java
	return s, nil
}

const install = `pip install 'pyspark==3.5.*', and a Java runtime of version 8, 11 or 17 (on Debian: apt-get install openjdk-17-jre-headless)`

func (s *Session) start(o Options) error {
	s.cmd = exec.Command(o.Python, "-u", "-c", program)
	s.cmd.Dir = o.Dir
	s.cmd.Env = append(os.Environ(), "TZ=UTC", "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1", "SPARK_LOCAL_IP=127.0.0.1")
	s.cmd.Stderr = s.errs
	s.cmd.WaitDelay = 5 * time.Second // the JVM holds the pipe of what it prints a little longer
	ownGroup(s.cmd)
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return fault.Errorf(fault.Internal, "%s: %w", o.Python, err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return fault.Errorf(fault.Internal, "%s: %w", o.Python, err)
	}
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		if errors.Is(err, exec.ErrNotFound) {
			return fault.Errorf(fault.NotFound, "Python is not installed: %w", err).WithHint("%s", install)
		}
		return fault.Errorf(fault.Internal, "%s: %w", o.Python, err)
	}
	s.in, s.out = in, bufio.NewReaderSize(out, 1<<20)
	return nil
}

// An Error is what Spark said of a statement, with its place if it named one.
type Error struct {
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// ask sends a request and reads its answer into a. It returns when ctx ends,
// and then the process is gone.
func (s *Session) ask(ctx context.Context, request, a any) error {
	if s.dead != nil {
		return s.dead
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	text, err := json.Marshal(request)
	if err != nil {
		return fault.Errorf(fault.Internal, "request: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { killGroup(s.cmd) })
	line, err := s.exchange(append(text, '\n'))
	if !stop() {
		s.dead = fault.Errorf(fault.Transient, "Spark was stopped: %w", context.Cause(ctx))
		return s.dead
	}
	if err != nil {
		s.dead = fault.Errorf(fault.Transient, "Spark's process ended: %w: %s", err, s.errs)
		return s.dead
	}
	d := json.NewDecoder(bytes.NewReader(line))
	if err := d.Decode(a); err != nil {
		return fault.Errorf(fault.Internal, "Spark's answer %.200q: %w", line, err)
	}
	return nil
}

func (s *Session) exchange(request []byte) ([]byte, error) {
	if _, err := s.in.Write(request); err != nil {
		return nil, err
	}
	return s.out.ReadBytes('\n')
}

// Fresh forgets all views and settings, as a new session does.
func (s *Session) Fresh(ctx context.Context) error {
	return s.do(ctx, map[string]any{"do": "fresh"}, &struct{}{})
}

// do asks, and makes Spark's word for a mistake an error.
func (s *Session) do(ctx context.Context, request map[string]any, a any) error {
	var raw json.RawMessage
	if err := s.ask(ctx, request, &raw); err != nil {
		return err
	}
	var failed struct{ Error *Error }
	if err := json.Unmarshal(raw, &failed); err != nil {
		return fault.Errorf(fault.Internal, "Spark's answer: %w", err)
	}
	if failed.Error != nil {
		return fault.Errorf(fault.Invalid, "Spark: %w", failed.Error)
	}
	if err := json.Unmarshal(raw, a); err != nil {
		return fault.Errorf(fault.Internal, "Spark's answer: %w", err)
	}
	return nil
}

// Close ends the process and removes what it wrote.
func (s *Session) Close() error {
	if s.cmd != nil {
		s.in.Close() // both Python and the JVM end when their input does
		ended := make(chan struct{})
		go func() { defer close(ended); _ = s.cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
		}
		killGroup(s.cmd)
		<-ended
		s.cmd = nil
	}
	if s.dead == nil {
		s.dead = fault.Errorf(fault.Internal, "the Spark session is closed")
	}
	if s.dir != "" {
		return os.RemoveAll(s.dir)
	}
	return nil
}

// A tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	copy io.Writer
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - 2000; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	if t.copy != nil {
		_, _ = t.copy.Write(p)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
