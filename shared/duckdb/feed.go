package duckdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkcsv"
)

// A feed carries an input's files through the normaliser into its pipe.
type feed struct {
	in     *input
	stop   context.CancelFunc
	done   chan struct{}
	end    *os.File // the pipe's end, to be closed by whoever cancels
	mu     sync.Mutex
	stats  sparkcsv.Stats
	err    error // why it ended early; nil if all was read or the reader had enough
	whole  bool  // every byte of every file was read
	opened bool  // somebody came to read
	bytes  atomic.Int64
}

// start begins to feed. ahead bounds the bytes that are fetched before they are
// wanted; first is the length of the first range that is asked of a file, 0 for
// all of it at once.
func (in *input) start(ctx context.Context, ahead int, first int64) *feed {
	ctx, stop := context.WithCancel(ctx)
	f := &feed{in: in, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		f.err = f.run(ctx, ahead, first)
	}()
	return f
}

func (f *feed) run(ctx context.Context, ahead int, first int64) error {
	w, err := f.in.pipe.writer(ctx)
	if err != nil {
		return nil // nobody came: the plan needed no row, or the run has ended
	}
	f.mu.Lock()
	f.opened, f.end = true, w
	f.mu.Unlock()
	defer context.AfterFunc(ctx, func() { w.Close() })()
	defer w.Close()

	n, err := f.in.normalizer()
	if err != nil {
		return err
	}
	defer func() { f.mu.Lock(); f.stats = n.Stats(); f.mu.Unlock() }()
	for _, file := range f.in.rel.Files {
		if err := f.file(ctx, n, w, file, ahead, first); err != nil {
			if enough(err) {
				return nil
			}
			return fmt.Errorf("input %s: %w", f.in.rel.Name, err)
		}
	}
	f.whole = true
	return nil
}

func (f *feed) file(ctx context.Context, n normalizer, w io.Writer, file relation.File, ahead int, first int64) error {
	body, err := openFile(ctx, file, first)
	if err != nil {
		return err
	}
	var read atomic.Int64
	src := newReadAhead(counter{body, func(k int) { read.Add(int64(k)); f.bytes.Add(int64(k)) }}, ahead)
	err = n.File(file.URI, w, src)
	src.Close()
	body.Close()
	if err != nil {
		if ctx.Err() == nil || enough(err) {
			return err
		}
		return fmt.Errorf("%s: %d bytes read of %d: %w", file.URI, read.Load(), file.Size, context.Cause(ctx))
	}
	if file.Codec == "" && read.Load() != file.Size {
		return fault.Errorf(fault.Transient, "%s ended after %d bytes of %d", file.URI, read.Load(), file.Size)
	}
	return nil
}

// finish stops the feed, waits for its end and says what it read.
func (f *feed) finish() (engine.Read, error) {
	f.stop()
	<-f.done
	r := engine.Read{Input: f.in.rel.Name, Rows: f.stats.Records, Bytes: f.bytes.Load(), Complete: f.whole, Bad: f.stats.Bad, First: f.stats.First}
	for _, file := range f.in.rel.Files {
		r.Total += file.Size
	}
	if f.stats.HeaderMismatch != "" {
		r.Notes = append(r.Notes, f.stats.HeaderMismatch)
	}
	return r, f.err
}

// A readAhead fetches while what it fetched before is still being worked on.
type readAhead struct {
	blocks chan block
	free   chan []byte
	quit   chan struct{}
	once   sync.Once
	rest   []byte
	buf    []byte
	err    error
}

type block struct {
	data []byte
	buf  []byte
	err  error
}

const blockSize = 256 << 10

func newReadAhead(r io.Reader, ahead int) *readAhead {
	n := max(2, ahead/blockSize)
	a := &readAhead{blocks: make(chan block, n), free: make(chan []byte, n), quit: make(chan struct{})}
	for range n {
		a.free <- nil
	}
	go a.fetch(r)
	return a
}

func (a *readAhead) fetch(r io.Reader) {
	for {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.quit:
			return
		}
		if buf == nil {
			buf = make([]byte, blockSize)
		}
		n, err := io.ReadFull(r, buf)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		select {
		case a.blocks <- block{buf[:n], buf, err}:
		case <-a.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

func (a *readAhead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.buf != nil {
			a.free <- a.buf
			a.buf = nil
		}
		b := <-a.blocks
		a.rest, a.buf, a.err = b.data, b.buf, b.err
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// Close stops fetching. The reader beneath must be closed by its owner, after.
func (a *readAhead) Close() { a.once.Do(func() { close(a.quit) }) }
