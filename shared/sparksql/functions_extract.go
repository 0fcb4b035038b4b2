package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
)

// Parts of moments by name, times cut off at a unit, and units added and counted.

func init() {
	add(
		&function{name: "extract", signature: "extract(field FROM value)", min: 2, max: 2, resolve: extract, layout: "extract($1 FROM $2)"},
		&function{name: "date_part", signature: "date_part(field, value)", min: 2, max: 2, resolve: extract},
		&function{name: "datepart", signature: "datepart(field, value)", min: 2, max: 2, resolve: extract, layout: "datepart($1 FROM $2)"},
		&function{name: "date_trunc", signature: "date_trunc(unit, timestamp)", min: 2, max: 2, params: []param{text, instant}, gives: always(relation.Timestamp), loses: true,
			write: func(w *writer, a *apply, args []string) string {
				return w.truncated(a.args[0], args[1], args[0], w.zone)
			}},
		&function{name: "trunc", signature: "trunc(date, unit)", min: 2, max: 2, params: []param{date, text}, gives: always(relation.Date), loses: true, write: truncDate},
		&function{name: "timestampadd unit", signature: "timestampadd(unit, n, timestamp)", min: 3, max: 3, resolve: stampAdd, layout: "timestampadd($1, $2, $3)"},
		&function{name: "timestampdiff unit", signature: "timestampdiff(unit, start, end)", min: 3, max: 3, layout: "timestampdiff($1, $2, $3)", params: []param{text, instant, instant}, gives: always(relation.Long),
			write: func(w *writer, _ *apply, args []string) string {
				return fmt.Sprintf("spark_stamp_diff(%s, epoch_us(%s), epoch_us(%s))", args[0], w.local(args[1]), w.local(args[2]))
			}},
	)
}

// parts are the fields of a moment by Spark's names: a function, or a form.
var parts = map[string]string{}

func init() {
	for fn, names := range map[string]string{
		"year": "YEAR Y YEARS YR YRS", "yearofweek": "YEAROFWEEK", "quarter": "QUARTER QTR", "month": "MONTH MON MONS MONTHS", "weekofyear": "WEEK W WEEKS",
		"day": "DAY D DAYS", "dayofweek": "DAYOFWEEK DOW", "isoweekday": "DAYOFWEEK_ISO DOW_ISO", "dayofyear": "DOY",
		"hour": "HOUR H HOURS HR HRS", "minute": "MINUTE M MIN MINS MINUTES", "second": "SECOND S SEC SECONDS SECS",
	} {
		for _, n := range strings.Fields(names) {
			parts[n] = fn
		}
	}
}

// internal are parts that have no function of their own in Spark.
var internal = map[string]*function{
	"yearofweek": field("yearofweek", date, "isoyear($1)"),
	"isoweekday": field("isoweekday", date, "isodow($1)"),
	"second": {name: "second", min: 1, max: 1, params: []param{clock}, gives: func([]node) relation.Type { return relation.DecimalOf(8, 6) },
		write: overClock("CAST((CAST((epoch_us($1) - epoch_us(date_trunc('minute', $1))) AS DECIMAL(8,0)) * CAST('0.000001' AS DECIMAL(7,6))) AS DECIMAL(8,6))")},
}

func extract(r *resolver, a *apply) node {
	f, ok := a.args[0].(*constant)
	if !ok || !isString(f.t) && !isNull(f.t) {
		return r.note(invalid(a.at, "%s: the field must be written out as text", a.fn.name))
	}
	if f.nullable {
		return &constant{typed: typed{t: relation.Of(relation.Double), nullable: true, at: a.at}}
	}
	x := a.args[1]
	name, known := parts[strings.ToUpper(f.text)]
	if isInterval(x.typ()) && known {
		return r.extractSpan(a, name, x)
	}
	if !known {
		return r.note(invalid(f.pos(), "%s: there is no field %q", a.fn.name, f.text))
	}
	if fn := internal[name]; fn != nil {
		return r.bind(&apply{typed: typed{at: a.at}, fn: fn, args: []node{x}}, a.fn.name)
	}
	return r.apply(a.at, name, x)
}

// spanParts are the parts of intervals: the unit, the one that it is part of, and the type.
var spanParts = map[string]struct {
	unit  relation.Unit
	kind  relation.Kind
	above int64
}{
	"year": {relation.Year, relation.Int, 0}, "month": {relation.Month, relation.Byte, 12}, "day": {relation.Day, relation.Int, 0},
	"hour": {relation.Hour, relation.Byte, unitCounts[relation.Day]}, "minute": {relation.Minute, relation.Byte, unitCounts[relation.Hour]},
	"second": {relation.Second, relation.Decimal, unitCounts[relation.Minute]},
}

func (r *resolver) extractSpan(a *apply, name string, x node) node {
	p, ok := spanParts[name]
	t := x.typ()
	if !ok || p.unit < t.From || p.unit > t.To && !(t.Kind == relation.YearMonthInterval) || (p.unit <= relation.Month) != (t.Kind == relation.YearMonthInterval) {
		return r.note(invalid(a.at, "%s: there is no %s in %s", a.fn.name, name, t))
	}
	s := "$1"
	if p.above > 0 {
		s = fmt.Sprintf("($1 %% %d)", p.above)
	}
	if name == "second" {
		return r.timelyDuck(a, "CAST((CAST("+s+" AS DECIMAL(8,0)) * CAST('0.000001' AS DECIMAL(7,6))) AS DECIMAL(8,6))", relation.DecimalOf(8, 6), x)
	}
	return r.timelyDuck(a, fmt.Sprintf("CAST((%s // %d) AS %s)", s, unitCounts[p.unit], duckTypes[p.kind]), relation.Of(p.kind), x)
}

// truncated cuts a timestamp off at a unit; NULL for a unit that is none.
func (w *writer) truncated(format node, s, unit, zone string) string {
	c, ok := format.(*constant)
	if !ok || !utc(zone) {
		return "make_timestamp(spark_trunc(epoch_us(" + s + "), " + unit + ", " + quoteText(zoneID(zone)) + "))"
	}
	switch name := sparkfn.TruncUnit(c.text); {
	case name == "" || c.nullable:
		return "CAST(NULL AS TIMESTAMP)"
	case name == "microsecond":
		return s
	default:
		return "CAST(date_trunc('" + name + "', " + s + ") AS TIMESTAMP)"
	}
}

// truncDate cuts a date off; units below a week are none to it.
func truncDate(w *writer, a *apply, args []string) string {
	unit := args[1]
	if c, ok := a.args[1].(*constant); ok {
		if u := sparkfn.TruncUnit(c.text); u != "year" && u != "quarter" && u != "month" && u != "week" {
			return "CAST(NULL AS DATE)"
		}
	} else {
		unit = "CASE WHEN upper(" + unit + ") IN ('YEAR', 'YYYY', 'YY', 'QUARTER', 'MONTH', 'MON', 'MM', 'WEEK') THEN " + unit + " END"
	}
	return "CAST(" + w.truncated(a.args[1], "CAST("+args[0]+" AS TIMESTAMP)", unit, "") + " AS DATE)"
}

// unitSpans are the units of timestampadd as intervals.
var unitSpans = map[string]struct {
	count  int64
	months bool
}{"MICROSECOND": {1, false}, "MILLISECOND": {1000, false}, "SECOND": {unitCounts[relation.Second], false}, "MINUTE": {unitCounts[relation.Minute], false},
	"HOUR": {unitCounts[relation.Hour], false}, "DAY": {unitCounts[relation.Day], false}, "DAYOFYEAR": {unitCounts[relation.Day], false},
	"WEEK": {7 * unitCounts[relation.Day], false}, "MONTH": {1, true}, "QUARTER": {3, true}, "YEAR": {12, true}}

// stampAdd is timestampadd: a timestamp and a number of units.
func stampAdd(r *resolver, a *apply) node {
	unit, ok := a.args[0].(*constant)
	if !ok {
		return r.note(invalid(a.at, "%s: the unit must be written out", a.fn.name))
	}
	span, ok := unitSpans[strings.ToUpper(unit.text)]
	n, x := integer(r, a.args[1]), clock(r, a.args[2])
	for i, arg := range []node{n, x} {
		if m, wrong := arg.(*misfit); wrong {
			return r.note(invalid(a.args[i+1].pos(), "%s: argument %d is %s, and should be %s", a.fn.name, i+2, a.args[i+1].typ(), m.want))
		}
		if isBad(arg) {
			return arg
		}
	}
	if !ok {
		return r.note(invalid(a.at, "%s: there is no unit %s", a.fn.name, unit.text))
	}
	if span.months {
		months := r.timelyDuck(a, fmt.Sprintf("CAST(($1 * %d) AS INTEGER)", span.count), relation.Of(relation.YearMonthInterval), n)
		return r.timelyBy(a, "months +", addingMonths("+"), x.typ(), x, months)
	}
	return r.laterBy(a, x, r.timelyDuck(a, fmt.Sprintf("(CAST($1 AS BIGINT) * %d)", span.count), relation.Of(relation.DayTimeInterval), n), "+")
}
