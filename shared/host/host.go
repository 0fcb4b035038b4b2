// Package host says what the platform gives one run: memory, scratch space,
// threads and time. It is computed once, in one place, and printed in the run's line.
package host

import (
	"time"
)

// A Budget is what one run may use.
type Budget struct {
	Memory   int64     // bytes that the engine may hold; its memory_limit
	Scratch  int64     // bytes that may lie in Dir; on Cloud Run they are memory too
	Dir      string    // the run's own empty folder; FIFOs work in it
	Threads  int       // that the engine uses
	Deadline time.Time // when the run must have ended; the zero Time is none
}
