package objecttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/google/go-cmp/cmp"
)

func testDelete(t *testing.T, s object.Store, prefix string) {
	uri := prefix + "gone"
	a := Put(t, s, uri, []byte("1"))
	b := Put(t, s, uri, []byte("2"))
	wantKind(t, "Delete of a version that was replaced", s.Delete(t.Context(), uri, object.Cond{Version: a.Version}), fault.Conflict)
	wantKind(t, "Delete of what must be absent and is not", s.Delete(t.Context(), uri, object.Cond{Absent: true}), fault.Conflict)
	if got := Get(t, s, uri, object.Range{}); string(got) != "2" {
		t.Fatalf("a refused Delete left %q", got)
	}
	if err := s.Delete(t.Context(), uri, object.Cond{Version: b.Version}); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	_, err := s.Stat(t.Context(), uri)
	wantKind(t, "Stat after Delete", err, fault.NotFound)
	if err := s.Delete(t.Context(), uri, object.Cond{}); err != nil {
		t.Errorf("Delete of what is not there: %v", err)
	}
	wantKind(t, "Delete of a version of what is not there", s.Delete(t.Context(), uri, object.Cond{Version: b.Version}), fault.Conflict)
	if _, err := s.Put(t.Context(), uri, strings.NewReader("3"), object.Cond{Absent: true}); err != nil {
		t.Errorf("create after Delete: %v", err)
	}
}

func testNotFound(t *testing.T, s object.Store, prefix string) {
	_, err := s.Stat(t.Context(), prefix+"no")
	wantKind(t, "Stat", err, fault.NotFound)
	_, err = read(t.Context(), s, prefix+"no", object.Range{})
	wantKind(t, "Open", err, fault.NotFound)
	_, err = read(t.Context(), s, prefix+"no", object.Range{Off: 3, N: 2})
	wantKind(t, "Open of a range", err, fault.NotFound)
	v := Put(t, s, prefix+"was", []byte("x")).Version
	if err := s.Delete(t.Context(), prefix+"was", object.Cond{}); err != nil {
		t.Fatal(err)
	}
	if _, err = read(t.Context(), s, prefix+"was", object.Range{Version: v}); err != nil {
		wantKind(t, "Open of a version that was deleted", err, fault.Conflict)
	}
	if got := URIs(t, s, prefix+"no", ""); len(got) != 0 {
		t.Errorf("List of nothing: %v", got)
	}
}

func testList(t *testing.T, s object.Store, prefix string) {
	names := []string{"a.txt", "a/1", "a/2", "a/b/3", "a0", "b/1", "b-1", "b", "ä", "Z"}
	var all []string
	for _, n := range names {
		if n == "b" {
			continue // a store of files cannot hold both b and b/1
		}
		all = append(all, prefix+n)
		Put(t, s, prefix+n, []byte(n))
	}
	slices.Sort(all)
	for _, c := range []struct{ prefix, after string }{
		{"", ""}, {"a", ""}, {"a/", ""}, {"a/b", ""}, {"b", ""}, {"none", ""},
		{"", "a/1"}, {"", "a/"}, {"a/", "a/1"}, {"a/", "a/b/3"}, {"", "a/b"}, {"", "zzz"}, {"", "Z"}, {"b", "a"}, {"a/", "b"},
	} {
		after := c.after
		if after != "" {
			after = prefix + after
		}
		var want []string
		for _, uri := range all {
			if strings.HasPrefix(uri, prefix+c.prefix) && uri > after {
				want = append(want, uri)
			}
		}
		if diff := cmp.Diff(want, URIs(t, s, prefix+c.prefix, after)); diff != "" {
			t.Errorf("List(%q, after %q) (-want +got):\n%s", c.prefix, c.after, diff)
		}
	}
	for a, err := range s.List(t.Context(), prefix+"a/", "") {
		if err != nil {
			t.Fatal(err)
		}
		stat, err := s.Stat(t.Context(), a.URI)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(stat, a, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Errorf("List and Stat differ (-stat +list):\n%s", diff)
		}
		break // stopping early is allowed
	}
}

func testListPages(t *testing.T, s object.Store, prefix string) {
	if testing.Short() {
		t.Skip("1,100 objects")
	}
	const n = 1100
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < n; i += 8 {
				if _, err := s.Put(t.Context(), fmt.Sprintf("%s%05d", prefix, i), strings.NewReader("x"), object.Cond{}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	all := URIs(t, s, prefix, "")
	if len(all) != n || !slices.IsSorted(all) {
		t.Errorf("listed %d names, sorted: %t; want %d", len(all), slices.IsSorted(all), n)
	}
	if got := URIs(t, s, prefix, fmt.Sprintf("%s%05d", prefix, 1049)); len(got) != 50 {
		t.Errorf("after the 1,050th: %d names, want 50", len(got))
	}
}

func testCancel(t *testing.T, s object.Store, prefix string) {
	uri := prefix + "c"
	Put(t, s, uri, noise(4<<20))
	ctx, cancel := context.WithCancel(t.Context())
	body, _, err := s.Open(ctx, uri, object.Range{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if _, err := io.ReadFull(body, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	cancel()
	start := time.Now()
	if _, err := io.Copy(io.Discard, body); !errors.Is(err, context.Canceled) {
		t.Errorf("read after cancel: %v", err)
	}
	_, err = s.Stat(ctx, uri)
	wantCanceled(t, "Stat", err)
	_, _, err = s.Open(ctx, uri, object.Range{})
	wantCanceled(t, "Open", err)
	_, err = s.Put(ctx, prefix+"new", strings.NewReader("x"), object.Cond{})
	wantCanceled(t, "Put", err)
	wantCanceled(t, "Delete", s.Delete(ctx, uri, object.Cond{}))
	for _, err = range s.List(ctx, prefix, "") {
		break
	}
	wantCanceled(t, "List", err)

	ctx, cancel = context.WithCancel(t.Context())
	_, err = s.Put(ctx, prefix+"new", io.MultiReader(strings.NewReader("half"), canceling{cancel}, endless{}), object.Cond{})
	wantCanceled(t, "Put of an endless reader", err)
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("cancellation took %v", d)
	}
	_, err = s.Stat(t.Context(), prefix+"new")
	wantKind(t, "Stat of what was canceled", err, fault.NotFound)
}

func wantCanceled(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%s after cancel: %v", what, err)
	}
}

type canceling struct{ cancel func() }

func (c canceling) Read([]byte) (int, error) { c.cancel(); return 0, io.EOF }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// testClock allows a store's clock to be coarse and to be off, but not to run
// backwards by more than it is coarse.
func testClock(t *testing.T, s object.Store, prefix string) {
	var last time.Time
	for i := range 5 {
		a := Put(t, s, fmt.Sprintf("%sclock%d", prefix, i), nil)
		if a.Updated.Before(last.Add(-time.Second)) {
			t.Errorf("the store's clock went from %v to %v", last, a.Updated)
		}
		last = a.Updated
	}
	if d := time.Since(last).Abs(); d > time.Hour {
		t.Errorf("the store's clock is off by %v", d)
	}
}
