package duckdb

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// TestFooter: a file that is cut is not whole, a footer that is larger than the
// tail that is kept is one that cannot be counted.
func TestFooter(t *testing.T) {
	end := func(n uint32) []byte { return append(binary.LittleEndian.AppendUint32(nil, n), "PAR1"...) }
	for _, c := range []struct {
		name  string
		tail  []byte
		bytes int64
		want  int64
		fails bool
	}{
		{"nothing", nil, 0, 0, true},
		{"cut", []byte("PAR1abcdef"), 10, 0, true},
		{"a length beyond the file", append([]byte("PAR1"), end(1000)...), 12, 0, true},
		{"no footer in it", append(bytes.Repeat([]byte{0xff}, 100), end(50)...), 1 << 20, 0, true},
		{"larger than the tail", append(bytes.Repeat([]byte{1}, 100), end(1000)...), 1 << 20, -1, false},
	} {
		p := newPart(nil)
		p.keep(c.tail)
		p.bytes.Store(c.bytes)
		if got, err := p.rows(); got != c.want || (err != nil) != c.fails {
			t.Errorf("%s: rows() = %d, %v, want %d", c.name, got, err, c.want)
		}
	}

	p := newPart(nil)
	for range 100 {
		p.keep(make([]byte, 100<<10))
	}
	p.keep([]byte("end"))
	if len(p.tail) < tailSize || len(p.tail) > 2*tailSize || !bytes.HasSuffix(p.tail, []byte("end")) {
		t.Errorf("%d bytes are kept", len(p.tail))
	}
}
