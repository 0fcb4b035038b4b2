package plan

import (
	"context"
	"time"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparksql"
)

// A Plan is what a workflow would do, as far as it can be told.
type Plan struct {
	Workflow string `json:"workflow"`
	Title    string `json:"title,omitempty"`
	Cron     string `json:"schedule,omitempty"`
	TimeZone string `json:"timeZone,omitempty"`
	// RunsPerDay is how often the schedule starts it on the busiest day of a month:
	// each run loads each output once.
	RunsPerDay int    `json:"runsPerDay,omitempty"`
	Jobs       []*Job `json:"jobs"` // each after those it depends on
}

// A Job is one job of the plan.
type Job struct {
	Name         string      `json:"job"`
	Dependencies []string    `json:"dependencies,omitempty"`
	Inputs       []*Input    `json:"inputs"`
	Steps        []*Step     `json:"steps"`
	Outputs      []*Output   `json:"outputs"`
	Assertions   []Assertion `json:"assertions,omitempty"`
	Profile      string      `json:"profile,omitempty"` // its level
}

// An Input is what a job reads.
type Input struct {
	Name    string   `json:"input"`
	Address string   `json:"address"`
	Format  string   `json:"format,omitempty"`
	URI     string   `json:"uri,omitempty"`     // of the depot, or "" if it was not asked
	StandIn string   `json:"standIn,omitempty"` // the file or folder that stands for it here
	Objects int      `json:"objects"`           // -1 if not known
	Bytes   int64    `json:"bytes"`             // -1 if not known
	Schema  []Column `json:"schema"`            // null if not known
	From    string   `json:"from,omitempty"`    // where the schema came from
	Files   []string `json:"files,omitempty"`   // the first of them
	// Incremental says which part of it is read; nil is all.
	Incremental *Incremental `json:"incremental,omitempty"`
}

// A Step is one query.
type Step struct {
	Name      string   `json:"step"`
	Spark     string   `json:"spark"`               // as the manifest has it
	Functions []string `json:"functions,omitempty"` // Flare functions on top of it, as Spark SQL
	DuckDB    string   `json:"duckdb,omitempty"`    // "" if columns that it reads are not known
	Reads     []string `json:"reads,omitempty"`
	Kept      bool     `json:"kept,omitempty"` // its rows are computed once, for the manifest asks for it
	Schema    []Column `json:"schema"`
}

// An Output is what a job writes.
type Output struct {
	Name        string   `json:"output"`
	Address     string   `json:"address"`
	Format      string   `json:"format,omitempty"`
	Target      string   `json:"target,omitempty"` // "" if the depot was not asked
	Disposition string   `json:"disposition,omitempty"`
	Guards      []string `json:"guards,omitempty"`
	Schema      []Column `json:"schema"`
}

// A Column is a column's name and Spark type.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Options are what a plan may look at.
type Options struct {
	Depots *depot.Catalog // nil: nothing outside of the manifest is looked at
	// Targets says where addresses lead by the depots' manifests, where folders
	// stand for the data; nil: it is not said.
	Targets *depot.Catalog
	Sinks   *plug.Set[sink.Writer] // whose Specs check the options of outputs; nil: none
	Guards  []string               // that every output passes
	Now     time.Time              // what SQL takes for this moment; zero is the moment itself
	// Accepts are the forms that the engine reads.
	Accepts []relation.Form
}

// Make makes the plan of a workflow that decodes. What is wrong with it comes
// back joined, beside what could be told; notes are worth a remark.
func Make(ctx context.Context, m *manifest.Workflow, o Options) (*Plan, []plug.Note, error) {
	p := &Plan{Workflow: m.Name, Title: m.Title}
	if s := m.Schedule; s != nil {
		p.Cron, p.TimeZone = s.Cron, s.TimeZone
		p.RunsPerDay = runsPerDay(s)
	}
	w := &planner{Options: o, made: map[string][]relation.Column{}}
	for _, j := range InOrder(m.Jobs) {
		p.Jobs = append(p.Jobs, w.job(ctx, j))
	}
	if p.RunsPerDay > 0 {
		w.quota(m, p)
	}
	return p, w.notes, joined(w.mistakes)
}

// A planner goes through the jobs of a workflow.
type planner struct {
	Options
	notes    []plug.Note
	mistakes []error
	made     map[string][]relation.Column // by address, what earlier jobs write
}

func (w *planner) job(ctx context.Context, j *manifest.Job) *Job {
	p := &Job{Name: j.Name, Dependencies: j.Dependencies, Inputs: []*Input{}, Steps: []*Step{}, Outputs: []*Output{}}
	scope, all := sparksql.Scopes{}, make([][]relation.Column, len(j.Inputs))
	for i := range j.Inputs {
		in, cols := w.input(ctx, j, &j.Inputs[i])
		p.Inputs = append(p.Inputs, in)
		all[i] = cols
		if j.Inputs[i].Incremental == nil {
			scope[in.Name] = cols
		}
	}
	for i := range j.Inputs {
		if in := &j.Inputs[i]; in.Incremental != nil {
			scope[in.Name] = w.narrow(j, in, p.Inputs[i], all[i], scope)
		}
	}
	for i := range j.Steps {
		step, cols := w.step(j, &j.Steps[i], scope)
		p.Steps = append(p.Steps, step)
		scope[step.Name] = cols
	}
	for i := range j.Outputs {
		cols, _ := scope.Relation(j.Outputs[i].Step)
		p.Outputs = append(p.Outputs, w.output(ctx, &j.Outputs[i], cols))
		w.made[key(j.Outputs[i].Dataset)] = cols
	}
	w.quality(j, p, scope)
	return p
}

// InOrder are jobs, each after those it depends on, else as they are written.
func InOrder(jobs []manifest.Job) []*manifest.Job {
	var order []*manifest.Job
	seen := map[string]bool{}
	var visit func(j *manifest.Job)
	visit = func(j *manifest.Job) {
		if seen[j.Name] {
			return
		}
		seen[j.Name] = true
		for _, name := range j.Dependencies {
			for i := range jobs {
				if jobs[i].Name == name {
					visit(&jobs[i])
				}
			}
		}
		order = append(order, j)
	}
	for i := range jobs {
		visit(&jobs[i])
	}
	return order
}

func columns(cols []relation.Column) []Column {
	if cols == nil {
		return nil
	}
	all := make([]Column, len(cols))
	for i, c := range cols {
		all[i] = Column{c.Name, c.Type.String()}
	}
	return all
}

// at gives err the place p in the manifest, unless it has a place already.
func at(p fault.Pos, err error) error {
	if err == nil {
		return nil
	}
	if !placeOf(err).IsZero() {
		return err
	}
	return &fault.Error{Kind: fault.KindOf(err), Pos: p, Err: err}
}

var sources = source.All
