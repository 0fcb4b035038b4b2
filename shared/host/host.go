// Package host says what the platform gives one run: memory, scratch space,
// threads and time. It is computed once, in one place, and logged with the run.
package host

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// A Budget is what one run may use.
type Budget struct {
	Memory   int64     // bytes that the engine may hold; its memory_limit
	Scratch  int64     // bytes that may lie in Dir; on Cloud Run they are memory too
	Dir      string    // the run's own empty folder; pipes work in it
	Threads  int       // that the engine uses
	Deadline time.Time // when the run must have ended; the zero Time is none
}

// Limits are what an instance has.
type Limits struct {
	Memory  int64 // bytes; 0 asks the container and then the machine
	Threads int   // 0 asks the Go runtime, which asks the container
	Disk    bool  // scratch space is a disk, not memory
}

const (
	// reserve is what a process holds beside the engine's own accounting: this
	// program and its buffers, and what the engine's sorting and grouping take
	// above its limit, which was measured as 200 to 320 MB.
	reserve = 400 << 20
	// least is below what DuckDB streams a CSV file in with two threads.
	least = 128 << 20
)

// Share divides an instance among one run at a time: the engine gets 70 % of
// what is left after the reserve; where scratch space is memory, the rest is
// for spilling. It makes the run's folder below root; free removes it.
func Share(l Limits, root string, deadline time.Time) (b Budget, free func(), err error) {
	if l.Memory == 0 {
		l.Memory = containerMemory(os.ReadFile)
	}
	if l.Threads == 0 {
		l.Threads = runtime.GOMAXPROCS(0)
	}
	left := max(l.Memory-reserve, least)
	b = Budget{Memory: max(left*7/10, least), Threads: l.Threads, Deadline: deadline}
	b.Scratch = left - left*7/10
	if l.Disk {
		b.Memory, b.Scratch = left, 8<<30
	}
	if b.Dir, err = os.MkdirTemp(root, "glint-run-"); err != nil {
		return b, nil, fault.Errorf(fault.Internal, "scratch folder: %w", err).
			WithHint("GLINT_SCRATCH must name a folder that this process can write to")
	}
	return b, func() { _ = os.RemoveAll(b.Dir) }, nil
}

// containerMemory is the limit of the control group, version 2 or 1, or the
// machine's memory, or 2 GB where none of them can be read (macOS).
func containerMemory(read func(string) ([]byte, error)) int64 {
	machine := int64(2 << 30)
	if text, err := read("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) >= 2 && f[0] == "MemTotal:" {
				if kb, err := strconv.ParseInt(f[1], 10, 64); err == nil {
					machine = kb << 10
				}
			}
		}
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := read(file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && n < machine {
			return n
		}
	}
	return machine
}
