package sparksql

import (
	"fmt"

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
	case f >= relation.DayTimeInterval || k >= relation.DayTimeInterval || f == relation.Null:
		return refused(0, "a cast from %s to %s", from, to)
	case k == relation.String:
		return textable(from)
	case f == relation.Binary || k == relation.Binary:
		if f == relation.String {
			return nil
		}
		return refused(0, "a cast from %s to %s", from, to)
	case isMoment(from) && isMoment(to), f == relation.String && k != relation.TimestampNTZ:
		return nil
	case f == relation.Timestamp && k == relation.Long:
		return nil
	case from.Kind.Integral() && k == relation.Timestamp:
		return nil
	case isMoment(from) || isMoment(to):
		return refused(0, "a cast from %s to %s", from, to)
	case f == relation.Boolean && k == relation.Decimal:
		return refused(0, "a cast from %s to %s", from, to).because("cast to int first")
	}
	return nil
}

// textable says which types have the same text in both engines.
func textable(from relation.Type) *mistake {
	switch {
	case isFloating(from):
		return refused(0, "%s as text", from).because("cast to a decimal first: the digits that Spark prints of a %s are Java's own", from)
	case isDecimal(from) && from.Scale > 6:
		return refused(0, "%s as text", from).because("cast to a decimal of at most 6 decimal places first: Spark may print more of them with an exponent")
	case from.Kind == relation.Binary:
		return refused(0, "%s as text", from)
	}
	return nil
}

// tryable says which casts differ when TRY_CAST asks for them.
func tryable(from, to relation.Type) *mistake {
	switch {
	case lossless(from, to), isNull(from):
		return nil
	case isString(from) && !to.Kind.Integral() && to.Kind != relation.Timestamp:
		return nil
	case isDecimal(from) && isDecimal(to):
		return nil
	}
	return refused(0, "TRY_CAST from %s to %s", from, to).because("use CAST, which gives NULL for text that does not fit")
}

// convert writes a cast with Spark's meaning.
func (w *writer) convert(from, to relation.Type, s string) string {
	switch {
	case isNested(from) && isNested(to):
		return w.convertNested(from, to, s)
	case isNested(from):
		return w.nestedText(from, s)
	case isString(from):
		return w.fromText(to, s)
	case isNull(from):
		return "CAST(NULL AS " + duckType(to) + ")"
	case to.Kind == relation.String:
		if isDecimal(from) && from.Precision == from.Scale {
			// DuckDB leaves out the zero before the point of such a decimal.
			s = fmt.Sprintf("CAST(%s AS DECIMAL(%d,%d))", s, from.Precision+1, from.Scale)
		}
		return "CAST(" + s + " AS VARCHAR)"
	case isFloating(from):
		return w.fromFloating(from, to, s)
	case to.Kind.Integral():
		return toInteger(from, to, s)
	case isDecimal(to):
		return toDecimal(from, to, s)
	case isDecimal(from) && isFloating(to) && from.Precision > 15:
		return "CAST(CAST(" + s + " AS VARCHAR) AS " + duckType(to) + ")"
	case from.Kind.Integral() && to.Kind == relation.Timestamp:
		return "make_timestamp(CAST(" + s + " AS BIGINT) * 1000000)"
	case to.Kind == relation.Boolean && isDecimal(from):
		return "(" + s + " <> 0)"
	case from.Kind != relation.Date && isMoment(from) && to.Kind != relation.Date:
		return s
	}
	return "CAST(" + s + " AS " + duckType(to) + ")"
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
		return fmt.Sprintf("TRY_CAST(CAST(CAST(%s AS DOUBLE) AS VARCHAR) AS %s)", s, duckType(to))
	case to.Kind == relation.Byte || to.Kind == relation.Short:
		return narrow(to.Kind, "CAST("+w.saturate(s, relation.Int)+" AS BIGINT)")
	}
	return w.saturate(s, to.Kind)
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
