package bigquerytest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	bq "google.golang.org/api/bigquery/v2"
)

type jobKey struct{ project, location, id string }

func (k jobKey) String() string { return k.project + ":" + k.location + "." + k.id }

// A job is what was asked for and how far it is. s.mu guards meta and result;
// configuration and key do not change.
type job struct {
	key    jobKey
	conf   *bq.JobConfiguration
	meta   *bq.Job // replaced, never changed
	cancel context.CancelCauseFunc
	done   chan struct{}
	result *version // of a query
}

// work is a checked job: it returns what it adds to the statistics.
type work func(ctx context.Context, j *job) (*bq.JobStatistics, error)

var jobID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func (s *Server) insertJob(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Configuration json.RawMessage  `json:"configuration"`
		JobReference  *bq.JobReference `json:"jobReference"`
	}
	if _, err := body(r, &in, "job", "configuration", "jobReference", "kind", "id", "etag", "selfLink"); err != nil {
		return err
	}
	if len(in.Configuration) == 0 {
		return invalid("Required parameter is missing: configuration")
	}
	conf := new(bq.JobConfiguration)
	keys, err := decode(in.Configuration, conf, "configuration", "load", "copy", "query", "dryRun", "jobTimeoutMs", "labels", "jobType")
	if err != nil {
		return err
	}
	j, err := s.start(r.PathValue("project"), ref(in.JobReference), conf, keys)
	if err != nil {
		return err
	}
	return reply(w, r, s.snapshot(j))
}

// start checks a job and sets it going. The answer to jobs.insert is the job as it then is.
func (s *Server) start(project string, at bq.JobReference, conf *bq.JobConfiguration, raw map[string]json.RawMessage) (*job, error) {
	var do work
	var location string
	var err error
	switch kindOf(conf) {
	case "load":
		do, location, err = s.load(conf, raw["load"])
	case "copy":
		do, location, err = s.copy(conf, raw["copy"])
	case "query":
		do, location, err = s.queryJob(project, conf, raw["query"], at.Location)
	default:
		return nil, invalid("Required parameter is missing: a job configuration of exactly one of load, copy, query")
	}
	if err != nil {
		return nil, err
	}
	if at.Location != "" && location != "" && place(at.Location) != location {
		return nil, problemf(404, "notFound", "Not found: the dataset that the job names was not found in location %s", place(at.Location))
	}
	if location == "" {
		location = place(at.Location)
	}
	if location == "" {
		location = place(s.opt.Location)
	}
	if at.JobId == "" {
		at.JobId = "job_" + rand.Text()
	}
	if !named(jobID, at.JobId) {
		return nil, invalid("Invalid job ID %q", at.JobId)
	}
	j := &job{key: jobKey{project, location, at.JobId}, conf: conf, done: make(chan struct{})}
	if conf.DryRun {
		stats, err := do(s.ctx, j)
		if err != nil {
			return nil, err
		}
		stats.CreationTime = s.opt.Now().UnixMilli()
		j.meta = &bq.Job{Kind: "bigquery#job", Configuration: conf, JobReference: &bq.JobReference{ProjectId: project, Location: location}, Statistics: stats, Status: &bq.JobStatus{State: "DONE"}}
		return j, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[j.key] != nil {
		return nil, duplicate("Job %s", j.key)
	}
	if s.ctx.Err() != nil {
		return nil, problemf(503, "backendError", "the server is closing")
	}
	ctx, cancel := context.WithCancelCause(s.ctx)
	j.cancel = cancel
	conf.JobType = strings.ToUpper(kindOf(conf))
	j.meta = &bq.Job{
		Kind: "bigquery#job", Id: j.key.String(), Configuration: conf, UserEmail: "bigquerytest@localhost",
		JobReference: &bq.JobReference{ProjectId: project, JobId: at.JobId, Location: location},
		Status:       &bq.JobStatus{State: "PENDING"},
		Statistics:   &bq.JobStatistics{CreationTime: s.opt.Now().UnixMilli()},
	}
	s.expire()
	s.jobs[j.key] = j
	s.order = append(s.order, j)
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		defer cancel(nil)
		s.run(ctx, j, do)
	}()
	return j, nil
}

// Results of queries are kept a day, and at most so many of them.
const (
	resultAge = 24 * time.Hour
	resultMax = 1000
)

// expire forgets results of old queries. s.mu is held.
func (s *Server) expire() {
	n := 0
	for _, j := range slices.Backward(s.order) {
		if j.result == nil || j.meta.Status.State != "DONE" {
			continue
		}
		if n++; n > resultMax || s.opt.Now().UnixMilli()-j.meta.Statistics.EndTime > resultAge.Milliseconds() {
			s.forget(j.result)
			j.result = nil
		}
	}
}

func kindOf(c *bq.JobConfiguration) string {
	var kinds []string
	for kind, there := range map[string]bool{"load": c.Load != nil, "copy": c.Copy != nil, "query": c.Query != nil} {
		if there {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) != 1 {
		return ""
	}
	return kinds[0]
}

var (
	errStopped = problemf(400, "stopped", "Job execution was cancelled: User requested cancellation")
	errTimeout = problemf(400, "timeout", "Job timed out")
)

// run takes a job through its states.
func (s *Server) run(ctx context.Context, j *job, do work) {
	if ms := j.conf.JobTimeoutMs; ms > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, time.Duration(ms)*time.Millisecond, errTimeout)
		defer cancel()
	}
	stats, err := s.attempt(ctx, j, do)
	if err == nil {
		select { // the work is done and stays done: what comes now only delays the news
		case <-s.gate(Landed):
		case <-s.ctx.Done():
		}
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		if _, ours := cause.(*problem); !ours {
			cause = errStopped // the server closes
		}
		err = cause
	}
	s.change(j, func(m *bq.Job) {
		m.Status.State = "DONE"
		if err != nil {
			p := asProblem(err).proto()
			m.Status.ErrorResult, m.Status.Errors = p, []*bq.ErrorProto{p}
		}
		if stats != nil {
			m.Statistics.Load, m.Statistics.Copy, m.Statistics.Query = stats.Load, stats.Copy, stats.Query
			m.Statistics.TotalBytesProcessed = stats.TotalBytesProcessed
		}
		m.Statistics.EndTime = s.opt.Now().UnixMilli()
		if m.Statistics.StartTime == 0 {
			m.Statistics.StartTime = m.Statistics.EndTime
		}
		m.Statistics.FinalExecutionDurationMs = m.Statistics.EndTime - m.Statistics.StartTime
	})
	close(j.done)
}

func (s *Server) attempt(ctx context.Context, j *job, do work) (*bq.JobStatistics, error) {
	if err := s.wait(ctx, Pending, s.opt.Latency.Pending); err != nil {
		return nil, err
	}
	s.change(j, func(m *bq.Job) { m.Status.State, m.Statistics.StartTime = "RUNNING", s.opt.Now().UnixMilli() })
	if err := s.wait(ctx, Running, s.opt.Latency.Running); err != nil {
		return nil, err
	}
	if p := s.takeFailure(j.conf); p != nil {
		return nil, p
	}
	return do(ctx, j)
}

func (s *Server) wait(ctx context.Context, at Stage, d time.Duration) error {
	if d > 0 {
		select {
		case <-time.After(d):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	select {
	case <-s.gate(at):
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// change replaces the job's state by a changed copy.
func (s *Server) change(j *job, edit func(*bq.Job)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *j.meta
	status, stats := *next.Status, *next.Statistics
	next.Status, next.Statistics = &status, &stats
	edit(&next)
	next.Etag = ""
	next.Etag = etag(&next)
	j.meta = &next
}

func (s *Server) snapshot(j *job) *bq.Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	return j.meta
}

// findJob looks a job up. Without a location only the US and EU multi-regions are searched.
func (s *Server) findJob(r *http.Request) (*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := jobKey{r.PathValue("project"), place(r.FormValue("location")), r.PathValue("job")}
	for _, l := range []string{k.location, "US", "EU"} {
		if j := s.jobs[jobKey{k.project, l, k.id}]; j != nil {
			return j, nil
		}
		if k.location != "" {
			return nil, notFound("Job %s", k)
		}
	}
	return nil, notFound("Job %s:%s", k.project, k.id)
}

func (s *Server) getJob(w http.ResponseWriter, r *http.Request) error {
	j, err := s.findJob(r)
	if err != nil {
		return err
	}
	return reply(w, r, s.snapshot(j))
}

func (s *Server) cancelJob(w http.ResponseWriter, r *http.Request) error {
	j, err := s.findJob(r)
	if err != nil {
		return err
	}
	j.cancel(errStopped)
	return reply(w, r, &bq.JobCancelResponse{Kind: "bigquery#jobCancelResponse", Job: s.snapshot(j)})
}

func (s *Server) deleteJob(w http.ResponseWriter, r *http.Request) error {
	j, err := s.findJob(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.meta.Status.State != "DONE" {
		return invalid("Job %s is not done and cannot be deleted", j.key)
	}
	delete(s.jobs, j.key)
	s.order = slices.DeleteFunc(s.order, func(o *job) bool { return o == j })
	if j.result != nil {
		s.forget(j.result)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// listJobs lists the newest first.
func (s *Server) listJobs(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalid("%s", err)
	}
	if r.FormValue("parentJobId") != "" {
		return refuse("jobs.list parentJobId")
	}
	after, err1 := intParam(r, "minCreationTime", 0)
	before, err2 := intParam(r, "maxCreationTime", 1<<62)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	states := r.Form["stateFilter"]
	s.mu.Lock()
	var all []*bq.JobListJobs
	for _, j := range slices.Backward(s.order) {
		m := j.meta
		if j.key.project != r.PathValue("project") || m.Statistics.CreationTime < after || m.Statistics.CreationTime > before {
			continue
		}
		if len(states) > 0 && !slices.ContainsFunc(states, func(x string) bool { return strings.EqualFold(x, m.Status.State) }) {
			continue
		}
		item := &bq.JobListJobs{Kind: "bigquery#job", Id: m.Id, JobReference: m.JobReference, State: m.Status.State, Status: m.Status, ErrorResult: m.Status.ErrorResult, Statistics: m.Statistics, UserEmail: m.UserEmail}
		if strings.EqualFold(r.FormValue("projection"), "full") {
			item.Configuration = m.Configuration
		}
		all = append(all, item)
	}
	s.mu.Unlock()
	cut, next, err := page(r, all, 1000)
	if err != nil {
		return err
	}
	return reply(w, r, &bq.JobList{Kind: "bigquery#jobList", Jobs: cut, NextPageToken: next})
}
