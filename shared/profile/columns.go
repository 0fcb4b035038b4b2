package profile

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// quantiles are those of levels above basic.
var quantiles = []string{"0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99"}

// A reading is one value of the one row of a query over all columns.
type reading struct {
	expr string
	take func(v any)
}

// columns asks about all columns: once for what needs one pass, and once more
// for each column for what needs its values apart.
func (c *compiler) columns(cols []relation.Column, level string) error {
	p := c.plan.profile
	readings := []reading{{"count(*)", func(v any) { p.Rows = whole(v) }}}
	for _, col := range cols {
		found := &Column{Name: col.Name, Type: col.Type.String()}
		p.Columns = append(p.Columns, found)
		readings = append(readings, once(found, quote(col.Name), col.Type, level)...)
	}
	items := make([]string, len(readings))
	for i, r := range readings {
		items[i] = fmt.Sprintf("CAST(%s AS STRING) AS m%d", r.expr, i)
	}
	if err := c.ask("SELECT "+strings.Join(items, ", ")+" FROM (", ")", func(rows [][]any) {
		for i, r := range readings {
			if len(rows) > 0 {
				r.take(rows[0][i])
			}
		}
	}); err != nil {
		return err
	}
	for i, col := range cols {
		if err := c.apart(p.Columns[i], quote(col.Name), col.Type, level); err != nil {
			return err
		}
	}
	return nil
}

// ordered reports whether values of a type have a least and a greatest that
// people can read.
func ordered(t relation.Type) bool {
	switch k := t.Kind; k {
	case relation.String, relation.Boolean, relation.Date, relation.Timestamp, relation.TimestampNTZ:
		return true
	default:
		return k.Numeric()
	}
}

// apartable reports whether values of a type can be told apart.
func apartable(t relation.Type) bool {
	switch t.Kind {
	case relation.Map, relation.Null:
		return false
	case relation.Array:
		return apartable(*t.Elem)
	case relation.Struct:
		for _, f := range t.Fields {
			if !apartable(f.Type) {
				return false
			}
		}
	}
	return true
}

func once(found *Column, col string, t relation.Type, level string) []reading {
	into := func(s *string) func(any) { return func(v any) { *s = text(v) } }
	all := []reading{{"count(*) - count(" + col + ")", func(v any) { found.Nulls = whole(v) }}}
	if ordered(t) {
		clip := func(f string) string { return fmt.Sprintf("substring(CAST(%s(%s) AS STRING), 1, %d)", f, col, clipped) }
		all = append(all, reading{clip("min"), into(&found.Min)}, reading{clip("max"), into(&found.Max)})
	}
	switch {
	case t.Kind == relation.String:
		all = append(all, reading{"count(CASE WHEN " + col + " = '' THEN 1 END)", func(v any) { n := whole(v); found.Empty = &n }},
			reading{"min(length(" + col + "))", into(&found.MinLength)}, reading{"max(length(" + col + "))", into(&found.MaxLength)})
	case t.Kind.Numeric():
		all = append(all, reading{"avg(" + col + ")", into(&found.Mean)}, reading{"stddev(" + col + ")", into(&found.StdDev)})
		if level == "basic" {
			break
		}
		for _, q := range quantiles {
			all = append(all, reading{"percentile(CAST(" + col + " AS DOUBLE), " + q + ")", func(v any) {
				if s := text(v); s != "" {
					if found.Quantiles == nil {
						found.Quantiles = map[string]string{}
					}
					found.Quantiles[q] = s
				}
			}})
		}
	}
	return all
}

// apart asks about the values of one column.
func (c *compiler) apart(found *Column, col string, t relation.Type, level string) error {
	if !apartable(t) {
		return nil
	}
	values := "SELECT v, count(*) AS n FROM (SELECT %s AS v FROM (" // of the rows that count
	grouped := func(expr string) (before, after string) {
		return fmt.Sprintf(values, expr), ") WHERE " + col + " IS NOT NULL) GROUP BY v"
	}
	before, after := grouped(col)
	err := c.ask("SELECT CAST(count(*) AS STRING) AS d, CAST(count(CASE WHEN n = 1 THEN 1 END) AS STRING) AS u FROM ("+before, after+")", func(rows [][]any) {
		if len(rows) > 0 {
			d, u := whole(rows[0][0]), whole(rows[0][1])
			found.Distinct, found.Unique = &d, &u
		}
	})
	if err != nil || level == "basic" {
		return err
	}
	if t.Kind.Numeric() {
		if err := c.histogram(found, col); err != nil {
			return err
		}
	}
	if level != "advanced" || !ordered(t) {
		return nil
	}
	if err := c.counts(&found.Top, before, after); err != nil || t.Kind != relation.String {
		return err
	}
	shape := col
	for _, class := range [][2]string{{"[0-9]", "9"}, {"[A-Z]", "A"}, {"[a-z]", "a"}} {
		shape = "regexp_replace(" + shape + ", '" + class[0] + "', '" + class[1] + "')"
	}
	before, after = grouped(fmt.Sprintf("substring(%s, 1, %d)", shape, clipped))
	return c.counts(&found.Patterns, before, after)
}

// counts asks for the most frequent of grouped values.
func (c *compiler) counts(into *[]Count, before, after string) error {
	return c.ask(fmt.Sprintf("SELECT substring(CAST(v AS STRING), 1, %d) AS value, CAST(n AS STRING) AS n FROM (", clipped)+before,
		fmt.Sprintf("%s) ORDER BY CAST(n AS BIGINT) DESC, value LIMIT %d", after, most), func(rows [][]any) {
			for _, row := range rows {
				*into = append(*into, Count{text(row[0]), whole(row[1])})
			}
		})
}

// histogram counts numbers in ranges of equal width.
func (c *compiler) histogram(found *Column, col string) error {
	number := "SELECT CAST(" + col + " AS DOUBLE) AS v FROM ("
	return c.ask(fmt.Sprintf("SELECT CAST(bucket AS STRING) AS b, CAST(count(*) AS STRING) AS n FROM ("+
		"SELECT least(CAST(floor(coalesce((v - lo) / (hi - lo), 0) * %d) AS INT), %d) AS bucket FROM "+
		"(SELECT v, min(v) OVER () AS lo, max(v) OVER () AS hi FROM (%s", most, most-1, number),
		") WHERE "+col+" IS NOT NULL) WHERE NOT isnan(v))) GROUP BY bucket", func(rows [][]any) {
			found.Histogram = make([]int64, most)
			for _, row := range rows {
				if b := whole(row[0]); b >= 0 && b < most {
					found.Histogram[b] = whole(row[1])
				}
			}
		})
}
