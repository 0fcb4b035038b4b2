//go:build unix

package object

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

const nonblock = syscall.O_NONBLOCK

// lockDir locks a directory against every other Dir of this machine. The lock
// ends with the process.
func lockDir(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fileFault(fileScheme+dir, err)
	}
	for wait := 50 * time.Microsecond; ; wait = min(2*wait, 5*time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil // closing unlocks
		}
		if err != syscall.EWOULDBLOCK && err != syscall.EINTR {
			f.Close()
			return nil, fileFault(fileScheme+dir, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, Interrupted(ctx)
		case <-time.After(wait):
		}
	}
}

func inode(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino)
	}
	return 0
}

func isBelowFile(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
