package bigquerytest

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// A problem is an error as BigQuery words it, in an answer or in a job's status.
type problem struct {
	code     int
	reason   string
	message  string
	location string
}

func (p *problem) Error() string { return p.message }

func (p *problem) proto() *bq.ErrorProto {
	return &bq.ErrorProto{Reason: p.reason, Message: p.message, Location: p.location}
}

func problemf(code int, reason, format string, args ...any) *problem {
	return &problem{code: code, reason: reason, message: fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) *problem { return problemf(400, "invalid", format, args...) }

func notFound(format string, args ...any) *problem {
	return problemf(404, "notFound", "Not found: "+format, args...)
}

func duplicate(format string, args ...any) *problem {
	return problemf(409, "duplicate", "Already Exists: "+format, args...)
}

// refuse names what this emulator does not do.
func refuse(format string, args ...any) *problem {
	return problemf(501, "notImplemented", "bigquerytest does not emulate "+format, args...)
}

// asProblem words any error; one that is not ours is a bug of the emulator.
func asProblem(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	return problemf(501, "emulatorError", "bigquerytest: %s", err) // not 500: clients would try for ever
}

var statuses = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
	412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE",
}

func writeError(w http.ResponseWriter, err error) {
	p := asProblem(err)
	e := map[string]any{"message": p.message, "domain": "global", "reason": p.reason}
	if p.location != "" {
		e["location"] = p.location
	}
	writeJSON(w, p.code, map[string]any{"error": map[string]any{
		"code": p.code, "message": p.message, "status": statuses[p.code], "errors": []any{e},
	}})
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		code = 501
		b, _ = json.Marshal(map[string]any{"error": map[string]any{"code": code, "message": "bigquerytest: " + err.Error()}})
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	w.Write(b)
}

// reply answers v, reduced to what the request's `fields` parameter asks for.
func reply(w http.ResponseWriter, r *http.Request, v any) error {
	mask := r.FormValue("fields")
	if mask == "" || mask == "*" {
		writeJSON(w, 200, v)
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		return err
	}
	writeJSON(w, 200, project(tree, parseMask(&mask)))
	return nil
}

// mask is a parsed `fields` parameter: a,b/c,d(e,f). A nil mask keeps all.
type mask map[string]mask

func parseMask(s *string) mask {
	m := mask{}
	for {
		name, sub := parsePath(s)
		if name != "" {
			if m[name] != nil {
				for k, v := range sub {
					m[name][k] = v
				}
			} else {
				m[name] = sub
			}
		}
		if !strings.HasPrefix(*s, ",") {
			return m
		}
		*s = (*s)[1:]
	}
}

func parsePath(s *string) (string, mask) {
	name := *s
	if end := strings.IndexAny(name, ",/()"); end >= 0 {
		name = name[:end]
	}
	*s = (*s)[len(name):]
	switch {
	case strings.HasPrefix(*s, "/"):
		*s = (*s)[1:]
		inner, sub := parsePath(s)
		return name, mask{inner: sub}
	case strings.HasPrefix(*s, "("):
		*s = (*s)[1:]
		sub := parseMask(s)
		*s = strings.TrimPrefix(*s, ")")
		return name, sub
	}
	return name, nil
}

func project(v any, m mask) any {
	if _, all := m["*"]; m == nil || all {
		return v
	}
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = project(v[i], m)
		}
	case map[string]any:
		for k := range v {
			sub, ok := m[k]
			if !ok {
				delete(v, k)
				continue
			}
			v[k] = project(v[k], sub)
		}
	}
	return v
}

// body decodes a request into v and refuses by name every field that is not in allowed.
func body(r *http.Request, v any, what string, allowed ...string) (map[string]json.RawMessage, error) {
	var raw json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
		return nil, problemf(400, "parseError", "Parse Error: %s", err)
	}
	return decode(raw, v, what, allowed...)
}

func decode(raw json.RawMessage, v any, what string, allowed ...string) (map[string]json.RawMessage, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil {
		return nil, problemf(400, "parseError", "Parse Error: %s", err)
	}
	for k, val := range keys {
		if !slices.Contains(allowed, k) && !zero(val) {
			return nil, refuse("%s.%s", what, k)
		}
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return nil, problemf(400, "invalid", "Invalid JSON payload received: %s", err)
	}
	return keys, nil
}

// zero reports whether a field was sent with the value that it has when it is not sent.
func zero(raw json.RawMessage) bool {
	switch string(raw) {
	case "null", "false", `""`, "0", `"0"`, "{}", "[]":
		return true
	}
	return false
}

// merge applies a JSON merge patch to old and decodes the result into out.
func merge(old any, patch map[string]json.RawMessage, out any) error {
	b, err := json.Marshal(old)
	if err != nil {
		return err
	}
	var base map[string]any
	if err := json.Unmarshal(b, &base); err != nil {
		return err
	}
	for k, raw := range patch {
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		base[k] = mergeValue(base[k], v)
		if base[k] == nil {
			delete(base, k)
		}
	}
	if b, err = json.Marshal(base); err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

func mergeValue(old, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	o, ok := old.(map[string]any)
	if !ok {
		o = map[string]any{}
	}
	for k, v := range p {
		if v == nil {
			delete(o, k)
			continue
		}
		o[k] = mergeValue(o[k], v)
	}
	return o
}

// etag changes when v's JSON does.
func etag(v any) string {
	b, _ := json.Marshal(v)
	h := fnv.New64a()
	h.Write(b)
	return fmt.Sprintf("%x", h.Sum64())
}

// match holds an If-Match header against what is there.
func match(r *http.Request, have string) error {
	if want := r.Header.Get("If-Match"); want != "" && want != "*" && strings.Trim(want, `"`) != strings.Trim(have, `"`) {
		return problemf(412, "conditionNotMet", "Precondition Failed")
	}
	return nil
}

// intParam reads a number from the query string.
func intParam(r *http.Request, name string, otherwise int64) (int64, error) {
	s := r.FormValue(name)
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, invalid("Invalid value %q for %s", s, name)
	}
	return n, nil
}

// page cuts a list as maxResults and pageToken ask; the token is the next index.
func page[T any](r *http.Request, all []T, most int64) ([]T, string, error) {
	n, err := intParam(r, "maxResults", most)
	if err != nil {
		return nil, "", err
	}
	from, err := intParam(r, "pageToken", 0)
	if err != nil || from > int64(len(all)) {
		return nil, "", invalid("Invalid page token")
	}
	if n == 0 {
		n = most
	}
	end := min(from+n, int64(len(all)))
	if end < int64(len(all)) {
		return all[from:end], strconv.FormatInt(end, 10), nil
	}
	return all[from:end], "", nil
}

// clone copies a value of the API by way of its JSON.
func clone[T any](v *T) *T {
	if v == nil {
		return nil
	}
	out := new(T)
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, out)
	}
	if err != nil {
		panic(err) // the API's own types encode
	}
	return out
}
