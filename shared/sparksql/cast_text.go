package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

// Casts from text. Each takes exactly the texts that Spark takes and gives NULL
// for all others; the few that Spark takes and these cannot end the query with
// an error, because NULL would be silently different.

const (
	space = `[\x00-\x20\x7f]*` // what Spark trims before it reads a number, a date or a boolean
	// Years that Spark reads, and that DuckDB reads or prints in another way.
	oddYear = `(?:-[0-9]{4,7}|\+?0000|\+?[0-9]{5,7})`
)

func (w *writer) fromText(to relation.Type, s string) string {
	switch {
	case to.Kind.Integral():
		return w.textInteger(to, s)
	case isFloating(to):
		return w.textFloating(to, s)
	case isDecimal(to):
		return w.textDecimal(to, s)
	case to.Kind == relation.Boolean:
		return textBoolean(s)
	case to.Kind == relation.Date:
		return w.textDate(s)
	case to.Kind == relation.Timestamp:
		return w.textTimestamp(s)
	case to.Kind == relation.Binary:
		return "encode(" + s + ")"
	}
	return s
}

// unread ends the query on texts that Spark reads and this cannot.
func unread(v, pattern, what, then string) string {
	return fmt.Sprintf("CASE WHEN regexp_matches(%s, %s) THEN %s ELSE %s END", v, quoteText(pattern), failure(what), then)
}

func failure(what string) string {
	return "error('Glint does not read this text as Spark does: " + what + "')"
}

// textInteger reads digits, and drops a fraction. A point without digits before
// it is a zero to Spark, even alone.
func (w *writer) textInteger(to relation.Type, s string) string {
	return w.once(s, func(v string) string {
		return plainInteger(v, to, fmt.Sprintf("coalesce(TRY_CAST(regexp_extract(%s, %s, 1) AS %s), CASE WHEN regexp_matches(%s, %s) THEN CAST(0 AS %s) END)",
			v, quoteText(`^`+space+`([+-]?[0-9]+)(?:\.[0-9]*)?`+space+`$`), duckType(to),
			v, quoteText(`^`+space+`[+-]?\.[0-9]*`+space+`$`), duckType(to)))
	})
}

// plainInteger reads text that is an integer as both engines print it, which
// most is, without a pattern.
func plainInteger(v string, to relation.Type, otherwise string) string {
	return fmt.Sprintf("CASE WHEN CAST(TRY_CAST(%s AS %s) AS VARCHAR) = %s THEN TRY_CAST(%s AS %s) ELSE %s END", v, duckType(to), v, v, duckType(to), otherwise)
}

func (w *writer) textFloating(to relation.Type, s string) string {
	fn := "spark_to_double"
	if to.Kind == relation.Float {
		fn = "spark_to_float"
	}
	return w.once(s, func(v string) string { return plainDigits(v, to, fn+"("+v+")") })
}

func (w *writer) textDecimal(to relation.Type, s string) string {
	return w.once(s, func(v string) string {
		return plainDigits(v, to, fmt.Sprintf("CAST(spark_to_decimal(%s, %d, %d) AS %s)", v, to.Precision, to.Scale, duckType(to)))
	})
}

// plainDigits reads text of digits, points and signs as DuckDB does, which is
// as Spark does; all other text is read in Go.
func plainDigits(v string, to relation.Type, otherwise string) string {
	return fmt.Sprintf("CASE WHEN NOT regexp_matches(%s, '[^0-9.-]') THEN TRY_CAST(%s AS %s) ELSE %s END", v, v, duckType(to), otherwise)
}

func textBoolean(s string) string {
	return fmt.Sprintf("CASE lower(regexp_replace(%s, %s, '\\1')) WHEN 't' THEN true WHEN 'true' THEN true WHEN 'y' THEN true WHEN 'yes' THEN true WHEN '1' THEN true"+
		" WHEN 'f' THEN false WHEN 'false' THEN false WHEN 'n' THEN false WHEN 'no' THEN false WHEN '0' THEN false END",
		s, quoteText(`^`+space+`([A-Za-z01]*)`+space+`$`))
}

// textDate reads y, y-m and y-m-d, and y-m-d before a space or a T. The missing
// parts are appended, so that one pattern finds the date in all three.
func (w *writer) textDate(s string) string {
	return w.once(s, func(v string) string {
		return unread(v, `^`+space+oddYear+`(-|`+space+`$)`, "a year outside of 1 to 9999",
			fmt.Sprintf("TRY_CAST(regexp_extract(concat(%s, '-01-01'), %s, 1) AS DATE)", trimmed(v),
				quoteText(`(?s)^\+?([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})(?:|-01|-01-01|[ T].*-01-01)$`)))
	})
}

func trimmed(v string) string {
	return fmt.Sprintf("regexp_replace(%s, %s, '', 'g')", v, quoteText(`^[\x00-\x20\x7f]+|[\x00-\x20\x7f]+$`))
}

// textTimestamp reads a date, or a date and a time with an optional offset.
func (w *writer) textTimestamp(s string) string {
	zone := ` ?(?:Z|UTC|GMT)?(?:([+-])(0?[0-9]|1[0-7])(?::([0-5][0-9]))?)?`
	hour, sixty := `([01]?[0-9]|2[0-3])`, `([0-5]?[0-9])`
	clock := `[ T]` + hour + `(?::` + sixty + `(?::` + sixty + `(?:\.([0-9]*))?` + zone + `)?)?`
	pattern := `^\+?([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2})(?:` + clock + `)?)?)?$`
	other := `^(T?[0-9]{1,2}:|` + oddYear + `(-|$)|[+]?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T][0-9].*([A-Z][A-Za-z]|[+-][0-9]{3,4}$|[+-][0-9]{1,2}:[0-9]{2}:[0-9]{2}$|[+-]18|[+-][0-9]{1,2}:[0-9]$))`
	return w.once(trimmed(s), func(v string) string {
		read := w.bound(fmt.Sprintf("regexp_extract(%s, %s, ['y','mo','d','h','mi','s','f','sign','oh','om'])", v, quoteText(pattern)), func(m string) string {
			return fmt.Sprintf("(TRY_CAST(concat(%s.y, '-', coalesce(nullif(%s.mo, ''), '1'), '-', coalesce(nullif(%s.d, ''), '1'), ' ', %s) AS TIMESTAMP)"+
				" - to_minutes(CAST(concat(%s.sign, '1') AS INTEGER) * (60 * CAST(concat('0', %s.oh) AS INTEGER) + CAST(concat('0', %s.om) AS INTEGER))))",
				m, m, m, clockText(m), m, m, m)
		})
		known := fmt.Sprintf("NOT regexp_matches(%s, %s) AND regexp_matches(%s, %s)", v, quoteText(pattern), v, quoteText(other))
		return fmt.Sprintf("CASE WHEN %s THEN %s WHEN %s IS NOT NULL THEN %s END", known, failure("a timestamp without a date, with a zone by name, or outside of the years 1 to 9999"), v, read)
	})
}

// clockText pads h, h:m or h:m:s to HH:mm:ss.ffffff.
func clockText(m string) string {
	return fmt.Sprintf("concat(lpad(%s.h, 2, '0'), ':', lpad(%s.mi, 2, '0'), ':', lpad(%s.s, 2, '0'), '.', rpad(left(%s.f, 6), 6, '0'))", m, m, m, m)
}
