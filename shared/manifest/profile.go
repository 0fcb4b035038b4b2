package manifest

import (
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A Profile asks what is in the columns of a job's first input.
type Profile struct {
	Level   string // basic, intermediate, advanced
	Filters []Text // all must hold for a row to count
	Pos     fault.Pos
}

func (d *decoder) profile(j *Job, r plug.Raw) {
	p := &Profile{Level: "basic", Pos: r.Pos}
	d.attributes("profile", r, []attribute{
		{name: "level", read: d.intoEnum("profile.level", &p.Level, "basic", "intermediate", "advanced")},
		{name: "filters", read: func(v plug.Raw) {
			d.items("profile.filters", v, func(it plug.Raw) {
				kind := "expression"
				d.attributes("filter", it, []attribute{
					{name: "type", read: d.intoEnum("filter.type", &kind, "expression")},
					{name: "expression", read: func(v plug.Raw) { p.Filters = append(p.Filters, d.text("filter.expression", v)) }},
				})
			})
		}},
	})
	if r.Shape == plug.Mapping {
		j.Profile = p
	}
}

const managed = "BigQuery looks after the files of its tables by itself"

// An Action is upkeep of a table: nothing that a run has to do.
type Action struct {
	Name, Input string
	Pos         fault.Pos
}

// actions reads upkeep of Iceberg's files, and refuses what changes rows.
func (d *decoder) actions(j *Job, r plug.Raw) {
	d.items("actions", r, func(it plug.Raw) {
		a := Action{Pos: it.Pos}
		d.attributes("action", it, []attribute{
			{name: "name", read: d.intoEnum("action.name", &a.Name, "rewrite_dataset", "rewrite_manifest", "expire_snapshots", "remove_orphans", "delete_from_dataset")},
			{name: "input", read: d.into("action.input", &a.Input)},
			{name: "options", accept: managed},
			{name: "deleteWhere", refuse: "select the rows that stay, and write them with saveMode: overwrite"},
		})
		switch a.Name {
		case "":
			if it.Shape == plug.Mapping && it.Get("name").Shape == plug.Absent {
				d.invalid(it.Pos, "write name: rewrite_dataset", "an action has no name")
			}
			return
		case "delete_from_dataset":
			if it.Get("deleteWhere").Shape == plug.Absent {
				d.refused(it.Pos, "select the rows that stay, and write them with saveMode: overwrite", "the action delete_from_dataset is not supported")
			}
			j.Actions = append(j.Actions, a)
			return
		}
		d.note(it.Pos, "", "the action %s has no effect: %s", a.Name, managed)
		j.Actions = append(j.Actions, a)
	})
}

// quality reports whether a job does something without an output.
func (j *Job) quality() bool { return len(j.Assertions) > 0 || j.Profile != nil || len(j.Actions) > 0 }

// checkQuality checks what a job does beside its outputs.
func (d *decoder) checkQuality(j *Job) {
	for _, a := range j.Actions {
		known := false
		var names []string
		for i := range j.Inputs {
			known = known || strings.EqualFold(j.Inputs[i].Name, a.Input)
			names = append(names, j.Inputs[i].Name)
		}
		if !known && a.Input != "" {
			hint := "known: " + strings.Join(names, ", ")
			if near := plug.Nearest(a.Input, names); near != "" {
				hint = "did you mean " + near + "?"
			}
			d.invalid(a.Pos, hint, "the action %s: there is no input %s", a.Name, a.Input)
		}
	}
	if len(j.Inputs) < 2 {
		return
	}
	if len(j.Assertions) > 0 {
		d.note(j.Assertions[0].Pos, "", "assertions of the job are about its first input, %s; its sql may read the others", j.Inputs[0].Name)
	}
	if j.Profile != nil {
		d.note(j.Profile.Pos, "", "the profile is that of the first input, %s", j.Inputs[0].Name)
	}
}
