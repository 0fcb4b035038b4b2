package manifest

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// checkJob checks what needs no world: names, and what refers to what.
func (d *decoder) checkJob(j *Job) {
	d.checkResource("job", j.Name, j.Pos)
	var views []string
	for i := range j.Inputs {
		in := &j.Inputs[i]
		if slices.ContainsFunc(views, func(v string) bool { return strings.EqualFold(v, in.Name) }) {
			d.invalid(in.Pos, "", "two inputs are called %s", in.Name)
		}
		if in.Name != "" {
			views = append(views, in.Name)
		}
	}
	for i := range j.Steps {
		s := &j.Steps[i]
		if s.Name != "" {
			views = append(views, s.Name)
		}
	}
	for i := range j.Outputs {
		o := &j.Outputs[i]
		if o.Step != "" && !slices.ContainsFunc(views, func(v string) bool { return strings.EqualFold(v, o.Step) }) {
			hint := "known: " + strings.Join(views, ", ")
			if near := plug.Nearest(o.Step, views); near != "" {
				hint = "did you mean " + near + "?"
			}
			d.invalid(o.Pos, hint, "output %s: there is no step or input of this name", o.Step)
		}
		for k := range j.Inputs {
			if in := &j.Inputs[k]; in.Dataset.Depot != "" && in.Dataset.Same(o.Dataset) && branch(in.Options) == branch(o.Options) {
				d.invalid(o.DatasetPos, "write to another dataset", "output %s: it would replace the input %s that it is made of", o.Name, in.Name)
			}
		}
		for k := range j.Outputs[:i] {
			other := &j.Outputs[k]
			if o.Dataset.Depot != "" && other.Dataset.Same(o.Dataset) {
				d.invalid(o.DatasetPos, "", "output %s: the output %s replaces the same dataset", o.Name, other.Name)
			}
		}
	}
	d.checkKeeps(j, views)
	d.checkIncremental(j)
	d.checkQuality(j)
	if len(j.Outputs) == 0 && len(j.sinks) == 0 && !j.quality() {
		d.invalid(j.Pos, "give the job an output", "job %s has no output", j.Name)
	}
	if len(j.Inputs) == 0 {
		d.invalid(j.Pos, "", "job %s has no input", j.Name)
	}
}

// branch is that of an Iceberg table: two branches are not the same data.
func branch(options plug.Raw) string {
	for _, r := range []plug.Raw{options, options.Get("extraOptions")} {
		if b := r.Get("branch"); b.Shape == plug.Scalar {
			return b.Text
		}
	}
	return "main"
}

// checkDAG checks that each job has a name of its own, and that dependencies
// name jobs and do not go round in a circle.
func (d *decoder) checkDAG(jobs []Job) bool {
	before := len(d.mistakes)
	at, names := map[string]int{}, make([]string, len(jobs))
	for i, j := range jobs {
		names[i] = j.Name
		if first, twice := at[j.Name]; !twice {
			at[j.Name] = i
		} else if j.Name != "" {
			d.invalid(j.Pos, "the other is in line "+itoa(jobs[first].Pos.Line), "two jobs are called %s", j.Name)
		}
	}
	for _, j := range jobs {
		for _, name := range j.Dependencies {
			if _, ok := at[name]; !ok {
				hint := "known: " + strings.Join(names, ", ")
				if near := plug.Nearest(name, names); near != "" {
					hint = "did you mean " + near + "?"
				}
				d.invalid(j.Pos, hint, "job %s depends on %s, and there is no such job", j.Name, name)
			}
		}
	}
	const open, done = 1, 2
	seen, circle := make([]int, len(jobs)), false
	var visit func(i int, path []string)
	visit = func(i int, path []string) {
		path = append(path, jobs[i].Name)
		if seen[i] == open && !circle { // one is enough: the others often share its jobs
			circle = true
			from := slices.Index(path, jobs[i].Name)
			d.invalid(jobs[i].Pos, "", "jobs depend on each other in a circle: %s", strings.Join(path[from:], " → "))
		}
		if seen[i] != 0 {
			return
		}
		seen[i] = open
		for _, name := range jobs[i].Dependencies {
			if next, ok := at[name]; ok {
				visit(next, path)
			}
		}
		seen[i] = done
	}
	for i := range jobs {
		visit(i, nil)
	}
	return len(d.mistakes) == before
}
