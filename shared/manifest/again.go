package manifest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var with = regexp.MustCompile(`(?is)^\s*with\s`)

// again gives names of their own to steps that take the name of an input or an
// earlier step: from there on the name means the later one, as a view that is
// replaced does. What reads it is told so by a common table expression.
func (d *decoder) again(j *Job) {
	now := map[string]string{} // of each name that was given again, what it means
	taken := map[string]bool{}
	for _, in := range j.Inputs {
		taken[strings.ToLower(in.Name)] = true
	}
	for i := range j.Steps {
		s := &j.Steps[i]
		var names []string
		for name := range now {
			if regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`).MatchString(s.SQL.Value) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			head, rest := fmt.Sprintf("WITH %s AS (SELECT * FROM %s) ", name, now[name]), s.SQL
			if m := with.FindStringIndex(s.SQL.Value); m != nil {
				head = strings.TrimSuffix(head, " ") + ", "
				rest = s.SQL.Part(m[1], len(s.SQL.Value))
			}
			s.SQL = Join(Placed(head, s.Pos), rest)
		}
		name := strings.ToLower(s.Name)
		if !taken[name] || name == "" {
			taken[name] = true
			continue
		}
		d.note(s.Pos, "give the step a name of its own", "the name %s is given again: from here on it means this step", s.Name)
		for n := 2; taken[strings.ToLower(s.Name)]; n++ {
			s.Name = fmt.Sprintf("%s__%d", name, n)
		}
		taken[strings.ToLower(s.Name)] = true
		now[name] = s.Name
	}
	for i := range j.Outputs {
		if view, ok := now[strings.ToLower(j.Outputs[i].Step)]; ok {
			j.Outputs[i].Step = view
		}
	}
	for i := range j.sinks {
		if view, ok := now[strings.ToLower(j.sinks[i].sequence)]; ok {
			j.sinks[i].view = view
		}
	}
}
