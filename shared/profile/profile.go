// Package profile asks with Spark SQL what is in the columns of an input: how
// much of them is there, how much of that differs, and how it is spread.
package profile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// A Profile is what was found.
type Profile struct {
	Input   string    `json:"input"`
	Level   string    `json:"level"`
	Filters []string  `json:"filters,omitempty"`
	Rows    int64     `json:"rows"`
	Columns []*Column `json:"columns"`
}

// A Column is what was found in one. Shares are of all rows.
type Column struct {
	Name     string  `json:"name"`
	Type     string  `json:"type"`
	Nulls    int64   `json:"nulls"`
	NullPart float64 `json:"null_fraction"`
	// Of values that can be told apart: how many there are, and how many of them
	// occur once.
	Distinct     *int64   `json:"distinct,omitempty"`
	DistinctPart *float64 `json:"distinct_fraction,omitempty"`
	Unique       *int64   `json:"unique,omitempty"`
	UniquePart   *float64 `json:"unique_fraction,omitempty"`
	// Of values that have an order; clipped.
	Min string `json:"min,omitempty"`
	Max string `json:"max,omitempty"`
	// Of numbers.
	Mean      string            `json:"mean,omitempty"`
	StdDev    string            `json:"stddev,omitempty"`
	Quantiles map[string]string `json:"quantiles,omitempty"`
	Histogram []int64           `json:"histogram,omitempty"` // ten ranges of equal width from Min to Max
	// Of texts.
	Empty     *int64  `json:"empty,omitempty"`
	MinLength string  `json:"min_length,omitempty"`
	MaxLength string  `json:"max_length,omitempty"`
	Patterns  []Count `json:"patterns,omitempty"` // 9 is a digit, a and A are letters; the most frequent
	Top       []Count `json:"top,omitempty"`      // the most frequent values; clipped
}

// A Count says how often something occurs.
type Count struct {
	Value string `json:"value"`
	Count int64  `json:"count"`
}

// A Plan is the queries, and where their answers go.
type Plan struct {
	profile *Profile
	asks    []ask
}

// An ask is a query and who takes its rows.
type ask struct {
	query *sparksql.Query
	take  func(rows [][]any)
}

const (
	most    = 10  // rows of a query, ranges of a histogram
	clipped = 200 // characters of a value
)

// Queries are what has to be asked, each for at most [Most] rows.
func (p *Plan) Queries() []*sparksql.Query {
	all := make([]*sparksql.Query, len(p.asks))
	for i, a := range p.asks {
		all[i] = a.query
	}
	return all
}

// Most is how many rows of each query are wanted.
const Most = most

// Take reads the answers.
func (p *Plan) Take(rows []relation.Rows) (*Profile, error) {
	if len(rows) != len(p.asks) {
		return nil, fault.Errorf(fault.Internal, "profile: %d answers to %d queries", len(rows), len(p.asks))
	}
	for i, a := range p.asks {
		a.take(rows[i].Values)
	}
	part := func(n int64) float64 {
		if p.profile.Rows == 0 {
			return 0
		}
		return float64(n) / float64(p.profile.Rows)
	}
	for _, c := range p.profile.Columns {
		c.NullPart = part(c.Nulls)
		if c.Distinct != nil {
			d, u := part(*c.Distinct), part(*c.Unique)
			c.DistinctPart, c.UniquePart = &d, &u
		}
	}
	return p.profile, nil
}

type compiler struct {
	plan  *Plan
	from  manifest.Text // the rows that count
	scope sparksql.Scope
	set   sparksql.Settings
	at    fault.Pos
}

// Compile makes the queries about the first input of a job.
func Compile(j *manifest.Job, scope sparksql.Scope, set sparksql.Settings) (*Plan, error) {
	spec, input := j.Profile, j.Inputs[0].Name
	cols, _ := scope.Relation(input)
	c := &compiler{scope: scope, set: set, at: spec.Pos, plan: &Plan{profile: &Profile{Input: input, Level: spec.Level}}}
	c.from = manifest.Placed("SELECT * FROM "+quote(input), c.at)
	var mistakes []error
	for i, f := range spec.Filters {
		q, err := c.resolve(manifest.Join(manifest.Placed("SELECT (", f.At(0)), f, manifest.Placed("\n) AS holds FROM "+quote(input), f.At(0))))
		if err == nil && (len(q.Columns) != 1 || q.Columns[0].Type.Kind != relation.Boolean) {
			err = fault.Errorf(fault.Invalid, "the filter is not a condition").At(f.At(0)).WithHint("write one as in amount > 0")
		}
		if err != nil {
			for _, e := range fault.Each(err) {
				mistakes = append(mistakes, fmt.Errorf("profile: %w", e))
			}
			continue
		}
		word := " WHERE ("
		if i > 0 {
			word = " AND ("
		}
		c.from = manifest.Join(c.from, manifest.Placed(word, f.At(0)), f, manifest.Placed("\n)", f.At(0)))
		c.plan.profile.Filters = append(c.plan.profile.Filters, f.Value)
	}
	if len(mistakes) > 0 || cols == nil {
		return c.plan, errors.Join(mistakes...)
	}
	return c.plan, c.columns(cols, spec.Level)
}

func (c *compiler) resolve(t manifest.Text) (*sparksql.Query, error) {
	return sparksql.ResolveWith(t.Value, t.At, c.scope, c.set)
}

// ask adds a query: what stands before and after the rows that count.
func (c *compiler) ask(before, after string, take func([][]any)) error {
	q, err := c.resolve(manifest.Join(manifest.Placed(before, c.at), c.from, manifest.Placed(after, c.at)))
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	c.plan.asks = append(c.plan.asks, ask{q, take})
	return nil
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func text(v any) string {
	s, _ := v.(string)
	return s
}

func whole(v any) int64 {
	n, _ := strconv.ParseInt(text(v), 10, 64)
	return n
}

// String is the profile as a table, for people; "" of none.
func (p *Profile) String() string {
	if p == nil {
		return ""
	}
	rows := [][]string{{"column", "type", "null", "distinct", "unique", "min", "max", "mean"}}
	percent := func(part float64) string { return strconv.FormatFloat(part*100, 'f', 1, 64) + " %" }
	for _, c := range p.Columns {
		row := []string{c.Name, c.Type, percent(c.NullPart), "", "", short(c.Min), short(c.Max), c.Mean}
		if c.Distinct != nil {
			row[3], row[4] = percent(*c.DistinctPart), percent(*c.UniquePart)
		}
		rows = append(rows, row)
	}
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s: %d rows\n", p.Input, p.Rows)
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// short is a value that fits a table: one line of it, and not all of a long one.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > 24 {
		return string([]rune(s)[:23]) + "…"
	}
	return s
}
