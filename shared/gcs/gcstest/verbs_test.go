package gcstest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/gcs/gcstest"
	"github.com/google/go-cmp/cmp"
)

func TestErrorBodies(t *testing.T) {
	cl, _ := serve(t, gcstest.Options{})
	for _, c := range []struct {
		method, path    string
		code            int
		reason, message string
	}{
		{"GET", "/storage/v1/b/b/o/no", 404, "notFound", "No such object: b/no"},
		{"GET", "/storage/v1/b/nob/o/no", 404, "notFound", "The specified bucket does not exist."},
		{"GET", "/storage/v1/b/b/o/k?ifGenerationMatch=1", 412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold."},
		{"GET", "/storage/v1/b/b/o/k?ifGenerationMatch=x", 400, "invalid", `Invalid value for ifGenerationMatch: "x"`},
		{"DELETE", "/storage/v1/b/b", 409, "conflict", "The bucket you tried to delete is not empty."},
		{"GET", "/storage/v1/b/b/o?softDeleted=true", 501, "notImplemented", `gcstest: storage.objects.list has no parameter "softDeleted" here`},
		{"GET", "/storage/v1/b/b/iam", 501, "notImplemented", "gcstest: GET /storage/v1/b/b/iam"},
	} {
		a := cl.want(c.code, cl.do(c.method, c.path, ""))
		var body struct {
			Error struct {
				Code    int
				Message string
				Errors  []struct{ Reason string }
			}
		}
		if err := json.Unmarshal([]byte(a.body), &body); err != nil || len(body.Error.Errors) != 1 {
			t.Fatalf("%s: %v in %s", c.path, err, a.body)
		}
		if body.Error.Code != c.code || body.Error.Message != c.message || body.Error.Errors[0].Reason != c.reason {
			t.Errorf("%s: %s", c.path, a.body)
		}
	}
	if a := cl.want(404, cl.do("GET", "/b/no", "")); !strings.Contains(a.body, "<Code>NoSuchKey</Code>") {
		t.Errorf("the XML API's error is %s", a.body)
	}
}

func TestMedia(t *testing.T) {
	cl, _ := serve(t, gcstest.Options{})
	for _, c := range []struct {
		path, rng, want, contentRange string
		code                          int
	}{
		{"/storage/v1/b/b/o/k?alt=media", "", "0123456789", "", 200},
		{"/download/storage/v1/b/b/o/k?alt=media", "bytes=2-4", "234", "bytes 2-4/10", 206},
		{"/storage/v1/b/b/o/k?alt=media", "bytes=8-", "89", "bytes 8-9/10", 206},
		{"/storage/v1/b/b/o/k?alt=media", "bytes=-3", "789", "bytes 7-9/10", 206},
		{"/storage/v1/b/b/o/k?alt=media", "bytes=5-99", "56789", "bytes 5-9/10", 206},
		{"/storage/v1/b/b/o/k?alt=media", "bytes=10-", "", "bytes */10", 416},
		{"/storage/v1/b/b/o/k?alt=media", "rows=1-2", "0123456789", "", 200},
		{"/xml/k", "bytes=1-1", "", "", 404},
	} {
		a := cl.want(c.code, cl.do("GET", c.path, "", "Range: "+c.rng))
		if c.code < 300 && a.body != c.want || a.header.Get("Content-Range") != c.contentRange {
			t.Errorf("%s %s: %q %q", c.path, c.rng, a.body, a.header.Get("Content-Range"))
		}
	}
	a := cl.want(200, cl.do("GET", "/b/k", "")) // the XML API's path, in a bucket called b
	for k, want := range map[string]string{
		"X-Goog-Hash": "crc32c=KAwGng==,md5=eB5eJF1ptWaXm4bijSPyxw==", "X-Goog-Stored-Content-Length": "10",
		"Content-Length": "10", "Accept-Ranges": "bytes", "X-Goog-Metageneration": "1",
	} {
		if got := a.header.Get(k); got != want {
			t.Errorf("%s is %q, want %q", k, got, want)
		}
	}
	cl.want(412, cl.do("GET", "/b/k", "", "x-goog-if-generation-match: 1"))
}

func TestResumable(t *testing.T) {
	cl, s := serve(t, gcstest.Options{})
	unit := strings.Repeat("x", 256<<10)
	session := cl.want(200, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=resumable", `{"name":"r","metadata":{"a":"b"}}`, "X-Upload-Content-Type: text/csv")).header.Get("Location")
	status := func(want string) {
		t.Helper()
		a := cl.want(308, cl.do("PUT", session, "", "Content-Range: bytes */*"))
		if got := a.header.Get("Range"); got != want {
			t.Errorf("status: %q, want %q", got, want)
		}
	}
	status("")
	n := len(unit)
	span := func(from, to int, total string) string {
		return fmt.Sprintf("Content-Range: bytes %d-%d/%s", from, to, total)
	}
	cl.want(400, cl.do("PUT", session, "odd", span(0, 2, "*")))
	cl.want(308, cl.do("PUT", session, unit, span(0, n-1, "*")))
	status(fmt.Sprintf("bytes=0-%d", n-1))
	cl.want(308, cl.do("PUT", session, unit, span(0, n-1, "*"))) // sent again: not taken twice
	cl.want(400, cl.do("PUT", session, unit, span(n+1, 2*n, "*")))
	a := cl.want(200, cl.do("PUT", session, unit, span(n, 2*n-1, "*"), "X-GUploader-No-308: yes"))
	if a.header.Get("X-Http-Status-Code-Override") != "308" {
		t.Errorf("headers %v", a.header)
	}
	if _, ok := s.Get("b", "r"); ok {
		t.Error("the object is there before its last byte")
	}
	done := cl.want(200, cl.do("PUT", session, "tail", span(2*n, 2*n+3, fmt.Sprint(2*n+4))))
	again := cl.want(200, cl.do("PUT", session, "tail", span(2*n, 2*n+3, fmt.Sprint(2*n+4))))
	if done.field("generation") != again.field("generation") {
		t.Error("the last chunk sent twice made two objects")
	}
	if data, _ := s.Get("b", "r"); string(data) != unit+unit+"tail" {
		t.Errorf("the object has %d bytes", len(data))
	}
	if done.field("contentType") != "text/csv" || done.field("metadata", "a") != "b" {
		t.Errorf("resource %s", done.body)
	}

	session = cl.want(200, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=resumable&name=c", "")).header.Get("Location")
	cl.want(499, cl.do("DELETE", session, ""))
	cl.want(404, cl.do("PUT", session, "x"))

	session = cl.want(200, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=resumable&name=h", "")).header.Get("Location")
	cl.want(400, cl.do("PUT", session, "x", "x-goog-hash: crc32c=AAAAAA=="))
	if _, ok := s.Get("b", "h"); ok {
		t.Error("an object whose checksum is wrong is there")
	}
	// A condition that became false while the upload went on.
	session = cl.want(200, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=resumable&name=race&ifGenerationMatch=0", "")).header.Get("Location")
	s.Put("b", "race", []byte("theirs"))
	cl.want(412, cl.do("PUT", session, "ours"))
}

func TestChecksums(t *testing.T) {
	cl, _ := serve(t, gcstest.Options{})
	cl.want(400, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=media&name=h", "x", "x-goog-hash: md5=AAAA"))
	body := strings.Replace(multipartBody, `{"name":"k"}`, `{"name":"h","crc32c":"AAAAAA=="}`, 1)
	cl.want(400, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=multipart", body, "Content-Type: multipart/related; boundary=X"))
	cl.want(408, cl.do("POST", "/upload/storage/v1/b/b/o?uploadType=multipart", strings.TrimSuffix(multipartBody, "--X--\r\n"), "Content-Type: multipart/related; boundary=X"))
	cl.want(404, cl.do("GET", "/storage/v1/b/b/o/h", ""))
}

func names(t *testing.T, a answer) (items, prefixes []string, token string) {
	t.Helper()
	var page struct {
		Items         []struct{ Name string }
		Prefixes      []string
		NextPageToken string
	}
	if err := json.Unmarshal([]byte(a.body), &page); err != nil {
		t.Fatal(err)
	}
	for _, i := range page.Items {
		items = append(items, i.Name)
	}
	return items, page.Prefixes, page.NextPageToken
}

func TestList(t *testing.T) {
	cl, s := serve(t, gcstest.Options{})
	for _, n := range []string{"a/1.csv", "a/2.csv", "a/b/3.csv", "a/", "ab.txt", "c", "z/9.csv"} {
		s.Put("b", n, nil)
	}
	for query, want := range map[string]string{
		"":                      "a/ a/1.csv a/2.csv a/b/3.csv ab.txt c k z/9.csv |",
		"prefix=a/":             "a/ a/1.csv a/2.csv a/b/3.csv |",
		"delimiter=/":           "ab.txt c k | a/ z/",
		"prefix=a/&delimiter=/": "a/ a/1.csv a/2.csv | a/b/",
		"delimiter=/&includeTrailingDelimiter=true": "a/ ab.txt c k | a/ z/",
		"startOffset=a/2.csv&endOffset=c":           "a/2.csv a/b/3.csv ab.txt |",
		"matchGlob=**.csv":                          "a/1.csv a/2.csv a/b/3.csv z/9.csv |",
		"matchGlob=a/*.csv":                         "a/1.csv a/2.csv |",
		"matchGlob=a/?.csv":                         "a/1.csv a/2.csv |",
		"matchGlob=a/[2-9].csv":                     "a/2.csv |",
		"matchGlob=a**":                             "a/ a/1.csv a/2.csv a/b/3.csv ab.txt |",
		"matchGlob={a,z}/[!1].csv":                  "a/2.csv z/9.csv |",
		"prefix=none":                               "|",
	} {
		for _, size := range []int{1000, 1, 2} {
			var items, prefixes []string
			token := ""
			for {
				q := fmt.Sprintf("%s&maxResults=%d&pageToken=%s", query, size, token)
				i, p, next := names(t, cl.want(200, cl.do("GET", "/storage/v1/b/b/o?"+q, "")))
				if len(i) > size || len(p) > size {
					t.Errorf("%s: %d names on a page", q, len(i)+len(p))
				}
				items, prefixes = append(items, i...), append(prefixes, p...)
				if token = next; token == "" {
					break
				}
			}
			got := strings.TrimSpace(strings.Join(items, " ") + " | " + strings.Join(prefixes, " "))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by %d (-want +got):\n%s", query, size, diff)
			}
		}
	}
}

func TestCompose(t *testing.T) {
	cl, s := serve(t, gcstest.Options{})
	s.Put("b", "head", []byte("a,b\n"))
	a := cl.want(200, cl.do("POST", "/storage/v1/b/b/o/whole/compose", `{"sourceObjects":[{"name":"head"},{"name":"k"}],"destination":{"contentType":"text/csv"}}`))
	if data, _ := s.Get("b", "whole"); string(data) != "a,b\n0123456789" {
		t.Errorf("composed %q", data)
	}
	if a.field("componentCount") != "2" || a.field("md5Hash") != "<nil>" || a.field("contentType") != "text/csv" {
		t.Errorf("resource %s", a.body)
	}
	cl.want(404, cl.do("POST", "/storage/v1/b/b/o/whole/compose", `{"sourceObjects":[{"name":"no"}]}`))
	cl.want(400, cl.do("POST", "/storage/v1/b/b/o/whole/compose", `{}`))
}

func TestPatch(t *testing.T) {
	cl, _ := serve(t, gcstest.Options{})
	gen := cl.generation("k")
	cl.want(200, cl.do("PATCH", "/storage/v1/b/b/o/k", `{"metadata":{"a":"1","b":"2"},"cacheControl":"no-store"}`))
	a := cl.want(200, cl.do("PATCH", "/storage/v1/b/b/o/k", `{"metadata":{"a":null},"size":"3","generation":"7"}`))
	if a.field("metadata", "a") != "<nil>" || a.field("metadata", "b") != "2" || a.field("cacheControl") != "no-store" {
		t.Errorf("patched: %s", a.body)
	}
	if a.field("generation") != gen || a.field("metageneration") != "3" || a.field("size") != "10" {
		t.Errorf("a patch changed what it may not: %s", a.body)
	}
	a = cl.want(200, cl.do("PUT", "/storage/v1/b/b/o/k", `{"contentType":"text/csv"}`))
	if a.field("metadata") != "<nil>" || a.field("cacheControl") != "<nil>" || a.field("metageneration") != "4" {
		t.Errorf("updated: %s", a.body)
	}
}

func TestBuckets(t *testing.T) {
	cl, _ := serve(t, gcstest.Options{})
	a := cl.want(200, cl.do("POST", "/storage/v1/b?project=p", `{"name":"new-one","location":"europe-west1","lifecycle":{"rule":[{"action":{"type":"Delete"},"condition":{"age":1}}]}}`))
	if a.field("location") != "EUROPE-WEST1" {
		t.Errorf("bucket %s", a.body)
	}
	cl.want(409, cl.do("POST", "/storage/v1/b?project=p", `{"name":"new-one"}`))
	a = cl.want(200, cl.do("GET", "/storage/v1/b/new-one", ""))
	if !strings.Contains(a.field("lifecycle"), "Delete") {
		t.Errorf("bucket %s", a.body)
	}
	if items, _, _ := names(t, cl.do("GET", "/storage/v1/b?project=p", "")); len(items) != 2 {
		t.Errorf("buckets %v", items)
	}
	cl.want(204, cl.do("DELETE", "/storage/v1/b/new-one", ""))
	cl.want(404, cl.do("GET", "/storage/v1/b/new-one", ""))
}
