package manifest

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A sink is how the first manifests said what an output gets: outputs name
// depots only, and the sinks of the steps say which step goes to which.
type sink struct {
	sequence, output, dataset, format string
	title, description                string
	tags                              []string
	options                           plug.Raw
	pos, formatPos                    fault.Pos
	view                              string // of the step, if its name was given again
}

func (d *decoder) sink(r plug.Raw) sink {
	s := sink{pos: r.Pos, formatPos: r.Pos}
	d.attributes("sink", r, []attribute{
		{name: "sequenceName", read: d.into("sink.sequenceName", &s.sequence)},
		{name: "datasetName", read: d.into("sink.datasetName", &s.dataset)},
		{name: "outputName", read: d.into("sink.outputName", &s.output)},
		{name: "outputType", read: d.intoWord("sink.outputType", &s.format, &s.formatPos)},
		{name: "outputOptions", aliases: []string{"options"}, read: func(v plug.Raw) { s.options = mapped(v) }},
		{name: "title", read: d.into("sink.title", &s.title)},
		{name: "description", read: d.into("sink.description", &s.description)},
		{name: "tags", read: d.intoList("sink.tags", &s.tags)},
		{name: "sequence", accept: "sequenceName counts"},
		{name: "outputConfig", accept: "outputOptions count"},
	})
	return s
}

// pour makes the outputs that the sinks describe, in place of those that only
// name a depot.
func (d *decoder) pour(j *Job) {
	var outputs []Output
	used := map[int]bool{}
	var names []string
	for _, o := range j.Outputs {
		names = append(names, o.Name)
	}
	for _, s := range j.sinks {
		i := -1
		for k, o := range j.Outputs {
			if strings.EqualFold(o.Name, s.output) {
				i = k
			}
		}
		if i < 0 {
			hint := "outputs: " + strings.Join(names, ", ")
			if near := plug.Nearest(s.output, names); near != "" {
				hint = "did you mean " + near + "?"
			}
			d.invalid(s.pos, hint, "sink of %s: there is no output %s", s.sequence, s.output)
			continue
		}
		used[i] = true
		o := j.Outputs[i]
		o.Name, o.Step, o.Pos, o.sunk = s.sequence, cmp.Or(s.view, s.sequence), s.pos, false
		d.checkView("sink", o.Name, s.pos)
		if o.Dataset.Direct {
			path := o.Dataset.Params.Get("uri")
			o.Dataset = placed(strings.TrimSuffix(path, "/") + "/" + cmp.Or(s.dataset, s.sequence))
		} else if s.dataset != "" {
			o.Dataset.Dataset = s.dataset
		} else if o.Dataset.Dataset == "" {
			o.Dataset.Dataset = s.sequence
		}
		if o.Dataset.Depot != "" && o.Dataset.Collection == "" {
			d.invalid(o.DatasetPos, "write depot: dataos://depot:collection?acl=rw", "output %s: the address %s names no collection", names[i], o.Dataset)
		}
		if s.format != "" {
			o.Format, o.FormatPos = s.format, s.formatPos
		}
		if s.options.Shape != plug.Absent {
			o.Options = s.options
		}
		if s.title != "" {
			o.Title = s.title
		}
		if s.description != "" {
			o.Description = s.description
		}
		o.Tags = append(o.Tags, s.tags...)
		outputs = append(outputs, o)
	}
	for i, o := range j.Outputs {
		switch {
		case used[i]:
		case !o.sunk:
			outputs = append(outputs, o)
		case len(j.sinks) == 0: // the address under the old name
			o.sunk = false
			if o.Dataset.Dataset == "" {
				o.Dataset.Dataset = o.Name
			}
			d.note(o.DatasetPos, "", "output %s: depot is read as dataset: %s", o.Name, o.Dataset)
			outputs = append(outputs, o)
		default:
			d.note(o.Pos, "", "output %s gets nothing: no sink names it", o.Name)
		}
	}
	j.Outputs = outputs
	d.nameless(j)
}

// nameless says what is written where an output does not: the last step, or the
// only input.
func (d *decoder) nameless(j *Job) {
	for i := range j.Outputs {
		o := &j.Outputs[i]
		switch {
		case o.Name != "":
			continue
		case len(j.Steps) > 0:
			o.Name = j.Steps[len(j.Steps)-1].Name
		case len(j.Inputs) == 1:
			o.Name = j.Inputs[0].Name
		default:
			d.invalid(o.Pos, "write name: with the step to write", "an output has no name")
			continue
		}
		o.Step = o.Name
		if o.Dataset.Dataset == "" && !o.Dataset.Direct {
			o.Dataset.Dataset = o.Name
		}
		d.note(o.Pos, "write name: "+o.Name, "the output has no name, and is taken to write %s", o.Name)
	}
}

// number gives outputs of one step names of their own.
func (d *decoder) number(j *Job) {
	taken := map[string]bool{}
	for i := range j.Outputs {
		o := &j.Outputs[i]
		for n := 2; taken[strings.ToLower(o.Name)]; n++ {
			o.Name = fmt.Sprintf("%s_%d", o.Step, n)
		}
		taken[strings.ToLower(o.Name)] = true
	}
}
