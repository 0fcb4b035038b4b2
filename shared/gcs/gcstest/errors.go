package gcstest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
)

// An apiError is an answer that is not what was asked for
// (json_api/v1/status-codes).
type apiError struct {
	code     int
	reason   string // the JSON API's
	xml      string // the XML API's Code
	message  string
	location string
}

func noBucket() *apiError {
	return &apiError{404, "notFound", "NoSuchBucket", "The specified bucket does not exist.", ""}
}

func noObject(bucket, name string) *apiError {
	return &apiError{404, "notFound", "NoSuchKey", fmt.Sprintf("No such object: %s/%s", bucket, name), ""}
}

func conditionNotMet(location string) *apiError {
	return &apiError{412, "conditionNotMet", "PreconditionFailed", "At least one of the pre-conditions you specified did not hold.", location}
}

func notModified() *apiError { return &apiError{code: 304} }

func badRange() *apiError {
	return &apiError{416, "requestedRangeNotSatisfiable", "InvalidRange", "Request range not satisfiable", ""}
}

func tooOften(bucket, name string) *apiError {
	return &apiError{429, "rateLimitExceeded", "SlowDown", fmt.Sprintf("The object %s/%s exceeded the rate limit for object mutation operations (create, update, and delete). Please reduce your request rate.", bucket, name), ""}
}

func conflict(format string, args ...any) *apiError {
	return &apiError{409, "conflict", "Conflict", fmt.Sprintf(format, args...), ""}
}

func invalid(format string, args ...any) *apiError {
	return &apiError{400, "invalid", "InvalidArgument", fmt.Sprintf(format, args...), ""}
}

func unsupported(format string, args ...any) *apiError {
	return &apiError{501, "notImplemented", "NotImplemented", "gcstest: " + fmt.Sprintf(format, args...), ""}
}

func (e *apiError) write(w http.ResponseWriter, asXML bool) {
	if e.code == http.StatusNotModified {
		w.WriteHeader(e.code)
		return
	}
	if asXML {
		w.Header().Set("Content-Type", "application/xml; charset=UTF-8")
		w.WriteHeader(e.code)
		xml.NewEncoder(w).Encode(struct {
			XMLName xml.Name `xml:"Error"`
			Code    string
			Message string
		}{Code: e.xml, Message: e.message})
		return
	}
	type item struct {
		Message      string `json:"message"`
		Domain       string `json:"domain"`
		Reason       string `json:"reason"`
		LocationType string `json:"locationType,omitempty"`
		Location     string `json:"location,omitempty"`
	}
	it := item{Message: e.message, Domain: "global", Reason: e.reason}
	if e.location != "" {
		it.LocationType, it.Location = "parameter", e.location
	}
	writeJSON(w, e.code, map[string]any{"error": map[string]any{
		"code": e.code, "message": e.message, "errors": []item{it},
	}})
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	w.WriteHeader(code)
	w.Write(data)
}
