package ledger

import (
	"fmt"

	"github.com/glint-data/glint/shared/fault"
)

// ErrCancelled is the cause of a context that ended because somebody asked for
// the run to be cancelled.
var ErrCancelled = fault.Errorf(fault.Refused, "cancelled")

// ErrLost is the answer to whoever goes on with a lease that he does not hold
// any more: another attempt does.
var ErrLost = fault.Errorf(fault.Conflict, "the lease is lost: another attempt has taken the run over")

// A Done is the answer to a claim of what has ended.
type Done struct {
	Key     Key
	Outcome Outcome
}

func (d *Done) Error() string { return fmt.Sprintf("run %s has %s", d.Key, d.Outcome.Status) }

// A Held is the answer to a claim of what somebody else is at. Its kind is
// fault.Conflict.
type Held struct {
	Key    Key
	Holder Holder
	// Same says that the holder has the very message that claims: the holder may
	// be dead, so the message must come again. Any other message may go.
	Same bool
}

func (h *Held) Error() string {
	return fmt.Sprintf("run %s is held by message %s (delivery %d, instance %s)", h.Key, h.Holder.Message, h.Holder.Delivery, h.Holder.Instance)
}

// Unwrap gives the kind.
func (h *Held) Unwrap() error { return fault.Conflict }
