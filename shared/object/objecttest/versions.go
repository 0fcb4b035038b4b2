package objecttest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

func testVersions(t *testing.T, s object.Store, prefix string) {
	uri := prefix + "v"
	seen := map[string]bool{}
	var last object.Attrs
	for i := range 5 { // same size, same name, at once after each other
		a := Put(t, s, uri, []byte{byte('a' + i)})
		if seen[a.Version] {
			t.Fatalf("version %s was given twice", a.Version)
		}
		seen[a.Version] = true
		if last.Version != "" {
			_, err := read(t.Context(), s, uri, object.Range{Version: last.Version})
			if err != nil { // a store that keeps old versions may serve them
				wantKind(t, "Open of a version that was replaced", err, fault.Conflict)
			}
		}
		if got := Get(t, s, uri, object.Range{Version: a.Version}); got[0] != byte('a'+i) {
			t.Errorf("version %s holds %q", a.Version, got)
		}
		last = a
	}
	if err := s.Delete(t.Context(), uri, object.Cond{}); err != nil {
		t.Fatal(err)
	}
	if again := Put(t, s, uri, []byte("e")); seen[again.Version] {
		t.Errorf("version %s was given again after a Delete", again.Version)
	}
	_, err := s.Put(t.Context(), uri, strings.NewReader("x"), object.Cond{Absent: true, Version: last.Version})
	wantKind(t, "Put with a contradiction", err, fault.Invalid)
	_, err = s.Put(t.Context(), prefix+"nothing", strings.NewReader("x"), object.Cond{Version: last.Version})
	wantKind(t, "Put over a version of nothing", err, fault.Conflict)
}

// testSwapped replaces an object while it is read: the reader gets the old
// bytes to the end, or a Conflict; never a mixture and never a short read.
func testSwapped(t *testing.T, s object.Store, prefix string) {
	size := 12 << 20
	if testing.Short() {
		size = 1 << 20
	}
	uri := prefix + "swap"
	old := bytes.Repeat([]byte("o"), size)
	a := Put(t, s, uri, old)
	body, _, err := s.Open(t.Context(), uri, object.Range{Version: a.Version})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	head := make([]byte, 1000)
	if _, err := io.ReadFull(body, head); err != nil {
		t.Fatal(err)
	}
	Put(t, s, uri, bytes.Repeat([]byte("n"), size+1))
	rest, err := io.ReadAll(body)
	switch {
	case errors.Is(err, fault.Conflict):
	case err != nil:
		t.Errorf("read over a swap: %v", err)
	case len(rest) != size-1000:
		t.Errorf("read %d bytes and no error, want %d", len(rest)+1000, size)
	}
	if bytes.Contains(rest, []byte("n")) {
		t.Error("bytes of the new version in the old one's body")
	}
}

func testCreate(t *testing.T, s object.Store, prefix string) {
	uri := prefix + "once"
	var won atomic.Int32
	var winner atomic.Value
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			me := fmt.Sprintf("writer %d", i)
			_, err := s.Put(t.Context(), uri, strings.NewReader(me), object.Cond{Absent: true})
			switch {
			case err == nil:
				won.Add(1)
				winner.Store(me)
			case !errors.Is(err, fault.Conflict):
				t.Errorf("%s: %v, want a Conflict", me, err)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Fatalf("%d of 50 creations succeeded, want 1", n)
	}
	if got := Get(t, s, uri, object.Range{}); string(got) != winner.Load() {
		t.Errorf("object holds %q, but %q was told that it won", got, winner.Load())
	}
}

// testCounter adds up under compare-and-swap: an increment that was lost or
// counted twice shows in the sum.
func testCounter(t *testing.T, s object.Store, prefix string) {
	uri := prefix + "counter"
	Put(t, s, uri, []byte("0"))
	const workers, each = 5, 4
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				if err := increment(t, s, uri); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := string(Get(t, s, uri, object.Range{})); got != strconv.Itoa(workers*each) {
		t.Errorf("counted to %s, want %d", got, workers*each)
	}
}

func increment(t *testing.T, s object.Store, uri string) error {
	for {
		body, a, err := s.Open(t.Context(), uri, object.Range{})
		if errors.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(body)
		body.Close()
		if errors.Is(err, fault.Conflict) {
			continue
		}
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(string(data))
		if err != nil {
			return err
		}
		_, err = s.Put(t.Context(), uri, strings.NewReader(strconv.Itoa(n+1)), object.Cond{Version: a.Version})
		if !errors.Is(err, fault.Conflict) {
			return err
		}
	}
}
