package object

import (
	"context"
	"errors"

	"github.com/glint-data/glint/shared/fault"
)

// Clip returns how many bytes of an object of that size r asks for. A range
// that reaches past the end is cut there; one that starts at the end is empty;
// one that starts beyond it is fault.Invalid, for whoever asks is mistaken
// about what the object holds.
func (r Range) Clip(uri string, size int64) (int64, error) {
	switch {
	case r.Off < 0:
		return 0, fault.Errorf(fault.Invalid, "%s: range starts at %d", uri, r.Off)
	case r.Off > size:
		return 0, fault.Errorf(fault.Invalid, "%s: range starts at byte %d of %d", uri, r.Off, size)
	case r.N <= 0 || r.N > size-r.Off:
		return size - r.Off, nil
	}
	return r.N, nil
}

// Pinned says whether r may read this version of uri.
func (r Range) Pinned(uri, version string) error {
	if r.Version == "" || r.Version == version {
		return nil
	}
	return fault.Errorf(fault.Conflict, "%s: version %s is gone, there is %s now", uri, r.Version, orNothing(version))
}

// Valid refuses a condition that can never hold.
func (c Cond) Valid(uri string) error {
	if c.Absent && c.Version != "" {
		return fault.Errorf(fault.Invalid, "%s: asked to be absent and at version %s", uri, c.Version)
	}
	return nil
}

// Check says whether c holds for uri at version; version is "" if there is no
// such object.
func (c Cond) Check(uri, version string) error {
	switch {
	case c.Absent && version != "":
		return fault.Errorf(fault.Conflict, "%s: is there already, at version %s", uri, version)
	case c.Version != "" && c.Version != version:
		return fault.Errorf(fault.Conflict, "%s: expected version %s, there is %s", uri, c.Version, orNothing(version))
	}
	return nil
}

// Interrupted is ctx's end as a fault, or nil: a deadline is a budget used up,
// a cancellation may be tried again.
func Interrupted(ctx context.Context) error {
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap(fault.Exhausted, err)
	}
	return fault.Wrap(fault.Transient, err)
}

func orNothing(version string) string {
	if version == "" {
		return "nothing"
	}
	return version
}
