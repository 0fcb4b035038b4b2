package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

// Statistics of one and of two columns, computed in Go by Spark's own formulas:
// DuckDB's differ where there is one row, where a column is constant, where a
// value is not finite, and from the ninth digit on where values are close.

func init() {
	for name, also := range map[string][]string{"stddev_samp": {"stddev", "std"}, "stddev_pop": nil, "var_samp": {"variance"}, "var_pop": nil, "skewness": nil, "kurtosis": nil} {
		add(&function{name: name, also: also, kind: aggregate, signature: name + "([DISTINCT] number)", min: 1, max: 1, params: []param{double}, ordered: true,
			gives: always(relation.Double), write: func(w *writer, a *apply, args []string) string {
				return fmt.Sprintf("spark_moment('%s', %s)", name, w.list(a, args[0], args[0]))
			}})
	}
	for _, name := range []string{"corr", "covar_pop", "covar_samp", "regr_slope", "regr_intercept", "regr_r2", "regr_sxx", "regr_syy", "regr_sxy"} {
		add(&function{name: name, kind: aggregate, signature: name + "([DISTINCT] y, x)", min: 2, max: 2, params: []param{double}, ordered: true,
			gives: always(relation.Double), write: writePair(name)})
	}
	add(
		&function{name: "regr_count", kind: aggregate, signature: "regr_count([DISTINCT] y, x)", min: 2, max: 2, params: []param{double},
			gives: always(relation.Long), never: true, write: writeCount},
		&function{name: "regr_avgx", kind: aggregate, signature: "regr_avgx([DISTINCT] y, x)", min: 2, max: 2, resolve: meanOf(1), write: writeAvg},
		&function{name: "regr_avgy", kind: aggregate, signature: "regr_avgy([DISTINCT] y, x)", min: 2, max: 2, resolve: meanOf(0), write: writeAvg},
	)
}

// double takes numbers, and text that is one.
var double = taking(relation.Double)

// list writes the values of a group in the order of its rows, without those
// whose test is NULL.
func (w *writer) list(a *apply, value, test string) string {
	distinct := ""
	if a.distinct {
		distinct = "DISTINCT "
	}
	b := *a
	b.filter = nil
	where := test + " IS NOT NULL"
	if a.filter != nil {
		where = w.expr(a.filter) + " AND " + where
	}
	return "list(" + distinct + value + w.rowOrder(a) + ") FILTER (WHERE " + where + ")" + w.suffix(&b)
}

func writePair(name string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		both := args[0] + " IS NOT NULL AND " + args[1]
		if a.distinct {
			return w.bound(w.list(a, "row("+args[0]+", "+args[1]+")", both), func(l string) string {
				v := w.fresh()
				defer w.release()
				return fmt.Sprintf("spark_pair('%s', list_transform(%s, lambda %s: %s[1]), list_transform(%s, lambda %s: %s[2]))", name, l, v, v, l, v, v)
			})
		}
		return fmt.Sprintf("spark_pair('%s', %s, %s)", name, w.list(a, args[0], both), w.list(a, args[1], both))
	}
}

// meanOf is the mean of one of two columns, where the other is known too.
func meanOf(of int) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		for i, n := range a.args {
			if a.args[i] = number(r, n); !isNumeric(a.args[i].typ()) && !isBad(a.args[i]) {
				return r.note(invalid(n.pos(), "%s needs numbers, and this is %s", a.fn.name, n.typ()))
			}
		}
		known := r.apply(a.at, "IS NOT NULL", a.args[1-of])
		if isBad(known) {
			return known
		}
		v := a.args[of]
		a.args = []node{&choose{typed: typed{t: v.typ(), nullable: true, at: a.at}, arms: []arm{{known, v}}}}
		return avg(r, a)
	}
}
