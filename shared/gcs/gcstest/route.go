package gcstest

import (
	"net/http"
	"net/url"
	"strings"
)

// ServeHTTP answers a request of the JSON API below /storage/v1, /upload and
// /download, and reads by the XML API's path /BUCKET/OBJECT.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{Server: s, r: r, q: r.URL.Query()}
	handle := s.route(c)
	entry := s.log.begin(c)
	fw := &faultWriter{ResponseWriter: w, entry: entry, req: r}
	c.w = fw
	defer s.log.end(entry, fw)

	f := s.faultFor(r)
	fw.fault = f
	body := &countingBody{ReadCloser: r.Body, entry: entry}
	if f != nil {
		body.cut = f.CutRequest
	}
	r.Body = body
	if f.before(fw, c.xml) {
		return
	}
	if err := handle(c); err != nil {
		err.write(fw, c.xml)
	}
	fw.finish()
}

type handler func(*call) *apiError

// route fills c with what the path says and finds the verb. It splits the path
// as it was sent, for an object's name has its slashes escaped
// (request-endpoints#encoding).
func (s *Server) route(c *call) handler {
	path := strings.TrimPrefix(c.r.URL.EscapedPath(), "/")
	if rest, ok := strings.CutPrefix(path, "upload/storage/v1/b/"); ok {
		c.segments(rest)
		return c.upload()
	}
	if rest, ok := strings.CutPrefix(path, "download/storage/v1/b/"); ok {
		c.segments(rest)
		c.q.Set("alt", "media")
		return c.objects()
	}
	if path == "storage/v1/b" {
		return c.bucketList()
	}
	if rest, ok := strings.CutPrefix(path, "storage/v1/b/"); ok {
		c.segments(rest)
		return c.inBucket()
	}
	if strings.HasPrefix(path, "storage/v1/") || strings.HasPrefix(path, "batch/") {
		c.op = "unknown"
		return func(c *call) *apiError { return unsupported("%s %s", c.r.Method, c.r.URL.Path) }
	}
	return c.xmlPath(path)
}

// segments splits BUCKET, BUCKET/o, BUCKET/o/OBJECT, BUCKET/o/OBJECT/verb/… and BUCKET/notificationConfigs/ID.
func (c *call) segments(rest string) {
	parts := strings.Split(rest, "/")
	for i, p := range parts {
		if u, err := url.PathUnescape(p); err == nil {
			parts[i] = u
		}
	}
	c.bucket = parts[0]
	if len(parts) > 2 && parts[1] == "o" {
		c.object = parts[2]
		c.rest = parts[3:]
		return
	}
	c.rest = parts[1:]
}

func (c *call) inBucket() handler {
	switch {
	case c.object != "":
		return c.objects()
	case len(c.rest) == 0:
		return c.buckets1()
	case c.rest[0] == "o" && len(c.rest) == 1 && c.r.Method == http.MethodGet:
		c.op = "storage.objects.list"
		return (*call).list
	case c.rest[0] == "notificationConfigs":
		return c.notifications()
	}
	return c.unknown()
}

func (c *call) objects() handler {
	if len(c.rest) > 0 {
		return c.objectVerbs()
	}
	switch c.r.Method {
	case http.MethodGet, http.MethodHead:
		c.op = "storage.objects.get"
		return (*call).get
	case http.MethodDelete:
		c.op = "storage.objects.delete"
		return (*call).delete
	case http.MethodPatch:
		c.op = "storage.objects.patch"
		return (*call).patch
	case http.MethodPut:
		c.op = "storage.objects.update"
		return (*call).patch
	case http.MethodPost: // a PATCH behind a proxy that knows none
		if c.r.Header.Get("X-HTTP-Method-Override") == http.MethodPatch {
			c.op = "storage.objects.patch"
			return (*call).patch
		}
	}
	return c.unknown()
}

func (c *call) objectVerbs() handler {
	post := c.r.Method == http.MethodPost
	switch {
	case post && len(c.rest) == 1 && c.rest[0] == "compose":
		c.op = "storage.objects.compose"
		return (*call).compose
	case post && len(c.rest) == 5 && c.rest[1] == "b" && c.rest[3] == "o" && c.rest[0] == "copyTo":
		c.op = "storage.objects.copy"
		return (*call).copy
	case post && len(c.rest) == 5 && c.rest[1] == "b" && c.rest[3] == "o" && c.rest[0] == "rewriteTo":
		c.op = "storage.objects.rewrite"
		return (*call).copy
	}
	return c.unknown()
}

// xmlPath is GET or HEAD of /BUCKET/OBJECT, slashes and all (xml-api/get-object-download).
func (c *call) xmlPath(path string) handler {
	bucket, name, ok := strings.Cut(path, "/")
	if !ok || bucket == "" || name == "" || c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return c.unknown()
	}
	c.xml = true
	c.bucket = bucket
	c.object = name
	if u, err := url.PathUnescape(name); err == nil {
		c.object = u
	}
	c.op = "storage.objects.get"
	c.q.Set("alt", "media")
	return (*call).get
}

func (c *call) unknown() handler {
	c.op = "unknown"
	return func(c *call) *apiError { return unsupported("%s %s", c.r.Method, c.r.URL.Path) }
}
