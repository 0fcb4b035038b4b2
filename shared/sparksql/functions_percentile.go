package sparksql

import (
	"fmt"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "percentile", kind: aggregate, signature: "percentile([DISTINCT] number, percentage [, frequency])", min: 2, max: 3, resolve: percentile,
			defaults: []string{"1"}, write: writePercentile},
		&function{name: "median", kind: aggregate, signature: "median([DISTINCT] number)", min: 1, max: 1, resolve: median, write: writePercentile},
		&function{name: "percentile_cont", kind: aggregate, within: true, signature: "percentile_cont(percentage) WITHIN GROUP (ORDER BY number)", min: 1, max: 2,
			shows: 1, resolve: percentile, write: writePercentile},
		&function{name: "percentile_disc", kind: aggregate, within: true, signature: "percentile_disc(percentage) WITHIN GROUP (ORDER BY number)", min: 1, max: 2,
			shows: 1, resolve: percentile, write: writePercentile},
		&function{name: "percentile_approx", also: []string{"approx_percentile"}, kind: aggregate, signature: "percentile_approx([DISTINCT] number, percentage [, accuracy])",
			min: 2, max: 3, resolve: approximate, defaults: []string{"10000"}, ordered: true, lists: true, write: writeApproximate,
			note: "over more rows than half of the accuracy both are estimates within it, and Spark's depends on how its rows were split"},
		&function{name: "mode", kind: aggregate, signature: "mode([DISTINCT] a)", min: 1, max: 1, params: []param{hashable}, gives: likeFirst, ordered: true, lists: true, write: writeMode},
	)
}

// hashable takes what has no parts, and no map.
func hashable(r *resolver, n node) node { return atom(r, n) }

// percentages checks the percentage of a percentile: one, or an array of them,
// which must be known before there are rows.
func (r *resolver) percentages(a *apply, n node) (node, bool) {
	t := n.typ()
	wrong := func() (node, bool) {
		return r.note(invalid(a.at, "%s: the percentage must be a constant from 0 to 1, or an array of them", a.fn.name)), false
	}
	known := true
	reach(n, func(n node) bool {
		switch n := n.(type) {
		case *column, *nested, *variable:
			known = false
		case *apply:
			known = known && n.fn.kind == scalar && !n.fn.volatile
		}
		return known
	})
	if !known || isNull(t) {
		return wrong()
	}
	list := []node{n}
	array := t.Kind == relation.Array
	if made, ok := n.(*apply); ok && array {
		list = made.args
	}
	for _, n := range list {
		if c, ok := n.(*convert); ok {
			n = c.arg
		}
		if c, ok := n.(*constant); ok {
			v, err := strconv.ParseFloat(c.text, 64)
			if c.nullable || err != nil || v < 0 || v > 1 {
				return wrong()
			}
		}
	}
	to := relation.Of(relation.Double)
	if array {
		if isNull(*t.Elem) {
			return wrong()
		}
		to = relation.ArrayOf(to)
	} else if !isNumeric(t) && !isString(t) {
		return wrong()
	}
	n = r.to(n, to)
	return n, !isBad(n)
}

// percentile has the value first and the percentage second, whatever the form.
func percentile(r *resolver, a *apply) node {
	if a.fn.within {
		if len(a.args) != 2 {
			return r.note(invalid(a.at, "%s takes one argument before WITHIN GROUP", a.fn.name))
		}
		a.args = []node{a.args[1], a.args[0]}
	}
	p, ok := r.percentages(a, a.args[1])
	if !ok {
		return p
	}
	a.args[1] = p
	v := a.args[0]
	elem := relation.Of(relation.Double)
	if isInterval(v.typ()) {
		elem = relation.Of(v.typ().Kind)
	} else if a.args[0] = number(r, v); !isNumeric(a.args[0].typ()) {
		return r.note(invalid(a.at, "%s needs numbers, and this is %s", a.fn.name, v.typ()))
	}
	if len(a.args) == 3 {
		n := a.args[2]
		if !n.typ().Kind.Integral() {
			return r.note(invalid(a.at, "percentile: a frequency must be an integer, and this is %s", n.typ()))
		}
		if isInterval(v.typ()) {
			return r.note(refused(a.at, "percentile of intervals with frequencies"))
		}
		a.args[2] = r.to(n, relation.Of(relation.Long))
	}
	a.t, a.nullable = elem, true
	if p.typ().Kind == relation.Array {
		a.t = relation.ArrayOf(elem)
	}
	return a
}

func median(r *resolver, a *apply) node {
	a.args = append(a.args, &constant{typed: typed{t: relation.Of(relation.Double), at: a.at}, text: "0.5"})
	return percentile(r, a)
}

// writePercentile sorts the values of a group and takes what lies at a share of
// them, between two where it falls between, as Spark does.
func writePercentile(w *writer, a *apply, args []string) string {
	value, order := "CAST("+args[0]+" AS DOUBLE)", "ASC"
	if isInterval(a.args[0].typ()) {
		value = "CAST(CAST(" + args[0] + " AS BIGINT) AS DOUBLE)"
	}
	if a.descending {
		order = "DESC"
	}
	if len(a.args) == 3 {
		values, counts := w.list(a, value, args[0]+" IS NOT NULL AND "+args[2]), w.list(a, args[2], args[0]+" IS NOT NULL AND "+args[2])
		if a.distinct {
			values, counts = "error('percentile(DISTINCT …) with a frequency')", "NULL"
		}
		if a.t.Kind == relation.Array {
			v := w.fresh()
			defer w.release()
			return fmt.Sprintf("list_transform(%s, lambda %s: spark_percentile(%s, %s, %s))", args[1], v, values, counts, v)
		}
		return fmt.Sprintf("spark_percentile(%s, %s, %s)", values, counts, args[1])
	}
	back := func(s string) string {
		if isInterval(a.args[0].typ()) {
			return "CAST(trunc(" + s + ") AS " + duckType(a.args[0].typ()) + ")"
		}
		return s
	}
	return w.bound(fmt.Sprintf("list_sort(%s, '%s')", w.list(a, value, args[0]), order), func(l string) string {
		at := func(p string) string {
			if a.fn.name == "percentile_disc" {
				return back(fmt.Sprintf("%s[greatest(1, CAST(ceil(%s * len(%s)) AS BIGINT))]", l, p, l))
			}
			return back(fmt.Sprintf("list_transform([(len(%s) - 1) * %s], lambda p0: CASE WHEN p0 = floor(p0) OR %s[CAST(floor(p0) AS BIGINT) + 1] = %s[CAST(ceil(p0) AS BIGINT) + 1] "+
				"THEN %s[CAST(floor(p0) AS BIGINT) + 1] ELSE (ceil(p0) - p0) * %s[CAST(floor(p0) AS BIGINT) + 1] + (p0 - floor(p0)) * %s[CAST(ceil(p0) AS BIGINT) + 1] END)[1]", l, p, l, l, l, l, l))
		}
		if a.t.Kind != relation.Array {
			return fmt.Sprintf("CASE WHEN len(%s) > 0 THEN %s END", l, at(args[1]))
		}
		p := w.fresh()
		defer w.release()
		return fmt.Sprintf("CASE WHEN len(%s) > 0 THEN list_transform(%s, lambda %s: %s) END", l, args[1], p, at(p))
	})
}

// approximate is percentile_approx; its result has the type of the values.
func approximate(r *resolver, a *apply) node {
	p, ok := r.percentages(a, a.args[1])
	if !ok {
		return p
	}
	a.args[1] = p
	accuracy := int64(10000)
	if len(a.args) == 3 {
		if accuracy, ok = foldInt(a.args[2]); !ok || accuracy <= 0 || accuracy > 1<<31-1 {
			return r.note(invalid(a.at, "%s: the accuracy must be a constant whole number above 0", a.fn.name))
		}
		a.args = a.args[:2]
	}
	a.places = int(accuracy)
	v := a.args[0]
	switch t := v.typ(); {
	case isInterval(t), t.Kind == relation.Date, t.Kind == relation.Timestamp, t.Kind == relation.TimestampNTZ:
	default:
		if a.args[0] = number(r, v); !isNumeric(a.args[0].typ()) {
			return r.note(invalid(a.at, "%s needs numbers, moments or intervals, and this is %s", a.fn.name, t))
		}
	}
	a.t, a.nullable = a.args[0].typ(), true
	if p.typ().Kind == relation.Array {
		a.t = relation.ArrayOf(a.t)
	}
	return a
}

// writeApproximate goes over doubles, as Spark's sketch does.
func writeApproximate(w *writer, a *apply, args []string) string {
	t := a.args[0].typ()
	value, back := "CAST("+args[0]+" AS DOUBLE)", func(s string) string { return "CAST(" + s + " AS " + duckType(t) + ")" }
	switch {
	case t.Kind == relation.Date:
		value = "CAST(date_diff('day', DATE '1970-01-01', " + args[0] + ") AS DOUBLE)"
		back = func(s string) string { return "CAST(DATE '1970-01-01' + CAST(" + s + " AS INTEGER) AS DATE)" }
	case isMoment(t):
		value = "CAST(epoch_us(" + args[0] + ") AS DOUBLE)"
		back = func(s string) string { return "make_timestamp(CAST(" + s + " AS BIGINT))" }
	case t.Kind.Integral() || isInterval(t):
		value = "CAST(CAST(" + args[0] + " AS BIGINT) AS DOUBLE)"
		if t.Kind == relation.Long || t.Kind == relation.DayTimeInterval {
			// What a double makes of the largest bigint does not fit one.
			back = func(s string) string {
				return fmt.Sprintf("CASE WHEN %s >= 9223372036854775807 THEN 9223372036854775807 ELSE TRY_CAST(%s AS BIGINT) END", s, s)
			}
		}
	}
	l := w.list(a, value, args[0])
	if a.t.Kind == relation.Array {
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("list_transform(spark_percentile_approx(%s, %s, %d), lambda %s: %s)", l, args[1], a.places, v, back(v))
	}
	return w.bound("spark_percentile_approx("+l+", ["+args[1]+"], "+strconv.Itoa(a.places)+")", func(v string) string {
		return back(v + "[1]")
	})
}

// hashKinds are the types whose Java hash codes sparkfn knows; hashText is a
// value of them as text that it reads.
var hashKinds = map[relation.Kind]string{relation.Boolean: "bool", relation.Byte: "int", relation.Short: "int", relation.Int: "int", relation.Long: "long",
	relation.Float: "float", relation.Double: "double", relation.String: "string", relation.Date: "int", relation.Timestamp: "long", relation.TimestampNTZ: "long",
	relation.Decimal: "decimal", relation.DayTimeInterval: "long", relation.YearMonthInterval: "int"}

func hashText(t relation.Type, s string) string {
	switch {
	case isString(t):
		return s
	case t.Kind == relation.Date:
		return "CAST(date_diff('day', DATE '1970-01-01', " + s + ") AS VARCHAR)"
	case isMoment(t):
		return "CAST(epoch_us(" + s + ") AS VARCHAR)"
	}
	return "CAST(" + s + " AS VARCHAR)"
}

// writeMode is the most frequent value. Of several Spark takes the one that its
// hash table has first; where that order is not known, the query ends.
func writeMode(w *writer, a *apply, args []string) string {
	t := a.args[0].typ()
	kind := hashKinds[t.Kind]
	return w.bound(w.list(a, args[0], args[0]), func(l string) string {
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("list_extract(%s, spark_mode('%s', list_transform(%s, lambda %s: %s)))", l, kind, l, v, hashText(t, v))
	})
}
