package duckdb

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/glint-data/glint/shared/relation"
)

// TestRanges: the pieces are the whole, and little of it is asked for when
// little of it is read.
func TestRanges(t *testing.T) {
	data := make([]byte, 40<<20)
	for i := range data {
		data[i] = byte(i >> 12)
	}
	var asked, requests int64
	file := relation.File{Size: int64(len(data)), Open: func(_ context.Context, off, n int64) (io.ReadCloser, error) {
		if n < 0 {
			n = int64(len(data)) - off
		}
		asked, requests = asked+n, requests+1
		return io.NopCloser(bytes.NewReader(data[off : off+n])), nil
	}}

	r, err := openFile(t.Context(), file, limitRange)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, data) || asked != int64(len(data)) {
		t.Errorf("read %d bytes of %d in ranges of %d, %v", len(got), len(data), asked, err)
	}
	if requests > 8 {
		t.Errorf("%d requests for 40 MiB", requests)
	}

	asked = 0
	if r, err = openFile(t.Context(), file, limitRange); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, r, 9<<20); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if asked > 14<<20 {
		t.Errorf("%d bytes were asked for, 9 MiB read", asked)
	}
	if _, err := openFile(t.Context(), file, 0); err != nil || asked > 60<<20 {
		t.Errorf("a whole read asked for %d, %v", asked, err)
	}
}
