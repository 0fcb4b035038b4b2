package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "abs", signature: "abs(number)", min: 1, max: 1, params: []param{number}, gives: likeFirst, write: writeAbs},
		&function{name: "round", signature: "round(number [, places])", min: 1, max: 2, resolve: round, loses: true, write: writeRound, defaults: []string{"0"}},
		&function{name: "floor", signature: "floor(number)", min: 1, max: 1, resolve: toWhole, write: writeWhole, shown: "FLOOR"},
		&function{name: "ceil", signature: "ceil(number)", min: 1, max: 1, resolve: toWhole, write: writeWhole, shown: "CEIL"},
		&function{name: "ceiling", signature: "ceiling(number)", min: 1, max: 1, resolve: toWhole, write: writeWhole},
	)
}

func writeAbs(_ *writer, a *apply, args []string) string {
	if k := a.t.Kind; k.Integral() {
		return narrow(k, "abs(CAST("+args[0]+" AS "+wideOf(k)+"))")
	}
	return "abs(" + args[0] + ")"
}

// round takes decimal places that are written out: they decide the type.
func round(r *resolver, a *apply) node {
	n := number(r, a.args[0])
	if m, wrong := n.(*misfit); wrong {
		return r.note(invalid(a.at, "round needs %s", m.want))
	}
	if isBad(n) {
		return n
	}
	places := int64(0)
	if len(a.args) == 2 {
		c, ok := a.args[1].(*constant)
		if !ok || c.t.Kind != relation.Int {
			return r.note(refused(a.at, "round to places that are not written out as a number"))
		}
		places, _ = wholeNumber(c.text)
	}
	if places < 0 || places > 15 {
		return r.note(refused(a.at, "round to %d decimal places", places))
	}
	a.args, a.places, a.nullable = []node{n}, int(places), n.null()
	switch t := n.typ(); {
	case isDecimal(t):
		scale := min(t.Scale, a.places)
		a.t = relation.DecimalOf(min(max(t.Precision-t.Scale+1+scale, 1), maxPrecision), scale)
		a.nullable = a.nullable || a.t.Precision == maxPrecision
	case t.Kind == relation.Float:
		return r.note(refused(a.at, "round of float").because("cast to double or to a decimal"))
	default:
		a.t = t
	}
	return a
}

// writeRound rounds half up. A double is rounded by its printed digits, as
// Spark does; from 2^52 on it has no decimal places.
func writeRound(w *writer, a *apply, args []string) string {
	switch {
	case a.t.Kind.Integral():
		return args[0]
	case isDecimal(a.t):
		return fmt.Sprintf("TRY_CAST(%s AS %s)", args[0], duckType(a.t))
	}
	return w.once(args[0], func(v string) string {
		return fmt.Sprintf("CASE WHEN isnan(%s) OR abs(%s) >= 4503599627370496 THEN %s ELSE CAST(CAST(CAST(CAST(%s AS VARCHAR) AS DECIMAL(38,%d)) AS VARCHAR) AS DOUBLE) END", v, v, v, v, a.places)
	})
}

// toWhole is floor and ceil: bigint, or a decimal without places.
func toWhole(r *resolver, a *apply) node {
	n := number(r, a.args[0])
	if m, wrong := n.(*misfit); wrong {
		return r.note(invalid(a.at, "%s needs %s", a.fn.name, m.want))
	}
	if isBad(n) {
		return n
	}
	if n.typ().Kind == relation.Float {
		n = r.to(n, relation.Of(relation.Double))
	}
	a.args[0], a.nullable = n, n.null()
	a.t = relation.Of(relation.Long)
	if t := n.typ(); isDecimal(t) && t.Scale > 0 {
		a.t = relation.DecimalOf(min(t.Precision-t.Scale+1, maxPrecision), 0)
	} else if isDecimal(t) {
		a.t = t
	}
	return a
}

func writeWhole(w *writer, a *apply, args []string) string {
	fn := "ceil"
	if a.fn.name == "floor" {
		fn = "floor"
	}
	switch from := a.args[0].typ(); {
	case isDecimal(from):
		return fmt.Sprintf("CAST(%s(%s) AS %s)", fn, args[0], duckType(a.t))
	case from.Kind.Integral():
		return "CAST(" + args[0] + " AS BIGINT)"
	}
	return w.saturate(fn+"("+args[0]+")", relation.Long)
}
