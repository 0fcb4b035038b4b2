package duckdb

import (
	"context"
	"io"
	"os"
	"sync"

	"github.com/glint-data/glint/shared/relation"
)

// openFile reads a file in one answer, or, where the reading may end early, in
// ranges that grow: the first one is first bytes long.
func openFile(ctx context.Context, f relation.File, first int64) (io.ReadCloser, error) {
	if first <= 0 || f.Size <= first {
		return f.Open(ctx, 0, -1)
	}
	ctx, stop := context.WithCancel(ctx)
	r := &ranges{ctx: ctx, stop: stop, file: f, next: first}
	if err := r.advance(); err != nil {
		stop()
		return nil, err
	}
	return r, nil
}

// ranges reads a file range by range, each pinned to the file's version. They
// grow by half, so that a file that is read to its end after all takes few. The
// store has a checksum of the whole only: of ranges the lengths are held to.
type ranges struct {
	ctx  context.Context
	stop context.CancelFunc
	file relation.File
	off  int64 // where the next range begins
	next int64 // how long it is

	mu     sync.Mutex // over what Close and Read share
	body   io.ReadCloser
	closed bool
}

// advance opens the next range.
func (r *ranges) advance() error {
	n := min(r.next, r.file.Size-r.off)
	body, err := r.file.Open(r.ctx, r.off, n)
	if err != nil {
		return err
	}
	r.off += n
	r.next = max(r.off/2, 2<<20)

	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		body.Close()
		return os.ErrClosed
	}
	if r.body != nil {
		r.body.Close()
	}
	r.body = body
	return nil
}

func (r *ranges) Read(p []byte) (int, error) {
	for {
		r.mu.Lock()
		body := r.body
		r.mu.Unlock()
		n, err := body.Read(p)
		if err != io.EOF || r.off >= r.file.Size {
			return n, err
		}
		if err := r.advance(); n > 0 || err != nil {
			return n, err
		}
	}
}

// Close may be called while Read waits.
func (r *ranges) Close() error {
	r.stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.body.Close()
}
