//go:build !windows

package azure_test

import (
	"bytes"
	"io"
	"syscall"
	"testing"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/azure/azuretest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

// BenchmarkRead also says what it costs this process: most of the time is Azurite's.
func BenchmarkRead(b *testing.B) {
	_, _, prefix := open(b, azure.Options{})
	s, err := azure.New(azure.Options{Account: azuretest.Account, Endpoint: azurite(b).URL, Credential: azure.Credential{Key: azurite(b).Key}})
	if err != nil {
		b.Fatal(err)
	}
	const size = 256 << 20
	if _, err := s.Put(b.Context(), prefix+"large", io.LimitReader(zeros{}, size), object.Cond{}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	before := processor()
	for b.Loop() {
		body, _, err := s.Open(b.Context(), prefix+"large", object.Range{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, body, make([]byte, 256<<10)); err != nil {
			b.Fatal(err)
		}
		body.Close()
	}
	b.ReportMetric((processor()-before)/float64(b.N), "cpu-s/op")
}

// BenchmarkRecord is a small object, written and read.
func BenchmarkRecord(b *testing.B) {
	s, _, prefix := open(b, azure.Options{})
	for b.Loop() {
		a, err := s.Put(b.Context(), prefix+"record", bytes.NewReader(make([]byte, 300)), object.Cond{})
		if err != nil {
			b.Fatal(err)
		}
		objecttest.Get(b, s, prefix+"record", object.Range{Version: a.Version})
	}
}

func processor() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
