package gcstest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/gcs/gcstest"
)

const media = "/storage/v1/b/b/o/k?alt=media"

// TestFaults shows what a client that trusts HTTP sees of each fault.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault  gcstest.Fault
		code   int
		body   string
		length int64 // announced; -1 is not
		broken bool
	}{
		"none":        {gcstest.Fault{}, 200, "0123456789", 10, false},
		"status":      {gcstest.Fault{Status: 403}, 403, "", 0, false},
		"cut":         {gcstest.Fault{Cut: gcstest.CutLength, After: 4}, 200, "0123", 10, true},
		"cut chunked": {gcstest.Fault{Cut: gcstest.CutChunked, After: 4}, 200, "0123", -1, false},
		"cut closed":  {gcstest.Fault{Cut: gcstest.CutClose, After: 4}, 200, "0123", -1, false},
		"cut at once": {gcstest.Fault{Cut: gcstest.CutChunked}, 200, "", -1, false},
		"not cut":     {gcstest.Fault{Cut: gcstest.CutLength, After: 10}, 200, "0123456789", 10, false},
	} {
		t.Run(name, func(t *testing.T) {
			cl, s := serve(t, gcstest.Options{})
			s.Fault(func(*http.Request) *gcstest.Fault { return &c.fault })
			res, err := http.Get(cl.base + media)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			data, err := io.ReadAll(res.Body)
			if res.StatusCode != c.code || (err != nil) != c.broken {
				t.Errorf("%d and %v, want %d, broken: %t", res.StatusCode, err, c.code, c.broken)
			}
			if c.code == 200 && (string(data) != c.body || res.ContentLength != c.length) {
				t.Errorf("%q of %d, want %q of %d", data, res.ContentLength, c.body, c.length)
			}
		})
	}
}

func TestFaultSlow(t *testing.T) {
	cl, s := serve(t, gcstest.Options{})
	s.Put("b", "k", []byte(strings.Repeat("x", 1000)))
	for name, f := range map[string]gcstest.Fault{"rate": {BytesPerSecond: 5000}, "stall": {Stall: 200 * time.Millisecond, After: 500}} {
		s.Fault(func(*http.Request) *gcstest.Fault { return &f })
		start := time.Now()
		a := cl.want(200, cl.do("GET", media, ""))
		if d := time.Since(start); len(a.body) != 1000 || d < 140*time.Millisecond {
			t.Errorf("%s: %d bytes in %v, want 1000 in at least 140 ms", name, len(a.body), d)
		}
	}
}

func TestFaultDrop(t *testing.T) {
	cl, s := serve(t, gcstest.Options{})
	s.Fault(func(*http.Request) *gcstest.Fault { return &gcstest.Fault{Drop: true} })
	if res, err := http.Post(cl.base+"/upload/storage/v1/b/b/o?uploadType=media&name=new", "", strings.NewReader("x")); err == nil {
		res.Body.Close()
		t.Errorf("answered %d", res.StatusCode)
	}
	if _, ok := s.Get("b", "new"); !ok {
		t.Error("what was dropped was not carried out")
	}
}

func TestLog(t *testing.T) {
	cl, s := serve(t, gcstest.Options{})
	cl.do("GET", media, "", "Range: bytes=0-3")
	cl.do("GET", media, "")
	cl.do("GET", "/storage/v1/b/b/o/no", "")
	verbs["insert media"](cl, "")
	if got := s.Served("b", "k"); got != 14 {
		t.Errorf("served %d bytes, want 14", got)
	}
	if s.Count("storage.objects.get") != 3 || s.Count("storage.objects.insert") != 1 || s.Count("") != 4 {
		t.Errorf("counted %d, %d, %d", s.Count("storage.objects.get"), s.Count("storage.objects.insert"), s.Count(""))
	}
	all := s.Requests()
	if r := all[0]; r.Status != 206 || r.Sent() != 4 || r.Range != "bytes=0-3" || !r.Media {
		t.Errorf("first request: %d, %d bytes, range %q", r.Status, r.Sent(), r.Range)
	}
	if r := all[3]; r.Object != "k" || r.Received() != 3 {
		t.Errorf("last request: %s, %d bytes", r.Object, r.Received())
	}
	s.ResetLog()
	if s.Count("") != 0 || s.Served("b", "k") != 0 {
		t.Error("ResetLog left something")
	}
}
