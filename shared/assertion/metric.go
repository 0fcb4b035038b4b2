package assertion

import (
	"fmt"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
)

// number writes expr as a number: text is read as one, as Spark would.
func number(expr string, t relation.Type) (sql string, float bool, err error) {
	switch k := t.Kind; {
	case k == relation.String || k == relation.Null:
		return "CAST(" + expr + " AS DOUBLE)", true, nil
	case k.Numeric():
		return expr, k == relation.Float || k == relation.Double, nil
	}
	return "", false, fault.Errorf(fault.Invalid, "it is %s, and a test compares numbers", t).WithHint("test its length or count, or make a number of it under sql")
}

// sums are the metrics that are functions of Spark.
var sums = map[string]string{
	"avg": "avg", "min": "min", "max": "max", "sum": "sum",
	"variance": "variance", "stddev": "stddev", "skewness": "skewness", "kurtosis": "kurtosis",
}

var lengths = map[string]string{"avg_length": "avg", "min_length": "min", "max_length": "max"}

// measure adds what a test asks of the n-th column.
func (c *compiler) measure(a *manifest.Assertion, t manifest.Test, n int, typ relation.Type) error {
	col, text, where := fmt.Sprintf("c%d", n), fmt.Sprintf("CAST(c%d AS STRING)", n), fmt.Sprintf("f%d", n)
	test := asked{share: -1, of: a, test: t}
	count := func(condition string) string {
		return "count(CASE WHEN " + where + " AND " + condition + " THEN 1 END)"
	}
	only := func(expr string) string { return "CASE WHEN " + where + " THEN " + expr + " END" }
	missing := col + " IS NULL"
	if typ.Kind == relation.String {
		missing = "(" + col + " IS NULL OR " + col + " = '')"
	}
	var expr string
	switch m := t.Metric; {
	case sums[m] != "":
		value, float, err := number(col, typ)
		if err != nil {
			return err
		}
		exact := m == "min" || m == "max" || m == "sum" || m == "avg" && typ.Kind == relation.Decimal
		test.float = float || !exact
		expr = sums[m] + "(" + only(value) + ")"
	case lengths[m] != "":
		expr, test.float = lengths[m]+"("+only("length("+text+")")+")", m == "avg_length"
	case m == "distinct_count":
		expr = "count(DISTINCT " + only(col) + ")"
	case m == "duplicate_count":
		expr = "count(" + only(col) + ") - count(DISTINCT " + only(col) + ")"
	case m == "missing_count", m == "missing_percentage":
		expr = count(missing)
	case m == "null_count", m == "null_percentage":
		expr = count(col + " IS NULL")
	case m == "invalid_count", m == "invalid_percentage":
		expr = count(col + " IS NOT NULL AND NOT (" + text + " RLIKE " + literal(a.Regex.Value) + ")")
	case m == "regex_match":
		expr = count(text + " RLIKE " + literal(a.Regex.Value))
	}
	add := func(expr string) int {
		c.measures = append(c.measures, fmt.Sprintf("CAST(%s AS STRING) AS m%d", expr, len(c.measures)))
		return len(c.measures) - 1
	}
	test.column = add(expr)
	switch t.Metric {
	case "missing_percentage", "null_percentage", "invalid_percentage":
		test.share = add("count(CASE WHEN " + where + " THEN 1 END)")
	}
	c.tests = append(c.tests, test)
	return nil
}
