package azure

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// A body reads a range of one version to its end, over as many connections as
// it takes. It trusts no end of file: a chunked answer that is cut in good form
// looks complete, so it counts.
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
	read    int64

	r      io.ReadCloser // nil between connections
	cancel context.CancelFunc
	err    error
}

func (s *Store) newBody(ctx context.Context, uri, version string, off, left int64) *body {
	ctx, stop := context.WithCancel(ctx)
	return &body{s: s, ctx: ctx, stop: stop, try: s.newTry(ctx), uri: uri, version: version, off: off, left: left}
}

// open connects for what is left, and tries again until the service answers.
func (b *body) open() (blob.DownloadStreamResponse, error) {
	for {
		res, err := b.connect()
		if err == nil || !b.try.again(err) {
			return res, err
		}
		b.try.wait()
	}
}

func (b *body) connect() (blob.DownloadStreamResponse, error) {
	client, err := b.s.blob(b.uri)
	if err == nil {
		err = object.Interrupted(b.ctx)
	}
	if err != nil {
		return blob.DownloadStreamResponse{}, err
	}
	o := &blob.DownloadStreamOptions{Range: blob.HTTPRange{Offset: b.off, Count: max(b.left, 0)}} // a count of 0 is all
	if b.version != "" {
		o.AccessConditions = &blob.AccessConditions{ModifiedAccessConditions: &blob.ModifiedAccessConditions{IfMatch: etag(b.version)}}
	}
	ctx, cancel := context.WithCancel(b.ctx)
	idle := time.AfterFunc(b.s.opts.Idle, cancel)
	res, err := client.DownloadStream(ctx, o)
	idle.Stop()
	if err != nil {
		cancel()
		return res, err
	}
	got := version(res.ETag)
	switch {
	case got == "":
		err = fault.Errorf(fault.Transient, "open %s: the answer has no ETag", b.uri)
	case b.version != "" && got != b.version: // whatever lies between did not ask for it
		err = fault.Errorf(fault.Conflict, "open %s: version %s is gone, there is %s now", b.uri, b.version, got)
	}
	if err != nil {
		cancel()
		_ = res.Body.Close()
		return res, err
	}
	b.r, b.cancel, b.version = res.Body, cancel, got
	return res, nil
}

func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.next(p)
	b.err = err
	return n, err
}

func (b *body) next(p []byte) (int, error) {
	for {
		if err := object.Interrupted(b.ctx); err != nil {
			return 0, b.short(err)
		}
		if b.left == 0 {
			return 0, io.EOF
		}
		if len(p) == 0 {
			return 0, nil
		}
		if b.r == nil {
			if _, err := b.open(); err != nil {
				return 0, b.short(b.try.pinned(opOpen, b.uri, b.version, err))
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
				return 0, b.short(fault.Errorf(fault.Transient, "open %s: the body ends early, again and again", b.uri))
			}
			b.try.wait()
		}
	}
}

// short is an error in the middle of a body: it says how far that came.
func (b *body) short(err error) error {
	return fmt.Errorf("%s: %d bytes read of %d: %w", b.uri, b.read, b.read+b.left, err)
}

// step reads once, and gives the connection up if nothing comes.
func (b *body) step(p []byte) (int, error) {
	idle := time.AfterFunc(b.s.opts.Idle, b.cancel)
	n, err := b.r.Read(p)
	idle.Stop()
	b.off += int64(n)
	b.left -= int64(n)
	b.read += int64(n)
	return n, err
}

func (b *body) hangUp() {
	if b.r != nil {
		b.cancel() // before Close, which would read a rest that nobody wants
		_ = b.r.Close()
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
