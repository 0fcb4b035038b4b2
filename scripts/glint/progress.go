//go:build !windows

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// A progress tells a person that something goes on: one line that is written
// over on a terminal, a plain line for each change elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	started  time.Time
	last     string
}

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, terminal: ok && term.IsTerminal(int(f.Fd())), started: time.Now()}
}

// step says what goes on now. What has been said already is not said again.
func (p *progress) step(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text == p.last {
		return
	}
	p.last = text
	elapsed := time.Since(p.started).Seconds()
	if p.terminal {
		fmt.Fprintf(p.w, "\r\033[K%5.1fs  %s", elapsed, text)
		return
	}
	fmt.Fprintf(p.w, "%5.1fs  %s\n", elapsed, text)
}

// done ends the line that is written over.
func (p *progress) done() {
	if p.terminal && p.last != "" {
		fmt.Fprint(p.w, "\r\033[K")
	}
	p.last = ""
}
