package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "abs", signature: "abs(number)", min: 1, max: 1, params: []param{quantity}, gives: likeFirst, write: writeAbs},
		&function{name: "factorial", signature: "factorial(n)", min: 1, max: 1, params: []param{integer}, gives: always(relation.Long), loses: true,
			duck: "CASE WHEN $1 BETWEEN 0 AND 20 THEN CAST(factorial($1) AS BIGINT) END"},
		&function{name: "width_bucket", signature: "width_bucket(value, from, to, buckets)", min: 4, max: 4, params: []param{float64s, float64s, float64s, taking(relation.Long)},
			gives: always(relation.Long), loses: true, duck: "spark_width_bucket($1, $2, $3, $4)"},
		&function{name: "pmod", signature: "pmod(a, b)", min: 2, max: 2, resolve: arithmeticTypes, loses: true, write: writePmod},
		&function{name: "greatest", signature: "greatest(a, b, …)", min: 2, max: -1, resolve: extreme, write: writeExtreme},
		&function{name: "least", signature: "least(a, b, …)", min: 2, max: -1, resolve: extreme, write: writeExtreme},
	)
}

func writeAbs(_ *writer, a *apply, args []string) string {
	k := a.t.Kind
	if low, _, known := bounds(a.args[0]); known && k.Integral() && low > limits[k][0] {
		return "abs(" + args[0] + ")"
	}
	if k.Integral() {
		return narrow(k, "abs(CAST("+args[0]+" AS "+wideOf(k)+"))")
	}
	return "abs(" + args[0] + ")"
}

// writePmod is the remainder that has not the sign of the dividend.
func writePmod(w *writer, a *apply, args []string) string {
	zero := "nullif(" + args[1] + ", 0)"
	k := a.t.Kind
	switch {
	case k == relation.Decimal:
		return decimalCall("pmod", a, args)
	case k.Integral():
		wide := wideOf(k)
		zero = "CAST(" + zero + " AS " + wide + ")"
		args = []string{"CAST(" + args[0] + " AS " + wide + ")", zero}
	}
	return w.once(zero, func(n string) string {
		return w.once("("+args[0]+" % "+n+")", func(r string) string {
			sum := "(" + r + " + " + n + ")"
			if k == relation.Int || k == relation.Long {
				sum = narrow(k, sum) // as Java adds
			}
			return fmt.Sprintf("CAST(CASE WHEN %s < 0 THEN %s %% %s ELSE %s END AS %s)", r, sum, n, r, duckType(a.t))
		})
	})
}

// extreme takes arguments that meet in a type without strings: Spark makes no
// text of numbers here, nor the other way round.
func extreme(r *resolver, a *apply) node {
	var all relation.Type
	for i, n := range a.args {
		if a.args[i] = atom(r, n); isBad(a.args[i]) {
			return a.args[i]
		}
		if t, ok := wider(all, n.typ()); !ok || isString(t) && !isString(n.typ()) && !isNull(n.typ()) || isString(n.typ()) && !isString(all) && !isNull(all) {
			return r.note(invalid(a.at, "%s: the arguments have no common type: %s and %s", a.fn.name, all, n.typ()))
		} else {
			all = t
		}
	}
	a.t, a.nullable = all, true
	for i := range a.args {
		if a.args[i] = r.to(a.args[i], all); isBad(a.args[i]) {
			return a.args[i]
		}
		a.nullable = a.nullable && a.args[i].null()
	}
	return a
}

func writeExtreme(_ *writer, a *apply, args []string) string {
	if isNull(a.t) {
		return "CAST(NULL AS INTEGER)"
	}
	return a.fn.name + "(" + strings.Join(args, ", ") + ")"
}
