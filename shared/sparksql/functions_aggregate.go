package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "count", kind: aggregate, signature: "count(*), count([DISTINCT] a, …)", min: 1, max: -1, params: []param{anything},
			gives: always(relation.Long), never: true, stars: true, write: writeCount},
		&function{name: "count_if", kind: aggregate, signature: "count_if(condition)", min: 1, max: 1, params: []param{boolean},
			gives: always(relation.Long), never: true, write: writeCountIf},
		&function{name: "sum", kind: aggregate, signature: "sum([DISTINCT] number)", min: 1, max: 1, resolve: sum, write: writeSum},
		&function{name: "try_sum", kind: aggregate, signature: "try_sum([DISTINCT] number)", min: 1, max: 1, resolve: sum, write: writeSum},
		&function{name: "avg", also: []string{"mean"}, kind: aggregate, signature: "avg([DISTINCT] number)", min: 1, max: 1, resolve: avg, write: writeAvg},
		&function{name: "try_avg", kind: aggregate, signature: "try_avg([DISTINCT] number)", min: 1, max: 1, resolve: avg, write: writeAvg},
		&function{name: "min", kind: aggregate, signature: "min(a)", min: 1, max: 1, params: []param{orderly}, gives: likeFirst, write: writeMost("min")},
		&function{name: "max", kind: aggregate, signature: "max(a)", min: 1, max: 1, params: []param{orderly}, gives: likeFirst, write: writeMost("max")},
		&function{name: "bool_and", also: []string{"every"}, kind: aggregate, signature: "bool_and(condition)", min: 1, max: 1, params: []param{boolean},
			gives: always(relation.Boolean), write: calling("bool_and")},
		&function{name: "bool_or", also: []string{"some", "any"}, kind: aggregate, signature: "bool_or(condition)", min: 1, max: 1, params: []param{boolean},
			gives: always(relation.Boolean), write: calling("bool_or")},
		&function{name: "bit_and", kind: aggregate, signature: "bit_and(integer)", min: 1, max: 1, params: []param{wholeNumbers}, gives: likeFirst, write: calling("bit_and")},
		&function{name: "bit_or", kind: aggregate, signature: "bit_or(integer)", min: 1, max: 1, params: []param{wholeNumbers}, gives: likeFirst, write: calling("bit_or")},
		&function{name: "bit_xor", kind: aggregate, signature: "bit_xor(integer)", min: 1, max: 1, params: []param{wholeNumbers}, gives: likeFirst, write: calling("bit_xor")},
		&function{name: "first", also: []string{"first_value"}, kind: aggregate, signature: "first(a [, ignoreNulls]) [IGNORE NULLS]", min: 1, max: 2, resolve: edgeValue,
			ordered: true, ignores: true, edge: true, shows: 1, write: writeEdge("first", "first_value")},
		&function{name: "any_value", kind: aggregate, signature: "any_value(a [, ignoreNulls]) [IGNORE NULLS]", min: 1, max: 2, resolve: edgeValue,
			ordered: true, ignores: true, edge: true, shows: 1, write: writeEdge("first", "first_value")},
		&function{name: "last", also: []string{"last_value"}, kind: aggregate, signature: "last(a [, ignoreNulls]) [IGNORE NULLS]", min: 1, max: 2, resolve: edgeValue,
			ordered: true, ignores: true, edge: true, shows: 1, write: writeEdge("last", "last_value")},
		&function{name: "max_by", kind: aggregate, signature: "max_by(value, order)", min: 2, max: 2, params: []param{anything, orderly}, gives: likeFirst, ordered: true, lists: true, write: writeBy("max")},
		&function{name: "min_by", kind: aggregate, signature: "min_by(value, order)", min: 2, max: 2, params: []param{anything, orderly}, gives: likeFirst, ordered: true, lists: true, write: writeBy("min")},
		&function{name: "grouping", kind: aggregate, grouping: true, signature: "grouping(column)", min: 1, max: 1, params: []param{anything},
			gives: always(relation.Byte), never: true, write: writeGrouping},
		&function{name: "grouping_id", kind: aggregate, grouping: true, signature: "grouping_id([column, …])", min: 0, max: -1, params: []param{anything},
			gives: always(relation.Long), never: true, write: writeGrouping},
	)
}

// orderly takes what has an order: not maps.
func orderly(r *resolver, n node) node {
	if holdsMap(n.typ()) {
		return r.note(invalid(n.pos(), "values of type %s have no order", n.typ()))
	}
	return n
}

// writeMost is min and max; of nested values by what DuckDB orders as Spark does.
func writeMost(fn string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		if isNested(a.t) {
			return w.aggregated("arg_"+fn+"_null", a, []string{args[0], w.sortKey(a.t, args[0])})
		}
		return w.aggregated(fn, a, args)
	}
}

// writeGrouping has a bit for each column: 0 where the set of a row has it. What
// no set has is a NULL, which DuckDB cannot be asked about.
func writeGrouping(_ *writer, a *apply, args []string) string {
	var bits []string
	var known []string
	flush := func(after int) {
		if known != nil {
			bits = append(bits, fmt.Sprintf("CAST(GROUPING(%s) AS BIGINT) * %d", strings.Join(known, ", "), int64(1)<<after))
			known = nil
		}
	}
	for i, n := range a.args {
		after := len(a.args) - 1 - i
		if c, ok := n.(*constant); ok && c.nullable {
			flush(after + 1)
			bits = append(bits, fmt.Sprint(int64(1)<<after))
			continue
		}
		known = append(known, args[i])
	}
	flush(0)
	if bits == nil {
		bits = []string{"0"}
	}
	return "CAST(" + strings.Join(bits, " + ") + " AS " + duckType(a.t) + ")"
}

// wholeNumbers takes integers, and reads text as bigint.
func wholeNumbers(r *resolver, n node) node {
	switch t := n.typ(); {
	case t.Kind.Integral():
		return n
	case isNull(t):
		return r.to(n, relation.Of(relation.Int))
	}
	return &misfit{typed{at: n.pos()}, "an integer"}
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

func writeCountIf(w *writer, a *apply, args []string) string {
	return w.aggregated("count", a, []string{"CASE WHEN " + args[0] + " THEN true END"})
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
	if a.args[0].typ().Kind == relation.Timestamp {
		return r.to(a.args[0], relation.Of(relation.Double)), nil
	}
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
	s := w.aggregated("sum", a, args)
	switch {
	case isInterval(a.t) && a.fn.name == "try_sum":
		return "TRY_CAST(" + s + " AS " + duckType(a.t) + ")"
	case isInterval(a.t):
		return "CAST(" + s + " AS " + duckType(a.t) + ")"
	case isDecimal(a.t):
		return w.decimalTotal(s, a)
	case a.t.Kind == relation.Long && a.fn.name == "try_sum":
		return "TRY_CAST(" + s + " AS BIGINT)"
	case a.t.Kind == relation.Long:
		return narrow(relation.Long, s)
	}
	return s
}

// decimalTotal is NULL where a sum has more digits than its type.
func (w *writer) decimalTotal(s string, a *apply) string {
	t := a.args[0].typ()
	total := relation.DecimalOf(min(t.Precision+10, maxPrecision), t.Scale)
	if total.Precision < maxPrecision {
		return "TRY_CAST(" + s + " AS " + duckType(total) + ")"
	}
	// DuckDB's own sum has that type, and can hold a 39th digit.
	most := strings.Repeat("9", maxPrecision-t.Scale)
	if t.Scale > 0 {
		most += "." + strings.Repeat("9", t.Scale)
	}
	return fmt.Sprintf("CASE WHEN abs(%s) <= CAST('%s' AS %s) THEN %s END", s, most, duckType(total), s)
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
		a.args[0], a.t = n, bounded(t.Precision+4, t.Scale+4)
		return a
	}
	a.args[0], a.t = r.to(n, relation.Of(relation.Double)), relation.Of(relation.Double)
	return a
}

// bounded is a decimal type of at most 38 digits.
func bounded(precision, scale int) relation.Type {
	return relation.DecimalOf(min(precision, maxPrecision), min(scale, maxPrecision))
}

func writeAvg(w *writer, a *apply, args []string) string {
	if isInterval(a.t) && a.fn.name == "try_avg" {
		// A sum that its type cannot hold is NULL.
		return fmt.Sprintf("CAST(spark_span_over(CAST(TRY_CAST(%s AS %s) AS BIGINT), CAST(%s AS VARCHAR), %t) AS %s)",
			w.aggregated("sum", a, args), duckType(a.t), w.aggregated("count", a, args), a.t.Kind == relation.YearMonthInterval, duckType(a.t))
	}
	if isInterval(a.t) {
		return fmt.Sprintf("CAST(spark_span_over(CAST(%s AS BIGINT), CAST(%s AS VARCHAR), %t) AS %s)",
			w.aggregated("sum", a, args), w.aggregated("count", a, args), a.t.Kind == relation.YearMonthInterval, duckType(a.t))
	}
	if !isDecimal(a.t) {
		return w.aggregated("avg", a, args)
	}
	t := a.args[0].typ()
	s, n := w.decimalTotal(w.aggregated("sum", a, args), a), w.aggregated("count", a, args)
	if t.Precision+10+4 > maxPrecision || t.Precision+10+t.Scale > maxPrecision {
		return fmt.Sprintf("CAST(spark_decimal_divide(CAST(%s AS VARCHAR), CAST(nullif(%s, 0) AS VARCHAR), %d, %d) AS %s)",
			s, n, a.t.Precision, a.t.Scale, duckType(a.t))
	}
	return w.quotient(unscaled(s, relation.DecimalOf(t.Precision+10, t.Scale)), "CAST("+n+" AS HUGEINT)", 4, a.t)
}

// edgeValue is first or last; a second argument says whether NULLs count.
func edgeValue(r *resolver, a *apply) node {
	if len(a.args) == 2 {
		c, ok := a.args[1].(*constant)
		if !ok || c.t.Kind != relation.Boolean || c.nullable {
			return r.note(invalid(a.at, "%s: whether to ignore NULLs must be true or false", a.fn.name))
		}
		a.ignore = a.ignore || c.text == "true"
		a.args = a.args[:1]
	}
	a.t, a.nullable = a.args[0].typ(), true
	return a
}

// writeEdge is first and last: in a group by the order of rows, in a window by its order.
func writeEdge(group, window string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		fn, ordered := group, args[0]+w.rowOrder(a)
		if a.over != nil {
			fn = window
			if a.ignore {
				ordered += " IGNORE NULLS"
			}
		} else if a.ignore {
			b := *a
			if b.filter == nil {
				return fmt.Sprintf("%s(%s) FILTER (WHERE %s IS NOT NULL)", fn, ordered, args[0])
			}
			return fmt.Sprintf("%s(%s) FILTER (WHERE %s AND %s IS NOT NULL)", fn, ordered, w.expr(b.filter), args[0])
		}
		args = []string{ordered}
		return w.aggregated(fn, a, args)
	}
}

// writeBy is max_by and min_by. Of several rows with the same extreme Spark
// takes the last, and DuckDB's own functions the first.
func writeBy(extreme string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		keys := w.list(a, w.sortKey(a.args[1].typ(), args[1]), args[1])
		values := w.list(a, args[0], args[1])
		return fmt.Sprintf("list_extract(list_reverse(%s), list_position(list_reverse(%s), list_%s(%s)))", values, keys, extreme, keys)
	}
}

// instead says what to write for a function that no other can replace unseen.
var instead = map[string]string{
	"count_min_sketch": "it is a sketch of Spark's own; group by the values and count them",
}
