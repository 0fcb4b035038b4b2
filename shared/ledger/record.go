package ledger

import (
	"time"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/sink"
)

// A Pin is what a run reads, decided by its first claim and followed by every
// later attempt and job.
type Pin struct {
	Manifest   string            `json:"manifest"`   // URI
	Generation string            `json:"generation"` // version of the manifest's object
	Digest     string            `json:"digest,omitempty"`
	Variables  map[string]string `json:"variables,omitempty"`
	// Backfill publishes although a newer slot was published already.
	Backfill bool `json:"backfill,omitempty"`
}

// A Holder is who works on a run.
type Holder struct {
	Message  string `json:"message"` // ID of the message that asked for it
	Delivery int    `json:"delivery,omitempty"`
	Instance string `json:"instance,omitempty"`
	Manual   bool   `json:"manual,omitempty"` // asked for by a person
}

// Progress is how far an attempt is, for people who wait.
type Progress struct {
	Stage        string    `json:"stage"`
	BytesRead    int64     `json:"bytes_read,omitempty"`
	BytesTotal   int64     `json:"bytes_total,omitempty"`
	RowsWritten  int64     `json:"rows_written,omitempty"`
	BytesWritten int64     `json:"bytes_written,omitempty"`
	At           time.Time `json:"at,omitzero"` // when it was reported, by the holder's clock
}

// A Status is how a job of a run ended.
type Status string

// The ends. A job that has none may be running, waiting to be tried again, or dead.
const (
	Succeeded  Status = "succeeded"
	Failed     Status = "failed"     // trying the same again cannot help
	Superseded Status = "superseded" // a newer slot was published first
	Cancelled  Status = "cancelled"  // somebody asked for it
)

// An Outcome is how a job of a run ended, for good.
type Outcome struct {
	Status   Status         `json:"status"`
	Kind     string         `json:"kind,omitempty"` // of the fault, as fault.Kind prints it
	Error    string         `json:"error,omitempty"`
	Hints    []string       `json:"hints,omitempty"`
	Receipts []sink.Receipt `json:"receipts,omitempty"` // of all that was published, also by earlier attempts
	Reads    []engine.Read  `json:"reads,omitempty"`
	Stages   []Stage        `json:"stages,omitempty"`
	Started  time.Time      `json:"started"`
	Ended    time.Time      `json:"ended"`
	Attempt  int            `json:"attempt"`
	Notes    []string       `json:"notes,omitempty"`
}

// A Stage is one part of a run's story, with what it moved.
type Stage struct {
	Name    string    `json:"name"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	Rows    int64     `json:"rows,omitempty"`
	Bytes   int64     `json:"bytes,omitempty"`
}

// A Published is the last publication of a target.
type Published struct {
	Key     Key          `json:"key"` // of the job that published it
	Output  string       `json:"output"`
	Intent  string       `json:"intent"` // its ID
	Receipt sink.Receipt `json:"receipt"`
}

// A Run is one job of a run as it is now.
type Run struct {
	Key      Key
	State    State
	Attempt  int
	Deaths   int // attempts that ended without a word
	Holder   Holder
	Progress Progress
	Why      string    // it waits to be tried again
	Updated  time.Time // by the store's clock
	Outcome  *Outcome  // nil unless State is Ended
}

// A Filter chooses runs. The zero Filter is all of them.
type Filter struct {
	Workflow    string
	From, Until time.Time // slots: From <= slot < Until; the zero Time is no bound
}
