package gcstest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	storage "google.golang.org/api/storage/v1"
)

// A call is one request, taken apart.
type call struct {
	*Server
	w      http.ResponseWriter
	r      *http.Request
	q      url.Values
	op     string // storage.objects.get and so on
	bucket string
	object string
	rest   []string // of the path, unescaped: what comes after the object
	xml    bool
	events []event // published when the server is unlocked again
	after  func()  // then answers
}

// anywhere are the query parameters that every method takes
// (json_api/v1/parameters) and that change nothing here: access control and
// billing are not played, and an answer is given whole.
var anywhere = []string{
	"alt", "prettyPrint", "key", "quotaUser", "userIp", "userProject", "projection", "fields", "callback",
	"access_token", "oauth_token", "$.xgafv", "uploadType", "upload_protocol",
}

// only refuses a query parameter that the verb does not know, so that nothing
// is silently ignored. One that is false asks for nothing.
func (c *call) only(names ...string) *apiError {
	for name := range c.q {
		if v := c.q.Get(name); v != "" && v != "false" && !slices.Contains(anywhere, name) && !slices.Contains(names, name) {
			return unsupported("%s has no parameter %q here", c.op, name)
		}
	}
	return nil
}

var conditionNames = []string{"ifGenerationMatch", "ifGenerationNotMatch", "ifMetagenerationMatch", "ifMetagenerationNotMatch"}

var sourceConditionNames = []string{"ifSourceGenerationMatch", "ifSourceGenerationNotMatch", "ifSourceMetagenerationMatch", "ifSourceMetagenerationNotMatch"}

// conditions are the request's preconditions on the object it is about.
func (c *call) conditions() (conditions, *apiError) {
	if c.xml {
		return headerConditions(c.r.Header)
	}
	return parseConditions(c.q, "if")
}

// generation is the version that the request names, or 0.
func (c *call) generation(param string) (int64, *apiError) {
	var n *int64
	if err := parseInt(c.q.Get(param), param, &n); err != nil || n == nil {
		return 0, err
	}
	return *n, nil
}

// theBucket is the bucket of the call. The server is locked.
func (c *call) theBucket() (*bucket, *apiError) {
	b := c.buckets[c.bucket]
	if b == nil {
		return nil, noBucket()
	}
	return b, nil
}

// body decodes the request's JSON into v; no body leaves v alone.
func (c *call) body(v any) *apiError { return decodeJSON(c.r.Body, v) }

func decodeJSON(r io.Reader, v any) *apiError {
	err := json.NewDecoder(r).Decode(v)
	if err != nil && !errors.Is(err, io.EOF) {
		return &apiError{400, "parseError", "MalformedRequest", "Parse Error: " + err.Error(), ""}
	}
	return nil
}

// locked runs f under the server's lock and then publishes what it did.
func (c *call) locked(f func() *apiError) *apiError {
	c.mu.Lock()
	err := f()
	c.mu.Unlock()
	if err != nil {
		return err
	}
	c.publish(c.events)
	c.events = nil
	if c.after != nil {
		c.after()
	}
	return nil
}

// reply answers once the server is unlocked; a nil v has no body.
func (c *call) reply(code int, v any) {
	c.after = func() {
		if v == nil {
			c.w.WriteHeader(code)
			return
		}
		writeJSON(c.w, code, v)
	}
}

// create checks the conditions and stores o, at once.
func (c *call) create(o *object, cond conditions) *apiError {
	return c.locked(func() *apiError { return c.createLocked(o, cond) })
}

func (c *call) createLocked(o *object, cond conditions) *apiError {
	b := c.buckets[o.meta.Bucket]
	if b == nil {
		return noBucket()
	}
	if err := cond.check(b.live[o.meta.Name]); err != nil {
		return err
	}
	if err := c.allow(o.meta.Bucket, o.meta.Name); err != nil {
		return err
	}
	c.events = c.store(b, o)
	return nil
}

// answer writes an object's resource as JSON.
func (c *call) answer(m *storage.Object) *apiError {
	writeJSON(c.w, http.StatusOK, c.linked(m))
	return nil
}

// linked is m with its links, which depend on where the server is.
func (c *call) linked(m *storage.Object) *storage.Object {
	l := *m
	base := "http://" + c.r.Host
	path := "/b/" + url.PathEscape(m.Bucket) + "/o/" + url.PathEscape(m.Name)
	l.SelfLink = base + "/storage/v1" + path
	l.MediaLink = base + "/download/storage/v1" + path + "?alt=media"
	return &l
}

// validName holds a name to the service's rules (objects#naming).
func validName(name string) *apiError {
	switch {
	case name == "":
		return &apiError{400, "required", "InvalidArgument", "Required object name", ""}
	case len(name) > 1024 || name == "." || name == ".." || strings.ContainsAny(name, "\r\n") || strings.HasPrefix(name, ".well-known/acme-challenge/"):
		return invalid("Invalid object name: %q", name)
	}
	return nil
}
