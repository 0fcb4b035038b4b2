package manifest

import (
	"errors"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// An Override is what schedules.yaml says of a workflow, without touching its manifest.
type Override struct {
	Cron      string // five fields; "" leaves the manifest's own
	TimeZone  string // IANA; UTC if not given
	Paused    bool
	Variables map[string]string // what ${NAME} in the manifest stands for
	Pos       fault.Pos
}

// ParseSchedules reads schedules.yaml: workflow → cron, timezone, paused,
// variables. It is our own file, so what it does not know is a mistake.
func ParseSchedules(file string, text []byte) (map[string]Override, error) {
	root, src, _, err := read(file, text, nil)
	if err != nil {
		return nil, err
	}
	d := &decoder{source: src, mistakes: src.mistakes}
	all := map[string]Override{}
	if root.Shape != plug.Mapping && root.Shape != plug.Absent {
		d.invalid(root.Pos, "", "want a mapping: workflow → cron, timezone, paused, variables")
	}
	for _, e := range root.Entries {
		o := Override{Pos: e.Pos, TimeZone: "UTC"}
		d.checkResource("workflow", e.Name, e.Pos)
		d.attributes(e.Name, e.Value, []attribute{
			{name: "cron", read: d.into("cron", &o.Cron)},
			{name: "timezone", read: d.into("timezone", &o.TimeZone)},
			{name: "paused", read: d.intoBool("paused", &o.Paused)},
			{name: "variables", read: func(v plug.Raw) {
				o.Variables = map[string]string{}
				for _, entry := range v.Entries {
					o.Variables[entry.Name] = entry.Value.Text
				}
			}},
		})
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
