//go:build !windows

package main

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
)

// A workflowTest is one test of a workflow: rows given to inputs, and the rows
// that steps must make of them.
type workflowTest struct {
	name    string
	job     string // "" where the workflow has one
	asOf    time.Time
	ordered bool
	given   []givenRows
	expect  []plug.Entry // of each step or output, its rows
	pos     fault.Pos
}

// givenRows are what one input reads.
type givenRows struct {
	input  string
	schema plug.Raw // Spark's DDL; absent if the manifest's counts
	file   plug.Raw // instead of rows
	rows   plug.Raw
	pos    fault.Pos
}

// testReader gathers the mistakes of a test file.
type testReader struct{ mistakes []error }

func (r *testReader) wrong(p fault.Pos, hint, format string, args ...any) {
	e := fault.Errorf(fault.Invalid, format, args...).At(p)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	r.mistakes = append(r.mistakes, e)
}

// parseTests reads NAME.test.yaml.
func parseTests(file string, text []byte) ([]workflowTest, error) {
	root, _, err := manifest.Tree(file, text)
	if err != nil {
		return nil, err
	}
	r := &testReader{}
	var tests []workflowTest
	var asOf time.Time
	r.block(root, "a file of tests", map[string]func(plug.Raw){
		"asOf": func(v plug.Raw) { asOf = r.moment(v) },
		"tests": func(v plug.Raw) {
			if v.Shape != plug.Sequence {
				r.wrong(v.Pos, "", "tests: want a list")
			}
			for _, item := range v.Items {
				tests = append(tests, r.test(item))
			}
		},
	})
	if len(tests) == 0 && len(r.mistakes) == 0 {
		r.wrong(root.Pos, "write tests: [{name, given: {INPUT: rows}, expect: {STEP: rows}}]", "there are no tests")
	}
	for i := range tests {
		if tests[i].asOf.IsZero() {
			tests[i].asOf = asOf
		}
	}
	return tests, errors.Join(r.mistakes...)
}

func (r *testReader) test(v plug.Raw) workflowTest {
	t := workflowTest{pos: v.Pos}
	r.block(v, "a test", map[string]func(plug.Raw){
		"name":    func(v plug.Raw) { t.name = v.Text },
		"job":     func(v plug.Raw) { t.job = v.Text },
		"asOf":    func(v plug.Raw) { t.asOf = r.moment(v) },
		"ordered": func(v plug.Raw) { t.ordered = strings.EqualFold(v.Text, "true") },
		"given": func(v plug.Raw) {
			for _, e := range v.Entries {
				t.given = append(t.given, r.given(e))
			}
		},
		"expect": func(v plug.Raw) { t.expect = v.Entries },
	})
	t.name = cmp.Or(t.name, "without a name")
	if len(t.expect) == 0 {
		r.wrong(v.Pos, "write expect: {STEP: rows}", "the test %s expects nothing", t.name)
	}
	for _, e := range t.expect {
		r.rows(e.Name, e.Value)
	}
	return t
}

func (r *testReader) given(e plug.Entry) givenRows {
	g := givenRows{input: e.Name, pos: e.Pos}
	if e.Value.Shape != plug.Mapping {
		g.rows = e.Value
		r.rows(e.Name, g.rows)
		return g
	}
	r.block(e.Value, e.Name, map[string]func(plug.Raw){
		"schema": func(v plug.Raw) { g.schema = v },
		"file":   func(v plug.Raw) { g.file = v },
		"rows":   func(v plug.Raw) { g.rows = v; r.rows(e.Name, v) },
	})
	if (g.file.Shape == plug.Absent) == (e.Value.Get("rows").Shape == plug.Absent) {
		r.wrong(e.Pos, "", "%s: want either rows or file", e.Name)
	}
	return g
}

// rows checks that a value is a list of mappings.
func (r *testReader) rows(name string, v plug.Raw) {
	if v.Shape != plug.Sequence {
		r.wrong(v.Pos, "write - {column: value}, or [] for none", "%s: want a list of rows", name)
		return
	}
	for _, item := range v.Items {
		if item.Shape != plug.Mapping {
			r.wrong(item.Pos, "write - {column: value}", "%s: a row is a mapping", name)
		}
	}
}

func (r *testReader) moment(v plug.Raw) time.Time {
	at, err := moment(v.Text)
	if err != nil {
		r.wrong(v.Pos, "", "asOf: %q is not a time as in 2026-11-23 or 2026-11-23T02:00:00Z", v.Text)
	}
	return at
}

// block reads a mapping whose attributes are known.
func (r *testReader) block(v plug.Raw, what string, known map[string]func(plug.Raw)) {
	if v.Shape != plug.Mapping {
		r.wrong(v.Pos, "", "%s is a mapping", what)
		return
	}
	var names []string
	for name := range known {
		names = append(names, name)
	}
	for _, e := range v.Entries {
		read, ok := known[e.Name]
		if !ok {
			hint := ""
			if near := plug.Nearest(e.Name, names); near != "" {
				hint = "did you mean " + near + "?"
			}
			r.wrong(e.Pos, hint, "%s: unknown attribute %s", what, e.Name)
			continue
		}
		read(e.Value)
	}
}
