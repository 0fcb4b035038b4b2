package gcstest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/gcs/gcstest"
)

// A client sends requests as they stand, with nothing retried or hidden.
type client struct {
	t    testing.TB
	base string
}

// serve starts a server with the bucket "b" and the object "b/k", which holds "0123456789".
func serve(t testing.TB, o gcstest.Options) (client, *gcstest.Server) {
	t.Helper()
	if o.MutationsPerSecond == 0 {
		o.MutationsPerSecond = -1
	}
	s := gcstest.New(o)
	s.Put("b", "k", []byte("0123456789"))
	url, stop := s.Start()
	t.Cleanup(stop)
	return client{t, url}, s
}

type answer struct {
	code   int
	body   string
	header http.Header
}

// field is a part of a JSON answer: field("error", "message").
func (a answer) field(path ...string) string {
	var v any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		return ""
	}
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return fmt.Sprint(v)
}

// do sends a request; headers are "Name: value".
func (c client) do(method, path, body string, headers ...string) answer {
	c.t.Helper()
	target := path
	if strings.HasPrefix(path, "/") {
		target = c.base + path
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res.StatusCode, string(data), res.Header}
}

func (c client) want(code int, a answer) answer {
	c.t.Helper()
	if a.code != code {
		c.t.Errorf("answered %d %s, want %d", a.code, a.body, code)
	}
	return a
}

const multipartBody = "--X\r\nContent-Type: application/json\r\n\r\n{\"name\":\"k\"}\r\n--X\r\nContent-Type: text/csv\r\n\r\nnew\r\n--X--\r\n"

// verbs are the ways to touch b/k; query holds the conditions.
var verbs = map[string]func(c client, query string) answer{
	"get":       func(c client, q string) answer { return c.do("GET", "/storage/v1/b/b/o/k?"+q, "") },
	"get media": func(c client, q string) answer { return c.do("GET", "/storage/v1/b/b/o/k?alt=media&"+q, "") },
	"delete":    func(c client, q string) answer { return c.do("DELETE", "/storage/v1/b/b/o/k?"+q, "") },
	"patch": func(c client, q string) answer {
		return c.do("PATCH", "/storage/v1/b/b/o/k?"+q, `{"contentType":"text/plain"}`)
	},
	"update": func(c client, q string) answer {
		return c.do("PUT", "/storage/v1/b/b/o/k?"+q, `{"contentType":"text/plain"}`)
	},
	"insert media": func(c client, q string) answer {
		return c.do("POST", "/upload/storage/v1/b/b/o?uploadType=media&name=k&"+q, "new")
	},
	"insert multipart": func(c client, q string) answer {
		return c.do("POST", "/upload/storage/v1/b/b/o?uploadType=multipart&"+q, multipartBody, "Content-Type: multipart/related; boundary=X")
	},
	"insert resumable": func(c client, q string) answer {
		a := c.do("POST", "/upload/storage/v1/b/b/o?uploadType=resumable&name=k&"+q, "")
		if a.code != 200 {
			return a
		}
		return c.do("PUT", a.header.Get("Location"), "new")
	},
	"compose": func(c client, q string) answer {
		return c.do("POST", "/storage/v1/b/b/o/k/compose?"+q, `{"sourceObjects":[{"name":"src"},{"name":"src"}]}`)
	},
	"copy":    func(c client, q string) answer { return c.do("POST", "/storage/v1/b/b/o/src/copyTo/b/b/o/k?"+q, "") },
	"rewrite": func(c client, q string) answer { return c.do("POST", "/storage/v1/b/b/o/src/rewriteTo/b/b/o/k?"+q, "") },
}

func reads(verb string) bool { return strings.HasPrefix(verb, "get") }

func creates(verb string) bool {
	return !reads(verb) && verb != "delete" && verb != "patch" && verb != "update"
}

// generation asks for an object's.
func (c client) generation(name string) string {
	c.t.Helper()
	return c.want(200, c.do("GET", "/storage/v1/b/b/o/"+url.PathEscape(name), "")).field("generation")
}
