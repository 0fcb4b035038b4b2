package plan

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/profile"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// An Assertion is what must hold of rows, or nothing is published.
type Assertion struct {
	Of      string   `json:"of"` // output final, input orders
	Column  string   `json:"column,omitempty"`
	Filter  string   `json:"filter,omitempty"`
	Matches string   `json:"validFormat,omitempty"`
	SQL     string   `json:"sql,omitempty"`
	Tests   []string `json:"tests"`
}

// An Incremental says which part of an input is read.
type Incremental struct {
	Context string `json:"context"`
	SQL     string `json:"sql"`
	Keys    []Key  `json:"keys"`
}

// A Key is a value in the SQL of an incremental input.
type Key struct {
	Name    string `json:"key"`
	SQL     string `json:"sql"`
	Default string `json:"default,omitempty"`
	Kept    string `json:"kept,omitempty"` // the key whose value the next run has for it
}

// quality checks what a job asserts and profiles, as far as columns are known.
func (w *planner) quality(j *manifest.Job, p *Job, scope sparksql.Scopes) {
	set := j.Session
	set.Now = w.Now
	for _, s := range assertion.Subjects(j) {
		for _, a := range s.List {
			line := Assertion{Of: s.What, Column: a.Column, Filter: a.Filter.Value, Matches: a.Regex.Value, SQL: a.SQL.Value}
			for _, t := range a.Tests {
				line.Tests = append(line.Tests, t.Text)
			}
			p.Assertions = append(p.Assertions, line)
		}
		var ok bool
		if s.Columns, ok = scope.Relation(s.Relation); !ok {
			continue // it was said
		}
		made, err := assertion.Compile(s, scope, set)
		w.notes = append(w.notes, made.Notes...)
		w.known("", err)
	}
	if j.Profile != nil && len(j.Inputs) > 0 {
		p.Profile = j.Profile.Level
		_, err := profile.Compile(j, scope, set)
		w.known("", err)
	}
}

// known keeps mistakes, but not that columns are not known.
func (w *planner) known(where string, err error) {
	for _, e := range mistaken(err) {
		if where != "" {
			e = fmt.Errorf("%s: %w", where, e)
		}
		w.wrong(e)
	}
}

// narrow finds the columns of the part of an input that a run reads. What its
// keys give is not known, so that SQL counts as right if there is a value with
// which it is.
func (w *planner) narrow(j *manifest.Job, in *manifest.Input, p *Input, cols []relation.Column, scope sparksql.Scopes) []relation.Column {
	inc := in.Incremental
	p.Incremental = &Incremental{Context: inc.Context, SQL: inc.SQL.Value, Keys: []Key{}}
	inner := maps.Clone(scope)
	inner[inc.Context] = cols
	first := maps.Clone(inner) // of keys, which are found before any input is narrowed
	for i := range j.Inputs {
		if other := &j.Inputs[i]; other.Incremental != nil && !strings.EqualFold(other.Name, inc.Context) {
			delete(first, other.Name)
		}
	}
	set := j.Session
	set.Now = w.Now
	for _, k := range inc.Keys {
		line := Key{Name: k.Name, SQL: k.SQL.Value, Default: k.Default}
		for _, st := range inc.State {
			if st.Key == k.Name {
				line.Kept = st.Value
			}
		}
		p.Incremental.Keys = append(p.Incremental.Keys, line)
		if _, err := supposed(k.SQL, inc.Keys, first, set); err != nil {
			w.known(fmt.Sprintf("input %s: incremental: key %s", in.Name, k.Name), err)
		}
	}
	q, err := supposed(inc.SQL, inc.Keys, inner, set)
	if err != nil {
		w.known(fmt.Sprintf("input %s: incremental", in.Name), err)
	}
	if q == nil {
		return nil
	}
	if !slices.ContainsFunc(q.Reads, func(name string) bool { return strings.EqualFold(name, inc.Context) }) {
		w.notes = append(w.notes, plug.Note{Pos: inc.SQL.At(0), Message: fmt.Sprintf("input %s: incremental.sql does not read %s, which is the input", in.Name, inc.Context)})
	}
	p.Schema = columns(q.Columns)
	return q.Columns
}

// supposed resolves SQL with values of its keys as they could be.
func supposed(t manifest.Text, keys []manifest.Key, scope sparksql.Scope, set sparksql.Settings) (*sparksql.Query, error) {
	if t.Value == "" { // it was said
		return nil, nil
	}
	bare := bareTokens(t.Value)
	var first error
	for i, quoted := range []string{"", "2000-01-01 00:00:00", "2000-01-01", "1"} {
		values := map[string]string{}
		for _, k := range keys {
			switch {
			case i == 0 && k.Default != "":
				values[k.Name] = k.Default
			case bare[k.Name]:
				values[k.Name] = "1"
			case i == 0:
				values[k.Name] = "2000-01-01 00:00:00"
			default:
				values[k.Name] = quoted
			}
		}
		text := t.Fill(values).Statement()
		q, err := sparksql.ResolveWith(text.Value, text.At, scope, set)
		if len(mistaken(err)) == 0 {
			return q, err
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// bareTokens are the keys that stand in SQL outside of quotes.
func bareTokens(sql string) map[string]bool {
	bare := map[string]bool{}
	var quote byte
	for i := 0; i < len(sql); i++ {
		switch c := sql[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0 && strings.HasPrefix(sql[i:], "$|"):
			if end := strings.Index(sql[i+2:], "|"); end >= 0 {
				bare[strings.TrimSpace(sql[i+2:i+2+end])] = true
				i += end + 2
			}
		}
	}
	return bare
}

func (inc *Incremental) print(w io.Writer) {
	if inc == nil {
		return
	}
	field(w, "reads", inc.SQL)
	field(w, "whole is", inc.Context)
	for _, k := range inc.Keys {
		line := k.Name + " = " + k.SQL
		if k.Default != "" {
			line += "\nor " + k.Default
		}
		if k.Kept != "" {
			line += "\nfrom the second run on, what " + k.Kept + " was in the last that succeeded"
		}
		field(w, "key", line)
	}
}

func (a Assertion) print(w io.Writer) {
	what := "column " + a.Column
	if a.SQL != "" {
		what = a.SQL
	}
	if a.Filter != "" {
		what += "\nwhere " + a.Filter
	}
	if a.Matches != "" {
		what += "\nvalid is " + a.Matches
	}
	fmt.Fprintf(w, "  assert of %s\n", a.Of)
	field(w, "of", what)
	field(w, "that", strings.Join(a.Tests, "\n"))
}
