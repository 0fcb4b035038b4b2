package plug_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

var spec = plug.Spec{
	Name: "csv",
	Fields: []plug.Field{
		{Name: "header", Aliases: []string{"headers"}, Type: plug.Bool, Default: "true"},
		{Name: "delimiter", Aliases: []string{"sep"}, Type: plug.Char, Default: ","},
		{Name: "mode", Type: plug.Enum, Values: []string{"PERMISSIVE", "FAILFAST"}, Default: "PERMISSIVE"},
		{Name: "rows", Type: plug.Int},
		{Name: "columns", Type: plug.List},
		{Name: "rename", Type: plug.Mapped},
		{Name: "table", Type: plug.Text, Required: true, Doc: "The table to write."},
		{Name: "merge", Type: plug.Block, Fields: []plug.Field{
			{Name: "on", Type: plug.Text, Required: true, Doc: "The condition."},
			{Name: "limit", Type: plug.Int, Default: "5"},
		}},
		{Name: "driver", Type: plug.Text, Status: plug.Accepted, Doc: "None is used."},
		{Name: "partitionBy", Type: plug.List, Status: plug.Refused, Doc: "Leave it out."},
	},
}

func TestCheck(t *testing.T) {
	const defaults = "delimiter=, header=true merge={limit=5} mode=PERMISSIVE"
	for _, c := range []struct {
		name string
		in   plug.Raw
		want string
	}{
		{"defaults", m("table", "t"), defaults + " table=t@1"},
		{"required is missing", plug.Raw{}, "csv option table is missing (The table to write.)"},
		{"booleans", m("table", "t", "HEADER", "False"), "delimiter=, header=false@2 merge={limit=5} mode=PERMISSIVE table=t@1"},
		{"no boolean", m("table", "t", "header", "treu"), `w:2: csv option header: "treu" is not a boolean (write true or false)`},
		{"alias, enum without case", m("table", "t", "sep", "|", "mode", "failfast"), "delimiter=|@2 header=true merge={limit=5} mode=FAILFAST@3 table=t@1"},
		{"under two names", m("table", "t", "sep", "|", "delimiter", ";"),
			"delimiter=;@3 header=true merge={limit=5} mode=PERMISSIVE table=t@1; note w:3: csv option delimiter is given twice; this one counts"},
		{"unknown value", m("table", "t", "mode", "FALIFAST"), `w:2: csv option mode: "FALIFAST" is not supported (did you mean FAILFAST?)`},
		{"number", m("table", "t", "rows", " 7 "), "delimiter=, header=true merge={limit=5} mode=PERMISSIVE rows=7@2 table=t@1"},
		{"no number", m("table", "t", "rows", "7.5"), `w:2: csv option rows: "7.5" is not a whole number`},
		{"one for a list", m("table", "t", "columns", "a"), "columns=[a@2] delimiter=, header=true merge={limit=5} mode=PERMISSIVE table=t@1"},
		{"list", m("table", "t", "columns", l("a", "b")), "columns=[a@1 b@2] delimiter=, header=true merge={limit=5} mode=PERMISSIVE table=t@1"},
		{"mapping for a list", m("table", "t", "columns", m("a", "b")), "w:2: csv option columns: want a list of plain values"},
		{"map", m("table", "t", "rename", m("a", "b")), "delimiter=, header=true merge={limit=5} mode=PERMISSIVE rename={a=b@1} table=t@1"},
		{"list of maps for a map", m("table", "t", "rename", l(m("a", "b"), m("c", "d"))),
			"delimiter=, header=true merge={limit=5} mode=PERMISSIVE rename={a=b@1 c=d@1} table=t@1"},
		{"map of lists", m("table", "t", "rename", m("a", l("b"))), "w:1: csv option rename.a: want a plain value"},
		{"block", m("table", "t", "merge", m("ON", "a = b")), "delimiter=, header=true merge={limit=5 on=a = b@1} mode=PERMISSIVE table=t@1"},
		{"block without what it needs", m("table", "t", "merge", m("limit", "1")), "w:2: csv option merge.on is missing (The condition.)"},
		{"block that is none", m("table", "t", "merge", "x"), "w:2: csv option merge: want a mapping"},
		{"empty is absent", m("table", "t", "mode", nil, "merge", nil, "partitionBy", nil), defaults + " table=t@1"},
		{"one character", m("table", "t", "sep", "||"), `w:2: csv option delimiter: "||" is not one character`},
		{"a character escaped", m("table", "t", "sep", `\t`), `delimiter=\t@2 header=true merge={limit=5} mode=PERMISSIVE table=t@1`},
		{"accepted", m("table", "t", "driver", "x"), defaults + " table=t@1; note w:2: csv option driver has no effect here. None is used."},
		{"unknown", m("table", "t", "haeder", "x"), defaults + " table=t@1; note w:2: csv option haeder: unknown, it has no effect; did you mean header?"},
		{"unknown in a block", m("table", "t", "merge", m("on", "x", "onn", "y")),
			"delimiter=, header=true merge={limit=5 on=x@1} mode=PERMISSIVE table=t@1; note w:2: csv option merge.onn: unknown, it has no effect; did you mean on?"},
		{"refused", m("table", "t", "partitionby", l("a")), "w:2: csv option partitionBy is not supported (Leave it out.)"},
		{"all at once", m("table", l("a"), "header", "x", "rows", "y", "partitionBy", "z"),
			`w:1: csv option table: want a plain value, w:2: csv option header: "x" is not a boolean (write true or false), ` +
				`w:3: csv option rows: "y" is not a whole number, w:4: csv option partitionBy is not supported (Leave it out.)`},
		{"not a mapping", l("a"), "csv: want a mapping"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args, notes, err := spec.Check(c.in)
			got := printArgs(args)
			if err != nil {
				got = printError(err)
			}
			for _, n := range notes {
				got += fmt.Sprintf("; note %v: %s", n.Pos, n.Message)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestCheckKinds: a feature that is refused and a mistake can be told apart.
func TestCheckKinds(t *testing.T) {
	_, _, err := spec.Check(m("table", "t", "partitionBy", "a"))
	if got := fault.KindOf(err); got != fault.Refused {
		t.Errorf("kind = %v", got)
	}
	_, _, err = spec.Check(m("table", "t", "rows", "a"))
	if got := fault.KindOf(err); got != fault.Invalid {
		t.Errorf("kind = %v", got)
	}
}

func TestHas(t *testing.T) {
	args, _, err := spec.Check(m("table", "t"))
	if err != nil || !args.Has("table") || args.Has("header") || !args.Bool("header") || args.Block("merge").Int("limit") != 5 {
		t.Errorf("args = %v, %v", args, err)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"header", "delimiter", "mode"}
	for in, want := range map[string]string{"Haeder": "header", "delimeter": "delimiter", "mdoe": "mode", "xyz": "", "": ""} {
		if got := plug.Nearest(in, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", in, got, want)
		}
	}
}

// m is a mapping of names and values, each in a line of its own.
func m(pairs ...any) plug.Raw {
	r := plug.Raw{Shape: plug.Mapping}
	for i := 0; i < len(pairs); i += 2 {
		p := fault.Pos{File: "w", Line: i/2 + 1}
		r.Entries = append(r.Entries, plug.Entry{Name: pairs[i].(string), Pos: p, Value: value(pairs[i+1], p)})
	}
	return r
}

func l(items ...any) plug.Raw {
	r := plug.Raw{Shape: plug.Sequence}
	for i, it := range items {
		r.Items = append(r.Items, value(it, fault.Pos{File: "w", Line: i + 1}))
	}
	return r
}

func value(v any, p fault.Pos) plug.Raw {
	switch v := v.(type) {
	case plug.Raw:
		v.Pos = p
		return v
	case string:
		return plug.Raw{Shape: plug.Scalar, Text: v, Pos: p}
	}
	return plug.Raw{Pos: p}
}

func printError(err error) string {
	var all []string
	for _, e := range fault.Each(err) {
		s := e.Error()
		if h := fault.Hints(e); len(h) > 0 {
			s += " (" + strings.Join(h, ", ") + ")"
		}
		all = append(all, s)
	}
	return strings.Join(all, ", ")
}

func printArgs(a plug.Args) string {
	var all []string
	for _, name := range sortedNames(a) {
		all = append(all, name+"="+printValue(a[name]))
	}
	return strings.Join(all, " ")
}

func printValue(v plug.Value) string {
	at := ""
	if !v.Pos.IsZero() {
		at = fmt.Sprintf("@%d", v.Pos.Line)
	}
	switch data := v.Data.(type) {
	case plug.Args:
		return "{" + printArgs(data) + "}"
	case []plug.Value:
		var all []string
		for _, it := range data {
			all = append(all, printValue(it))
		}
		return "[" + strings.Join(all, " ") + "]"
	}
	return fmt.Sprint(v.Data) + at
}

func sortedNames(a plug.Args) []string { return slices.Sorted(maps.Keys(a)) }
