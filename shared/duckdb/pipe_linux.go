package duckdb

import "syscall"

const (
	setPipeSize = 1031    // F_SETPIPE_SZ of linux/fcntl.h
	pipeSize    = 1 << 20 // the most that an unprivileged process may ask for
)

// widen lets a pipe hold a megabyte instead of 64 kB, so that its two ends wait
// for each other less often. A pipe that stays narrow works as well.
func widen(fd int) {
	_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), setPipeSize, pipeSize)
}
