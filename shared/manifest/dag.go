package manifest

import (
	"slices"

	"github.com/glint-data/glint/shared/plug"
)

// An item is one of a dag: a job; or a file, in place of which come the jobs of
// the workflow in it; or nothing that runs here.
type item struct {
	Job
	jobs    []Job
	foreign bool // of a stack other than Flare
}

// dag reads the jobs of a workflow.
func (d *decoder) dag(w *Workflow, r plug.Raw) {
	var items []item
	d.items("workflow.dag", r, func(v plug.Raw) { items = append(items, d.item(v)) })
	names := make([]Job, len(items))
	none := true
	for i, it := range items {
		names[i] = it.Job
		none = none && it.foreign
	}
	if none && len(items) > 0 { // what is refused for the cloud only leaves nothing to try
		d.mistakes = append(d.mistakes, w.Undeployable...)
		if len(w.Undeployable) == 0 {
			d.refused(items[0].Pos, "only Flare jobs run here", "no job of the dag runs here")
		}
		w.Undeployable = nil
	}
	if !d.checkDAG(names) {
		for _, it := range items { // as far as they can be read
			w.Jobs = append(w.Jobs, it.jobs...)
		}
		return
	}
	// until are the jobs that have to end for an item to be over.
	var until func(name string) []string
	until = func(name string) []string {
		it := items[slices.IndexFunc(items, func(it item) bool { return it.Name == name })]
		var all []string
		for _, j := range it.jobs {
			all = append(all, j.Name)
		}
		if len(it.jobs) == 0 {
			for _, before := range it.Dependencies {
				all = append(all, until(before)...)
			}
		}
		return all
	}
	for _, it := range items {
		var before []string
		for _, name := range it.Dependencies {
			for _, n := range until(name) {
				if !slices.Contains(before, n) {
					before = append(before, n)
				}
			}
		}
		for _, j := range it.jobs {
			if len(j.Dependencies) == 0 { // those of a file's jobs are in the file
				j.Dependencies = slices.Clone(before)
			}
			w.Jobs = append(w.Jobs, j)
		}
	}
}

// item reads an item of a dag.
func (d *decoder) item(r plug.Raw) item {
	var file plug.Raw
	var it item
	it.Job = d.job(r, &file, &it.foreign)
	switch {
	case file.Shape != plug.Absent:
		it.jobs = d.jobsOf(it.Job, file)
	case it.foreign:
	default:
		j := it.Job
		j.Dependencies = nil
		it.jobs = []Job{j}
	}
	it.Job = Job{Name: it.Name, Dependencies: it.Dependencies, Pos: it.Pos}
	return it
}

// jobsOf are the jobs of the workflow in another file, called ITEM/JOB.
func (d *decoder) jobsOf(it Job, file plug.Raw) []Job {
	var all []Job
	d.named("dag item.file", file, func(docs []plug.Raw) {
		for _, w := range d.documents(docs) {
			if w.Schedule != nil {
				d.note(w.Schedule.Pos, "", "the schedule of %s has no effect: that of %s counts", w.Name, d.flow.Name)
			}
			for _, j := range w.Jobs {
				j.Name = it.Name + "/" + j.Name
				for k, name := range j.Dependencies {
					j.Dependencies[k] = it.Name + "/" + name
				}
				all = append(all, j)
			}
		}
	})
	return all
}
