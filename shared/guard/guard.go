// Package guard holds the reasons to stop before anything is replaced. A guard
// looks at what was read and written and at the target as it is; the target has
// not been touched when it says no.
package guard

import (
	"context"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/sink"
)

// A Guard says no with an error of kind fault.Refused (the user's to decide) or
// fault.Transient (what was read or written is not whole: try again).
type Guard interface {
	plug.Part
	Check(ctx context.Context, f Facts) error
}

// Facts are what is known of one output when it is about to be published.
type Facts struct {
	Output   sink.Output
	Live     sink.Live     // the target now
	Exported engine.Output // what was written
	Reads    []engine.Read // what was read for it
}
