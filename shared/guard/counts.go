package guard

import (
	"context"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// Counts stops a run whose numbers do not agree: an input that ended before its
// last byte, or a file in the temporary bucket that is not what was written.
type Counts struct{}

// Spec describes the guard.
func (Counts) Spec() plug.Spec {
	return plug.Spec{Name: "counts", Doc: "Bytes read equal the bytes that the store has, and the files written equal the bytes and rows that the engine counted."}
}

// Check compares the counts.
func (Counts) Check(_ context.Context, f Facts) error {
	for _, r := range f.Reads {
		if r.Complete && r.Bytes != r.Total {
			return fault.Errorf(fault.Transient, "input %s: %d bytes read of %d", r.Input, r.Bytes, r.Total).
				WithHint("the download ended early or the objects changed; the run is tried again")
		}
	}
	if len(f.Exported.Files) == 0 {
		return fault.Errorf(fault.Internal, "output %s: no file was written", f.Output.Name)
	}
	var bytes int64
	for _, file := range f.Exported.Files {
		bytes += file.Size
	}
	if bytes != f.Exported.Bytes {
		return fault.Errorf(fault.Transient, "output %s: the temporary bucket has %d bytes of %d written", f.Output.Name, bytes, f.Exported.Bytes)
	}
	return nil
}
