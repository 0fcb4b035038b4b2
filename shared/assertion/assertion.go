// Package assertion makes Spark SQL of what a manifest asserts of rows, and
// judges what that measured. All tests of columns of one relation are one query.
package assertion

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// A Subject is what is asserted of which rows.
type Subject struct {
	What     string // as people know it: output final, input orders
	Output   string // "" of an input
	Relation string // by which SQL reads the rows
	Columns  []relation.Column
	List     []manifest.Assertion
	// Alone says that a query which names an unknown relation is wrong. Before an
	// output is written, such a name stands for the output.
	Alone bool
}

// A Plan is queries, and what they tell of the tests.
type Plan struct {
	Queries []*sparksql.Query
	Notes   []plug.Note
	what    string
	tests   []asked
}

// An asked test says where its measure stands: in which query, in which columns.
type asked struct {
	query, column int
	share         int // the column by which it is divided, or -1
	of            *manifest.Assertion
	test          manifest.Test
	float         bool
}

// Compile makes the queries. All that is wrong with the assertions comes back at once.
func Compile(s Subject, scope sparksql.Scope, set sparksql.Settings) (*Plan, error) {
	p := &Plan{what: s.What}
	c := &compiler{plan: p, subject: s, set: set, scope: scope}
	for i := range s.List {
		a := &s.List[i]
		var err error
		if a.SQL.Value != "" {
			err = c.query(a)
		} else {
			err = c.column(a)
		}
		if err != nil {
			c.mistakes = append(c.mistakes, named(s.What, err)...)
		}
	}
	if err := errors.Join(c.mistakes...); err != nil {
		return p, err
	}
	return p, c.columns()
}

func named(what string, err error) []error {
	all := fault.Each(err)
	for i := range all {
		all[i] = fmt.Errorf("%s: assertion: %w", what, all[i])
	}
	return all
}

// aliases is a scope in which a relation is known by more names: source, and
// whatever else is not known. It keeps which of them a query uses.
type aliases struct {
	sparksql.Scope
	subject Subject
	said    map[string]bool // the names that stood for it
}

func (a aliases) Relation(name string) ([]relation.Column, bool) {
	if cols, ok := a.Scope.Relation(name); ok {
		return cols, true
	}
	if a.subject.Alone && !strings.EqualFold(name, "source") {
		return nil, false
	}
	a.said[strings.ToLower(name)] = true
	return a.subject.Columns, true
}

type compiler struct {
	plan     *Plan
	subject  Subject
	scope    sparksql.Scope
	set      sparksql.Settings
	mistakes []error
	inner    []manifest.Text // columns and filters, under names of our own
	measures []string
	tests    []asked
}

func (c *compiler) resolve(t manifest.Text) (*sparksql.Query, error) {
	return sparksql.ResolveWith(t.Value, t.At, c.scope, c.set)
}

// query takes a query of the manifest's own. What its tests name is read as text.
func (c *compiler) query(a *manifest.Assertion) error {
	body := a.SQL.Statement()
	names := aliases{Scope: c.scope, subject: c.subject, said: map[string]bool{}}
	q, err := sparksql.ResolveWith(body.Value, body.At, names, c.set)
	with := ""
	for _, name := range slices.Sorted(maps.Keys(names.said)) {
		if name != "source" {
			c.plan.Notes = append(c.plan.Notes, plug.Note{Pos: a.SQL.At(0), Message: fmt.Sprintf("%s: assertion: there is no relation %s; it is taken for the output", c.subject.What, name)})
		}
		with += ", " + quote(name) + " AS (SELECT * FROM " + quote(c.subject.Relation) + ")"
	}
	if with != "" {
		with = "WITH " + with[2:] + " "
	}
	if err != nil {
		return err
	}
	var items []string
	var tests []asked
	var mistakes []error
	for _, t := range a.Tests {
		i := relation.Find(q.Columns, t.Metric)
		if i < 0 {
			mistakes = append(mistakes, fault.Errorf(fault.Invalid, "the query has no column %s", t.Metric).At(t.Pos).WithHint("it has %s", strings.Join(relation.Names(q.Columns), ", ")))
			continue
		}
		col := q.Columns[i]
		expr, float, err := number(quote(col.Name), col.Type)
		if err != nil {
			mistakes = append(mistakes, at(t, err))
			continue
		}
		items = append(items, "CAST("+expr+" AS STRING) AS m"+fmt.Sprint(len(items)))
		tests = append(tests, asked{query: len(c.plan.Queries), column: len(items) - 1, share: -1, of: a, test: t, float: float})
	}
	if len(mistakes) > 0 {
		return errors.Join(mistakes...)
	}
	if q, err = c.resolve(manifest.Join(manifest.Placed(with+"SELECT "+strings.Join(items, ", ")+" FROM (\n", a.Pos), body, manifest.Placed("\n)", a.Pos))); err != nil {
		return err
	}
	c.plan.Queries = append(c.plan.Queries, q)
	c.plan.tests = append(c.plan.tests, tests...)
	return nil
}

// column takes the tests of a column.
func (c *compiler) column(a *manifest.Assertion) error {
	n := len(c.inner)
	col := manifest.Placed(quote(a.Column), a.ColumnPos)
	if relation.Find(c.subject.Columns, a.Column) < 0 && strings.Contains(a.Column, ".") { // a field of a struct
		parts := strings.Split(a.Column, ".")
		for i := range parts {
			parts[i] = quote(parts[i])
		}
		col = manifest.Placed(strings.Join(parts, "."), a.ColumnPos)
	}
	item := manifest.Join(col, manifest.Placed(fmt.Sprintf(" AS c%d, ", n), a.ColumnPos))
	if a.Filter.Value != "" {
		item = manifest.Join(item, manifest.Placed("(", a.Filter.At(0)), a.Filter, manifest.Placed("\n)", a.Filter.At(0)))
	} else {
		item = manifest.Join(item, manifest.Placed("true", a.Pos))
	}
	item = manifest.Join(item, manifest.Placed(fmt.Sprintf(" AS f%d", n), a.Pos))
	q, err := c.resolve(manifest.Join(manifest.Placed("SELECT ", a.Pos), item, c.from(a.Pos)))
	if err != nil {
		return err
	}
	if len(q.Columns) != 2 || q.Columns[1].Type.Kind != relation.Boolean {
		return fault.Errorf(fault.Invalid, "the filter is not a condition").At(a.Filter.At(0)).WithHint("write one as in amount > 0")
	}
	var mistakes []error
	for _, t := range a.Tests {
		if err := c.measure(a, t, n, q.Columns[0].Type); err != nil {
			mistakes = append(mistakes, fmt.Errorf("column %s: %w", a.Column, at(t, err)))
		}
	}
	c.inner = append(c.inner, item)
	return errors.Join(mistakes...)
}

func at(t manifest.Test, err error) error {
	return &fault.Error{Kind: fault.KindOf(err), Pos: t.Pos, Err: err}
}

func (c *compiler) from(p fault.Pos) manifest.Text {
	return manifest.Placed(" FROM "+quote(c.subject.Relation), p)
}

// columns makes the one query of all that is asked of columns.
func (c *compiler) columns() error {
	if len(c.measures) == 0 {
		return nil
	}
	p := c.subject.List[0].Pos
	text := manifest.Placed("SELECT "+strings.Join(c.measures, ", ")+" FROM (SELECT ", p)
	for i, t := range c.inner {
		if i > 0 {
			text = manifest.Join(text, manifest.Placed(", ", p))
		}
		text = manifest.Join(text, t)
	}
	q, err := c.resolve(manifest.Join(text, c.from(p), manifest.Placed(")", p)))
	if err != nil {
		return errors.Join(named(c.subject.What, err)...)
	}
	for i := range c.tests {
		c.tests[i].query = len(c.plan.Queries)
	}
	c.plan.Queries = append(c.plan.Queries, q)
	c.plan.tests = append(c.plan.tests, c.tests...)
	return nil
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// literal writes text as Spark SQL.
func literal(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// Subjects are what a job asserts: of its first input, and of its outputs.
func Subjects(j *manifest.Job) []Subject {
	var all []Subject
	if len(j.Assertions) > 0 && len(j.Inputs) > 0 {
		name := j.Inputs[0].Name
		all = append(all, Subject{What: "input " + name, Relation: name, List: j.Assertions, Alone: true})
	}
	for i := range j.Outputs {
		if o := &j.Outputs[i]; len(o.Assertions) > 0 {
			all = append(all, Subject{What: "output " + o.Name, Output: o.Name, Relation: o.Step, List: o.Assertions})
		}
	}
	return all
}
