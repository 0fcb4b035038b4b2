package gcs_test

import (
	"io"
	"testing"

	"github.com/glint-data/glint/shared/gcs"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

func BenchmarkRead(b *testing.B) {
	s, srv := open(b, unlimited, gcs.Options{})
	const size = 256 << 20
	srv.Put("b", "large", make([]byte, size))
	b.SetBytes(size)
	for b.Loop() {
		body, _, err := s.Open(b.Context(), "gs://b/large", object.Range{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, body, make([]byte, 256<<10)); err != nil {
			b.Fatal(err)
		}
		body.Close()
	}
}

func BenchmarkWrite(b *testing.B) {
	s, _ := open(b, unlimited, gcs.Options{})
	const size = 128 << 20
	b.SetBytes(size)
	for b.Loop() {
		if _, err := s.Put(b.Context(), "gs://b/large", io.LimitReader(zeros{}, size), object.Cond{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecord is what a lease does: read a small object, replace it.
func BenchmarkRecord(b *testing.B) {
	s, _ := open(b, unlimited, gcs.Options{})
	a := objecttest.Put(b, s, "gs://b/lease", make([]byte, 300))
	for b.Loop() {
		objecttest.Get(b, s, "gs://b/lease", object.Range{})
		var err error
		if a, err = s.Put(b.Context(), "gs://b/lease", io.LimitReader(zeros{}, 300), object.Cond{Version: a.Version}); err != nil {
			b.Fatal(err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
