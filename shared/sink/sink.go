// Package sink publishes relations: one room or file a target system. The port
// says what a target must answer for a run to be safe: what is there, what
// would be done, do it, and how did that end.
package sink

import (
	"context"
	"encoding/json"
	"time"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// A Writer publishes to one kind of target. It is safe for concurrent use.
type Writer interface {
	plug.Part
	// Accepts are the forms it publishes from, best first.
	Accepts() []relation.Form
	// Bucket is the temporary bucket that the manifest or the depot names for o,
	// "" if none.
	Bucket(o Output) string
	// Columns are the columns that the target will have for cols: types that it
	// does not have are mapped or refused here, before anything is computed.
	Columns(o Output, cols []relation.Column) ([]relation.Column, error)
	// Inspect looks at the target. One that does not exist yet is not an error
	// if Publish would create it.
	Inspect(ctx context.Context, o Output) (Live, error)
	// Prepare decides everything and touches nothing.
	Prepare(ctx context.Context, o Output, r relation.Relation, l Live) (Intent, error)
	// Publish carries the intent out, once: asked twice it publishes once, and
	// returns the same receipt. An error of kind fault.Transient leaves the end
	// unknown; Settle finds it out.
	Publish(ctx context.Context, i Intent) (Receipt, error)
	// Settle drives an intent to a known end, whoever made it. After Never it
	// can never land any more.
	Settle(ctx context.Context, i Intent) (Verdict, Receipt, error)
}

// An Output is one output of a job, located.
type Output struct {
	Name        string
	Location    depot.Location
	Options     plug.Args // checked against the writer's Spec
	Mode        SaveMode
	Stage       string // URI prefix in the temporary bucket that the target can read
	ID          string // identity of this publication: ledger, run key, output; [A-Za-z0-9_-]
	Sequence    int    // how many publications of ID ended without landing
	Title       string
	Description string
	Labels      map[string]string // of the run, for the target's own records
	Slot        time.Time
	Run         string
	Pos         fault.Pos
}

// A SaveMode is what happens to rows that are there already.
type SaveMode string

// The save modes that Glint honours.
const (
	Overwrite SaveMode = "overwrite"
	Append    SaveMode = "append"
)

// Live is the target as it is now: what guards compare with.
type Live struct {
	Exists   bool
	Columns  []relation.Column
	Rows     int64
	Bytes    int64
	Location string          // of the data, in the system's words
	Version  string          // changes with the table
	Detail   json.RawMessage // what the writer needs again in Prepare
}

// A Target is a table or place, named so that two spellings are one target.
type Target struct {
	System  string // bigquery, …
	Address string // project.dataset.table
}

func (t Target) String() string { return t.System + ":" + t.Address }

// An Intent is one publication, decided: enough to carry it out, to recognise
// it, and to settle it from another machine. It is stored as JSON.
type Intent struct {
	ID          string // unique, [A-Za-z0-9_-]; for BigQuery the job ID
	Writer      string // the writer's name, so that Settle finds it
	Target      Target
	Run         string // ledger key of the run, as text
	Output      string
	Slot        time.Time
	Attempt     int
	Disposition string // WRITE_TRUNCATE, …
	Adds        bool   // it adds to what is there, so that a later run does not make it stale
	Files       []string
	Rows, Bytes int64
	Columns     []relation.Column
	Inputs      []Pinned
	Detail      json.RawMessage // the writer's own: the job's configuration
}

// Pinned is an input as it was read.
type Pinned struct {
	Input, URI, Version string
	Size                int64
}

// A Receipt is what the target says it did.
type Receipt struct {
	Target      Target
	Output      string
	JobID       string
	Project     string
	Location    string
	Disposition string
	Rows, Bytes int64
	Files       []string
	Columns     []relation.Column
	Started     time.Time
	Ended       time.Time
	Notes       []string // what could not be carried over; the run is degraded, not failed
}

// A Verdict is how an intent ended.
type Verdict uint8

const (
	Landed Verdict = iota + 1 // it is published
	Never                     // it is not, and cannot be any more
)
