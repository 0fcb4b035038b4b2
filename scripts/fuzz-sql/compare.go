package main

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

type typ = relation.Type

// The classes of what can come of a pair.
const (
	same      = ""
	refused   = "refused by Glint"
	types     = "columns differ"
	values    = "values differ"
	glintOnly = "only Glint fails"
	sparkOnly = "only Spark fails"
)

// compared is the class of a pair, and where the two differ.
func compared(ordered bool, spark, glint answer) (class, where string) {
	switch {
	case glint.refused != "":
		return refused, glint.refused
	case spark.failed != "" && glint.failed != "":
		return same, ""
	case spark.failed != "":
		return sparkOnly, firstLine(spark.failed)
	case glint.failed != "":
		return glintOnly, firstLine(glint.failed)
	case len(spark.schema) != len(glint.schema):
		return types, fmt.Sprintf("%d columns, Spark has %d", len(glint.schema), len(spark.schema))
	}
	for i, s := range spark.schema {
		if g := glint.schema[i]; g != s {
			return types, fmt.Sprintf("column %d is %q %s, Spark's is %q %s", i+1, g.Name, g.Type, s.Name, s.Type)
		}
	}
	if len(spark.rows) != len(glint.rows) {
		return values, fmt.Sprintf("%d rows, Spark has %d", len(glint.rows), len(spark.rows))
	}
	a, b := spark.rows, glint.rows
	if !ordered {
		a, b = sorted(a, glint.types), sorted(b, glint.types)
	}
	for n := range a {
		for i, t := range glint.types {
			if !equal(a[n][i], b[n][i], t) {
				return values, fmt.Sprintf("row %d, column %d, %s: %s, Spark has %s", n+1, i+1, t, shown(b[n][i]), shown(a[n][i]))
			}
		}
	}
	return same, ""
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	return text
}

func shown(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// sorted are the rows in an order in which equal ones are beside each other,
// though the last digits of a double may differ.
func sorted(rows [][]any, types []typ) [][]any {
	rows = slices.Clone(rows)
	key := func(row []any) string {
		var b strings.Builder
		for pass := range 2 {
			for i, v := range row {
				float := types[i].Kind == relation.Double || types[i].Kind == relation.Float
				if float == (pass == 1) {
					b.WriteString(rounded(v, float))
					b.WriteByte(0)
				}
			}
		}
		return b.String()
	}
	slices.SortStableFunc(rows, func(a, b []any) int { return strings.Compare(key(a), key(b)) })
	return rows
}

func rounded(v any, float bool) string {
	if text, ok := v.(string); ok && float {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return strconv.FormatFloat(f, 'e', 8, 64)
		}
	}
	return shown(v)
}

// equal compares printed values: doubles within 1e-12 of each other, floats
// within 1e-6, for sums are made in different orders.
func equal(a, b any, t typ) bool {
	x, xs := a.([]any)
	y, ys := b.([]any)
	if xs || ys {
		if !xs || !ys || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equal(x[i], y[i], part(t, i)) {
				return false
			}
		}
		return true
	}
	if a == b || a == nil || b == nil {
		return a == b
	}
	allowed := 1e-12
	switch t.Kind {
	case relation.Double:
	case relation.Float:
		allowed = 1e-6
	default:
		return false
	}
	p, err1 := strconv.ParseFloat(a.(string), 64)
	q, err2 := strconv.ParseFloat(b.(string), 64)
	return err1 == nil && err2 == nil && math.Signbit(p) == math.Signbit(q) && math.Abs(p-q) <= allowed*max(math.Abs(p), math.Abs(q))
}

// part is the type of the i-th part of a value; of a map it is a pair, which is
// taken for a struct of key and value.
func part(t typ, i int) typ {
	switch t.Kind {
	case relation.Struct:
		return t.Fields[i].Type
	case relation.Map:
		return typ{Kind: relation.Struct, Fields: []relation.Column{{Name: "key", Type: *t.Key}, {Name: "value", Type: *t.Elem}}}
	case relation.Array:
		return *t.Elem
	}
	return t
}
