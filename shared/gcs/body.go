package gcs

import (
	"context"
	"hash/crc32"
	"io"
	"strconv"
	"sync"
	"time"

	"cloud.google.com/go/storage"
	"github.com/googleapis/gax-go/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// A body reads a range of one generation to its end, over as many connections
// as it takes. It trusts no end of file: a chunked answer that is cut in good
// form looks complete, so it counts.
type body struct {
	s    *Store
	ctx  context.Context // ends with the caller's, and with Close
	stop context.CancelFunc
	try  *try
	uri  string

	mu      sync.Mutex // held by Read, and by Close once it has stopped Read
	version string     // known once something was opened
	off     int64      // of the next byte
	left    int64      // -1 while it is not known
	sum     checksum

	r      *storage.Reader // nil between connections
	cancel context.CancelFunc
	err    error
}

func (s *Store) newBody(ctx context.Context, uri, version string, off, left int64) *body {
	ctx, stop := context.WithCancel(ctx)
	return &body{s: s, ctx: ctx, stop: stop, try: s.newTry(ctx), uri: uri, version: version, off: off, left: left}
}

// A checksum compares what was read with what the store says of the whole.
type checksum struct {
	on        bool
	got, want uint32
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// open connects for what is left.
func (b *body) open() (storage.ReaderObjectAttrs, error) {
	o, err := b.s.object(b.uri, b.version)
	if err != nil {
		return storage.ReaderObjectAttrs{}, err
	}
	n := int64(-1)
	if b.left > 0 {
		n = b.left
	}
	ctx, cancel := context.WithCancel(b.ctx)
	// The client's own check would report an early end as a bad checksum.
	r, err := o.Retryer(b.try.options()...).NewRangeReader(ctx, b.off, n, storage.WithDisableReaderChecksum())
	if err != nil {
		cancel()
		return storage.ReaderObjectAttrs{}, err
	}
	b.r, b.cancel = r, cancel
	b.version = strconv.FormatInt(r.Attrs.Generation, 10)
	return r.Attrs, nil
}

func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.read(p)
	b.err = err
	return n, err
}

func (b *body) read(p []byte) (int, error) {
	var pause gax.Backoff
	for {
		if err := object.Interrupted(b.ctx); err != nil {
			return 0, err
		}
		if b.left == 0 {
			return 0, b.end()
		}
		if len(p) == 0 {
			return 0, nil
		}
		if b.r == nil {
			if _, err := b.open(); err != nil {
				return 0, b.try.pinned(opOpen, b.uri, b.version, err)
			}
		}
		n, err := b.step(p[:min(int64(len(p)), b.left)])
		if err != nil {
			b.hangUp()
		}
		if n > 0 {
			b.try.progress()
			return n, nil
		}
		if err != nil && b.ctx.Err() == nil {
			// Not the end, or we would not be here: cut, or given up for standing still.
			if !b.try.again(io.ErrUnexpectedEOF) {
				return 0, fault.Errorf(fault.Transient, "open %s: the body ends %d bytes early, again and again", b.uri, b.left)
			}
			if pause.Initial == 0 {
				pause = b.try.backoff()
			}
			wait(b.ctx, pause.Pause())
		}
	}
}

// step reads once, and gives the connection up if nothing comes.
func (b *body) step(p []byte) (int, error) {
	idle := time.AfterFunc(b.s.opts.Idle, b.cancel)
	n, err := b.r.Read(p)
	idle.Stop()
	if b.sum.on {
		b.sum.got = crc32.Update(b.sum.got, castagnoli, p[:n])
	}
	b.off += int64(n)
	b.left -= int64(n)
	return n, err
}

// end is io.EOF if what was read is what the store keeps.
func (b *body) end() error {
	if b.sum.on && b.sum.got != b.sum.want {
		return fault.Errorf(fault.Transient, "open %s: read bytes with CRC32C %08x, the store says %08x", b.uri, b.sum.got, b.sum.want)
	}
	return io.EOF
}

func (b *body) hangUp() {
	if b.r != nil {
		b.cancel() // before Close, which would read a rest that nobody wants
		b.r.Close()
		b.r = nil
	}
}

// Close gives up what was not read. It may be called while Read waits.
func (b *body) Close() error {
	b.stop()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hangUp()
	return nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
