//go:build !unix

package object

import (
	"context"
	"io/fs"

	"github.com/glint-data/glint/shared/fault"
)

const nonblock = 0

// lockDir refuses: without a lock a condition could not be held.
func lockDir(context.Context, string) (func(), error) {
	return nil, fault.Errorf(fault.Refused, "a directory as an object store needs Linux or macOS")
}

func inode(fs.FileInfo) uint64 { return 0 }

func isBelowFile(error) bool { return false }

func isFull(error) bool { return false }
