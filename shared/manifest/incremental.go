package manifest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// An Incremental says which part of an input a run reads: a query with values
// that are found out by others, and kept from run to run.
type Incremental struct {
	Context string // by which SQL knows the whole of the input
	SQL     Text
	Keys    []Key
	State   []State
	Pos     fault.Pos
}

// A Key is a value that stands in SQL as $|name|.
type Key struct {
	Name    string
	SQL     Text   // gives the value
	Default string // where SQL gives none
	Pos     fault.Pos
}

// A State says which value a run that succeeded leaves to the next: for Key,
// what it had itself for Value.
type State struct {
	Key, Value string
	Pos        fault.Pos
}

// token is a key's value in SQL.
var token = regexp.MustCompile(`\$\|([^|\n]*)\|`)

// Tokens are the names of the keys that t has as $|name|, in their order, with
// where they stand.
func (t Text) Tokens() (names []string, at []fault.Pos) {
	for _, m := range token.FindAllStringSubmatchIndex(t.Value, -1) {
		names, at = append(names, strings.TrimSpace(t.Value[m[2]:m[3]])), append(at, t.At(m[0]))
	}
	return names, at
}

// Fill puts values in the place of $|name|, as they are: what is in quotes is
// text then, and what is not is SQL. A name without a value stays.
func (t Text) Fill(values map[string]string) Text {
	var edits []edit
	var b strings.Builder
	end := 0
	for _, m := range token.FindAllStringSubmatchIndex(t.Value, -1) {
		if v, ok := values[strings.TrimSpace(t.Value[m[2]:m[3]])]; ok {
			edits = append(edits, edit{m[0], m[1], v})
			b.WriteString(t.Value[end:m[0]] + v)
			end = m[1]
		}
	}
	if len(edits) == 0 {
		return t
	}
	b.WriteString(t.Value[end:])
	return Text{Value: b.String(), file: t.file, marks: move(t.marks, t.Value, edits)}
}

func (d *decoder) incremental(in *Input, r plug.Raw) {
	inc := &Incremental{Pos: r.Pos}
	d.attributes("incremental", r, []attribute{
		{name: "context", read: d.into("incremental.context", &inc.Context)},
		{name: "sql", read: func(v plug.Raw) { inc.SQL = d.text("incremental.sql", v) }},
		{name: "keys", read: func(v plug.Raw) {
			d.items("incremental.keys", v, func(it plug.Raw) { d.key(inc, it) })
		}},
		{name: "state", read: func(v plug.Raw) {
			d.items("incremental.state", v, func(it plug.Raw) {
				s := State{Pos: it.Pos}
				d.attributes("state", it, []attribute{
					{name: "key", read: d.into("state.key", &s.Key)},
					{name: "value", read: d.into("state.value", &s.Value)},
				})
				inc.State = append(inc.State, s)
			})
		}},
	})
	if r.Shape != plug.Mapping {
		return
	}
	in.Incremental = inc
	d.checkView("incremental.context", inc.Context, inc.Pos)
	if inc.SQL.Value == "" {
		d.invalid(r.Pos, "write sql: SELECT * FROM "+inc.Context+" WHERE …", "incremental has no sql")
	}
	var names []string
	for i := range inc.Keys {
		d.tokens(inc.Keys[i].SQL, names, "an earlier key")
		names = append(names, inc.Keys[i].Name)
	}
	d.tokens(inc.SQL, names, "a key")
	for _, s := range inc.State {
		for _, name := range []string{s.Key, s.Value} {
			if !slices.Contains(names, name) {
				d.unknownKey(s.Pos, name, names, "a key")
			}
		}
	}
}

// key reads one of the keys. What it leaves to the next run may stand here, too.
func (d *decoder) key(inc *Incremental, r plug.Raw) {
	k, from := Key{Pos: r.Pos}, ""
	d.attributes("key", r, []attribute{
		{name: "name", read: d.into("key.name", &k.Name)},
		{name: "sql", read: func(v plug.Raw) { k.SQL = d.text("key.sql", v) }},
		{name: "default", read: d.into("key.default", &k.Default)},
		{name: "updateFromKey", read: d.into("key.updateFromKey", &from)},
	})
	if r.Shape != plug.Mapping {
		return
	}
	d.checkView("key", k.Name, r.Pos)
	if k.SQL.Value == "" {
		d.invalid(r.Pos, "write sql: SELECT …", "key %s has no sql", k.Name)
	}
	if slices.ContainsFunc(inc.Keys, func(o Key) bool { return o.Name == k.Name }) {
		d.invalid(r.Pos, "", "two keys are called %s", k.Name)
	}
	inc.Keys = append(inc.Keys, k)
	if from != "" {
		inc.State = append(inc.State, State{Key: k.Name, Value: from, Pos: r.Pos})
	}
}

// tokens checks that each $|name| has a value by then.
func (d *decoder) tokens(t Text, names []string, what string) {
	used, at := t.Tokens()
	for i, name := range used {
		if !slices.Contains(names, name) {
			d.unknownKey(at[i], name, names, what)
		}
	}
}

func (d *decoder) unknownKey(p fault.Pos, name string, names []string, what string) {
	hint := "add it under keys"
	if len(names) > 0 {
		hint = "known: " + strings.Join(names, ", ")
	}
	if near := plug.Nearest(name, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	d.invalid(p, hint, "%s is not %s", name, what)
}

// checkIncremental checks names, and what becomes of a target that is replaced.
func (d *decoder) checkIncremental(j *Job) {
	for i := range j.Inputs {
		inc := j.Inputs[i].Incremental
		if inc == nil {
			continue
		}
		taken := func(name string) bool { return strings.EqualFold(name, inc.Context) }
		for k := range j.Inputs {
			if k != i && taken(j.Inputs[k].Name) {
				d.refused(inc.Pos, "give it a name of its own", "incremental.context %s is the name of another input", inc.Context)
			}
		}
		if slices.ContainsFunc(j.Steps, func(s Step) bool { return taken(s.Name) }) {
			d.refused(inc.Pos, "give it a name of its own", "incremental.context %s is the name of a step", inc.Context)
		}
		for _, o := range j.Outputs {
			mode := strings.ToLower(strings.TrimSpace(o.Options.Get("saveMode").Text))
			merges := o.Options.Get("merge").Shape != plug.Absent || o.Options.Get("iceberg").Get("merge").Shape != plug.Absent
			if !merges && (mode == "" || mode == "overwrite") {
				d.note(inc.Pos, "saveMode: append adds to it", "output %s replaces its dataset, which then holds only what one run reads of input %s", o.Name, j.Inputs[i].Name)
			}
		}
	}
}
