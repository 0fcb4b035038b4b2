package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// writeArithmetic computes integers in a wider type and keeps the low bits, as
// Spark does when ANSI mode is off; decimals exactly, NULL on overflow.
func writeArithmetic(w *writer, a *apply, args []string) string {
	op := a.fn.name
	switch k := a.t.Kind; {
	case k == relation.Decimal:
		return writeDecimal(w, a, args)
	case k.Integral():
		wide := wideOf(k)
		return narrow(k, "("+widen(a.args[0], args[0], wide)+" "+op+" "+widen(a.args[1], args[1], wide)+")")
	}
	return "(" + args[0] + " " + op + " " + args[1] + ")"
}

// wideOf is the DuckDB type in which no single operation on kind k overflows.
func wideOf(k relation.Kind) string {
	if k == relation.Long {
		return "HUGEINT"
	}
	return "BIGINT"
}

func widen(n node, s, wide string) string { return "CAST(" + s + " AS " + wide + ")" }

// masks of each integer kind: all of its bits, and its sign bit.
var masks = map[relation.Kind][2]string{
	relation.Byte: {"255", "128"}, relation.Short: {"65535", "32768"}, relation.Int: {"4294967295", "2147483648"},
	relation.Long: {"CAST(18446744073709551615 AS HUGEINT)", "CAST(9223372036854775808 AS HUGEINT)"},
}

// narrow keeps the low bits of a wider integer, with their sign.
func narrow(k relation.Kind, s string) string {
	m := masks[k]
	return "CAST((xor(" + s + " & " + m[0] + ", " + m[1] + ") - " + m[1] + ") AS " + duckTypes[k] + ")"
}

func writeDecimal(_ *writer, a *apply, args []string) string {
	wide := duckType(a.t)
	_, exact := decimalResult(a.fn.name, a.args[0].typ(), a.args[1].typ())
	s := ""
	if a.fn.name == "*" {
		s = writeProduct(a, args)
	} else {
		s = fmt.Sprintf("CAST((CAST(%s AS %s) %s CAST(%s AS %s)) AS %s)", args[0], wide, a.fn.name, args[1], wide, wide)
	}
	if exact.Precision > maxPrecision && !hasSubquery(a) {
		return "TRY(" + s + ")"
	}
	return s
}

// writeProduct is exact. Of two decimals of 64 bits DuckDB makes one of 64 bits,
// which can overflow; one of 128 bits is many times slower, so it is the second try.
func writeProduct(a *apply, args []string) string {
	x, y := a.args[0].typ(), a.args[1].typ()
	fast := fmt.Sprintf("CAST((%s * %s) AS %s)", args[0], args[1], duckType(a.t))
	if x.Precision > 18 || y.Precision > 18 || x.Precision+y.Precision <= 18 {
		return fast
	}
	exact := fmt.Sprintf("CAST((CAST(%s AS DECIMAL(38,%d)) * %s) AS %s)", args[0], x.Scale, args[1], duckType(a.t))
	if len(args[0])+len(args[1]) > 400 || hasSubquery(a) {
		return exact
	}
	return "coalesce(TRY(" + fast + "), " + exact + ")"
}

// hasSubquery reports whether n holds a subquery, which DuckDB's TRY does not take.
func hasSubquery(n node) bool {
	found := false
	reach(n, func(n node) bool {
		switch n := n.(type) {
		case *nested:
			found = true
		case *member:
			found = found || n.of != nil
		}
		return !found
	})
	return found
}

func writeDivide(w *writer, a *apply, args []string) string {
	if !isDecimal(a.t) {
		return fmt.Sprintf("(%s / nullif(%s, 0))", args[0], args[1])
	}
	x, y := a.args[0].typ(), a.args[1].typ()
	return w.quotient(unscaled(args[0], x), unscaled(args[1], y), a.t.Scale-x.Scale+y.Scale, a.t)
}

// unscaled is the integer of a decimal without its point.
func unscaled(s string, t relation.Type) string {
	if t.Scale == 0 {
		return "CAST(" + s + " AS HUGEINT)"
	}
	return fmt.Sprintf("CAST((CAST(%s AS DECIMAL(38,%d)) * CAST(1%s AS DECIMAL(%d,0))) AS HUGEINT)", s, t.Scale, strings.Repeat("0", t.Scale), t.Scale+1)
}

// quotient is a decimal of type t: n shifted left by digits, divided by d, its
// last digit rounded half up, NULL for a zero d or too many digits.
func (w *writer) quotient(n, d string, shift int, t relation.Type) string {
	if shift > 0 {
		n = fmt.Sprintf("(%s * CAST(1%s AS HUGEINT))", n, strings.Repeat("0", shift))
	}
	return w.once(n, func(n string) string {
		return w.once("nullif("+d+", 0)", func(d string) string {
			whole := fmt.Sprintf("(sign(%s) * sign(%s) * ((abs(%s) + abs(%s) // 2) // abs(%s)))", n, d, n, d, d)
			s := fmt.Sprintf("CAST(%s AS DECIMAL(38,0))", whole)
			if t.Scale > 0 {
				s = fmt.Sprintf("(%s * CAST('0.%s1' AS DECIMAL(%d,%d)))", s, strings.Repeat("0", t.Scale-1), t.Scale, t.Scale)
			}
			return fmt.Sprintf("TRY_CAST(%s AS %s)", s, duckType(t))
		})
	})
}

func writeModulo(_ *writer, a *apply, args []string) string {
	zero := "nullif(" + args[1] + ", 0)"
	switch k := a.t.Kind; {
	case k == relation.Decimal:
		return fmt.Sprintf("CAST((%s %% %s) AS %s)", args[0], zero, duckType(a.t))
	case k.Integral():
		wide := wideOf(k)
		return fmt.Sprintf("CAST((CAST(%s AS %s) %% CAST(%s AS %s)) AS %s)", args[0], wide, zero, wide, duckType(a.t))
	}
	return fmt.Sprintf("(%s %% %s)", args[0], zero)
}

// writeDiv truncates towards zero. Only the smallest bigint by -1 leaves the
// range, so the wide type is left out where the divisor is written out.
func writeDiv(_ *writer, a *apply, args []string) string {
	if c, ok := a.args[1].(*constant); ok && !c.nullable && c.text != "-1" && c.text != "0" {
		return fmt.Sprintf("(%s // %s)", args[0], args[1])
	}
	return narrow(relation.Long, fmt.Sprintf("(CAST(%s AS HUGEINT) // CAST(nullif(%s, 0) AS HUGEINT))", args[0], args[1]))
}

func writeNegative(_ *writer, a *apply, args []string) string {
	if k := a.t.Kind; k.Integral() {
		return narrow(k, "(- CAST("+args[0]+" AS "+wideOf(k)+"))")
	}
	return "(- " + args[0] + ")"
}
