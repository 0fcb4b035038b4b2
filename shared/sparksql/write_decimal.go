package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// decimalNames are Spark's operators as functions in Go, which compute in as
// many digits as it takes.
var decimalNames = map[string]string{"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}

// decimalCall computes an operation on decimals in Go, by their text.
func decimalCall(name string, a *apply, args []string) string {
	return fmt.Sprintf("CAST(spark_decimal_%s(CAST(%s AS VARCHAR), CAST(%s AS VARCHAR), %d, %d) AS %s)",
		name, args[0], args[1], a.t.Precision, a.t.Scale, duckType(a.t))
}

// writeDecimal is +, - and * of decimals: DuckDB's where the result keeps all
// of its decimal places, in Go where they must be rounded.
func (w *writer) writeDecimal(a *apply, args []string) string {
	op := a.fn.name
	_, exact := decimalResult(op, a.args[0].typ(), a.args[1].typ())
	inGo := decimalCall(decimalNames[op], a, args)
	switch {
	case exact.Scale != a.t.Scale || exact.Precision > maxPrecision && !w.canTry(a, args):
		return inGo
	case op == "*":
		return w.writeProduct(a, args)
	case exact.Precision > maxPrecision:
		// An operand alone may not fit, though the sum does.
		if !holds(a.t, a.args[0].typ()) || !holds(a.t, a.args[1].typ()) {
			return inGo
		}
		wide := duckType(a.t)
		return fmt.Sprintf("TRY(CAST(%s AS %s) %s CAST(%s AS %s))", args[0], wide, op, args[1], wide)
	}
	if widest := max(a.args[0].typ().Precision, a.args[1].typ().Precision); exact.Precision > 18 && widest <= 18 {
		wide := duckType(a.t)
		return fmt.Sprintf("(CAST(%s AS %s) %s %s)", args[0], wide, op, args[1])
	}
	return "(" + args[0] + " " + op + " " + args[1] + ")"
}

// writeProduct is exact. Of two decimals of 64 bits DuckDB makes one of 64 bits,
// which can overflow; one of 128 bits is many times slower, so it is the second try.
func (w *writer) writeProduct(a *apply, args []string) string {
	exact := w.exactProduct(a, args)
	x, y := a.args[0].typ(), a.args[1].typ()
	if x.Precision <= 18 && y.Precision <= 18 && x.Precision+y.Precision <= 18 {
		return exact
	}
	if quick := w.quick(a); quick != "" {
		return w.firstOf(a, args, "CAST("+quick+" AS "+duckType(a.t)+")", exact)
	}
	return exact
}

// exactProduct is a product whose result keeps all of its decimal places,
// computed in as many bits as that takes. Over 38 digits it is NULL.
func (w *writer) exactProduct(a *apply, args []string) string {
	x, y := a.args[0].typ(), a.args[1].typ()
	plain := fmt.Sprintf("(%s * %s)", args[0], args[1])
	switch {
	case x.Precision+y.Precision >= maxPrecision:
		plain = "TRY" + plain
	case x.Precision <= 18 && y.Precision <= 18 && x.Precision+y.Precision > 18:
		plain = fmt.Sprintf("(CAST(%s AS DECIMAL(38,%d)) * %s)", args[0], x.Scale, args[1])
	}
	return "CAST(" + plain + " AS " + duckType(a.t) + ")"
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

// quick writes a product of decimals in DuckDB's 64-bit decimals: its value
// where they hold it and all products below it, else NULL. "" is that there is
// no such form. Every product stands in a TRY of its own, so that DuckDB may
// compute the shared ones once.
func (w *writer) quick(n node) string {
	a, ok := n.(*apply)
	if !ok || a.fn.name != "*" || !isDecimal(a.t) || a.filter != nil || a.over != nil {
		return ""
	}
	factors, scale := make([]string, 2), 0
	for i, x := range a.args {
		t := x.typ()
		if factors[i] = w.quick(x); factors[i] == "" {
			if t.Precision > 18 {
				return ""
			}
			factors[i] = w.expr(x)
		}
		scale += t.Scale
	}
	if scale > 18 || !w.canTry(a, factors) || len(factors[0])+len(factors[1]) > 400 {
		return ""
	}
	return "TRY(" + factors[0] + " * " + factors[1] + ")"
}
