package sparksql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// writeArithmetic keeps the low bits of an integer that does not fit, as Spark
// does when ANSI mode is off. Of decimals it is exact, and NULL on overflow.
func writeArithmetic(w *writer, a *apply, args []string) string {
	op := a.fn.name
	plain := "(" + args[0] + " " + op + " " + args[1] + ")"
	switch k := a.t.Kind; {
	case k == relation.Decimal:
		return w.writeDecimal(a, args)
	case k.Integral():
		if low, high, known := resultBounds(a); known && low >= limits[k][0] && high <= limits[k][1] {
			return plain
		}
		wide := wideOf(k)
		wrapped := narrow(k, "("+widen(a.args[0], args[0], wide)+" "+op+" "+widen(a.args[1], args[1], wide)+")")
		return w.firstOf(a, args, "TRY"+plain, wrapped)
	}
	return plain
}

// firstOf writes what is fast and NULL on overflow, and after it what is exact.
// The operands are written twice, so that they must be short; DuckDB computes
// them once. Its TRY takes no subquery.
//
// What can fail must stand in TRY directly: DuckDB moves an expression that is
// used twice out of it, and would so end the query.
func (w *writer) firstOf(a *apply, args []string, fast, exact string) string {
	size := 0
	for _, s := range args {
		size += len(s)
	}
	if size > 400 || !w.canTry(a, args) {
		return exact
	}
	return "coalesce(" + fast + ", " + exact + ")"
}

// canTry reports whether DuckDB's TRY takes an operation on these arguments: no
// subquery, no aggregate, nothing volatile, which its error function is too, and
// beside aggregates no column: DuckDB does not find what is grouped by in it.
func (w *writer) canTry(a *apply, args []string) bool {
	return !w.grouped && !hasSubquery(a) && !overRows(a) && !isVolatile(a) && !slices.ContainsFunc(args, func(s string) bool { return strings.Contains(s, "error(") })
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

// overRows reports whether n holds an aggregate or a window function.
func overRows(n node) bool {
	found := false
	reach(n, func(n node) bool {
		if a, ok := n.(*apply); ok {
			found = found || a.fn.kind != scalar
		}
		return !found
	})
	return found
}

// isVolatile reports whether n may have another value when it is computed again.
func isVolatile(n node) bool {
	found := false
	reach(n, func(n node) bool {
		if a, ok := n.(*apply); ok {
			found = found || a.fn.volatile
		}
		return !found
	})
	return found
}

func writeDivide(w *writer, a *apply, args []string) string {
	if isDecimal(a.t) {
		return w.writeQuotient(a, args)
	}
	if c, ok := a.args[1].(*constant); ok && !c.nullable && strings.Trim(c.text, "0.-e+") != "" {
		return "(" + args[0] + " / " + args[1] + ")"
	}
	return fmt.Sprintf("(%s / nullif(%s, 0))", args[0], args[1])
}

func writeModulo(w *writer, a *apply, args []string) string {
	zero := "nullif(" + args[1] + ", 0)"
	k := a.t.Kind
	switch {
	case k == relation.Decimal:
		if _, exact := decimalResult("%", a.args[0].typ(), a.args[1].typ()); exact.Precision > maxPrecision || !holds(relation.DecimalOf(maxPrecision, exact.Scale), a.args[0].typ()) ||
			!holds(relation.DecimalOf(maxPrecision, exact.Scale), a.args[1].typ()) {
			return decimalCall("remainder", a, args)
		}
		return fmt.Sprintf("CAST((%s %% %s) AS %s)", args[0], zero, duckType(a.t))
	case !k.Integral():
		return fmt.Sprintf("(%s %% %s)", args[0], zero)
	}
	if c, ok := a.args[1].(*constant); ok && !c.nullable && c.text != "-1" && c.text != "0" {
		return "(" + args[0] + " % " + args[1] + ")"
	}
	wide := wideOf(k)
	exact := fmt.Sprintf("CAST((CAST(%s AS %s) %% CAST(%s AS %s)) AS %s)", args[0], wide, zero, wide, duckType(a.t))
	return w.firstOf(a, args, "TRY("+args[0]+" % "+args[1]+")", exact)
}

// writeDiv truncates towards zero. Only the smallest bigint by -1 leaves the
// range, so the wide type is left out where the divisor is written out.
func writeDiv(w *writer, a *apply, args []string) string {
	if x, y := a.args[0].typ(), a.args[1].typ(); isDecimal(x) {
		return fmt.Sprintf("spark_decimal_div(CAST(%s AS VARCHAR), CAST(%s AS VARCHAR), %d)", args[0], args[1], min(max(1, x.Precision-x.Scale+y.Scale), maxPrecision))
	}
	if c, ok := a.args[1].(*constant); ok && !c.nullable && c.text != "-1" && c.text != "0" {
		return fmt.Sprintf("(%s // %s)", args[0], args[1])
	}
	exact := narrow(relation.Long, fmt.Sprintf("(CAST(%s AS HUGEINT) // CAST(nullif(%s, 0) AS HUGEINT))", args[0], args[1]))
	return w.firstOf(a, args, "TRY("+args[0]+" // "+args[1]+")", exact)
}

func writeNegative(w *writer, a *apply, args []string) string {
	if k := a.t.Kind; k.Integral() {
		if low, _, known := bounds(a.args[0]); known && low > limits[k][0] {
			return "(- " + args[0] + ")"
		}
		// The least integer is its own opposite.
		return w.firstOf(a, args, "TRY(- "+args[0]+")", narrow(k, "(- CAST("+args[0]+" AS "+wideOf(k)+"))"))
	}
	return "(- " + args[0] + ")"
}
