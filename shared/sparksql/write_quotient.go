package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// writeQuotient divides in 64 bits where both numbers are small, else in 128
// bits where the digits fit, else in Go.
func (w *writer) writeQuotient(a *apply, args []string) string {
	x, y := a.args[0].typ(), a.args[1].typ()
	shift := a.t.Scale - x.Scale + y.Scale
	digits := x.Precision - x.Scale + y.Scale + a.t.Scale
	short := len(args[0])+len(args[1]) <= 200 && !hasSubquery(a) && !isVolatile(a)
	switch {
	case short && x.Precision <= 18 && y.Precision <= 18 && shift > 0 && shift <= a.t.Scale && a.t.Scale <= 27:
		small := smallQuotient(unscaled64(args[0], x), unscaled64(args[1], y), y.Precision, shift, a.t)
		return "coalesce(" + small + ", " + decimalCall("divide", a, args) + ")"
	case digits > maxPrecision || x.Precision+x.Scale > maxPrecision || y.Precision+y.Scale > maxPrecision || shift < 0:
		return decimalCall("divide", a, args)
	}
	return w.quotient(unscaled(args[0], x), unscaled(args[1], y), shift, a.t)
}

// unscaled64 is the integer of a decimal of up to 18 digits without its point.
func unscaled64(s string, t relation.Type) string {
	if t.Scale == 0 {
		return "CAST(" + s + " AS BIGINT)"
	}
	if t.Precision+t.Scale > 18 {
		s = fmt.Sprintf("TRY_CAST(%s AS DECIMAL(38,%d))", s, t.Scale) // else it is divided in Go
	}
	return fmt.Sprintf("CAST((%s * CAST(1%s AS DECIMAL(%d,0))) AS BIGINT)", s, zeros(t.Scale), t.Scale+1)
}

func zeros(n int) string { return strings.Repeat("0", n) }

// smallQuotient is long division with up to nine digits a step, rounded half
// up: n shifted left by digits, divided by d. It is NULL where d is zero, or so
// large that a step would not fit 64 bits. DuckDB's division of 128 bits goes
// bit by bit; this is ten times faster. DuckDB computes what is repeated once,
// but nothing in a CASE, so that there is none; and a division by zero is NULL.
func smallQuotient(n, d string, digits, shift int, t relation.Type) string {
	sign := "sign(" + n + ") * sign(" + d + ")"
	n, d = "abs("+n+")", "abs("+d+")"
	// The last step is doubled: 17 digits are safe in it.
	if step := min(shift, 9); digits+step > 17 {
		d = fmt.Sprintf("(%s * CAST((%s < 1%s) AS BIGINT))", d, d, zeros(17-step))
	}
	sum, rest := "", n
	// digit adds a part of the quotient whose last digit is done digits after
	// the first whole one.
	digit := func(part string, width, done int) {
		s := fmt.Sprintf("CAST((%s * %s) AS DECIMAL(%d,0))", part, sign, width)
		if places := t.Scale - shift + done; places > 0 {
			s = fmt.Sprintf("(%s * CAST('0.%s1' AS DECIMAL(%d,%d)))", s, zeros(places-1), places, places)
		}
		s = fmt.Sprintf("TRY_CAST(%s AS DECIMAL(38,%d))", s, t.Scale) // else it is divided in Go
		if sum != "" {
			s = sum + " + " + s
		}
		sum = s
	}
	digit("("+n+" // "+d+")", 18, 0)
	rest = "(" + n + " % " + d + ")"
	for done := 0; done < shift; {
		step := min(shift-done, 9)
		next := "(" + rest + " * 1" + zeros(step) + ")"
		if done += step; done == shift {
			digit(fmt.Sprintf("((%s * 2 + %s) // (%s * 2))", next, d, d), step+1, done)
			break
		}
		digit("("+next+" // "+d+")", step, done)
		rest = "(" + next + " % " + d + ")"
	}
	return fmt.Sprintf("TRY_CAST((%s) AS %s)", sum, duckType(t))
}
