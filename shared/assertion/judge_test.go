package assertion_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

var columns = []relation.Column{
	{Name: "d", Type: relation.Type{Kind: relation.Decimal, Precision: 38, Scale: 20}},
	{Name: "f", Type: relation.Type{Kind: relation.Double}},
	{Name: "n", Type: relation.Type{Kind: relation.Long}},
	{Name: "s", Type: relation.Type{Kind: relation.String}},
}

// asserted is what a manifest asserts of such rows.
func asserted(t *testing.T, column, metric, test string) *assertion.Plan {
	t.Helper()
	m, _, err := manifest.Parse("m.yaml", fmt.Appendf(nil, `name: x-wf
version: v1
type: workflow
workflow:
  dag:
    - name: job
      spec:
        stack: flare:6.0
        compute: c
        stackSpec:
          job:
            inputs: [{name: rows, dataset: "dataos://a:b/c"}]
            assertions: [{column: %s, validFormat: {regex: '\d''"'}, tests: [%s %s]}]
`, column, metric, test), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := assertion.Subjects(&m.Jobs[0])[0]
	s.Columns = columns
	p, err := assertion.Compile(s, sparksql.Scopes{"rows": columns}, sparksql.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestJudge: numbers are compared exactly, and as doubles where Spark has doubles.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		column, metric, test, value, whole string
		holds                              bool
		shown                              string
	}{
		{"d", "max", "= 0.1", "0.10000000000000000000", "", true, ""},
		{"d", "max", "= 0.1", "0.10000000000000000001", "", false, ""},
		{"d", "max", "> 0.1", "0.10000000000000000001", "", true, ""},
		{"d", "sum", ">= -99999999999999999999", "-99999999999999999999", "", true, ""},
		{"d", "sum", "< -99999999999999999998", "-99999999999999999999", "", true, ""},
		{"f", "max", "= 0.1", "0.1", "", true, ""},
		{"f", "avg", "= 0.30000000000000004", "0.30000000000000004", "", true, ""},
		{"f", "avg", "> 0.3", "0.30000000000000004", "", true, ""},
		{"f", "max", "> 5", "NaN", "", false, ""},
		{"f", "max", "> 5", "Infinity", "", true, ""},
		{"f", "min", "< +.5", "-1.0E-7", "", true, ""},
		{"n", "sum", "= 9007199254740993", "9007199254740993", "", true, ""},
		{"n", "sum", "= 9007199254740993", "9007199254740992", "", false, ""},
		{"n", "avg", "<= 1.", "1.0", "", true, ""},
		{"s", "missing_percentage", "<= 0.3333333333333333", "1", "3", false, "0.333333 (1 of 3)"},
		{"s", "null_percentage", "< 0.3333333333333334", "1", "3", true, "0.333333 (1 of 3)"},
		{"s", "invalid_percentage", "= 0", "0", "7", true, "0 (0 of 7)"},
		{"s", "invalid_percentage", "= 0", "0", "0", false, "NULL"},
		{"s", "avg", "> 1", "", "", false, "NULL"},
	} {
		p := asserted(t, c.column, c.metric, c.test)
		row := []any{c.value}
		if c.value == "" {
			row = []any{nil}
		}
		if c.whole != "" {
			row = append(row, c.whole)
		}
		got, err := p.Judge([]relation.Rows{{Values: [][]any{row}}})
		if c.shown == "" {
			c.shown = c.value
		}
		if err != nil || len(got) != 1 || got[0].Passed != c.holds || got[0].Value != c.shown {
			t.Errorf("%s %s of %s: %v, %+v", c.metric, c.test, c.value, err, got)
		}
		if failed := assertion.Failed(got); (failed == nil) != c.holds || failed != nil && fault.Retry(failed) {
			t.Errorf("%s %s of %s: %v", c.metric, c.test, c.value, failed)
		}
	}
}

// TestOneQuery: all columns of a relation are one query.
func TestOneQuery(t *testing.T) {
	p := asserted(t, "s", "invalid_count > 1, avg > 1, missing_percentage", "< 1")
	if len(p.Queries) != 1 || strings.Count(p.Queries[0].Text, "FROM `rows`") != 1 || len(p.Queries[0].Columns) != 4 {
		t.Errorf("%d queries, the first %s", len(p.Queries), p.Queries[0].Text)
	}
}
