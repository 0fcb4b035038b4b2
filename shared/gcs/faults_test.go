package gcs_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/gcs"
	"github.com/glint-data/glint/shared/gcs/gcstest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

// rows is CSV whose rows are all ten bytes long.
func rows(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "row%06d\n", i)
	}
	return b.Bytes()
}

func isMedia(r *http.Request) bool { return r.URL.Query().Get("alt") == "media" }

// first has f happen to the first n requests that are meant.
func first(n int32, meant func(*http.Request) bool, f gcstest.Fault) func(*http.Request) *gcstest.Fault {
	var seen atomic.Int32
	return func(r *http.Request) *gcstest.Fault {
		if !meant(r) || seen.Add(1) > n {
			return nil
		}
		return &f
	}
}

// TestReadCut cuts a body at the end of a row, in every way that HTTP has. The
// reader gets the whole of it, or an error; a short body never looks complete.
func TestReadCut(t *testing.T) {
	t.Parallel()
	data := rows(100_000)
	for name, cut := range map[string]gcstest.Cut{"length": gcstest.CutLength, "chunked": gcstest.CutChunked, "close": gcstest.CutClose} {
		for _, r := range []object.Range{{}, {Off: 10}, {N: 500_000}} {
			t.Run(fmt.Sprintf("%s from %d for %d", name, r.Off, r.N), func(t *testing.T) {
				s, srv := open(t, unlimited, gcs.Options{})
				objecttest.Put(t, s, "gs://b/rows", data)
				srv.Fault(first(3, isMedia, gcstest.Fault{Cut: cut, After: 100_000}))
				want := data[r.Off:]
				if r.N > 0 {
					want = want[:r.N]
				}
				if got := objecttest.Get(t, s, "gs://b/rows", r); !bytes.Equal(got, want) {
					t.Errorf("read %d bytes, want %d", len(got), len(want))
				}
			})
		}
	}
}

// TestReadCutForEver breaks every answer: the read ends in an error, soon, and
// without a storm of requests.
func TestReadCutForEver(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]gcstest.Cut{"length": gcstest.CutLength, "chunked": gcstest.CutChunked} {
		t.Run(name, func(t *testing.T) {
			s, srv := open(t, unlimited, gcs.Options{Patience: 300 * time.Millisecond})
			objecttest.Put(t, s, "gs://b/rows", rows(1000))
			srv.Fault(func(r *http.Request) *gcstest.Fault {
				if isMedia(r) {
					return &gcstest.Fault{Cut: cut}
				}
				return nil
			})
			body, _, err := s.Open(t.Context(), "gs://b/rows", object.Range{})
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			n, err := io.Copy(io.Discard, body)
			if n != 0 || !errors.Is(err, fault.Transient) {
				t.Errorf("read %d bytes and %v, want 0 and Transient", n, err)
			}
			if n := srv.Count("storage.objects.get"); n > 20 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestReadSwapped replaces the object before a broken read can be resumed.
func TestReadSwapped(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{})
	objecttest.Put(t, s, "gs://b/rows", rows(100_000))
	srv.Fault(first(1, isMedia, gcstest.Fault{Cut: gcstest.CutChunked, After: 500_000}))
	body, _, err := s.Open(t.Context(), "gs://b/rows", object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	objecttest.Put(t, s, "gs://b/rows", rows(100_001))
	n, err := io.Copy(io.Discard, body)
	if n != 500_000 || !errors.Is(err, fault.Conflict) {
		t.Errorf("read %d bytes and %v, want 500000 and a Conflict", n, err)
	}
}

// TestStall has a connection stand still: before the answer, and within a body.
func TestStall(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{Idle: 200 * time.Millisecond})
	data := rows(100_000)
	objecttest.Put(t, s, "gs://b/rows", data)
	for _, after := range []int64{0, 300_000} {
		srv.Fault(first(1, isMedia, gcstest.Fault{Stall: time.Minute, After: after}))
		if got := objecttest.Get(t, s, "gs://b/rows", object.Range{}); !bytes.Equal(got, data) {
			t.Errorf("stalled after %d: read %d bytes, want %d", after, len(got), len(data))
		}
	}
	srv.Fault(first(1, func(r *http.Request) bool { return !isMedia(r) }, gcstest.Fault{Stall: time.Minute}))
	if _, err := s.Stat(t.Context(), "gs://b/rows"); err != nil {
		t.Error(err)
	}
}

// TestReadLittle stops after ten rows of a large object.
func TestReadLittle(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{})
	srv.Put("b", "large", make([]byte, 64<<20))
	body, _, err := s.Open(t.Context(), "gs://b/large", object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, body, 100); err != nil {
		t.Fatal(err)
	}
	body.Close()
	var served int64
	for served == 0 { // until the server has noticed
		time.Sleep(time.Millisecond)
		served = srv.Served("b", "large")
	}
	if served > 16<<20 {
		t.Errorf("the server sent %d MB for 100 bytes", served>>20)
	}
}

// TestReadClosed closes a body while somebody waits for its next byte.
func TestReadClosed(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{})
	objecttest.Put(t, s, "gs://b/rows", rows(100))
	srv.Fault(first(1, isMedia, gcstest.Fault{Stall: time.Minute, After: 10}))
	body, _, err := s.Open(t.Context(), "gs://b/rows", object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { _, err := io.Copy(io.Discard, body); ended <- err }()
	time.Sleep(50 * time.Millisecond)
	body.Close()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("a read that was cut short by Close looks complete")
		}
	case <-time.After(5 * time.Second):
		t.Error("Read did not end with Close")
	}
}

// TestReadGzip reads an object that is kept compressed: as it is kept.
func TestReadGzip(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{})
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(rows(10_000))
	w.Close()
	srv.Put("b", "rows.gz", z.Bytes())
	url, stop := srv.Start()
	defer stop()
	req, _ := http.NewRequest("PATCH", url+"/storage/v1/b/b/o/rows.gz", strings.NewReader(`{"contentEncoding":"gzip"}`))
	if res, err := http.DefaultClient.Do(req); err != nil || res.StatusCode != 200 {
		t.Fatal(res, err)
	}
	for _, r := range []object.Range{{}, {Off: 10}, {N: 100}} {
		want := z.Bytes()[r.Off:]
		if r.N > 0 {
			want = want[:r.N]
		}
		if got := objecttest.Get(t, s, "gs://b/rows.gz", r); !bytes.Equal(got, want) {
			t.Errorf("%+v: read %d bytes, want %d", r, len(got), len(want))
		}
	}
}

func isUpload(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/upload/") }

// TestPutAnswerLost loses the answers to uploads that were carried out. Put
// says what is true: it wrote the object.
func TestPutAnswerLost(t *testing.T) {
	t.Parallel()
	large := rows(100_000) // 1 MB: four chunks
	for _, c := range []struct {
		name string
		data []byte
		cond func(v string) object.Cond
	}{
		{"small create", []byte("x"), func(string) object.Cond { return object.Cond{Absent: true} }},
		{"small swap", []byte("x"), func(v string) object.Cond { return object.Cond{Version: v} }},
		{"small", []byte("x"), func(string) object.Cond { return object.Cond{} }},
		{"large create", large, func(string) object.Cond { return object.Cond{Absent: true} }},
		{"large swap", large, func(v string) object.Cond { return object.Cond{Version: v} }},
	} {
		for _, lost := range []int32{1, 5} {
			t.Run(fmt.Sprintf("%s, %d lost", c.name, lost), func(t *testing.T) {
				t.Parallel()
				s, srv := open(t, unlimited, gcs.Options{Chunk: 256 << 10, Patience: 15 * time.Second})
				cond := c.cond("")
				if !cond.Absent {
					cond = c.cond(objecttest.Put(t, s, "gs://b/k", []byte("before")).Version)
				}
				srv.Fault(first(lost, isUpload, gcstest.Fault{Drop: true}))
				a, err := s.Put(t.Context(), "gs://b/k", bytes.NewReader(c.data), cond)
				if err != nil {
					t.Fatal(err)
				}
				srv.Fault(nil)
				if got := objecttest.Get(t, s, "gs://b/k", object.Range{Version: a.Version}); !bytes.Equal(got, c.data) {
					t.Errorf("version %s holds %d bytes, want %d", a.Version, len(got), len(c.data))
				}
			})
		}
	}
}

// TestPutCut breaks the line in the middle of chunks, some of which stay with
// the server: no byte is lost or taken twice.
func TestPutCut(t *testing.T) {
	t.Parallel()
	data := rows(200_000) // 2 MB
	s, srv := open(t, unlimited, gcs.Options{Chunk: 1 << 20})
	isChunk := func(r *http.Request) bool { return r.Header.Get("Content-Range") != "" }
	srv.Fault(first(4, isChunk, gcstest.Fault{CutRequest: 600_000, Drop: true}))
	if _, err := s.Put(t.Context(), "gs://b/k", bytes.NewReader(data), object.Cond{Absent: true}); err != nil {
		t.Fatal(err)
	}
	if got, _ := srv.Get("b", "k"); !bytes.Equal(got, data) {
		t.Errorf("the object has %d bytes, want %d", len(got), len(data))
	}

	s, srv = open(t, unlimited, gcs.Options{Chunk: 1 << 20, Patience: 100 * time.Millisecond})
	srv.Fault(first(1000, isChunk, gcstest.Fault{CutRequest: 1, Drop: true}))
	_, err := s.Put(t.Context(), "gs://b/k", bytes.NewReader(data), object.Cond{})
	if !errors.Is(err, fault.Transient) || strings.Contains(err.Error(), "upload_id") {
		t.Errorf("Put over a line that always breaks: %v; want Transient, without the session's secret", err)
	}
}

// TestPutNeverAnswered gives up on a service that does everything and says
// nothing, and still knows what happened.
func TestPutNeverAnswered(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{Patience: 300 * time.Millisecond})
	srv.Fault(func(r *http.Request) *gcstest.Fault {
		if isUpload(r) {
			return &gcstest.Fault{Drop: true}
		}
		return nil
	})
	if _, err := s.Put(t.Context(), "gs://b/k", strings.NewReader("x"), object.Cond{Absent: true}); err != nil {
		t.Errorf("the object is there, but: %v", err)
	}
	srv.Fault(func(r *http.Request) *gcstest.Fault { return &gcstest.Fault{Status: 503} })
	_, err := s.Put(t.Context(), "gs://b/k2", strings.NewReader("x"), object.Cond{Absent: true})
	if !errors.Is(err, fault.Transient) {
		t.Errorf("Put to a service that is down: %v, want Transient", err)
	}
}

// TestPutLostToAnother has somebody else win while our answer is lost.
func TestPutLostToAnother(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{})
	v := objecttest.Put(t, s, "gs://b/k", []byte("0")).Version
	srv.Fault(first(1, func(r *http.Request) bool {
		if isUpload(r) {
			srv.Put("b", "k", []byte("theirs"))
			return true
		}
		return false
	}, gcstest.Fault{Status: 503}))
	_, err := s.Put(t.Context(), "gs://b/k", strings.NewReader("ours"), object.Cond{Version: v})
	if !errors.Is(err, fault.Conflict) {
		t.Errorf("Put: %v, want a Conflict", err)
	}
}

func TestDeleteAnswerLost(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{})
	a := objecttest.Put(t, s, "gs://b/k", []byte("0"))
	srv.Fault(first(1, func(r *http.Request) bool { return r.Method == http.MethodDelete }, gcstest.Fault{Drop: true}))
	if err := s.Delete(t.Context(), "gs://b/k", object.Cond{Version: a.Version}); err != nil {
		t.Errorf("Delete: %v", err)
	}
}

// TestHot writes one object more often than the service allows.
func TestHot(t *testing.T) {
	t.Parallel()
	s, srv := open(t, gcstest.Options{MutationsPerSecond: 10, Burst: 1}, gcs.Options{})
	for i := range 4 {
		objecttest.Put(t, s, "gs://b/hot", []byte{byte(i)})
	}
	refused := 0
	for _, r := range srv.Requests() {
		if r.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("nothing was answered 429")
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	s, srv := open(t, unlimited, gcs.Options{Patience: 60 * time.Millisecond})
	do := map[string]func() error{
		"stat": func() error { _, err := s.Stat(t.Context(), "gs://b/k"); return err },
		"open": func() error { _, _, err := s.Open(t.Context(), "gs://b/k", object.Range{}); return err },
		"put": func() error {
			_, err := s.Put(t.Context(), "gs://b/k", strings.NewReader("x"), object.Cond{})
			return err
		},
		"delete": func() error { return s.Delete(t.Context(), "gs://b/k", object.Cond{}) },
		"list": func() error {
			for _, err := range s.List(t.Context(), "gs://b/", "") {
				return err
			}
			return nil
		},
		"location": func() error { _, err := s.Location(t.Context(), "b"); return err },
	}
	for _, c := range []struct {
		fault gcstest.Fault
		want  fault.Kind
		hint  string
	}{
		{gcstest.Fault{Status: 401}, fault.Denied, "gcloud auth"},
		{gcstest.Fault{Status: 403}, fault.Denied, "roles/storage."},
		{gcstest.Fault{Status: 403, Reason: "userRateLimitExceeded"}, fault.Transient, ""},
		{gcstest.Fault{Status: 429}, fault.Transient, ""},
		{gcstest.Fault{Status: 503}, fault.Transient, ""},
	} {
		srv.Fault(func(*http.Request) *gcstest.Fault { return &c.fault })
		for name, f := range do {
			err := f()
			if got := strings.Join(fault.Hints(err), " "); !errors.Is(err, c.want) || !strings.Contains(got, c.hint) {
				t.Errorf("%s after %+v: %v %v, hint %q; want %v, %q", name, c.fault, fault.KindOf(err), err, got, c.want, c.hint)
			}
		}
	}
	srv.Fault(nil)
	for _, uri := range []string{"gs://nobucket/k"} {
		_, err := s.Stat(t.Context(), uri)
		if !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "no bucket nobucket") {
			t.Errorf("Stat(%s): %v", uri, err)
		}
		_, _, err = s.Open(t.Context(), uri, object.Range{Version: "1"})
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("Open(%s): %v, want NotFound", uri, err)
		}
		if err := s.Delete(t.Context(), uri, object.Cond{}); !errors.Is(err, fault.NotFound) {
			t.Errorf("Delete(%s): %v, want NotFound: the bucket is wrong", uri, err)
		}
	}
	if l, err := s.Location(t.Context(), "b"); err != nil || l != "EUROPE-WEST1" {
		t.Errorf("Location: %q, %v", l, err)
	}
	for _, uri := range []string{"s3://b/k", "gs://b", "gs://b/", "gs:///k"} {
		if _, err := s.Stat(t.Context(), uri); !errors.Is(err, fault.Invalid) {
			t.Errorf("Stat(%s): %v, want Invalid", uri, err)
		}
	}
}
