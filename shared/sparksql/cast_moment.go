package sparksql

import (
	"fmt"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

// Casts from and to dates, timestamps and intervals.

func isInterval(t relation.Type) bool { return t.Kind.Interval() }

// timely reports whether a cast is one of these.
func timely(from, to relation.Type) bool {
	return isMoment(from) || isMoment(to) || isInterval(from) || isInterval(to)
}

// castableMoment is castable for them, with ANSI mode off.
func castableMoment(from, to relation.Type) *mistake {
	f, k := from.Kind, to.Kind
	switch {
	case isNull(from), f == relation.String, k == relation.String:
		return nil
	case isMoment(from) && isMoment(to):
		return nil
	case f == relation.Date && (isNumeric(to) || k == relation.Boolean):
		return nil // it is NULL
	case f == relation.Timestamp && (isNumeric(to) || k == relation.Boolean):
		return nil
	case k == relation.Timestamp && (isNumeric(from) || f == relation.Boolean):
		if isDecimal(from) && from.Precision-from.Scale > 20 {
			return refused(0, "a cast from %s to %s", from, to).because("cast it to a decimal of fewer digits")
		}
		return nil
	case isInterval(from) && f == k:
		return nil
	case isInterval(from) && (k.Integral() || isDecimal(to)):
		return nil
	case f.Integral() && isInterval(to):
		return nil
	case isDecimal(from) && isInterval(to):
		return nil
	}
	return invalid(0, "%s cannot be cast to %s", from, to)
}

// convertMoment writes such a cast.
func (w *writer) convertMoment(from, to relation.Type, s string) string {
	f, k := from.Kind, to.Kind
	switch {
	case isNull(from), f == relation.Date && !isMoment(to) && k != relation.String:
		return "CAST(NULL AS " + duckType(to) + ")"
	case f == relation.String:
		return w.textMoment(to, s)
	case k == relation.String:
		return w.momentText(from, s)
	case isInterval(from) || isInterval(to):
		return convertInterval(from, to, s)
	case f == relation.Date:
		s = "CAST(" + s + " AS TIMESTAMP)"
		if k == relation.Timestamp {
			return w.instant(s)
		}
		return s
	case k == relation.Date && f == relation.Timestamp:
		return "CAST(" + w.local(s) + " AS DATE)"
	case k == relation.Date:
		return "CAST(" + s + " AS DATE)"
	case f == relation.TimestampNTZ:
		return w.instant(s)
	case k == relation.TimestampNTZ:
		return w.local(s)
	case f == relation.Timestamp:
		return w.fromInstant(to, s)
	}
	return w.toInstant(from, s)
}

// fromInstant is the number of seconds; false is the epoch itself.
func (w *writer) fromInstant(to relation.Type, s string) string {
	us := "epoch_us(" + s + ")"
	switch k := to.Kind; {
	case k == relation.Boolean:
		return "(" + us + " <> 0)"
	case k == relation.Long:
		return w.floorDiv(us, 1_000_000)
	case k.Integral():
		return narrow(k, w.floorDiv(us, 1_000_000))
	case k == relation.Double:
		return "(CAST(" + us + " AS DOUBLE) / CAST(1000000 AS DOUBLE))"
	}
	// A float or a decimal comes from the double.
	return w.convert(relation.Of(relation.Double), to, "(CAST("+us+" AS DOUBLE) / CAST(1000000 AS DOUBLE))")
}

// floorDiv is the bigint s / n rounded down.
func (w *writer) floorDiv(s string, n int64) string {
	return w.once(s, func(v string) string {
		return fmt.Sprintf("((%s - (((%s %% %d) + %d) %% %d)) // %d)", v, v, n, n, n, n)
	})
}

// toInstant takes a number as seconds; true is one microsecond.
func (w *writer) toInstant(from relation.Type, s string) string {
	switch {
	case from.Kind == relation.Boolean:
		return "make_timestamp(CAST(" + s + " AS BIGINT))"
	case from.Kind.Integral():
		return "make_timestamp((CAST(" + s + " AS BIGINT) * 1000000))"
	case isDecimal(from):
		return fmt.Sprintf("make_timestamp(CAST(trunc((CAST(%s AS DECIMAL(%d,%d)) * CAST(1000000 AS DECIMAL(7,0)))) AS BIGINT))", s, min(31, from.Precision+6), from.Scale)
	}
	return w.once("CAST("+s+" AS DOUBLE)", func(v string) string {
		return fmt.Sprintf("CASE WHEN isfinite(%s) THEN %s END", v, w.stamp("CAST(trunc(("+v+" * CAST(1000000 AS DOUBLE))) AS BIGINT)"))
	})
}

// stamp is the timestamp of microseconds since the epoch. The outermost of them
// are infinities to DuckDB.
func (w *writer) stamp(us string) string {
	return w.once(us, func(v string) string {
		return fmt.Sprintf("CASE WHEN %s BETWEEN -9223372022400000000 AND 9223372036854775806 THEN make_timestamp(%s) WHEN %s IS NOT NULL THEN %s END", v, v, v, "error('a timestamp beyond the years -290308 to 294246')")
	})
}

// days writes a date as the days since the epoch; dated is the reverse.
func days(s string) string  { return "date_diff('day', DATE '1970-01-01', " + s + ")" }
func dated(s string) string { return "CAST((DATE '1970-01-01' + " + s + ") AS DATE)" }

// textMoment reads text. What prints as the same text again was it, and that is
// most of what there is; the rest is left to a function in Go.
func (w *writer) textMoment(to relation.Type, s string) string {
	return w.once(s, func(v string) string {
		slow := ""
		switch to.Kind {
		case relation.Date:
			slow = dated("spark_to_date(" + v + ")")
		case relation.Timestamp:
			slow = "make_timestamp(spark_to_stamp(" + v + ", " + quoteText(zoneID(w.zone)) + ", epoch_us(now())))"
		case relation.TimestampNTZ:
			slow = "make_timestamp(spark_to_clock(" + v + "))"
		default:
			return "CAST(spark_to_interval(" + v + ", " + quoteText(to.String()) + ") AS " + duckType(to) + ")"
		}
		fast := "TRY_CAST(" + v + " AS " + duckType(to) + ")"
		// DuckDB writes (BC) after years before 1, which Spark does not read.
		printed := "CAST(" + fast + " AS VARCHAR) = " + v + " AND length(" + v + ") BETWEEN 10 AND 26 AND NOT contains(" + v + ", '(')"
		if to.Kind == relation.Timestamp {
			fast = w.instant(fast)
		}
		return "CASE WHEN " + printed + " THEN " + fast + " WHEN " + v + " IS NOT NULL THEN " + slow + " END"
	})
}

// momentText prints as Spark does: DuckDB has other words for years that do not
// have four digits.
func (w *writer) momentText(from relation.Type, s string) string {
	if isInterval(from) {
		return "spark_interval_text(CAST(" + s + " AS BIGINT), " + quoteText(from.String()) + ")"
	}
	if from.Kind == relation.Timestamp {
		s = w.local(s)
	}
	return w.once(s, func(v string) string {
		slow := "spark_stamp_text(epoch_us(" + v + "))"
		last := "9999-12-31 23:59:59.999999"
		if from.Kind == relation.Date {
			slow, last = "spark_date_text(CAST("+days(v)+" AS INTEGER))", "9999-12-31"
		}
		return fmt.Sprintf("CASE WHEN %s BETWEEN CAST('0001-01-01' AS %s) AND CAST('%s' AS %s) THEN CAST(%s AS VARCHAR) WHEN %s IS NOT NULL THEN %s END",
			v, duckType(from), last, duckType(from), v, v, slow)
	})
}

// unitCounts are the units of intervals as counts: of months, or of microseconds.
var unitCounts = map[relation.Unit]int64{relation.Year: 12, relation.Month: 1, relation.Day: 86_400_000_000,
	relation.Hour: 3_600_000_000, relation.Minute: 60_000_000, relation.Second: 1_000_000}

func convertInterval(from, to relation.Type, s string) string {
	switch {
	case isInterval(from) && isInterval(to):
		if n := unitCounts[to.To]; to.To < from.To && n > 1 {
			return fmt.Sprintf("(%s - (%s %% %d))", s, s, n)
		}
		return s
	case isInterval(to) && isDecimal(from):
		return fmt.Sprintf("CAST(spark_span_times(CAST(%d AS BIGINT), CAST(%s AS VARCHAR), %t) AS %s)", unitCounts[to.To], s, to.Kind == relation.YearMonthInterval, duckType(to))
	case isInterval(to):
		return fmt.Sprintf("CAST((CAST(%s AS BIGINT) * %d) AS %s)", s, unitCounts[to.To], duckType(to))
	case isDecimal(to) && from.To == relation.Second:
		return "CAST((CAST(" + s + " AS DECIMAL(19,0)) * CAST('0.000001' AS DECIMAL(7,6))) AS " + duckType(to) + ")"
	case isDecimal(to):
		return "CAST((" + s + " // " + strconv.FormatInt(unitCounts[from.To], 10) + ") AS " + duckType(to) + ")"
	}
	return "CAST((" + s + " // " + strconv.FormatInt(unitCounts[from.To], 10) + ") AS " + duckType(to) + ")"
}
