package manifest

import (
	"github.com/glint-data/glint/shared/plug"
)

// steps reads steps[].sequence[]: several items run in order, in one namespace.
func (d *decoder) steps(j *Job, r plug.Raw) {
	if r.Shape == plug.Scalar {
		r = plug.Raw{Shape: plug.Sequence, Pos: r.Pos, Items: []plug.Raw{r}}
	}
	d.items("steps", r, func(item plug.Raw) {
		if item.Shape == plug.Scalar {
			d.named("steps", item, func(docs []plug.Raw) {
				for _, doc := range docs {
					if steps := doc.Get("steps"); steps.Shape != plug.Absent {
						doc = steps
					}
					if doc.Shape == plug.Sequence && len(doc.Items) > 0 && doc.Items[0].Get("sequence").Shape == plug.Absent && doc.Items[0].Shape == plug.Mapping {
						doc = plug.Raw{Shape: plug.Mapping, Pos: doc.Pos, Entries: []plug.Entry{{Name: "sequence", Pos: doc.Pos, Value: doc}}}
					}
					d.steps(j, doc)
				}
			})
			return
		}
		var misplaced plug.Raw
		d.attributes("steps item", item, []attribute{
			{name: "sequence", read: func(v plug.Raw) {
				d.items("sequence", v, func(s plug.Raw) { j.Steps = append(j.Steps, d.step(s)) })
			}},
			{name: "sink", read: func(v plug.Raw) {
				d.items("sink", v, func(s plug.Raw) { j.sinks = append(j.sinks, d.sink(s)) })
			}},
			{name: "functions", read: func(v plug.Raw) { misplaced = v }},
		})
		if misplaced.Shape != plug.Absent && len(j.Steps) > 0 {
			last := &j.Steps[len(j.Steps)-1]
			d.note(misplaced.Pos, "indent it below the step", "functions beside sequence are taken as those of the step %s", last.Name)
			d.items("functions", misplaced, func(f plug.Raw) { last.Functions = append(last.Functions, d.function(f)) })
		}
	})
}

func (d *decoder) step(r plug.Raw) Step {
	s := Step{Pos: r.Pos}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "a step is a mapping with name and sql")
		return s
	}
	var class plug.Raw
	var params joining
	d.attributes("step", r, []attribute{
		{name: "name", read: d.into("step.name", &s.Name)},
		{name: "doc", read: d.into("step.doc", &s.Doc)},
		{name: "sql", read: func(v plug.Raw) { s.SQL = d.text("step.sql", v) }},
		{name: "functions", read: func(v plug.Raw) {
			d.items("functions", v, func(f plug.Raw) { s.Functions = append(s.Functions, d.function(f)) })
		}},
		{name: "sqlFile", read: func(v plug.Raw) {
			if name, text, ok := d.fetch("step.sqlFile", v); ok {
				s.SQL = d.query(name, text)
			}
		}},
		{name: "classpath", read: func(v plug.Raw) { class = v; d.see(v, Attribute{Type: plug.Text}) }},
		{name: "params", read: func(v plug.Raw) { d.params(&params, v) }},
		{name: "commands", read: func(v plug.Raw) { d.commands(&s, v) }},
	})
	d.classpath(&s, class, params)
	d.cached(&s)
	d.checkView("step", s.Name, s.Pos)
	if s.SQL.Value == "" && !s.bare && r.Get("sqlFile").Shape == plug.Absent && r.Get("classpath").Shape == plug.Absent {
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
