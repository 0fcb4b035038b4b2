package manifest

import (
	"regexp"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// An Assertion is what must hold for rows before anything is published: tests of
// a column, or of what a query over them returns.
type Assertion struct {
	Column string // "" of a query
	Filter Text   // which rows count; "" is all
	Regex  Text   // what is valid: validFormat.regex
	SQL    Text   // "" of a column
	Tests  []Test

	Pos, ColumnPos fault.Pos
}

// A Test compares a metric, or a column of a query's one row, with a number.
type Test struct {
	Text    string // as it is written, without blanks around it
	Metric  string // one of [Metrics] in small letters, or a column's name
	Compare string // >, <, >=, <=, =
	Number  string // decimal digits
	Pos     fault.Pos
}

// Metrics are those that a column can be tested by.
var Metrics = []string{
	"avg", "min", "max", "sum", "avg_length", "min_length", "max_length", "distinct_count", "duplicate_count",
	"missing_count", "missing_percentage", "invalid_count", "invalid_percentage",
	"null_count", "null_percentage", "regex_match", "variance", "stddev", "skewness", "kurtosis",
}

// formats are the metrics that ask what is valid.
var formats = []string{"invalid_count", "invalid_percentage", "regex_match"}

// test is metric, comparison, number. Of an exponent nobody would know how many
// digits it means.
var test = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)\s*(>=|<=|==|=|>|<)\s*([+-]?(?:\d{1,100}(?:\.\d{0,100})?|\.\d{1,100}))$`)

// assertions reads the list under outputs[] or job.
func (d *decoder) assertions(list *[]Assertion) func(plug.Raw) {
	return func(r plug.Raw) {
		d.items("assertions", r, func(it plug.Raw) { *list = append(*list, d.assertion(it)) })
	}
}

func (d *decoder) assertion(r plug.Raw) Assertion {
	a := Assertion{Pos: r.Pos}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "write - column: NAME and tests:", "an assertion is a mapping with column or sql, and tests")
		return a
	}
	var tests []plug.Raw
	d.attributes("assertion", r, []attribute{
		{name: "column", read: func(v plug.Raw) { a.ColumnPos = v.Pos; d.into("assertion.column", &a.Column)(v) }},
		{name: "filter", read: func(v plug.Raw) { a.Filter = d.text("assertion.filter", v) }},
		{name: "validFormat", read: func(v plug.Raw) {
			d.attributes("validFormat", v, []attribute{
				{name: "regex", read: func(v plug.Raw) { a.Regex = d.text("validFormat.regex", v) }},
			})
		}},
		{name: "sql", read: func(v plug.Raw) { a.SQL = d.text("assertion.sql", v) }},
		{name: "tests", read: func(v plug.Raw) {
			d.see(v, Attribute{Type: plug.List})
			if tests = v.Items; v.Shape == plug.Scalar {
				tests = []plug.Raw{v}
			}
		}},
	})
	switch {
	case a.SQL.Value != "" && (a.Column != "" || a.Filter.Value != "" || a.Regex.Value != ""):
		d.invalid(r.Pos, "make two of it", "an assertion is either about a column or about a query, not both")
		return a
	case a.SQL.Value == "" && a.Column == "":
		d.invalid(r.Pos, "write column: NAME, or sql: SELECT …", "an assertion names no column")
		return a
	case r.Get("validFormat").Shape != plug.Absent && a.Regex.Value == "":
		d.invalid(r.Get("validFormat").Pos, "write validFormat: {regex: …}", "validFormat has no regex")
		return a
	case len(tests) == 0:
		d.invalid(r.Pos, "write tests: [avg > 10]", "an assertion has no tests")
	}
	for _, it := range tests {
		d.test(&a, it)
	}
	return a
}

func (d *decoder) test(a *Assertion, r plug.Raw) {
	t := Test{Text: strings.TrimSpace(r.Text), Pos: r.Pos}
	m := test.FindStringSubmatch(t.Text)
	if r.Shape != plug.Scalar || m == nil {
		d.invalid(r.Pos, "write it as in avg > 10.5; the comparisons are > < >= <= =", "%q is not a test", t.Text)
		return
	}
	t.Metric, t.Compare, t.Number = m[1], m[2], m[3]
	if t.Compare == "==" {
		t.Compare = "="
	}
	if a.SQL.Value == "" {
		t.Metric = strings.ToLower(t.Metric)
		if !slices.Contains(Metrics, t.Metric) {
			hint := "known: " + strings.Join(Metrics, ", ")
			if near := plug.Nearest(t.Metric, Metrics); near != "" {
				hint = "did you mean " + near + "?"
			}
			d.invalid(r.Pos, hint, "there is no metric %s", m[1])
			return
		}
		if slices.Contains(formats, t.Metric) && a.Regex.Value == "" {
			d.invalid(r.Pos, "write validFormat: {regex: …} beside column", "%s: the assertion does not say what is valid", t.Metric)
			return
		}
		if strings.HasSuffix(t.Metric, "_percentage") && t.Number[0] != '-' && strings.TrimLeft(t.Number, "+0") >= "1" && strings.Trim(t.Number, "+0.") != "1" {
			d.note(r.Pos, "", "%s is a fraction: 0.5 is one half of the rows, and it is never more than 1", t.Metric)
		}
	}
	a.Tests = append(a.Tests, t)
}
