package assertion

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// A Result is how one test went.
type Result struct {
	What   string `json:"of"` // output final, input orders
	Column string `json:"column,omitempty"`
	Filter string `json:"filter,omitempty"`
	Test   string `json:"test"`
	Value  string `json:"value"` // what was measured; NULL if there is nothing to measure
	Passed bool   `json:"passed"`
	Place  string `json:"place,omitempty"` // in the manifest
	pos    fault.Pos
	why    string
}

// Most is how many rows of each query are worth asking for: more than one are a mistake.
const Most = 2

// Judge compares what the queries gave with what was asserted, in the
// manifest's order.
func (p *Plan) Judge(rows []relation.Rows) ([]Result, error) {
	if len(rows) != len(p.Queries) {
		return nil, fault.Errorf(fault.Internal, "assertions: %d answers to %d queries", len(rows), len(p.Queries))
	}
	all := make([]Result, 0, len(p.tests))
	for _, t := range p.tests {
		r := Result{What: p.what, Column: t.of.Column, Filter: t.of.Filter.Value, Test: t.test.Text, Value: "NULL", pos: t.test.Pos, Place: t.test.Pos.String()}
		switch got := rows[t.query].Values; len(got) {
		case 0:
			r.why = "the query gives no row"
		case 1:
			r.Value, r.Passed = t.judge(got[0])
			if r.Value == "NULL" {
				r.why = "there is nothing to measure"
			}
		default:
			r.why = "the query gives more than one row"
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.pos.Line, b.pos.Line), cmp.Compare(a.pos.Column, b.pos.Column))
	})
	return all, nil
}

// judge measures and compares. Where Spark has a double, the number of the test
// is one, too; everything else is compared digit by digit.
func (t asked) judge(row []any) (shown string, passed bool) {
	value, ok := row[t.column].(string)
	if !ok {
		return "NULL", false
	}
	if t.share >= 0 {
		whole, _ := row[t.share].(string)
		return t.ratio(value, whole)
	}
	if t.float {
		a, err := strconv.ParseFloat(value, 64)
		b, err2 := strconv.ParseFloat(t.test.Number, 64)
		if err != nil || err2 != nil || math.IsNaN(a) {
			return value, false
		}
		switch {
		case a < b:
			return value, t.holds(-1)
		case a > b:
			return value, t.holds(1)
		}
		return value, t.holds(0)
	}
	a, ok := new(big.Rat).SetString(value)
	b, ok2 := new(big.Rat).SetString(t.test.Number)
	return value, ok && ok2 && t.holds(a.Cmp(b))
}

func (t asked) ratio(part, whole string) (string, bool) {
	a, ok := new(big.Rat).SetString(part)
	b, ok2 := new(big.Rat).SetString(whole)
	n, ok3 := new(big.Rat).SetString(t.test.Number)
	if !ok || !ok2 || !ok3 || b.Sign() == 0 {
		return "NULL", false
	}
	r := a.Quo(a, b)
	shown := r.FloatString(6)
	if shown = strings.TrimRight(strings.TrimRight(shown, "0"), "."); shown == "" {
		shown = "0"
	}
	return shown + " (" + part + " of " + whole + ")", t.holds(r.Cmp(n))
}

func (t asked) holds(order int) bool {
	switch t.test.Compare {
	case ">":
		return order > 0
	case "<":
		return order < 0
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	}
	return order == 0
}

// Failed is the error of tests that did not pass, nil if all did.
func Failed(all []Result) error {
	var failed []error
	count, of := map[string]int{}, map[string]int{}
	var first []Result
	for _, r := range all {
		of[r.What]++
		if r.Passed {
			continue
		}
		if count[r.What]++; count[r.What] == 1 {
			first = append(first, r)
		}
	}
	for _, f := range first {
		failed = append(failed, fault.Errorf(fault.Invalid, "%s: %d of %d assertions failed, and nothing is published", f.What, count[f.What], of[f.What]).At(f.pos))
		for _, r := range all {
			if r.What == f.What && !r.Passed {
				failed = append(failed, r.fault())
			}
		}
	}
	return errors.Join(failed...)
}

func (r Result) fault() error {
	what := r.What
	if r.Column != "" {
		what += ": column " + r.Column
	}
	e := fault.Errorf(fault.Invalid, "%s: %s does not hold: it is %s", what, r.Test, r.Value)
	if r.why != "" {
		e = fault.Errorf(fault.Invalid, "%s: %s does not hold: %s", what, r.Test, r.why)
	}
	if r.Filter != "" {
		e.Err = fmt.Errorf("%w (where %s)", e.Err, strings.Join(strings.Fields(r.Filter), " "))
	}
	return e.At(r.pos)
}

// Results are how all tests went.
type Results []Result

// String is a table, for people; "" of none.
func (all Results) String() string {
	if len(all) == 0 {
		return ""
	}
	rows := [][]string{{"of", "column", "test", "measured", "passed"}}
	for _, r := range all {
		passed := "yes"
		if !r.Passed {
			passed = "NO"
		}
		rows = append(rows, []string{r.What, r.Column, r.Test, r.Value, passed})
	}
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
