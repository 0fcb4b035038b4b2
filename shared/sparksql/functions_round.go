package sparksql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "round", signature: "round(number [, places])", min: 1, max: 2, resolve: round, loses: true, write: writeRound, defaults: []string{"0"}},
		&function{name: "bround", signature: "bround(number [, places])", min: 1, max: 2, resolve: round, loses: true, write: writeRound, defaults: []string{"0"}},
		&function{name: "floor", signature: "floor(number [, places])", min: 1, max: 2, resolve: toWhole, write: writeWhole, shown: "FLOOR", full: "floor"},
		&function{name: "ceil", signature: "ceil(number [, places])", min: 1, max: 2, resolve: toWhole, write: writeWhole, shown: "CEIL", full: "ceil"},
		&function{name: "ceiling", signature: "ceiling(number [, places])", min: 1, max: 2, resolve: toWhole, write: writeWhole},
	)
}

// places reads the decimal places of a rounding, which must be written out:
// they decide the type. nil is that they are.
func (r *resolver) places(a *apply) node {
	if len(a.args) < 2 {
		return nil
	}
	n := a.args[1]
	if neg, ok := n.(*apply); ok && neg.fn.name == "NEGATIVE" {
		n = neg.args[0]
	}
	c, ok := n.(*constant)
	switch {
	case !ok:
		return r.note(refused(a.at, "%s to places that are not written out as a number", a.fn.name))
	case c.nullable && isNull(c.t) && strings.HasSuffix(a.fn.name, "round"):
		return nil
	case c.nullable || c.t.Kind != relation.Int:
		return r.note(invalid(a.at, "%s: the places must be an int that is written out", a.fn.name))
	}
	v, err := strconv.Atoi(c.text)
	if n != a.args[1] {
		v = -v
	}
	if err != nil || v < -1000 || v > 1000 {
		return r.note(refused(a.at, "%s to %s decimal places", a.fn.name, c.text))
	}
	a.places = v
	return nil
}

// roundedType is the type of a decimal rounded to places.
func roundedType(t relation.Type, places int) relation.Type {
	whole := t.Precision - t.Scale + 1
	if places < 0 {
		return relation.DecimalOf(min(max(whole, 1-places), maxPrecision), 0)
	}
	scale := min(t.Scale, places)
	return relation.DecimalOf(min(whole+scale, maxPrecision), scale)
}

func round(r *resolver, a *apply) node {
	n := number(r, a.args[0])
	if m, wrong := n.(*misfit); wrong {
		return r.note(invalid(a.at, "%s needs %s", a.fn.name, m.want))
	}
	if wrong := r.places(a); wrong != nil || isBad(n) {
		if isBad(n) {
			return n
		}
		return wrong
	}
	a.t = n.typ()
	if isDecimal(a.t) {
		a.t = roundedType(a.t, a.places)
	}
	if len(a.args) == 2 && a.args[1].null() {
		return &constant{typed: typed{t: a.t, nullable: true, at: a.at}}
	}
	a.args, a.nullable = []node{n}, n.null() || a.t.Precision == maxPrecision
	return a
}

// writeRound rounds half up, or to even. A double is rounded by its printed
// digits, as Spark does.
func writeRound(w *writer, a *apply, args []string) string {
	even := a.fn.name == "bround"
	places, x := a.places, args[0]
	switch from := a.args[0].typ(); {
	case a.t.Kind.Integral():
		if places >= 0 {
			return x
		}
		return narrow(a.t.Kind, fmt.Sprintf("CAST(spark_round_long(CAST(%s AS BIGINT), %d, %t) AS HUGEINT)", x, places, even))
	case isDecimal(a.t) && places >= a.t.Scale && a.t.Scale == from.Scale:
		return "CAST(" + x + " AS " + duckType(a.t) + ")"
	case isDecimal(a.t) && places >= 0 && !even:
		return fmt.Sprintf("TRY_CAST(%s AS %s)", x, duckType(a.t))
	case isDecimal(a.t):
		return roundDecimal(x, places, map[bool]string{true: "even", false: "up"}[even], a.t)
	case a.t.Kind == relation.Float:
		return fmt.Sprintf("CAST(spark_round_double(CAST(%s AS DOUBLE), %d, %t) AS FLOAT)", x, places, even)
	case even || places < 0 || places > 9:
		return fmt.Sprintf("spark_round_double(%s, %d, %t)", x, places, even)
	}
	return w.once(x, func(v string) string { return roundFast(v, places) })
}

// roundFast rounds in floating point where no error of it can matter: numbers
// not too large, and not close to a half. Their quotient of two whole numbers
// is the double that is nearest to the rounded digits. Adding zero makes a
// positive zero of a negative one, as Spark's digits do.
func roundFast(v string, places int) string {
	one := "1" + strings.Repeat("0", places)
	y := fmt.Sprintf("(%s * %s::DOUBLE)", v, one)
	return fmt.Sprintf("CASE WHEN abs(%s) < 1e11::DOUBLE AND abs(abs(%s) - floor(abs(%s)) - 0.5::DOUBLE) > 0.001::DOUBLE THEN round(%s) / %s::DOUBLE + 0::DOUBLE ELSE spark_round_double(%s, %d, false) END",
		y, y, y, y, one, v, places)
}

func roundDecimal(x string, places int, how string, t relation.Type) string {
	return fmt.Sprintf("CAST(spark_decimal_round(CAST(%s AS VARCHAR), %d, '%s', %d, %d) AS %s)", x, places, how, t.Precision, t.Scale, duckType(t))
}

// toWhole is floor and ceil: bigint, or a decimal. With places everything is a
// decimal.
func toWhole(r *resolver, a *apply) node {
	n := number(r, a.args[0])
	if m, wrong := n.(*misfit); wrong {
		return r.note(invalid(a.at, "%s needs %s", a.fn.name, m.want))
	}
	if isBad(n) {
		return n
	}
	if len(a.args) == 2 {
		if wrong := r.places(a); wrong != nil {
			return wrong
		}
		if n = r.to(a.args[0], decimalFor(a.args[0].typ())); isBad(n) {
			return n
		}
		a.args, a.t, a.nullable = []node{n}, roundedType(n.typ(), a.places), true
		return a
	}
	if n.typ().Kind == relation.Float {
		n = r.to(n, relation.Of(relation.Double))
	}
	a.args[0], a.nullable = n, n.null()
	a.t = relation.Of(relation.Long)
	if t := n.typ(); isDecimal(t) {
		a.t = relation.DecimalOf(min(t.Precision-t.Scale+min(t.Scale, 1), maxPrecision), 0)
	}
	return a
}

// decimalFor is the decimal that a parameter takes a type as.
func decimalFor(t relation.Type) relation.Type {
	switch t.Kind {
	case relation.Float:
		return relation.DecimalOf(14, 7)
	case relation.Double:
		return relation.DecimalOf(30, 15)
	case relation.String, relation.Null:
		return relation.DecimalOf(38, 18)
	}
	return asDecimal(t)
}

func writeWhole(w *writer, a *apply, args []string) string {
	fn := "ceil"
	if a.fn.name == "floor" {
		fn = "floor"
	}
	switch from := a.args[0].typ(); {
	case isDecimal(from) && a.places != 0:
		return roundDecimal(args[0], a.places, fn, a.t)
	case isDecimal(from):
		return fmt.Sprintf("CAST(%s(%s) AS %s)", fn, args[0], duckType(a.t))
	case from.Kind.Integral():
		return "CAST(" + args[0] + " AS BIGINT)"
	}
	return w.saturate(fn+"("+args[0]+")", relation.Long)
}
