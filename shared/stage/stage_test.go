package stage_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/stage"
)

// gs lets a store in memory stand under gs:// names.
type gs struct{ mem object.Mem }

func to(uri string) string   { return strings.Replace(uri, "gs://", "mem://", 1) }
func from(uri string) string { return strings.Replace(uri, "mem://", "gs://", 1) }

func (g *gs) Stat(ctx context.Context, uri string) (object.Attrs, error) {
	return g.mem.Stat(ctx, to(uri))
}
func (g *gs) Open(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	return g.mem.Open(ctx, to(uri), r)
}
func (g *gs) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (object.Attrs, error) {
	return g.mem.Put(ctx, to(uri), r, c)
}
func (g *gs) Delete(ctx context.Context, uri string, c object.Cond) error {
	return g.mem.Delete(ctx, to(uri), c)
}
func (g *gs) List(ctx context.Context, prefix, after string) iter.Seq2[object.Attrs, error] {
	return func(yield func(object.Attrs, error) bool) {
		for a, err := range g.mem.List(ctx, to(prefix), to(after)) {
			a.URI = from(a.URI)
			if !yield(a, err) {
				return
			}
		}
	}
}

func TestArea(t *testing.T) {
	store := new(gs)
	area := func(attempt int) *stage.Area {
		return &stage.Area{Store: store, Prefix: stage.Prefix("tmp", "w/j/2026-11-23T02:00:00Z.0", attempt)}
	}
	one, two, ten := area(1), area(2), area(10)
	for _, a := range []*stage.Area{one, two, ten} {
		if f, err := a.Put(t.Context(), "final", 0, strings.NewReader("PAR1")); err != nil || f.Size != 4 || strings.Contains(f.URI[5:], ":") {
			t.Fatalf("Put = %+v, %v", f, err)
		}
	}
	if _, err := one.Put(t.Context(), "final", 0, strings.NewReader("x")); !errors.Is(err, fault.Conflict) {
		t.Errorf("second Put = %v", err)
	}
	if _, err := one.Put(t.Context(), "final", 1, io.MultiReader(strings.NewReader("x"), iotest.ErrReader(io.ErrUnexpectedEOF))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Put of what breaks off = %v", err)
	}
	f, err := ten.Put(t.Context(), "other", 0, strings.NewReader("0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		off, n int64
		want   string
	}{{0, -1, "0123456789"}, {2, 3, "234"}, {4, 0, ""}, {7, -1, "789"}} {
		body, err := f.Open(t.Context(), c.off, c.n)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(body); string(got) != c.want || err != nil {
			t.Errorf("Open(%d, %d) reads %q, %v, want %q", c.off, c.n, got, err, c.want)
		}
	}
	count := func() (n int) {
		for range store.List(t.Context(), "gs://tmp/", "") {
			n++
		}
		return n
	}
	if err := one.Clear(t.Context()); err != nil || count() != 3 {
		t.Errorf("Clear = %v, %d objects left, want 3", err, count())
	}
	if err := stage.Clear(t.Context(), store, stage.Runs("tmp", "w/j/2026-11-23T02:00:00Z.0")); err != nil || count() != 0 {
		t.Errorf("Clear of the run = %v, %d objects left", err, count())
	}
}
