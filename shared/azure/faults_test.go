package azure_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/azure/azuretest"
	"github.com/glint-data/glint/shared/fault"
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

func isGet(r *http.Request) bool { return r.Method == http.MethodGet }

// first has f happen to the first n requests that are meant.
func first(n int32, meant func(*http.Request) bool, f azuretest.Fault) func(*http.Request) *azuretest.Fault {
	var seen atomic.Int32
	return func(r *http.Request) *azuretest.Fault {
		if !meant(r) || seen.Add(1) > n {
			return nil
		}
		return &f
	}
}

var cuts = map[string]azuretest.Cut{"length": azuretest.CutLength, "chunked": azuretest.CutChunked, "close": azuretest.CutClose}

// TestReadCut cuts a body at the end of a row, in every way that HTTP has. The
// reader gets the whole of it; a short body never looks complete.
func TestReadCut(t *testing.T) {
	t.Parallel()
	data := rows(100_000)
	for name, cut := range cuts {
		for _, r := range []object.Range{{}, {Off: 10}, {N: 500_000}} {
			t.Run(fmt.Sprintf("%s from %d for %d", name, r.Off, r.N), func(t *testing.T) {
				s, line, prefix := open(t, azure.Options{})
				put := objecttest.Put(t, s, prefix+"rows", data)
				line.Fault(first(3, isGet, azuretest.Fault{Cut: cut, After: 100_000}))
				want := data[r.Off:]
				if r.N > 0 {
					want = want[:r.N]
				}
				if got := objecttest.Get(t, s, prefix+"rows", r); !bytes.Equal(got, want) {
					t.Errorf("read %d bytes, want %d", len(got), len(want))
				}
				reads := 0
				for _, request := range line.Seen() {
					if strings.HasPrefix(request, "GET ") {
						if reads++; reads > 1 && !strings.HasSuffix(request, `"`+put.Version+`"`) {
							t.Errorf("%s is not pinned to %s", request, put.Version)
						}
					}
				}
				if reads != 4 {
					t.Errorf("%d reads, want 4", reads)
				}
			})
		}
	}
}

// TestReadCutForEver breaks every answer: the read ends in an error that names
// the object and how far it came, soon, and without a storm of requests.
func TestReadCutForEver(t *testing.T) {
	t.Parallel()
	for name, cut := range cuts {
		t.Run(name, func(t *testing.T) {
			s, line, prefix := open(t, azure.Options{Patience: 300 * time.Millisecond})
			objecttest.Put(t, s, prefix+"rows", rows(1000))
			once := first(1, isGet, azuretest.Fault{Cut: cut, After: 5000})
			line.Fault(func(r *http.Request) *azuretest.Fault {
				if f := once(r); f != nil || r.Method != http.MethodGet {
					return f
				}
				return &azuretest.Fault{Cut: cut}
			})
			body, _, err := s.Open(t.Context(), prefix+"rows", object.Range{})
			if err != nil {
				t.Fatal(err)
			}
			defer body.Close()
			n, err := io.Copy(io.Discard, body)
			if n != 5000 || !errors.Is(err, fault.Transient) || !strings.Contains(err.Error(), prefix+"rows: 5000 bytes read of 10000") {
				t.Errorf("read %d bytes and %v, want 5000 and a Transient that says so", n, err)
			}
			if n := len(line.Seen()); n > 20 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// TestReadSwapped replaces the object before a broken read can be resumed.
func TestReadSwapped(t *testing.T) {
	t.Parallel()
	s, line, prefix := open(t, azure.Options{})
	objecttest.Put(t, s, prefix+"rows", rows(100_000))
	line.Fault(first(1, isGet, azuretest.Fault{Cut: azuretest.CutChunked, After: 500_000}))
	body, _, err := s.Open(t.Context(), prefix+"rows", object.Range{N: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	objecttest.Put(t, s, prefix+"rows", rows(100_001))
	n, err := io.Copy(io.Discard, body)
	if n != 500_000 || !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), prefix+"rows") {
		t.Errorf("read %d bytes and %v, want 500000 and a Conflict", n, err)
	}
}

// TestReadSlow reads 20 kB a second until its time is up.
func TestReadSlow(t *testing.T) {
	t.Parallel()
	s, line, prefix := open(t, azure.Options{})
	objecttest.Put(t, s, prefix+"rows", rows(100_000))
	line.Fault(first(1, isGet, azuretest.Fault{Rate: 20_000}))
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	body, _, err := s.Open(ctx, prefix+"rows", object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	n, err := io.Copy(io.Discard, body)
	if want := fmt.Sprintf("%srows: %d bytes read of 1000000", prefix, n); n < 2000 || n > 20_000 || !errors.Is(err, fault.Exhausted) || !strings.Contains(err.Error(), want) {
		t.Errorf("read %d bytes and %v, want %q and Exhausted", n, err, want)
	}
}

// TestStall has a connection stand still: before the answer, and within a body.
func TestStall(t *testing.T) {
	t.Parallel()
	s, line, prefix := open(t, azure.Options{Idle: 300 * time.Millisecond})
	data := rows(100_000)
	objecttest.Put(t, s, prefix+"rows", data)
	for _, after := range []int64{0, 300_000} {
		line.Fault(first(1, isGet, azuretest.Fault{Stall: time.Minute, After: after}))
		if got := objecttest.Get(t, s, prefix+"rows", object.Range{}); !bytes.Equal(got, data) {
			t.Errorf("stalled after %d: read %d bytes, want %d", after, len(got), len(data))
		}
	}
}

// TestReadLittle stops after ten rows of a large object.
func TestReadLittle(t *testing.T) {
	t.Parallel()
	s, line, prefix := open(t, azure.Options{})
	objecttest.Put(t, s, prefix+"large", make([]byte, 64<<20))
	body, _, err := s.Open(t.Context(), prefix+"large", object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, body, 100); err != nil {
		t.Fatal(err)
	}
	body.Close()
	time.Sleep(50 * time.Millisecond)
	if served := line.Served("/large"); served > 16<<20 {
		t.Errorf("%d MB were sent for 100 bytes", served>>20)
	}
}

// TestReadClosed closes a body while somebody waits for its next byte.
func TestReadClosed(t *testing.T) {
	t.Parallel()
	s, line, prefix := open(t, azure.Options{})
	objecttest.Put(t, s, prefix+"rows", rows(100))
	line.Fault(first(1, isGet, azuretest.Fault{Stall: time.Minute, After: 10}))
	body, _, err := s.Open(t.Context(), prefix+"rows", object.Range{})
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

func isPut(r *http.Request) bool { return r.Method == http.MethodPut }

// TestPutAnswerLost loses the answers to uploads that were carried out. Put
// says what is true: it wrote the object.
func TestPutAnswerLost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		data []byte
		cond func(v string) object.Cond
	}{
		{"small create", []byte("x"), func(string) object.Cond { return object.Cond{Absent: true} }},
		{"small swap", []byte("x"), func(v string) object.Cond { return object.Cond{Version: v} }},
		{"small", []byte("x"), func(string) object.Cond { return object.Cond{} }},
		{"large create", rows(100_000), func(string) object.Cond { return object.Cond{Absent: true} }},
		{"large swap", rows(100_000), func(v string) object.Cond { return object.Cond{Version: v} }},
	} {
		for _, lost := range []int32{1, 5} {
			t.Run(fmt.Sprintf("%s, %d lost", c.name, lost), func(t *testing.T) {
				t.Parallel()
				s, line, prefix := open(t, azure.Options{Chunk: 256 << 10, Patience: 3 * time.Second})
				cond := c.cond("")
				if !cond.Absent {
					cond = c.cond(objecttest.Put(t, s, prefix+"k", []byte("before")).Version)
				}
				line.Fault(first(lost, isPut, azuretest.Fault{Drop: true}))
				a, err := s.Put(t.Context(), prefix+"k", bytes.NewReader(c.data), cond)
				if err != nil {
					t.Fatal(err)
				}
				line.Fault(nil)
				if got := objecttest.Get(t, s, prefix+"k", object.Range{Version: a.Version}); !bytes.Equal(got, c.data) {
					t.Errorf("version %s holds %d bytes, want %d", a.Version, len(got), len(c.data))
				}
			})
		}
	}
}

// TestPutLostToAnother has somebody else win: while our answer is lost, and
// between our blocks and their list.
func TestPutLostToAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data  []byte
		query string // of the request before which they write
		fault azuretest.Fault
	}{
		"small": {[]byte("ours"), "", azuretest.Fault{Status: 503}},
		"large": {rows(100_000), "comp=blocklist", azuretest.Fault{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, line, prefix := open(t, azure.Options{Chunk: 256 << 10})
			theirs, err := azure.New(azure.Options{Account: azuretest.Account, Endpoint: azurite(t).URL, Credential: azure.Credential{Key: azurite(t).Key}})
			if err != nil {
				t.Fatal(err)
			}
			v := objecttest.Put(t, s, prefix+"k", []byte("0")).Version
			line.Fault(first(1, func(r *http.Request) bool {
				if !isPut(r) || !strings.Contains(r.URL.RawQuery, c.query) {
					return false
				}
				objecttest.Put(t, theirs, prefix+"k", []byte("theirs"))
				return true
			}, c.fault))
			for _, cond := range []object.Cond{{Version: v}, {}} {
				if _, err = s.Put(t.Context(), prefix+"k", bytes.NewReader(c.data), cond); cond.Version != "" && !errors.Is(err, fault.Conflict) {
					t.Errorf("Put: %v, want a Conflict", err)
				}
			}
			if err != nil { // the second has no condition, and nobody in its way
				t.Error(err)
			}
		})
	}
}

func TestDeleteAnswerLost(t *testing.T) {
	t.Parallel()
	s, line, prefix := open(t, azure.Options{})
	a := objecttest.Put(t, s, prefix+"k", []byte("0"))
	line.Fault(first(1, func(r *http.Request) bool { return r.Method == http.MethodDelete }, azuretest.Fault{Drop: true}))
	if err := s.Delete(t.Context(), prefix+"k", object.Cond{Version: a.Version}); err != nil {
		t.Errorf("Delete: %v", err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	s, line, prefix := open(t, azure.Options{Patience: 60 * time.Millisecond})
	do := map[string]func() error{
		"stat": func() error { _, err := s.Stat(t.Context(), prefix+"k"); return err },
		"open": func() error { _, _, err := s.Open(t.Context(), prefix+"k", object.Range{}); return err },
		"put": func() error {
			_, err := s.Put(t.Context(), prefix+"k", strings.NewReader("x"), object.Cond{})
			return err
		},
		"delete": func() error { return s.Delete(t.Context(), prefix+"k", object.Cond{}) },
		"list": func() error {
			for _, err := range s.List(t.Context(), prefix, "") {
				return err
			}
			return nil
		},
	}
	for _, c := range []struct {
		status int
		code   string
		want   fault.Kind
		hint   string
	}{
		{403, "AuthenticationFailed", fault.Denied, "renew it"},
		{403, "AuthorizationPermissionMismatch", fault.Denied, "Storage Blob Data"},
		{403, "AuthorizationFailure", fault.Denied, "network rules"},
		{401, "NoAuthenticationInformation", fault.Denied, "renew it"},
		{412, "LeaseIdMissing", fault.Transient, ""},
		{429, "", fault.Transient, ""},
		{503, "ServerBusy", fault.Transient, ""},
		{404, "ContainerNotFound", fault.NotFound, "container"},
	} {
		line.Fault(func(*http.Request) *azuretest.Fault { return &azuretest.Fault{Status: c.status, Code: c.code} })
		for name, f := range do {
			err := f()
			if got := strings.Join(fault.Hints(err), " "); !errors.Is(err, c.want) || !strings.Contains(got, c.hint) {
				t.Errorf("%s after %d %s: %v %v, hint %q; want %v, %q", name, c.status, c.code, fault.KindOf(err), err, got, c.want, c.hint)
			}
		}
	}
	line.Fault(nil)
	gone := "abfss://nowhere@acme.dfs.core.windows.net/k"
	_, _, err := s.Open(t.Context(), gone, object.Range{Version: "1"})
	if !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "container") {
		t.Errorf("Open(%s): %v, want NotFound", gone, err)
	}
	if err := s.Delete(t.Context(), gone, object.Cond{}); !errors.Is(err, fault.NotFound) {
		t.Errorf("Delete(%s): %v, want NotFound: the container is wrong", gone, err)
	}
	for _, uri := range []string{
		"gs://b/k", "abfss://acme.dfs.core.windows.net/k", "abfss://c@acme.dfs.core.windows.net", "abfss://c@acme.dfs.core.windows.net/",
		"abfss://c@acme.blob.core.windows.net/k", "wasbs://c@acme.dfs.core.windows.net/k", "abfss://c@other.dfs.core.windows.net/k", prefix + `a\b`,
	} {
		if _, err := s.Stat(t.Context(), uri); !errors.Is(err, fault.Invalid) {
			t.Errorf("Stat(%s): %v, want Invalid", uri, err)
		}
	}
}
