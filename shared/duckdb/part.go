package duckdb

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"

	"github.com/glint-data/glint/shared/fault"
)

// A part is one file on its way from DuckDB to the store: the reader that the
// store is given. It withholds its end until the verdict is known, so that no
// store makes an object of what is not whole.
type part struct {
	src     *os.File
	bytes   atomic.Int64
	tail    []byte
	drained chan struct{} // DuckDB has closed the file and all of it was read
	verdict chan error    // what the end is: io.EOF, or why there must be no object
	end     error
}

// tailSize holds the footer, some hundred bytes for each column of each row
// group, of all but giant files: for twelve columns, of a terabyte of CSV.
const tailSize = 4 << 20

func newPart(src *os.File) *part {
	return &part{src: src, drained: make(chan struct{}), verdict: make(chan error, 1)}
}

func (p *part) Read(b []byte) (int, error) {
	if p.end != nil {
		return 0, p.end
	}
	n, err := p.src.Read(b)
	p.bytes.Add(int64(n))
	p.keep(b[:n])
	if err == nil {
		return n, nil
	}
	if err == io.EOF {
		close(p.drained)
		p.end = <-p.verdict
	} else {
		p.end = err
	}
	if n > 0 {
		return n, nil
	}
	return 0, p.end
}

// keep holds on to the last bytes, where the footer is.
func (p *part) keep(b []byte) {
	p.tail = append(p.tail, b...)
	if len(p.tail) > 2*tailSize {
		p.tail = append(p.tail[:0], p.tail[len(p.tail)-tailSize:]...)
	}
}

// rows reads the footer: how many rows the file says that it has, or -1 if the
// file ends as it must but its footer is larger than what is at hand.
func (p *part) rows() (int64, error) {
	if p.footer() > int64(len(p.tail)) && p.bytes.Load() > int64(len(p.tail)) {
		return -1, nil
	}
	f, err := parquet.OpenFile(tailed{p.tail, p.bytes.Load()}, p.bytes.Load(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return 0, fault.Errorf(fault.Transient, "the Parquet file that was written is not whole: %w", err)
	}
	return f.NumRows(), nil
}

// footer is the length of the footer with its own length and the mark after it,
// or 0 if the file does not end as Parquet does.
func (p *part) footer() int64 {
	rest, whole := bytes.CutSuffix(p.tail, []byte("PAR1"))
	if !whole || len(rest) < 4 {
		return 0
	}
	n := int64(binary.LittleEndian.Uint32(rest[len(rest)-4:])) + 8
	if n+4 > p.bytes.Load() {
		return 0
	}
	return n
}

// tailed is a file of which only the end is at hand.
type tailed struct {
	tail []byte
	size int64
}

func (t tailed) ReadAt(b []byte, off int64) (int, error) {
	if start := t.size - int64(len(t.tail)); off >= start {
		return bytes.NewReader(t.tail).ReadAt(b, off-start)
	}
	if off == 0 && len(b) == 4 {
		return copy(b, "PAR1"), nil
	}
	return 0, io.ErrUnexpectedEOF
}
