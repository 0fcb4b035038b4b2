package sparksql

import (
	"fmt"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

// Functions of one date or timestamp, and those that make one of numbers.

func init() {
	whole, day, stamp := always(relation.Int), always(relation.Date), always(relation.Timestamp)
	add(
		field("year", date, "year($1)"), field("quarter", date, "quarter($1)"), field("month", date, "month($1)"),
		field("day", date, "day($1)", "dayofmonth"), field("dayofyear", date, "dayofyear($1)"),
		field("dayofweek", date, "(dayofweek($1) + 1)"), field("weekday", date, "(isodow($1) - 1)"), field("weekofyear", date, "week($1)"),
		field("hour", clock, "hour($1)"), field("minute", clock, "minute($1)"), field("second", clock, "second($1)"),
		&function{name: "last_day", signature: "last_day(date)", min: 1, max: 1, params: []param{date}, gives: day, duck: "last_day($1)"},
		&function{name: "date_add", also: []string{"dateadd"}, signature: "date_add(date, days)", min: 2, max: 2,
			params: []param{date, dayCount}, gives: day, duck: "($1 + $2)", shown: "date_add"},
		&function{name: "date_sub", signature: "date_sub(date, days)", min: 2, max: 2,
			params: []param{date, dayCount}, gives: day, duck: "($1 - $2)"},
		&function{name: "datediff", also: []string{"date_diff"}, signature: "datediff(end, start)", min: 2, max: 2,
			params: []param{date}, gives: whole, duck: "CAST(($1 - $2) AS INTEGER)"},
		&function{name: "add_months", signature: "add_months(date, months)", min: 2, max: 2, params: []param{date, integer}, gives: day,
			duck: "CAST(($1 + to_months($2)) AS DATE)"},
		&function{name: "months_between", signature: "months_between(later, earlier [, round])", min: 2, max: 3, params: []param{instant, instant, boolean},
			gives: always(relation.Double), defaults: []string{"true"}, write: monthsBetween},
		&function{name: "next_day", signature: "next_day(date, weekday)", min: 2, max: 2, params: []param{date, text}, gives: day, loses: true,
			duck: dated("spark_next_day(CAST(" + days("$1") + " AS INTEGER), $2)")},
		&function{name: "make_date", signature: "make_date(year, month, day)", min: 3, max: 3, params: []param{integer}, gives: day, loses: true,
			duck: dated("spark_make_date($1, $2, $3)")},
		&function{name: "unix_date", signature: "unix_date(date)", min: 1, max: 1, params: []param{date}, gives: whole, duck: "CAST(" + days("$1") + " AS INTEGER)"},
		&function{name: "date_from_unix_date", signature: "date_from_unix_date(days)", min: 1, max: 1, params: []param{integer}, gives: day, duck: dated("$1")},
		sinceEpoch("unix_micros", 1), sinceEpoch("unix_millis", 1000), sinceEpoch("unix_seconds", 1_000_000),
		&function{name: "timestamp_micros", signature: "timestamp_micros(n)", min: 1, max: 1, params: []param{count}, gives: stamp,
			write: func(w *writer, _ *apply, args []string) string { return w.stamp("CAST(" + args[0] + " AS BIGINT)") }},
		&function{name: "timestamp_millis", signature: "timestamp_millis(n)", min: 1, max: 1, params: []param{count}, gives: stamp, duck: "make_timestamp((CAST($1 AS BIGINT) * 1000))"},
		&function{name: "timestamp_seconds", signature: "timestamp_seconds(number)", min: 1, max: 1, params: []param{seconds}, gives: stamp, loses: true, write: stampSeconds},
		&function{name: "from_utc_timestamp", signature: "from_utc_timestamp(timestamp, zone)", min: 2, max: 2, params: []param{instant, text}, gives: stamp,
			duck: "make_timestamp(spark_local(epoch_us($1), $2))"},
		&function{name: "to_utc_timestamp", signature: "to_utc_timestamp(timestamp, zone)", min: 2, max: 2, params: []param{instant, text}, gives: stamp,
			duck: "make_timestamp(spark_instant(epoch_us($1), $2))"},
		&function{name: "convert_timezone", signature: "convert_timezone([from,] to, timestamp_ntz)", min: 2, max: 3, resolve: convertZone,
			duck: "make_timestamp(spark_local(spark_instant(epoch_us($3), $1), $2))"},
		makeStamp("make_timestamp", 7, relation.Timestamp), makeStamp("make_timestamp_ltz", 7, relation.Timestamp), makeStamp("make_timestamp_ntz", 6, relation.TimestampNTZ),
		&function{name: "current_date", also: []string{"curdate"}, signature: "current_date()", gives: day, never: true, volatile: true, shown: "current_date",
			write: func(w *writer, _ *apply, _ []string) string { return "CAST(" + w.local(w.moment()) + " AS DATE)" }},
		&function{name: "current_timestamp", signature: "current_timestamp()", gives: stamp, never: true, volatile: true, write: func(w *writer, _ *apply, _ []string) string { return w.moment() }},
		&function{name: "now", signature: "now()", gives: stamp, never: true, volatile: true, write: func(w *writer, _ *apply, _ []string) string { return w.moment() }},
		&function{name: "localtimestamp", signature: "localtimestamp()", gives: always(relation.TimestampNTZ), never: true, volatile: true,
			write: func(w *writer, _ *apply, _ []string) string { return w.local(w.moment()) }},
		&function{name: "current_timezone", signature: "current_timezone()", gives: always(relation.String), never: true,
			write: func(w *writer, _ *apply, _ []string) string { return quoteText(zoneID(w.zone)) }},
	)
}

// moment is one constant for the whole of a query, as in Spark.
func (w *writer) moment() string {
	if !w.now.IsZero() {
		return "make_timestamp(CAST(" + strconv.FormatInt(w.now.UnixMicro(), 10) + " AS BIGINT))"
	}
	return "make_timestamp(epoch_us(now()))"
}

// field is a part of a date or of a clock's time.
func field(name string, p param, form string, also ...string) *function {
	return &function{name: name, also: also, signature: name + "(date)", min: 1, max: 1, params: []param{p}, gives: always(relation.Int), write: overClock("CAST(" + form + " AS INTEGER)")}
}

// overClock writes a form whose first argument is a clock's time in the session's zone.
func overClock(form string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		args[0] = w.clock(a.args[0], args[0])
		return fill(form, args)
	}
}

// clock takes a timestamp without a zone as it is, and all else as an instant.
func clock(r *resolver, n node) node {
	if n.typ().Kind == relation.TimestampNTZ {
		return n
	}
	return instant(r, n)
}

// dayCount takes whole numbers up to int, and text that is written out as one.
func dayCount(r *resolver, n node) node {
	if k := n.typ().Kind; k >= relation.Byte && k <= relation.Int || k == relation.Null {
		return r.to(n, relation.Of(relation.Int))
	}
	if c, ok := n.(*constant); ok && isString(c.t) && !c.nullable {
		if folded := c.fold(relation.Of(relation.Int), r.zone); folded != nil {
			return folded
		}
		return r.note(invalid(n.pos(), "%q is no whole number of days", c.text))
	} else if isString(n.typ()) {
		return r.note(refused(n.pos(), "a number of days that is text").because("cast it to int"))
	}
	return &misfit{typed{at: n.pos()}, "int"}
}

// count takes whole numbers only.
func count(r *resolver, n node) node {
	if isNull(n.typ()) {
		return r.to(n, relation.Of(relation.Long))
	}
	if !n.typ().Kind.Integral() {
		return &misfit{typed{at: n.pos()}, "a whole number"}
	}
	return n
}

// seconds takes numbers, of decimals those that microseconds can hold.
func seconds(r *resolver, n node) node {
	switch t := n.typ(); {
	case isNull(t):
		return r.to(n, relation.Of(relation.Long))
	case isDecimal(t) && (t.Scale > 6 || t.Precision > 30):
		return r.note(refused(n.pos(), "timestamp_seconds of %s", t).because("cast it to decimal(20,6)"))
	case !isNumeric(t):
		return &misfit{typed{at: n.pos()}, "a number"}
	}
	return n
}

func stampSeconds(w *writer, a *apply, args []string) string {
	return w.toInstant(a.args[0].typ(), args[0])
}

func sinceEpoch(name string, n int64) *function {
	return &function{name: name, signature: name + "(timestamp)", min: 1, max: 1, params: []param{instant}, gives: always(relation.Long),
		write: func(w *writer, _ *apply, args []string) string {
			if n == 1 {
				return "epoch_us(" + args[0] + ")"
			}
			return w.floorDiv("epoch_us("+args[0]+")", n)
		}}
}

func monthsBetween(w *writer, _ *apply, args []string) string {
	if len(args) == 2 {
		args = append(args, "true")
	}
	return fmt.Sprintf("spark_months_between(epoch_us(%s), epoch_us(%s), %s, %s)", args[0], args[1], args[2], quoteText(zoneID(w.zone)))
}

// convertZone fills in the session's zone where only the target is given.
func convertZone(r *resolver, a *apply) node {
	if len(a.args) == 2 {
		a.shown = "convert_timezone(current_timezone(), $1, $2)"
		a.args = append([]node{r.apply(a.at, "current_timezone")}, a.args...)
	}
	for i, p := range []param{text, text, taking(relation.TimestampNTZ)} {
		n := p(r, a.args[i])
		if m, wrong := n.(*misfit); wrong {
			return r.note(invalid(a.args[i].pos(), "convert_timezone: argument %d is %s, and should be %s", i+1, a.args[i].typ(), m.want))
		}
		if isBad(n) {
			return n
		}
		a.args[i] = n
		a.nullable = a.nullable || n.null()
	}
	a.t = relation.Of(relation.TimestampNTZ)
	return a
}

// makeStamp makes a timestamp of its parts; seconds have six decimal places.
func makeStamp(name string, most int, k relation.Kind) *function {
	fraction := func(r *resolver, n node) node {
		if !isNumeric(n.typ()) && !isString(n.typ()) && !isNull(n.typ()) {
			return &misfit{typed{at: n.pos()}, "a number"}
		}
		return r.to(n, relation.DecimalOf(16, 6))
	}
	return &function{name: name, signature: name + "(year, month, day, hour, minute, second" + map[int]string{7: " [, zone])", 6: ")"}[most], min: 6, max: most,
		params: []param{integer, integer, integer, integer, integer, fraction, text}, gives: always(k), loses: true,
		write: func(w *writer, a *apply, args []string) string {
			s := fmt.Sprintf("spark_make_stamp(%s, %s, %s, %s, %s, CAST((CAST(%s AS DECIMAL(30,6)) * 1000000) AS BIGINT))", args[0], args[1], args[2], args[3], args[4], args[5])
			switch {
			case len(args) == 7:
				s = "spark_instant(" + s + ", " + args[6] + ")"
			case k == relation.Timestamp:
				return w.instant("make_timestamp(" + s + ")")
			}
			return "make_timestamp(" + s + ")"
		}}
}
