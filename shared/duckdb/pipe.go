package duckdb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// A pipe is a named pipe in the run's scratch folder. Pipes work with external
// access off and settings locked, and on macOS, where /proc/self/fd is not.
type pipe struct{ path string }

// newPipe makes a pipe under a name that nobody can guess.
func newPipe(dir string) (*pipe, error) {
	var id [12]byte
	_, _ = rand.Read(id[:])
	path := filepath.Join(dir, "p"+hex.EncodeToString(id[:]))
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, fault.Errorf(fault.Internal, "named pipe in the scratch folder: %w", err)
	}
	return &pipe{path}, nil
}

func (p *pipe) remove() { _ = os.Remove(p.path) }

// writer waits until somebody reads and returns the other end. Opening must not
// block: a thread that waits in open cannot be stopped.
func (p *pipe) writer(ctx context.Context) (*os.File, error) {
	for wait := 100 * time.Microsecond; ; wait = min(2*wait, 5*time.Millisecond) {
		fd, err := syscall.Open(p.path, syscall.O_WRONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
		if err == nil {
			widen(fd)
			return os.NewFile(uintptr(fd), p.path), nil
		}
		if !errors.Is(err, syscall.ENXIO) && !errors.Is(err, syscall.EINTR) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// reader returns an end that reads; it waits for the writer. release ends the
// wait when none will come.
func (p *pipe) reader() (*os.File, error) {
	f, err := os.Open(p.path)
	if err == nil {
		if c, cerr := f.SyscallConn(); cerr == nil {
			_ = c.Control(func(fd uintptr) { widen(int(fd)) })
		}
	}
	return f, err
}

// release lets go whoever waits for the other end of the pipe to be opened.
func (p *pipe) release() {
	for _, mode := range []int{syscall.O_WRONLY, syscall.O_RDONLY} {
		if fd, err := syscall.Open(p.path, mode|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0); err == nil {
			_ = syscall.Close(fd)
		}
	}
}

// enough reports whether a write failed because the reader has all it wants.
func enough(err error) bool { return errors.Is(err, syscall.EPIPE) || errors.Is(err, os.ErrClosed) }

// A counter counts the bytes that pass.
type counter struct {
	r io.Reader
	n func(int)
}

func (c counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n(n)
	return n, err
}
