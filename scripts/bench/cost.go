//go:build !windows

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A cost is what a child process took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory
}

// measured starts cmd, lets run end it, and says what it cost. run returns the
// process's own word for its peak, or 0.
func measured(cmd *exec.Cmd, run func() (peak int64, err error)) (cost, error) {
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return cost{}, err
	}
	peak, err := run()
	if err != nil {
		return cost{}, err
	}
	c := cost{wall: time.Since(begin), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak: peak}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && peak == 0 {
		c.peak = usage.Maxrss
	}
	return c, nil
}

// ownPeak is this process's highest resident memory.
func ownPeak() int64 { return peakOf(os.Getpid()) }

// peakOf is the highest resident memory of a process, or 0 where /proc is not:
// there rusage says it. On Linux rusage says nothing of use, for a child
// inherits the peak of the process that it was forked from.
func peakOf(pid int) int64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	return 0
}

// median of what f says of each.
func median[T any](all []T, f func(T) float64) float64 {
	values := make([]float64, len(all))
	for i, x := range all {
		values[i] = f(x)
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func cpu(c cost) float64  { return c.cpu.Seconds() }
func wall(c cost) float64 { return c.wall.Seconds() }
func peak(c cost) float64 { return float64(c.peak) / 1e6 }
