package manifest

import (
	"github.com/glint-data/glint/shared/plug"
)

// steps reads steps[].sequence[]: several items run in order, in one namespace.
func (d *decoder) steps(j *Job, r plug.Raw) {
	if r.Shape == plug.Scalar {
		d.refused(r.Pos, "write the steps out in the manifest", "steps in a file of their own are not supported yet")
		return
	}
	d.items("steps", r, func(item plug.Raw) {
		if item.Shape == plug.Scalar {
			d.refused(item.Pos, "write the steps out in the manifest", "steps in a file of their own are not supported yet")
			return
		}
		d.attributes("steps item", item, []attribute{
			{name: "sequence", read: func(v plug.Raw) {
				d.items("sequence", v, func(s plug.Raw) { j.Steps = append(j.Steps, d.step(s)) })
			}},
			{name: "sink", refuse: "name the step in outputs[].name, with dataset, format and options there"},
		})
	})
}

func (d *decoder) step(r plug.Raw) Step {
	s := Step{Pos: r.Pos}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "a step is a mapping with name and sql")
		return s
	}
	d.attributes("step", r, []attribute{
		{name: "name", read: d.into("step.name", &s.Name)},
		{name: "doc", read: d.into("step.doc", &s.Doc)},
		{name: "sql", read: func(v plug.Raw) { s.SQL = d.text("step.sql", v) }},
		{name: "functions", read: func(v plug.Raw) {
			d.items("functions", v, func(f plug.Raw) { s.Functions = append(s.Functions, d.function(f)) })
		}},
		{name: "sqlFile", refuse: "write the query under sql"},
		{name: "classpath", refuse: "say it in sql: classes of the JVM cannot run here"},
		{name: "params", refuse: "it belongs to classpath; say it in sql"},
		{name: "commands", accept: "what is read more than once is kept by itself"},
	})
	d.checkView("step", s.Name, s.Pos)
	if s.SQL.Value == "" && r.Get("sqlFile").Shape == plug.Absent && r.Get("classpath").Shape == plug.Absent {
		d.invalid(r.Pos, "", "step %s has no sql", s.Name)
	}
	return s
}

func (d *decoder) function(r plug.Raw) Function {
	f := Function{Args: r, Pos: r.Pos}
	if name := r.Get("name"); name.Shape == plug.Scalar {
		f.Name = name.Text
	} else {
		d.invalid(r.Pos, "", "a function is a mapping with its name and arguments")
	}
	return f
}
