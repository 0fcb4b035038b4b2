package gcstest

import (
	"bytes"
	"hash/crc32"
	"io"
	"sort"
)

// A blob is bytes in pieces, so that a body is kept as it came: chunks of an
// upload are never joined, and copies and compositions share them.
type blob struct {
	parts [][]byte
	ends  []int64 // where each part ends in the whole
}

func oneBlob(data []byte) blob {
	var b blob
	b.add(data)
	return b
}

func (b *blob) add(p []byte) {
	if len(p) > 0 {
		b.parts = append(b.parts, p)
		b.ends = append(b.ends, b.size()+int64(len(p)))
	}
}

func (b blob) size() int64 {
	if len(b.ends) == 0 {
		return 0
	}
	return b.ends[len(b.ends)-1]
}

// slice is the n bytes from off, which are there.
func (b blob) slice(off, n int64) blob {
	var s blob
	for i := sort.Search(len(b.ends), func(i int) bool { return b.ends[i] > off }); i < len(b.parts) && n > 0; i++ {
		p := b.parts[i][off-(b.ends[i]-int64(len(b.parts[i]))):]
		p = p[:min(int64(len(p)), n)]
		s.add(p)
		off += int64(len(p))
		n -= int64(len(p))
	}
	return s
}

// cut is the first n bytes, n at most the size.
func (b blob) cut(n int64) blob { return b.slice(0, n) }

func (b blob) bytes() []byte {
	if len(b.parts) == 1 {
		return b.parts[0]
	}
	return bytes.Join(b.parts, nil)
}

func (b blob) reader() io.Reader {
	all := make([]io.Reader, len(b.parts))
	for i, p := range b.parts {
		all[i] = bytes.NewReader(p)
	}
	return io.MultiReader(all...)
}

func (b blob) crc(crc uint32) uint32 {
	for _, p := range b.parts {
		crc = crc32.Update(crc, castagnoli, p)
	}
	return crc
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// readBlob reads r to its end; size is what is expected, or -1. With an error
// it returns what came before it.
func readBlob(r io.Reader, size int64) (blob, error) {
	var b blob
	next := int64(4 << 10)
	if size > 0 {
		next = size
	}
	for {
		p := make([]byte, next)
		n, err := fill(r, p)
		if n < len(p)/2 {
			p = bytes.Clone(p[:n]) // do not hold on to the rest
		}
		b.add(p[:n:n])
		switch {
		case err == io.EOF && b.size() < size:
			return b, io.ErrUnexpectedEOF
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		case size >= 0 && b.size() >= size:
			return b, nil
		}
		next = min(4*next, 4<<20)
	}
}

// fill is io.ReadFull that keeps apart the reader's own unexpected end.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	if n == len(p) && err == io.EOF {
		err = nil
	}
	return n, err
}
