package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// castable says why a value of one type cannot become one of another: that it
// is wrong in Spark, or that it is not done here. nil is that it can.
func castable(from, to relation.Type) *mistake {
	f, k := from.Kind, to.Kind
	switch {
	case from.Equal(to), f == relation.Null && k <= relation.TimestampNTZ:
		return nil
	case isNested(from) && k == relation.String:
		return textableNested(from)
	case isNested(from) && isNested(to):
		return castableNested(from, to)
	case f == relation.Null && isNested(to):
		return nil
	case isNested(from) || isNested(to):
		return invalid(0, "%s cannot be cast to %s", from, to)
	case timely(from, to):
		return castableMoment(from, to)
	case f == relation.Null:
		return refused(0, "a cast from %s to %s", from, to)
	case k == relation.String:
		return nil
	case k == relation.Binary:
		if f == relation.String || f.Integral() {
			return nil
		}
		return invalid(0, "%s cannot be cast to %s", from, to)
	case f == relation.Binary:
		return invalid(0, "%s cannot be cast to %s", from, to)
	}
	return nil
}

// tryable says which casts TRY_CAST does not make.
func tryable(from, to relation.Type) *mistake {
	switch {
	case lossless(from, to), isNull(from):
		return nil
	case to.Kind == relation.Binary && !isString(from):
		return invalid(0, "%s cannot be TRY_CAST to %s", from, to)
	case isMoment(from) && isMoment(to), from.Kind == relation.Timestamp && to.Kind.Integral(), isString(from) && isInterval(to):
		return nil
	case isMoment(from), isMoment(to) && !isString(from), isInterval(from), isInterval(to):
		return refused(0, "TRY_CAST from %s to %s", from, to).because("use CAST, which gives NULL for text that does not fit")
	}
	return nil
}

// attempt writes a TRY_CAST: it is a cast, but integers that do not fit are
// NULL, and text with a fraction is none.
func (w *writer) attempt(from, to relation.Type, s string) string {
	k := to.Kind
	switch {
	case from.Kind == relation.Timestamp && k.Integral():
		return "TRY_CAST(" + w.fromInstant(relation.Of(relation.Long), s) + " AS " + duckType(to) + ")"
	case isString(from) && isInterval(to):
		return "TRY(" + w.convert(from, to, s) + ")"
	case !k.Integral() || from.Kind == relation.Boolean || isNull(from):
		return w.convert(from, to, s)
	case isString(from):
		return w.once(s, func(v string) string {
			return plainInteger(v, to, fmt.Sprintf("TRY_CAST(regexp_extract(%s, %s, 1) AS %s)", v, quoteText(`^`+space+`([+-]?[0-9]+)`+space+`$`), duckType(to)))
		})
	case isFloating(from):
		low, high := limits[k][0], limits[k][1]
		return w.once(s, func(v string) string {
			whole := fmt.Sprintf("CAST(trunc(%s) AS %s)", v, duckType(to))
			if k == relation.Long {
				whole = w.saturate(v, k)
			}
			return fmt.Sprintf("CASE WHEN floor(%s) <= CAST(%d AS DOUBLE) AND ceil(%s) >= CAST(%d AS DOUBLE) THEN %s END", v, high, v, low, whole)
		})
	case isDecimal(from) && from.Scale > 0:
		s = "trunc(" + s + ")"
	}
	return "TRY_CAST(" + s + " AS " + duckType(to) + ")"
}

// convert writes a cast with Spark's meaning.
func (w *writer) convert(from, to relation.Type, s string) string {
	switch {
	case isNull(from):
		// It is NULL always, or ends the query: it must be computed.
		return "CASE WHEN " + s + " IS NULL THEN CAST(NULL AS " + duckType(to) + ") END"
	case isNested(from) && isNested(to):
		return w.convertNested(from, to, s)
	case isNested(from):
		return w.nestedText(from, s)
	case timely(from, to):
		return w.convertMoment(from, to, s)
	case isString(from):
		return w.fromText(to, s)
	case to.Kind == relation.String:
		return w.toText(from, s)
	case to.Kind == relation.Binary:
		return fmt.Sprintf("from_hex(right(lpad(hex(CAST(%s AS BIGINT)), 16, '0'), %d))", s, bitsOf[from.Kind]/4)
	case from.Kind == relation.Boolean && isDecimal(to):
		return "TRY_CAST(CAST(" + s + " AS INTEGER) AS " + duckType(to) + ")"
	case isFloating(from):
		return w.fromFloating(from, to, s)
	case to.Kind.Integral():
		return toInteger(from, to, s)
	case isDecimal(to):
		return toDecimal(from, to, s)
	case isDecimal(from) && to.Kind == relation.Float, isDecimal(from) && to.Kind == relation.Double && from.Precision > 15:
		return "CAST(CAST(" + s + " AS VARCHAR) AS " + duckType(to) + ")"
	case to.Kind == relation.Boolean && isDecimal(from):
		return "(" + s + " <> 0)"
	}
	return "CAST(" + s + " AS " + duckType(to) + ")"
}

// toText prints a value as Java does.
func (w *writer) toText(from relation.Type, s string) string {
	switch {
	case from.Kind == relation.Double:
		return "spark_double_text(" + s + ")"
	case from.Kind == relation.Float:
		return "spark_float_text(" + s + ")"
	case from.Kind == relation.Binary:
		return "decode(" + s + ")"
	case isDecimal(from) && from.Scale > minScale:
		return w.once(s, func(v string) string {
			return fmt.Sprintf("CASE WHEN abs(%s) >= 0.000001 THEN %s ELSE spark_decimal_text(CAST(%s AS VARCHAR)) END", v, decimalText(from, v), v)
		})
	case isDecimal(from):
		return decimalText(from, s)
	}
	return "CAST(" + s + " AS VARCHAR)"
}

// decimalText prints all digits: DuckDB leaves out the zero before the point of
// a decimal that has no other digits there.
func decimalText(from relation.Type, s string) string {
	if from.Precision == from.Scale && from.Precision < maxPrecision {
		s = fmt.Sprintf("CAST(%s AS DECIMAL(%d,%d))", s, from.Precision+1, from.Scale)
	} else if from.Precision == from.Scale {
		return "regexp_replace(CAST(" + s + " AS VARCHAR), '^(-?)[.]', '\\10.')"
	}
	return "CAST(" + s + " AS VARCHAR)"
}

// toInteger cuts off what does not fit: decimals at the point, and the high bits.
func toInteger(from, to relation.Type, s string) string {
	switch {
	case from.Kind == relation.Timestamp:
		return "(epoch_us(date_trunc('second', " + s + ")) // 1000000)"
	case isDecimal(from):
		whole := from.Precision - from.Scale
		if from.Scale > 0 {
			s = "trunc(" + s + ")"
		}
		if whole <= digitsOf[to.Kind] {
			return "CAST(" + s + " AS " + duckType(to) + ")"
		}
		if whole <= 18 {
			return narrow(to.Kind, "CAST("+s+" AS BIGINT)")
		}
		s = narrow(relation.Long, "CAST("+s+" AS HUGEINT)")
		if to.Kind == relation.Long {
			return s
		}
		return narrow(to.Kind, s)
	case from.Kind.Integral() && from.Kind > to.Kind:
		return narrow(to.Kind, "CAST("+s+" AS BIGINT)")
	}
	return "CAST(" + s + " AS " + duckType(to) + ")"
}

// digitsOf is how many decimal digits always fit an integer.
var digitsOf = map[relation.Kind]int{relation.Byte: 2, relation.Short: 4, relation.Int: 9, relation.Long: 18}

// toDecimal rounds half up; too many digits give NULL.
func toDecimal(from, to relation.Type, s string) string {
	if holds(to, asDecimal(from)) {
		return "CAST(" + s + " AS " + duckType(to) + ")"
	}
	return "TRY_CAST(" + s + " AS " + duckType(to) + ")"
}

// fromFloating converts as Java does: integers are cut off and stop at their
// limits, decimals come from the printed digits.
func (w *writer) fromFloating(from, to relation.Type, s string) string {
	switch {
	case to.Kind == relation.Boolean:
		return "(" + s + " <> 0)"
	case to.Kind == relation.Double:
		return "CAST(" + s + " AS DOUBLE)"
	case to.Kind == relation.Float:
		return w.once(s, func(v string) string {
			return fmt.Sprintf("CASE WHEN isnan(%s) THEN CAST('NaN' AS FLOAT) WHEN %s >= 3.4028235677973366e38 THEN CAST('Infinity' AS FLOAT) WHEN %s <= -3.4028235677973366e38 THEN CAST('-Infinity' AS FLOAT) ELSE CAST(%s AS FLOAT) END", v, v, v, v)
		})
	case isDecimal(to):
		// Through double, because Spark prints the digits of a double here.
		if from.Kind == relation.Float {
			s = "CAST(" + s + " AS DOUBLE)"
		}
		return w.once(s, func(v string) string { return floatingDecimal(v, to) })
	case to.Kind == relation.Byte || to.Kind == relation.Short:
		return narrow(to.Kind, "CAST("+w.saturate(s, relation.Int)+" AS BIGINT)")
	}
	return w.saturate(s, to.Kind)
}

// floatingDecimal is DuckDB's cast where no error of floating point can matter,
// as in roundFast, and else one by the printed digits.
func floatingDecimal(v string, to relation.Type) string {
	inGo := fmt.Sprintf("CAST(spark_double_decimal(%s, %d, %d) AS %s)", v, to.Precision, to.Scale, duckType(to))
	if to.Scale > 9 {
		return inGo
	}
	y := fmt.Sprintf("abs(%s * 1%s::DOUBLE)", v, strings.Repeat("0", to.Scale))
	return fmt.Sprintf("CASE WHEN %s < 1e11::DOUBLE AND abs(%s - floor(%s) - 0.5::DOUBLE) > 0.001::DOUBLE THEN TRY_CAST(%s AS %s) ELSE %s END", y, y, y, v, duckType(to), inGo)
}

// saturate cuts a double off at the point, and at the limits of int or bigint.
func (w *writer) saturate(s string, k relation.Kind) string {
	low, high, limit := "-2147483648", "2147483647", "2147483647"
	if k == relation.Long {
		// The greatest bigint is no double: the next one is the limit.
		low, high, limit = "-9223372036854775808", "9223372036854775807", "9223372036854775808"
	}
	t := duckType(relation.Of(k))
	return w.once(s, func(v string) string {
		return fmt.Sprintf("CASE WHEN isnan(%s) THEN CAST(0 AS %s) WHEN %s >= CAST(%s AS DOUBLE) THEN CAST(%s AS %s) WHEN %s <= CAST(%s AS DOUBLE) THEN CAST(%s AS %s) ELSE CAST(trunc(%s) AS %s) END",
			v, t, v, limit, high, t, v, low, low, t, v, t)
	})
}
