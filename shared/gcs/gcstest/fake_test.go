package gcstest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fsouza/fake-gcs-server/fakestorage"

	"github.com/glint-data/glint/shared/gcs/gcstest"
)

// TestSecondOpinion asks this server and github.com/fsouza/fake-gcs-server the
// same. Where they differ, page names what of cloud.google.com/storage/docs
// decides, and ours is what it says. A difference that is gone fails the test
// too, so that this table stays true.
func TestSecondOpinion(t *testing.T) {
	const (
		preconditions = "request-preconditions"
		listPage      = "json_api/v1/objects/list"
		composePage   = "json_api/v1/objects/compose"
		deletePage    = "json_api/v1/objects/delete"
		insertPage    = "json_api/v1/objects/insert"
		statusCodes   = "json_api/v1/status-codes"
		resumablePage = "performing-resumable-uploads"
	)
	for _, c := range []struct {
		name string
		ask  func(cl client) string
		ours string
		page string // "" where both agree
	}{
		{"get", code("GET", "/storage/v1/b/b/o/k"), "200", ""},
		{"get what is not there", code("GET", "/storage/v1/b/b/o/no"), "404", ""},
		{"get of no bucket", code("GET", "/storage/v1/b/none/o/no"), "404", ""},
		{"media", text("GET", "/storage/v1/b/b/o/k?alt=media"), "200 0123456789", ""},
		{"range", text("GET", "/storage/v1/b/b/o/k?alt=media", "Range: bytes=2-4"), "206 234", ""},
		{"range at the end", code("GET", "/storage/v1/b/b/o/k?alt=media", "Range: bytes=10-"), "416", ""},
		{"last bytes", text("GET", "/storage/v1/b/b/o/k?alt=media", "Range: bytes=-3"), "206 789", ""},
		{"create", verb("insert media", "ifGenerationMatch=0"), "412", ""},
		{"swap", verb("insert multipart", "ifGenerationMatch=1"), "412", ""},
		{"checksum", fields("crc32c", "md5Hash", "size", "metageneration"), "KAwGng== eB5eJF1ptWaXm4bijSPyxw== 10 1", ""},
		{"list", listed("prefix=a/"), "a/1.csv a/b/2.csv | ", ""},
		{"list by delimiter", listed("delimiter=/"), "k | a/", ""},
		{"list from to", listed("startOffset=a/b/&endOffset=k"), "a/b/2.csv | ", ""},
		{"delete", verb("delete", ""), "204", deletePage},
		{"patch", verb("patch", ""), "200", ""},
		{"compose", composed(""), "200 01234567890123456789", ""},

		{"list by glob", listed("matchGlob=a/*.csv"), "a/1.csv | ", listPage},
		{"read under a condition", verb("get", "ifGenerationMatch=1"), "412", preconditions},
		{"media under a condition", verb("get media", "ifGenerationMatch=1"), "412", preconditions},
		{"media unchanged", verb("get media", "ifMetagenerationNotMatch=1"), "304", preconditions},
		{"delete under a condition", verb("delete", "ifGenerationMatch=1"), "412", preconditions},
		{"patch under a condition", verb("patch", "ifMetagenerationMatch=9"), "412", preconditions},
		{"insert under a metageneration", verb("insert media", "ifMetagenerationMatch=9"), "412", preconditions},
		{"compose under a condition", composed("ifGenerationMatch=1"), "412 0123456789", composePage},
		{"copy under a condition", code("POST", "/storage/v1/b/b/o/a%2F1.csv/rewriteTo/b/b/o/k?ifGenerationMatch=1"), "412", preconditions},
		{"copy under a condition on the source", code("POST", "/storage/v1/b/b/o/a%2F1.csv/rewriteTo/b/b/o/k?ifSourceGenerationMatch=1"), "412", preconditions},
		{"wrong checksum", code("POST", "/upload/storage/v1/b/b/o?uploadType=media&name=h", "x-goog-hash: crc32c=AAAAAQ=="), "400", insertPage},
		{"a condition that is no number", verb("get", "ifGenerationMatch=x"), "400", statusCodes},
		{"chunk of an odd size", chunk("Content-Range: bytes 0-2/*"), "400", resumablePage},
		{"whole upload", chunk("Content-Range: bytes 0-2/3"), "200", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ours := c.ask(both(t, false))
			theirs := c.ask(both(t, true))
			if ours != c.ours {
				t.Errorf("ours: %q, want %q", ours, c.ours)
			}
			switch {
			case c.page == "" && theirs != ours:
				t.Errorf("fake-gcs-server: %q, ours: %q; which page decides?", theirs, ours)
			case c.page != "" && theirs == ours:
				t.Errorf("both say %q now; take the page %s out of the table", ours, c.page)
			}
		})
	}
}

// both is one of the two servers with b/k and two more objects.
func both(t *testing.T, fake bool) client {
	t.Helper()
	cl, _ := serve(t, gcstest.Options{})
	if fake {
		cl.base = fakeServer(t)
	}
	for name, data := range map[string]string{"k": "0123456789", "a/1.csv": "1", "a/b/2.csv": "2"} {
		cl.want(200, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=media&name="+name, data))
	}
	return cl
}

func fakeServer(t *testing.T) string {
	t.Helper()
	var h http.Handler
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	s, err := fakestorage.NewServerWithOptions(fakestorage.Options{NoListener: true, ExternalURL: front.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	h = s.HTTPHandler()
	s.CreateBucketWithOpts(fakestorage.CreateBucketOpts{Name: "b"})
	return front.URL
}

func code(method, path string, headers ...string) func(client) string {
	return func(cl client) string { return fmt.Sprint(cl.do(method, path, "", headers...).code) }
}

func text(method, path string, headers ...string) func(client) string {
	return func(cl client) string {
		a := cl.do(method, path, "", headers...)
		return fmt.Sprint(a.code, " ", a.body)
	}
}

func verb(name, query string) func(client) string {
	return func(cl client) string { return fmt.Sprint(verbs[name](cl, query).code) }
}

func fields(names ...string) func(client) string {
	return func(cl client) string {
		a := cl.do("GET", "/storage/v1/b/b/o/k", "")
		var values []string
		for _, n := range names {
			values = append(values, a.field(n))
		}
		return strings.Join(values, " ")
	}
}

func listed(query string) func(client) string {
	return func(cl client) string {
		items, prefixes, _ := names(cl.t.(*testing.T), cl.do("GET", "/storage/v1/b/b/o?"+query, ""))
		return strings.Join(items, " ") + " | " + strings.Join(prefixes, " ")
	}
}

func composed(query string) func(client) string {
	return func(cl client) string {
		a := cl.do("POST", "/storage/v1/b/b/o/k/compose?"+query, `{"sourceObjects":[{"name":"k"},{"name":"k"}],"destination":{"contentType":"text/plain"}}`)
		return fmt.Sprint(a.code, " ", cl.do("GET", "/storage/v1/b/b/o/k?alt=media", "").body)
	}
}

func chunk(headers ...string) func(client) string {
	return func(cl client) string {
		session := cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=resumable&name=r", "{}").header.Get("Location")
		return fmt.Sprint(cl.do("PUT", session, "abc", headers...).code)
	}
}
