package bigquerytest

import (
	"encoding/json"
	"net/http"

	bq "google.golang.org/api/bigquery/v2"
)

var macros = []string{}

func (s *Server) copy(*bq.JobConfiguration, json.RawMessage) (work, string, error) {
	return nil, "", refuse("copy")
}
func (s *Server) queryJob(string, *bq.JobConfiguration, json.RawMessage, string) (work, string, error) {
	return nil, "", refuse("query")
}
func (s *Server) query(http.ResponseWriter, *http.Request) error        { return refuse("query") }
func (s *Server) queryResults(http.ResponseWriter, *http.Request) error { return refuse("query") }
