package plan

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// Print writes the plan for people.
func (p *Plan) Print(w io.Writer) {
	fmt.Fprintln(w, strings.TrimSpace(p.Workflow+"  "+p.Title))
	if p.Cron != "" {
		fmt.Fprintf(w, "schedule %s (%s), at most %d a day\n", p.Cron, p.TimeZone, p.RunsPerDay)
	}
	fmt.Fprintf(w, "\n%s", Draw(p.Jobs))
	for _, j := range p.Jobs {
		j.print(w)
	}
}

func (j *Job) print(w io.Writer) {
	fmt.Fprintf(w, "\njob %s\n", j.Name)
	if len(j.Dependencies) > 0 {
		fmt.Fprintf(w, "  after %s\n", strings.Join(j.Dependencies, ", "))
	}
	for _, in := range j.Inputs {
		fmt.Fprintf(w, "  input %s ← %s\n", in.Name, in.Address)
		field(w, "at", in.URI)
		field(w, "stands in", in.StandIn)
		if in.Objects >= 0 {
			field(w, "objects", fmt.Sprintf("%d %s, %d bytes", in.Objects, in.Format, in.Bytes))
		} else {
			field(w, "format", in.Format)
		}
		field(w, "schema", schemaText(in.Schema))
		field(w, "", from(in.From))
		in.Incremental.print(w)
	}
	for _, s := range j.Steps {
		fmt.Fprintf(w, "  step %s\n", s.Name)
		field(w, "Spark", s.Spark)
		field(w, "functions", strings.Join(s.Functions, "\n"))
		field(w, "DuckDB", cmp.Or(s.DuckDB, "not known"))
		field(w, "columns", schemaText(s.Schema))
		if s.Kept {
			field(w, "kept", "its rows are computed once")
		}
	}
	for _, o := range j.Outputs {
		fmt.Fprintf(w, "  output %s → %s\n", o.Name, o.Address)
		field(w, "at", o.Target)
		field(w, "format", o.Format)
		field(w, "saveMode", o.Disposition)
		field(w, "guards", strings.Join(o.Guards, ", "))
		field(w, "schema", schemaText(o.Schema))
	}
	for _, a := range j.Assertions {
		a.print(w)
	}
	if j.Profile != "" {
		fmt.Fprintf(w, "  profile of %s\n", j.Inputs[0].Name)
		field(w, "level", j.Profile)
	}
}

func from(s string) string {
	if s == "" {
		return ""
	}
	return "from " + s
}

// field writes one thing under its name, lines below each other; nothing if it
// is not known.
func field(w io.Writer, name, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	fmt.Fprintf(w, "    %-9s  %s\n", name, strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", 15)))
}

func schemaText(cols []Column) string {
	if cols == nil {
		return "not known"
	}
	all := make([]string, len(cols))
	for i, c := range cols {
		all[i] = c.Name + " " + c.Type
	}
	return strings.Join(all, ", ")
}
