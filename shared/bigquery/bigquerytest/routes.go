package bigquerytest

import (
	"net/http"
	"strings"
)

// routes are the methods of the REST reference that this emulator has.
func (s *Server) routes() {
	s.mux = http.NewServeMux()
	const (
		p  = "/projects/{project}"
		ds = p + "/datasets/{dataset}"
		t  = ds + "/tables/{table}"
	)
	for pattern, h := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET " + p + "/datasets":                  s.listDatasets,
		"POST " + p + "/datasets":                 s.insertDataset,
		"GET " + ds:                               s.getDataset,
		"PATCH " + ds:                             s.patchDataset,
		"PUT " + ds:                               s.updateDataset,
		"DELETE " + ds:                            s.deleteDataset,
		"GET " + ds + "/tables":                   s.listTables,
		"POST " + ds + "/tables":                  s.insertTable,
		"GET " + t:                                s.getTable,
		"PATCH " + t:                              s.patchTable,
		"PUT " + t:                                s.updateTable,
		"DELETE " + t:                             s.deleteTable,
		"GET " + t + "/data":                      s.listData,
		"GET " + t + "/rowAccessPolicies":         s.listPolicies,
		"POST " + t + "/rowAccessPolicies":        s.insertPolicy,
		"GET " + t + "/rowAccessPolicies/{id}":    s.getPolicy,
		"DELETE " + t + "/rowAccessPolicies/{id}": s.deletePolicy,
		"GET " + p + "/jobs":                      s.listJobs,
		"POST " + p + "/jobs":                     s.insertJob,
		"GET " + p + "/jobs/{job}":                s.getJob,
		"POST " + p + "/jobs/{job}/cancel":        s.cancelJob,
		"DELETE " + p + "/jobs/{job}/delete":      s.deleteJob,
		"POST " + p + "/queries":                  s.query,
		"GET " + p + "/queries/{job}":             s.queryResults,
	} {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				writeError(w, err)
			}
		})
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, refuse("%s %s", r.Method, r.URL.Path))
	})
}

// ServeHTTP answers with and without the prefix /bigquery/v2: an endpoint given
// to the Go client replaces the prefix as well.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/upload/") || strings.HasPrefix(r.URL.Path, "/resumable/upload/") {
		writeError(w, refuse("uploads of media: put the file into Cloud Storage and load it by sourceUris"))
		return
	}
	if path, ok := strings.CutPrefix(r.URL.Path, "/bigquery/v2"); ok {
		r2 := *r
		u := *r.URL
		u.Path, u.RawPath = path, strings.TrimPrefix(u.RawPath, "/bigquery/v2")
		r2.URL = &u
		r = &r2
	}
	s.misbehave(w, r, s.mux)
}
