// Package manifest reads the workflow YAML that people have: one typed model,
// with file:line:column for everything. What it knows and Glint does not do is
// refused by name; what has no meaning here is noted; what it does not know is
// noted with the nearest name that it does.
package manifest

import (
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/sparksql"
	"github.com/glint-data/glint/shared/udl"
)

// MaxSize is how many bytes a manifest may have. The largest that people have
// is some tens of kilobytes.
const MaxSize = 1 << 20

// A Workflow is a Flare batch workflow.
type Workflow struct {
	Name, Version, Title, Description, Owner string
	Tags                                     []string
	Schedule                                 *Schedule // nil if the manifest has none
	Jobs                                     []Job     // at least one
	Undeployable                             []error   // what the cloud does not do, and a try does
	Pos                                      fault.Pos
}

// A Schedule says when a workflow runs.
type Schedule struct {
	Cron              string    // five fields
	TimeZone          string    // IANA; UTC if the manifest names none
	ConcurrencyPolicy string    // Allow, Forbid, Replace
	StartOn, EndOn    time.Time // zero if not given
	CompleteOn        time.Time // zero if not given
	Pos               fault.Pos
}

// A Job is one item of the DAG.
type Job struct {
	Name, Title, Description string
	Tags                     []string
	Dependencies             []string // names of jobs of the same DAG
	Stack, Compute           string
	LogLevel                 string // DEBUG, INFO, WARN, ERROR; "" if not given
	DryRun                   bool
	Explain                  bool
	PreviewLines             int // showPreviewLines
	KeepSystemColumns        bool
	Session                  sparksql.Settings // what sparkConf says of the session
	Inputs                   []Input
	Steps                    []Step
	Outputs                  []Output
	Keeps                    []Kept
	Assertions               []Assertion // about the first input
	Profile                  *Profile    // nil if none is asked for
	Actions                  []Action
	Pos                      fault.Pos

	sinks []sink
}

// An Input is a dataset under the name by which SQL reads it.
type Input struct {
	Name                     string
	Dataset                  udl.Address
	Format                   string // lower case; "" is the depot's own
	SchemaType               string // avro, spark, ddl
	SchemaPath, SchemaString string
	Options                  plug.Raw     // checked by the format's Spec
	Incremental              *Incremental // nil: all of it is read

	Pos, DatasetPos, FormatPos, SchemaPos fault.Pos

	query Text // of Trino over depots: see ask
}

// A Step is one named query.
type Step struct {
	Name, Doc string
	SQL       Text
	Functions []Function
	Pos       fault.Pos

	keeps []Kept
	bare  bool // it only keeps another: see keep
}

// A Function is a Flare function applied to a step's rows.
type Function struct {
	Name string
	Args plug.Raw
	Pos  fault.Pos
}

// An Output is a step's rows and where they go.
type Output struct {
	Name        string // of its own in the job: that of the step, with a number where the step has several
	Step        string // the step or the input that is written
	Dataset     udl.Address
	Format      string // lower case; "" is the depot's own
	Title       string
	Description string
	Tags        []string
	Options     plug.Raw // checked by the format's Spec
	Assertions  []Assertion

	Pos, DatasetPos, FormatPos fault.Pos

	sunk bool // a depot, for which the sinks of the steps say what goes there
}
