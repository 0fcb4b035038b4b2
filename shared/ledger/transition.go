package ledger

// A State is where a job of a run stands.
type State string

// The states. A job that nobody has claimed has none.
const (
	Claimed State = "held"  // somebody is at it, or died at it
	Waiting State = "free"  // an attempt ended without a verdict and said so
	Ended   State = "ended" // for good
)
