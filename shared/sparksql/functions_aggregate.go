package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "count", kind: aggregate, signature: "count(*), count([DISTINCT] a, …)", min: 1, max: -1, params: []param{anything},
			gives: always(relation.Long), never: true, write: writeCount},
		&function{name: "sum", kind: aggregate, signature: "sum([DISTINCT] number)", min: 1, max: 1, resolve: sum, write: writeSum},
		&function{name: "avg", also: []string{"mean"}, kind: aggregate, signature: "avg([DISTINCT] number)", min: 1, max: 1, resolve: avg, write: writeAvg},
		&function{name: "min", kind: aggregate, signature: "min(a)", min: 1, max: 1, params: []param{atom}, gives: likeFirst, write: calling("min")},
		&function{name: "max", kind: aggregate, signature: "max(a)", min: 1, max: 1, params: []param{atom}, gives: likeFirst, write: calling("max")},
		&function{name: "first", also: []string{"first_value"}, kind: aggregate, signature: "first(a) [IGNORE NULLS]", min: 1, max: 1, params: []param{anything},
			gives: likeFirst, ordered: true, ignores: true, write: edge("first", "first_value")},
		&function{name: "last", also: []string{"last_value"}, kind: aggregate, signature: "last(a) [IGNORE NULLS]", min: 1, max: 1, params: []param{anything},
			gives: likeFirst, ordered: true, ignores: true, write: edge("last", "last_value")},
		&function{name: "row_number", kind: ranking, signature: "row_number() OVER (…)", gives: always(relation.Int), never: true, ordered: true, write: writeRank},
		&function{name: "rank", kind: ranking, signature: "rank() OVER (…)", gives: always(relation.Int), never: true, write: writeRank},
		&function{name: "dense_rank", kind: ranking, signature: "dense_rank() OVER (…)", gives: always(relation.Int), never: true, write: writeRank},
	)
}

// aggregated writes a call of an aggregate with all that modifies it.
func (w *writer) aggregated(fn string, a *apply, args []string) string {
	distinct := ""
	if a.distinct {
		distinct = "DISTINCT "
	}
	return fn + "(" + distinct + strings.Join(args, ", ") + ")" + w.suffix(a)
}

func calling(fn string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string { return w.aggregated(fn, a, args) }
}

// writeCount counts the rows in which no argument is NULL.
func writeCount(w *writer, a *apply, args []string) string {
	if c, ok := a.args[0].(*constant); ok && len(args) == 1 && !c.nullable && !a.distinct {
		return "count(*)" + w.suffix(a)
	}
	if len(args) == 1 {
		return w.aggregated("count", a, args)
	}
	all := "CASE WHEN " + strings.Join(args, " IS NOT NULL AND ") + " IS NOT NULL THEN row(" + strings.Join(args, ", ") + ") END"
	return w.aggregated("count", a, []string{all})
}

// sum of integers is bigint and wraps; of decimals it has ten digits more.
func sum(r *resolver, a *apply) node {
	if isInterval(a.args[0].typ()) {
		a.t, a.nullable = a.args[0].typ(), true
		return a
	}
	n, m := r.summand(a)
	if m != nil {
		return m
	}
	a.args[0], a.nullable = n, true
	switch t := n.typ(); {
	case isDecimal(t):
		a.t = relation.DecimalOf(min(t.Precision+10, maxPrecision), t.Scale)
	case t.Kind.Integral():
		a.t = relation.Of(relation.Long)
	default:
		a.args[0] = r.to(n, relation.Of(relation.Double))
		a.t = relation.Of(relation.Double)
	}
	return a
}

func (r *resolver) summand(a *apply) (node, node) {
	n := number(r, a.args[0])
	if m, wrong := n.(*misfit); wrong {
		return nil, r.note(invalid(a.at, "%s needs %s, and this is %s", a.fn.name, m.want, a.args[0].typ()))
	}
	if isBad(n) {
		return nil, n
	}
	return n, nil
}

func writeSum(w *writer, a *apply, args []string) string {
	if s, ok := w.sumOfProduct(a); ok {
		return "TRY_CAST(" + s + " AS " + duckType(a.t) + ")"
	}
	s := w.aggregated("sum", a, args)
	switch {
	case isInterval(a.t):
		return "CAST(" + s + " AS " + duckType(a.t) + ")"
	case isDecimal(a.t):
		return "TRY_CAST(" + s + " AS " + duckType(a.t) + ")"
	case a.t.Kind == relation.Long:
		return narrow(relation.Long, s)
	}
	return s
}

// avg of decimals is exact, with four decimal places more; of others, double.
func avg(r *resolver, a *apply) node {
	if t := a.args[0].typ(); isInterval(t) {
		a.t, a.nullable = relation.Of(t.Kind), true
		return a
	}
	n, m := r.summand(a)
	if m != nil {
		return m
	}
	a.nullable = true
	if t := n.typ(); isDecimal(t) {
		if t.Precision+10+4 > maxPrecision || t.Precision+10+t.Scale > maxPrecision {
			return r.note(refused(a.at, "avg of %s", t).because("cast to a decimal of at most 24 digits, or to double"))
		}
		a.args[0], a.t = n, relation.DecimalOf(t.Precision+4, t.Scale+4)
		return a
	}
	a.args[0], a.t = r.to(n, relation.Of(relation.Double)), relation.Of(relation.Double)
	return a
}

func writeAvg(w *writer, a *apply, args []string) string {
	if isInterval(a.t) {
		return fmt.Sprintf("CAST(spark_span_over(CAST(%s AS BIGINT), CAST(%s AS VARCHAR), %t) AS %s)",
			w.aggregated("sum", a, args), w.aggregated("count", a, args), a.t.Kind == relation.YearMonthInterval, duckType(a.t))
	}
	if !isDecimal(a.t) {
		return w.aggregated("avg", a, args)
	}
	t := a.args[0].typ()
	total := relation.DecimalOf(t.Precision+10, t.Scale)
	s := fmt.Sprintf("TRY_CAST(%s AS %s)", w.aggregated("sum", a, args), duckType(total))
	return w.quotient(unscaled(s, total), "CAST("+w.aggregated("count", a, args)+" AS HUGEINT)", 4, a.t)
}

// edge is first and last: in a group by the order of rows, in a window by its order.
func edge(group, window string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		fn := group
		if a.over != nil {
			fn = window
			if a.ignore {
				args = []string{args[0] + " IGNORE NULLS"}
			}
		} else if a.ignore {
			b := *a
			if b.filter == nil {
				return fmt.Sprintf("%s(%s) FILTER (WHERE %s IS NOT NULL)", fn, args[0], args[0])
			}
			return fmt.Sprintf("%s(%s) FILTER (WHERE %s AND %s IS NOT NULL)", fn, args[0], w.expr(b.filter), args[0])
		}
		return w.aggregated(fn, a, args)
	}
}

func writeRank(w *writer, a *apply, _ []string) string {
	return "CAST(" + a.fn.name + "()" + w.suffix(a) + " AS INTEGER)"
}
