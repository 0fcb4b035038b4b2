package manifest

import (
	"errors"
	"regexp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// An Override is what schedules.yaml says of a workflow, without touching its manifest.
type Override struct {
	Cron      string // five fields; "" leaves the manifest's own
	TimeZone  string // IANA; UTC if not given
	Paused    bool
	OnChange  bool              // look at the inputs at every tick, and run when they have changed
	Variables map[string]string // what ${NAME} in the manifest stands for
	Pos       fault.Pos
}

// ParseSchedules reads schedules.yaml: workflow → cron, timezone, paused,
// on_change, variables. It is our own file, so what it does not know is a mistake.
func ParseSchedules(file string, text []byte) (map[string]Override, error) {
	root, notes, err := Tree(file, text)
	if errors.Is(err, errEmpty) {
		return nil, nil
	}
	if err != nil && root.Shape == plug.Absent {
		return nil, err
	}
	d := &decoder{source: &source{file: file, text: text}, notes: notes, mistakes: fault.Each(err)}
	all := map[string]Override{}
	if root.Shape != plug.Mapping && root.Shape != plug.Absent {
		d.invalid(root.Pos, "", "want a mapping: workflow → cron, timezone, paused, on_change, variables")
	}
	for _, e := range root.Entries {
		o := Override{Pos: e.Pos, TimeZone: "UTC"}
		d.checkResource("workflow", e.Name, e.Pos)
		d.attributes(e.Name, e.Value, []attribute{
			{name: "cron", read: d.into("cron", &o.Cron)},
			{name: "timezone", read: d.into("timezone", &o.TimeZone)},
			{name: "paused", read: d.intoBool("paused", &o.Paused)},
			{name: "on_change", read: d.intoBool("on_change", &o.OnChange)},
			{name: "variables", read: func(v plug.Raw) {
				o.Variables = d.variables(e.Name, v)
			}},
		})
		if o.Cron == "" && e.Value.Get("timezone").Shape != plug.Absent {
			d.invalid(e.Value.Get("timezone").Pos, "give the cron as well: it replaces the manifest's schedule as a whole", "%s: timezone without cron has no effect", e.Name)
		}
		if o.Cron != "" {
			o.Cron = d.cron(o.Cron, o.TimeZone, e.Value)
		}
		all[e.Name] = o
	}
	for _, n := range d.notes {
		d.mistakes = append(d.mistakes, fault.Errorf(fault.Invalid, "%s", n.Message).At(n.Pos))
	}
	return all, errors.Join(d.mistakes...)
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variables reads what ${NAME} stands for. A value is text, whatever it looks like.
func (d *decoder) variables(workflow string, r plug.Raw) map[string]string {
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "write NAME: value", "%s.variables: want a mapping", workflow)
		return nil
	}
	vars := map[string]string{}
	for _, e := range r.Entries {
		switch {
		case !variableName.MatchString(e.Name):
			d.invalid(e.Pos, "use letters, digits and underscores", "%s.variables: %q cannot be named in a manifest", workflow, e.Name)
		case e.Value.Shape == plug.Mapping || e.Value.Shape == plug.Sequence:
			d.invalid(e.Value.Pos, "", "%s.variables.%s: want a plain value", workflow, e.Name)
		default:
			vars[e.Name] = e.Value.Text
		}
	}
	return vars
}
