//go:build !windows

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plan"
	"github.com/glint-data/glint/shared/plug"
)

func diffCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show what changed between two manifests, as a person would say it",
		Long: "Compares what the manifests mean, whatever their generation, order, indentation and comments: jobs, what they depend on,\n" +
			"inputs, steps with their SQL line by line, outputs, schedule, settings.\n\n" +
			"Ends with 0 if they mean the same, 1 if they do not, 2 if one cannot be read.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runDiff(cmd.InOrStdin(), cmd.OutOrStdout(), args[0], args[1], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one line of JSON a change")
	return cmd
}

// A change is one thing that is other than before.
type change struct {
	Where string   `json:"where"` // workflow, job orders, job orders: step daily
	What  string   `json:"what"`
	Lines []string `json:"lines,omitempty"` // of a text: " same", "-gone", "+new"
}

func runDiff(stdin io.Reader, w io.Writer, before, after string, asJSON bool) error {
	var sides [2]map[string]*manifest.Workflow
	for i, path := range []string{before, after} {
		text, name, err := readManifest(stdin, path)
		if err != nil {
			return exit(2, fault.Errorf(fault.NotFound, "%w", err))
		}
		flows, _, err := reader(variablesOf(path)).All(name, text)
		if err != nil {
			plan.Print(w, plan.Problems(name, err, nil), func(file string) []byte { return textOf(file, name, text) })
			return exit(2, nil)
		}
		sides[i] = map[string]*manifest.Workflow{}
		for _, m := range flows {
			sides[i][m.Name] = m
		}
	}
	if len(sides[0]) == 1 && len(sides[1]) == 1 { // also under another name
		a, b := only(sides[0]), only(sides[1])
		sides[0], sides[1] = map[string]*manifest.Workflow{b.Name: a}, map[string]*manifest.Workflow{b.Name: b}
	}
	var d manifestDiff
	named(&d, "", "workflow", sides[0], sides[1], func(_ string, a, b *manifest.Workflow) { d.workflow(a, b) })
	for _, c := range d.changes {
		if asJSON {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			if err := e.Encode(c); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(w, "%s: %s\n", c.Where, c.What)
		for _, l := range c.Lines {
			fmt.Fprintf(w, "    %s\n", l)
		}
	}
	if len(d.changes) > 0 {
		return exit(1, nil)
	}
	if !asJSON {
		fmt.Fprintln(w, "they mean the same")
	}
	return nil
}

func only(m map[string]*manifest.Workflow) *manifest.Workflow {
	for _, w := range m {
		return w
	}
	return nil
}

type manifestDiff struct{ changes []change }

func (d *manifestDiff) say(where, format string, args ...any) {
	d.changes = append(d.changes, change{Where: where, What: fmt.Sprintf(format, args...)})
}

// field says that a plain value is another.
func (d *manifestDiff) field(where, name string, a, b any) {
	switch {
	case reflect.DeepEqual(a, b):
	case isEmpty(a):
		d.say(where, "%s is now %s", name, said(b))
	case isEmpty(b):
		d.say(where, "%s %s is gone", name, said(a))
	default:
		d.say(where, "%s is now %s, and was %s", name, said(b), said(a))
	}
}

func isEmpty(v any) bool {
	r := reflect.ValueOf(v)
	return r.IsZero() || r.Kind() == reflect.Slice && r.Len() == 0
}

func said(v any) string {
	switch v := v.(type) {
	case []string:
		return strings.Join(v, ", ")
	case time.Time:
		return v.Format(time.RFC3339)
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

// named compares parts that have names: those that are gone, new, or on both sides.
func named[T any](d *manifestDiff, where, what string, a, b map[string]*T, both func(place string, a, b *T)) {
	for _, name := range union(a, b) {
		p, q := a[name], b[name]
		place := strings.TrimPrefix(where+": "+what+" "+name, ": ")
		switch {
		case q == nil:
			d.say(place, "is gone")
		case p == nil:
			d.say(place, "is new")
		default:
			both(place, p, q)
		}
	}
}

func union[V any](a, b map[string]V) []string {
	return slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, m := range []map[string]V{a, b} {
			for k := range m {
				if !yield(k) {
					return
				}
			}
		}
	}))
}

func byName[T any](list []T, name func(*T) string) map[string]*T {
	m := map[string]*T{}
	for i := range list {
		m[name(&list[i])] = &list[i]
	}
	return m
}

func (d *manifestDiff) workflow(a, b *manifest.Workflow) {
	d.field("workflow", "the name", a.Name, b.Name)
	for _, f := range []struct{ name, a, b string }{{"title", a.Title, b.Title}, {"description", a.Description, b.Description}, {"owner", a.Owner, b.Owner}} {
		d.field("workflow", f.name, f.a, f.b)
	}
	d.field("workflow", "tags", a.Tags, b.Tags)
	var s, t manifest.Schedule
	if a.Schedule != nil {
		s = *a.Schedule
	}
	if b.Schedule != nil {
		t = *b.Schedule
	}
	d.field("schedule", "cron", s.Cron, t.Cron)
	d.field("schedule", "timezone", s.TimeZone, t.TimeZone)
	d.field("schedule", "concurrencyPolicy", s.ConcurrencyPolicy, t.ConcurrencyPolicy)
	d.field("schedule", "startOn", s.StartOn, t.StartOn)
	d.field("schedule", "endOn", s.EndOn, t.EndOn)
	d.field("schedule", "completeOn", s.CompleteOn, t.CompleteOn)
	job := func(j *manifest.Job) string { return j.Name }
	named(d, "", "job", byName(a.Jobs, job), byName(b.Jobs, job), d.job)
}

func (d *manifestDiff) job(where string, a, b *manifest.Job) {
	d.field(where, "what it depends on", slices.Sorted(slices.Values(a.Dependencies)), slices.Sorted(slices.Values(b.Dependencies)))
	d.field(where, "dryRun", a.DryRun, b.DryRun)
	d.field(where, "keepSystemColumns", a.KeepSystemColumns, b.KeepSystemColumns)
	if a.Session != b.Session {
		d.say(where, "sparkConf means another session")
	}
	named(d, where, "input", byName(a.Inputs, func(i *manifest.Input) string { return i.Name }), byName(b.Inputs, func(i *manifest.Input) string { return i.Name }), d.input)
	d.steps(where, a.Steps, b.Steps)
	named(d, where, "output", byName(a.Outputs, func(o *manifest.Output) string { return o.Name }), byName(b.Outputs, func(o *manifest.Output) string { return o.Name }), d.output)
	d.meaning(where, "assertions", a.Assertions, b.Assertions)
	d.meaning(where, "the profile", a.Profile, b.Profile)
	d.meaning(where, "actions", a.Actions, b.Actions)
}

func (d *manifestDiff) input(where string, a, b *manifest.Input) {
	d.field(where, "what it reads", a.Dataset.String(), b.Dataset.String())
	d.field(where, "format", a.Format, b.Format)
	d.field(where, "schemaType", a.SchemaType, b.SchemaType)
	d.field(where, "schemaPath", a.SchemaPath, b.SchemaPath)
	d.text(where, "the schema", a.SchemaString, b.SchemaString)
	d.options(where, a.Options, b.Options)
	d.meaning(where, "incremental", a.Incremental, b.Incremental)
}

func (d *manifestDiff) steps(where string, a, b []manifest.Step) {
	name := func(s *manifest.Step) string { return s.Name }
	named(d, where, "step", byName(a, name), byName(b, name), d.step)
	order := func(of, other []manifest.Step) (names []string) {
		for _, s := range of {
			if slices.ContainsFunc(other, func(o manifest.Step) bool { return o.Name == s.Name }) {
				names = append(names, s.Name)
			}
		}
		return names
	}
	d.field(where, "the order of the steps", order(a, b), order(b, a))
}

func (d *manifestDiff) step(where string, a, b *manifest.Step) {
	d.text(where, "the sql", a.SQL.Value, b.SQL.Value)
	functions := func(s *manifest.Step) string {
		var all []string
		for _, f := range s.Functions {
			all = append(all, strings.Join(flat("", f.Args), ", "))
		}
		return strings.Join(all, "\n")
	}
	d.text(where, "the functions", functions(a), functions(b))
}

func (d *manifestDiff) output(where string, a, b *manifest.Output) {
	d.field(where, "what it writes", a.Step, b.Step)
	d.field(where, "where it writes to", a.Dataset.String(), b.Dataset.String())
	d.field(where, "format", a.Format, b.Format)
	d.field(where, "title", a.Title, b.Title)
	d.field(where, "description", a.Description, b.Description)
	d.field(where, "tags", a.Tags, b.Tags)
	d.options(where, a.Options, b.Options)
	d.meaning(where, "assertions", a.Assertions, b.Assertions)
}

func (d *manifestDiff) options(where string, a, b plug.Raw) {
	value := func(r plug.Raw) map[string]string {
		m := map[string]string{}
		for _, line := range flat("", r) {
			name, v, _ := strings.Cut(line, ": ")
			m[name] = v
		}
		return m
	}
	x, y := value(a), value(b)
	for _, name := range union(x, y) {
		d.field(where, "option "+name, x[name], y[name])
	}
}

// flat are the plain values of a tree, by their paths.
func flat(path string, r plug.Raw) []string {
	switch r.Shape {
	case plug.Scalar:
		return []string{path + ": " + r.Text}
	case plug.Sequence:
		var all []string
		for i, item := range r.Items {
			all = append(all, flat(fmt.Sprintf("%s[%d]", path, i), item)...)
		}
		return all
	case plug.Mapping:
		var all []string
		for _, e := range r.Entries {
			all = append(all, flat(strings.TrimPrefix(path+"."+e.Name, "."), e.Value)...)
		}
		return all
	}
	return nil
}

// meaning compares parts for which there are no better words, without places.
func (d *manifestDiff) meaning(where, what string, a, b any) {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	strip := func(text []byte) any {
		var v any
		_ = json.Unmarshal(text, &v)
		return withoutPlaces(v)
	}
	p, q := strip(x), strip(y)
	switch {
	case reflect.DeepEqual(p, q):
	case p == nil:
		d.say(where, "%s: new", what)
	case q == nil:
		d.say(where, "%s: gone", what)
	default:
		d.say(where, "%s: changed", what)
	}
}

func withoutPlaces(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if _, place := v["Line"]; place {
			return nil
		}
		out := map[string]any{}
		for k, e := range v {
			if w := withoutPlaces(e); w != nil {
				out[k] = w
			}
		}
		return out
	case []any:
		if len(v) == 0 {
			return nil
		}
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = withoutPlaces(e)
		}
		return out
	}
	return v
}

// text compares texts line by line.
func (d *manifestDiff) text(where, what, a, b string) {
	x, y := lined(a), lined(b)
	if slices.Equal(x, y) {
		return
	}
	d.changes = append(d.changes, change{Where: where, What: what + " changed", Lines: lineDiff(x, y)})
}

// lined are the lines of a text without the indentation that all have.
func lined(s string) []string {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	var lines []string
	for l := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		lines = append(lines, strings.TrimRight(l, " \t\r"))
	}
	return lines
}

// lineDiff is the shortest way from x to y by leaving lines out and putting
// lines in. A manifest's texts are short: quadratic is quick.
func lineDiff(x, y []string) []string {
	longest := make([][]int, len(x)+1)
	for i := range longest {
		longest[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for k := len(y) - 1; k >= 0; k-- {
			if x[i] == y[k] {
				longest[i][k] = longest[i+1][k+1] + 1
			} else {
				longest[i][k] = max(longest[i+1][k], longest[i][k+1])
			}
		}
	}
	var out []string
	i, k := 0, 0
	for i < len(x) || k < len(y) {
		switch {
		case i < len(x) && k < len(y) && x[i] == y[k]:
			out = append(out, "  "+x[i])
			i, k = i+1, k+1
		case i < len(x) && (k == len(y) || longest[i+1][k] >= longest[i][k+1]):
			out = append(out, "- "+x[i])
			i++
		default:
			out = append(out, "+ "+y[k])
			k++
		}
	}
	return out
}
