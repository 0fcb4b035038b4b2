package manifest

import (
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

const elsewhere = "it belongs to DataOS's own platform"

func (d *decoder) workflow(r plug.Raw) *Workflow {
	w := &Workflow{Pos: r.Pos}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "a manifest is a mapping with name, version, type and workflow")
		return w
	}
	var kind, title string
	namePos := r.Pos
	d.attributes("manifest", r, []attribute{
		{name: "name", read: func(v plug.Raw) { namePos = v.Pos; d.into("name", &w.Name)(v) }},
		{name: "version", read: d.into("version", &w.Version)},
		{name: "type", read: d.into("type", &kind)},
		{name: "tags", read: d.intoList("tags", &w.Tags)},
		{name: "description", read: d.into("description", &w.Description)},
		{name: "owner", read: d.into("owner", &w.Owner)},
		{name: "title", read: d.into("title", &title)},
		{name: "layer", accept: elsewhere},
		{name: "workspace", accept: elsewhere},
		{name: "workflow", read: func(v plug.Raw) { d.body(w, v) }},
		{name: "bundle", refuse: "put each workflow of the bundle into a file of its own"},
	})
	if w.Title == "" {
		w.Title = title
	}
	d.checkResource("workflow", w.Name, namePos)
	switch p := r.Get("type").Pos; {
	case kind == "":
		d.invalid(r.Pos, "write type: workflow", "the manifest has no type")
	case strings.EqualFold(kind, "bundle"):
		d.refused(p, "put each workflow of the bundle into a file of its own", "bundles are not supported yet")
	case !strings.EqualFold(kind, "workflow"):
		hint := "write type: workflow"
		d.invalid(p, hint, "type is %q; only workflows run here", kind)
	}
	switch p := r.Get("version").Pos; w.Version {
	case "":
		d.invalid(r.Pos, "write version: v1", "the manifest has no version")
	case "v1":
	case "v1beta1", "v1beta", "v1alpha", "v2alpha":
		d.note(p, "", "version %s is read as v1", w.Version)
	default:
		d.note(p, "write version: v1", "version %s is unknown and read as v1", w.Version)
	}
	if r.Get("workflow").Shape == plug.Absent {
		d.invalid(r.Pos, "", "the manifest has no workflow")
	}
	return w
}

func (d *decoder) body(w *Workflow, r plug.Raw) {
	var dag plug.Raw
	d.attributes("workflow", r, []attribute{
		{name: "title", read: d.into("workflow.title", &w.Title)},
		{name: "schedule", read: func(v plug.Raw) { w.Schedule = d.schedule(v) }},
		{name: "dag", read: func(v plug.Raw) { dag = v }},
	})
	d.items("workflow.dag", dag, func(item plug.Raw) { w.Jobs = append(w.Jobs, d.job(item)) })
	switch {
	case len(w.Jobs) == 0:
		d.invalid(r.Pos, "", "workflow.dag has no job")
	case len(w.Jobs) > 1:
		d.refused(w.Jobs[1].Pos, "make each job a workflow of its own, scheduled after the other", "several jobs in one dag are not supported yet")
	}
}

func (d *decoder) schedule(r plug.Raw) *Schedule {
	s := &Schedule{TimeZone: "UTC", Pos: r.Pos, ConcurrencyPolicy: "Allow"}
	d.attributes("schedule", r, []attribute{
		{name: "cron", read: d.into("schedule.cron", &s.Cron)},
		{name: "timezone", read: d.into("schedule.timezone", &s.TimeZone)},
		{name: "concurrencyPolicy", read: func(v plug.Raw) {
			d.intoEnum("schedule.concurrencyPolicy", &s.ConcurrencyPolicy, "Allow", "Forbid", "Replace")(v)
			if s.ConcurrencyPolicy == "Replace" {
				d.refused(v.Pos, "use Forbid: a target has one writer at a time, and a newer slot wins", "concurrencyPolicy Replace is not supported yet")
			}
		}},
		{name: "startOn", refuse: "set paused in schedules.yaml until then"},
		{name: "endOn", refuse: "set paused in schedules.yaml after then"},
		{name: "completeOn", refuse: "set paused in schedules.yaml after then"},
	})
	s.Cron = d.cron(s.Cron, s.TimeZone, r)
	return s
}

// cron checks an expression and returns its five fields.
func (d *decoder) cron(expr, zone string, r plug.Raw) string {
	p := r.Get("cron").Pos
	if p.IsZero() {
		p = r.Pos
	}
	five, err := CheckCron(expr, zone)
	if err != nil {
		d.add(&fault.Error{Kind: fault.Invalid, Pos: p, Err: err})
	}
	return five
}

// CheckCron checks a cron expression of five fields, or six of which the first,
// the seconds, is 0, and a zone; it returns the five fields.
func CheckCron(expr, zone string) (string, error) {
	fields := strings.Fields(expr)
	if len(fields) == 6 {
		if fields[0] != "0" {
			return "", fault.Errorf(fault.Invalid, "cron %q: the first of six fields is the second and must be 0", expr).
				WithHint("Cloud Scheduler fires on whole minutes")
		}
		fields = fields[1:]
	}
	if len(fields) != 5 {
		return "", fault.Errorf(fault.Invalid, "cron %q has %d fields, not five", expr, len(fields)).
			WithHint("minute hour day-of-month month day-of-week, as in \"0 2 * * *\"")
	}
	five := strings.Join(fields, " ")
	if _, err := time.LoadLocation(zone); err != nil {
		return "", fault.Errorf(fault.Invalid, "unknown time zone %q", zone).WithHint("write an IANA name, as in Europe/Berlin")
	}
	if _, err := cron.ParseStandard(five); err != nil {
		return "", fault.Errorf(fault.Invalid, "cron %q: %w", expr, err)
	}
	return five, nil
}

// checkJob checks what needs no world: names, and what refers to what.
func (d *decoder) checkJob(j *Job) {
	d.checkResource("job", j.Name, j.Pos)
	var views []string
	for i := range j.Inputs {
		in := &j.Inputs[i]
		if slices.ContainsFunc(views, func(v string) bool { return strings.EqualFold(v, in.Name) }) {
			d.invalid(in.Pos, "", "two inputs are called %s", in.Name)
		}
		views = append(views, in.Name)
	}
	for i := range j.Steps {
		s := &j.Steps[i]
		if slices.ContainsFunc(views, func(v string) bool { return strings.EqualFold(v, s.Name) }) {
			d.refused(s.Pos, "give the step a name of its own", "step %s has the name of an input or an earlier step", s.Name)
		}
		views = append(views, s.Name)
	}
	for i := range j.Outputs {
		o := &j.Outputs[i]
		if !slices.ContainsFunc(views, func(v string) bool { return strings.EqualFold(v, o.Name) }) {
			hint := "known: " + strings.Join(views, ", ")
			if near := plug.Nearest(o.Name, views); near != "" {
				hint = "did you mean " + near + "?"
			}
			d.invalid(o.Pos, hint, "output %s: there is no step or input of this name", o.Name)
		}
		for k := range j.Inputs {
			if in := &j.Inputs[k]; in.Dataset.Depot != "" && in.Dataset.Same(o.Dataset) {
				d.invalid(o.DatasetPos, "write to another dataset", "output %s: it would replace the input %s that it is made of", o.Name, in.Name)
			}
		}
		for k := range j.Outputs[:i] {
			other := &j.Outputs[k]
			if o.Dataset.Depot != "" && other.Dataset.Same(o.Dataset) {
				d.invalid(o.DatasetPos, "", "output %s: the output %s replaces the same dataset", o.Name, other.Name)
			}
			if strings.EqualFold(other.Name, o.Name) {
				d.refused(o.Pos, "add a step that selects from it, and write that", "two outputs of one step (%s) are not supported yet", o.Name)
			}
		}
	}
	if len(j.Outputs) == 0 {
		d.refused(j.Pos, "give the job an output", "job %s has no output: jobs of assertions, profiles and actions are not supported yet", j.Name)
	}
	if len(j.Inputs) == 0 {
		d.invalid(j.Pos, "", "job %s has no input", j.Name)
	}
}
