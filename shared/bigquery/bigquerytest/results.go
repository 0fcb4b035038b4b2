package bigquerytest

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	bq "google.golang.org/api/bigquery/v2"
)

// query is jobs.query: start a query job, wait a while, answer its first page.
func (s *Server) query(w http.ResponseWriter, r *http.Request) error {
	req := new(bq.QueryRequest)
	_, err := body(r, req, "queryRequest", "query", "useLegacySql", "useQueryCache", "defaultDataset", "queryParameters", "parameterMode", "maximumBytesBilled",
		"kind", "labels", "location", "maxResults", "requestId", "timeoutMs", "dryRun", "formatOptions", "jobCreationMode", "jobTimeoutMs")
	if err != nil {
		return err
	}
	conf := &bq.JobConfiguration{DryRun: req.DryRun, Labels: req.Labels, JobTimeoutMs: req.JobTimeoutMs, Query: &bq.JobConfigurationQuery{
		Query: req.Query, UseLegacySql: req.UseLegacySql, UseQueryCache: req.UseQueryCache, DefaultDataset: req.DefaultDataset,
		QueryParameters: req.QueryParameters, ParameterMode: req.ParameterMode, MaximumBytesBilled: req.MaximumBytesBilled,
	}}
	raw, err := json.Marshal(conf.Query)
	if err != nil {
		return err
	}
	// A request ID makes a repeated request the same job.
	at := bq.JobReference{Location: req.Location, JobId: "job_" + rand.Text()}
	if req.RequestId != "" {
		at.JobId = "job_request_" + req.RequestId
	}
	j, err := s.start(r.PathValue("project"), at, conf, map[string]json.RawMessage{"query": raw})
	if p, again := err.(*problem); again && p.reason == "duplicate" && req.RequestId != "" {
		j, err = s.byID(r.PathValue("project"), at.JobId), nil
	}
	if err != nil {
		return err
	}
	if conf.DryRun {
		q := s.snapshot(j)
		return reply(w, r, &bq.QueryResponse{Kind: "bigquery#queryResponse", JobComplete: true, JobReference: q.JobReference, Schema: q.Statistics.Query.Schema, TotalBytesProcessed: q.Statistics.TotalBytesProcessed})
	}
	ms := req.TimeoutMs
	if ms == 0 {
		ms = 10_000
	}
	res, err := s.results(r, j, ms, 0, req.MaxResults, ref(req.FormatOptions).UseInt64Timestamp)
	if err != nil {
		return err
	}
	m := s.snapshot(j)
	return reply(w, r, &bq.QueryResponse{
		Kind: "bigquery#queryResponse", JobComplete: res.JobComplete, JobReference: res.JobReference, Location: j.key.location, Schema: res.Schema, Rows: res.Rows,
		TotalRows: res.TotalRows, PageToken: res.PageToken, TotalBytesProcessed: m.Statistics.TotalBytesProcessed, CreationTime: m.Statistics.CreationTime,
		StartTime: m.Statistics.StartTime, EndTime: m.Statistics.EndTime, StatementType: "SELECT", ForceSendFields: force(res.JobComplete),
	})
}

func force(complete bool) []string {
	if complete {
		return []string{"JobComplete", "TotalRows", "CacheHit"}
	}
	return []string{"JobComplete"}
}

func (s *Server) byID(project, id string) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, j := range s.jobs {
		if k.project == project && k.id == id {
			return j
		}
	}
	return nil
}

// queryResults is jobs.getQueryResults.
func (s *Server) queryResults(w http.ResponseWriter, r *http.Request) error {
	j, err := s.findJob(r)
	if err != nil {
		return err
	}
	if j.conf.Query == nil {
		return invalid("Job %s is not a query job", j.key)
	}
	from, err := intParam(r, "startIndex", 0)
	if token := r.FormValue("pageToken"); token != "" {
		_, index, _ := strings.Cut(token, ".")
		if from, err = strconv.ParseInt(index, 10, 64); err != nil {
			return invalid("Invalid page token")
		}
	}
	if err != nil {
		return err
	}
	n, err := intParam(r, "maxResults", 0)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("maxResults") == "0" { // "return no rows, but say when it is complete"
		n = -1
	}
	ms, err := intParam(r, "timeoutMs", 10_000)
	if err != nil {
		return err
	}
	res, err := s.results(r, j, ms, from, n, r.FormValue("formatOptions.useInt64Timestamp") == "true")
	if err != nil {
		return err
	}
	return reply(w, r, res)
}

// results waits for a query and reads a page of it; n < 0 reads no rows.
func (s *Server) results(r *http.Request, j *job, ms, from, n int64, micros bool) (*bq.GetQueryResultsResponse, error) {
	select {
	case <-j.done:
	case <-time.After(time.Duration(ms) * time.Millisecond):
	case <-r.Context().Done():
	}
	m := s.snapshot(j)
	res := &bq.GetQueryResultsResponse{Kind: "bigquery#getQueryResultsResponse", JobReference: m.JobReference, ForceSendFields: force(false)}
	if m.Status.State != "DONE" {
		return res, nil
	}
	if e := m.Status.ErrorResult; e != nil {
		return nil, &problem{code: codeOf(e.Reason), reason: e.Reason, message: e.Message, location: e.Location}
	}
	s.mu.Lock()
	v := j.result
	if v == nil {
		s.mu.Unlock()
		return nil, notFound("the results of job %s have expired", j.key)
	}
	unpin := s.pin(v)
	s.mu.Unlock()
	defer unpin()
	fields := reported(v.fields)
	res.JobComplete, res.ForceSendFields = true, force(true)
	res.Schema, res.TotalRows = &bq.TableSchema{Fields: fields}, uint64(v.rows)
	res.TotalBytesProcessed = m.Statistics.TotalBytesProcessed
	if n < 0 {
		return res, nil
	}
	p, err := s.rows(r.Context(), v, fields, from, n, micros)
	res.Rows, res.PageToken = p.rows, p.next
	return res, err
}

// codeOf is the HTTP status that an error of a job has when a method answers with it.
func codeOf(reason string) int {
	switch reason {
	case "notFound":
		return 404
	case "duplicate":
		return 409
	case "accessDenied", "quotaExceeded", "rateLimitExceeded":
		return 403
	case "backendError":
		return 503
	case "internalError":
		return 500
	case "notImplemented", "emulatorError":
		return 501
	}
	return 400
}
