// Package object is bytes under names, in whatever store keeps them, with the
// conditional writes that leases and records need.
//
// A name is a URI: gs://bucket/key, file:///path, mem://bucket/key. The suite
// in objecttest says what every Store promises; [Mem] and [Dir] are twins for
// tests and laptops that keep the same promises.
package object

import (
	"context"
	"io"
	"iter"
	"time"
)

// A Store keeps objects. Implementations are safe for concurrent use.
//
// Errors carry a kind: fault.NotFound (no such object or bucket), fault.Conflict
// (the condition does not hold, or the pinned version is gone), fault.Denied,
// fault.Transient (after the implementation's own retries).
type Store interface {
	// Stat returns what is known of an object.
	Stat(ctx context.Context, uri string) (Attrs, error)
	// Open reads a range. A body that ends before the range is complete is an
	// error, never an io.EOF; a broken read is resumed, pinned to the version.
	Open(ctx context.Context, uri string, r Range) (io.ReadCloser, Attrs, error)
	// Put writes a whole object or nothing: when r ends in an error, no object
	// appears and that error is returned. An answer that was lost is settled by
	// looking at what is there; if somebody replaced ours by then, it is a Conflict.
	Put(ctx context.Context, uri string, r io.Reader, c Cond) (Attrs, error)
	// Delete removes an object. Deleting what is not there is not an error,
	// unless c.Version asks for it: then it is a Conflict.
	Delete(ctx context.Context, uri string, c Cond) error
	// List yields the objects whose URI starts with prefix and comes after
	// `after` (a URI; "" for all), in lexical order of URI.
	List(ctx context.Context, prefix, after string) iter.Seq2[Attrs, error]
}

// Attrs is what a store says of an object. Version is opaque (a generation, an
// ETag): equal versions are equal bytes.
type Attrs struct {
	URI     string
	Version string
	Size    int64
	Updated time.Time // by the store's clock; Open may know it to the second only
	CRC32C  uint32    // Castagnoli; 0 if the store does not say
}

// A Range is a part of an object, and of which version. The zero Range is all
// of the newest. One that reaches past the end is cut there; one that starts
// beyond it is fault.Invalid.
type Range struct {
	Off     int64
	N       int64  // bytes; 0 or less means to the end
	Version string // "" is the newest; otherwise exactly this or fault.Conflict
}

// A Cond is what must hold for a write to happen. The zero Cond always holds.
// A store that cannot hold a condition atomically refuses it.
type Cond struct {
	Absent  bool   // there is no such object
	Version string // the object has this version
}
