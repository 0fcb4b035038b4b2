package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

// Casts from text. Each takes exactly the texts that Spark takes and gives NULL
// for all others.

const (
	space = `[\x00-\x20\x7f]*` // what Spark trims before it reads a number, a date or a boolean
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
	case to.Kind == relation.Binary:
		return "encode(" + s + ")"
	}
	return s
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
