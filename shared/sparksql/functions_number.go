package sparksql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "abs", signature: "abs(number)", min: 1, max: 1, params: []param{quantity}, gives: likeFirst, write: writeAbs},
		&function{name: "factorial", signature: "factorial(n)", min: 1, max: 1, params: []param{integer}, gives: always(relation.Long), loses: true,
			duck: "CASE WHEN $1 BETWEEN 0 AND 20 THEN CAST(factorial($1) AS BIGINT) END"},
		&function{name: "width_bucket", signature: "width_bucket(value, from, to, buckets)", min: 4, max: 4, resolve: widthBucket, duck: "spark_width_bucket($1, $2, $3, $4)"},
		&function{name: "pmod", signature: "pmod(a, b)", min: 2, max: 2, resolve: arithmeticTypes, loses: true, write: writePmod},
		&function{name: "greatest", signature: "greatest(a, b, …)", min: 2, max: -1, resolve: extreme, write: writeExtreme},
		&function{name: "least", signature: "least(a, b, …)", min: 2, max: -1, resolve: extreme, write: writeExtreme},
	)
}

// widthBucket takes doubles, or intervals of one kind as their counts.
func widthBucket(r *resolver, a *apply) node {
	args := make([]node, len(a.args))
	for i, n := range a.args {
		p := float64s
		if i == 3 {
			p = taking(relation.Long)
		} else if isInterval(n.typ()) && a.args[0].typ().Kind == n.typ().Kind && a.args[1].typ().Kind == n.typ().Kind && a.args[2].typ().Kind == n.typ().Kind {
			p = func(r *resolver, n node) node {
				return &apply{typed: typed{t: relation.Of(relation.Double), nullable: n.null(), at: n.pos()}, fn: countOf, args: []node{n}}
			}
		}
		converted := p(r, n)
		if m, wrong := converted.(*misfit); wrong {
			return r.note(invalid(n.pos(), "width_bucket: argument %d is %s, and should be %s", i+1, n.typ(), m.want))
		}
		if isBad(converted) {
			return converted
		}
		args[i] = converted
	}
	a.args, a.t, a.nullable = args, relation.Of(relation.Long), true
	return a
}

// countOf is an interval as the number that it is.
var countOf = &function{name: "count of", duck: "CAST($1 AS DOUBLE)"}

func writeAbs(w *writer, a *apply, args []string) string {
	k := a.t.Kind
	if low, _, known := bounds(a.args[0]); known && k.Integral() && low > limits[k][0] {
		return "abs(" + args[0] + ")"
	}
	if k.Integral() {
		return w.firstOf(a, args, "TRY(abs("+args[0]+"))", narrow(k, "abs(CAST("+args[0]+" AS "+wideOf(k)+"))"))
	}
	return "abs(" + args[0] + ")"
}

// writePmod is the remainder that has not the sign of the dividend.
func writePmod(w *writer, a *apply, args []string) string {
	zero := "nullif(" + args[1] + ", 0)"
	k, wraps := a.t.Kind, true
	switch {
	case k == relation.Decimal:
		return decimalCall("pmod", a, args)
	case k.Integral():
		if n, ok := a.args[1].(*constant); ok && !n.nullable && strings.Trim(n.text, "-") != "1" && n.text != "0" && len(n.text) < len(strconv.FormatInt(limits[k][1], 10)) {
			zero, wraps = args[1], false
			break // neither the remainder nor the sum can overflow
		}
		wide := wideOf(k)
		zero = "CAST(" + zero + " AS " + wide + ")"
		args = []string{"CAST(" + args[0] + " AS " + wide + ")", zero}
	}
	return w.once(zero, func(n string) string {
		return w.once("("+args[0]+" % "+n+")", func(r string) string {
			sum := "(" + r + " + " + n + ")"
			if wraps && (k == relation.Int || k == relation.Long) {
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
