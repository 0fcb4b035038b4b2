package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	list := func(args []node) relation.Type { return relation.ArrayOf(args[0].typ()) }
	add(
		&function{name: "collect_list", also: []string{"array_agg"}, shown: "collect_list", kind: aggregate, signature: "collect_list([DISTINCT] a)", min: 1, max: 1,
			params: []param{anything}, gives: list, never: true, ordered: true, lists: true, write: writeCollect},
		&function{name: "collect_set", kind: aggregate, signature: "collect_set(a)", min: 1, max: 1, resolve: collectSet, never: true, ordered: true, lists: true, write: writeCollectSet},
	)
}

func writeCollect(w *writer, a *apply, args []string) string {
	return "coalesce(" + w.list(a, args[0], args[0]) + ", CAST([] AS " + duckType(a.t) + "))"
}

func collectSet(r *resolver, a *apply) node {
	n := a.args[0]
	if holdsMap(n.typ()) {
		return r.note(invalid(a.at, "collect_set cannot hold values of type %s", n.typ()))
	}
	if hashKinds[n.typ().Kind] == "" && !isNull(n.typ()) && a.places == 0 {
		return r.note(refused(a.at, "collect_set of %s, whose order is Spark's own,", n.typ()).because("put it into sort_array(…) or size(…)"))
	}
	a.t = relation.ArrayOf(n.typ())
	return a
}

// unordered are the functions to which the order of a set makes no difference.
var unordered = map[string]bool{"size": true, "cardinality": true, "sort_array": true, "array_contains": true, "array_max": true, "array_min": true, "array_sort": true}

// writeCollectSet has the values in the order of Scala's hash set, which is what
// Spark collects them in.
func writeCollectSet(w *writer, a *apply, args []string) string {
	t := a.args[0].typ()
	if a.places == 1 {
		b := *a
		b.distinct = a.over == nil
		l := w.list(&b, args[0], args[0])
		if a.over != nil {
			l = "list_distinct(" + l + ")"
		}
		return "coalesce(" + l + ", CAST([] AS " + duckType(a.t) + "))"
	}
	b := *a
	b.distinct = false
	return w.bound("coalesce("+w.list(&b, args[0], args[0])+", CAST([] AS "+duckType(a.t)+"))", func(l string) string {
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("list_select(%s, spark_set_order('%s', list_transform(%s, lambda %s: %s), %t))", l, hashKinds[t.Kind], l, v, hashText(t, v), a.over != nil)
	})
}

// inSet reports whether e is a set that a function takes in any order.
func inSet(fn *function, e *call) bool {
	c, ok := first(e.args).(*call)
	if !ok || !unordered[fn.name] || lookup(c.name) == nil {
		return false
	}
	name := lookup(c.name).name
	return name == "collect_set" || name == "collect_list"
}

func init() {
	add(&function{name: "histogram_numeric", kind: aggregate, signature: "histogram_numeric([DISTINCT] a, bins)", min: 2, max: 2, resolve: histogram, ordered: true, lists: true, write: writeHistogram})
}

// histogram counts the values of a group into bins, which are where they fall.
func histogram(r *resolver, a *apply) node {
	n, ok := foldInt(a.args[1])
	if !ok || n < 2 {
		return r.note(invalid(a.at, "histogram_numeric needs a constant number of bins, at least 2"))
	}
	a.places, a.args = int(n), a.args[:1]
	t := a.args[0].typ()
	if isNull(t) || isString(t) {
		a.args[0] = r.to(a.args[0], relation.Of(relation.Double))
		t = relation.Of(relation.Double)
	}
	if isBad(a.args[0]) {
		return a.args[0]
	}
	if !isNumeric(t) && !isMoment(t) && !isInterval(t) {
		return r.note(invalid(a.at, "histogram_numeric needs numbers, moments or intervals, and this is %s", t))
	}
	if isDecimal(t) {
		return r.note(refused(a.at, "histogram_numeric of %s", t).because("cast it to double"))
	}
	if isInterval(t) {
		t = relation.Of(t.Kind)
	}
	a.t, a.nullable = relation.ArrayOf(relation.StructOf(relation.Column{Name: "x", Type: t, Nullable: true}, relation.Column{Name: "y", Type: relation.Of(relation.Double), Nullable: true})), true
	return a
}

func writeHistogram(w *writer, a *apply, args []string) string {
	value, back := doubled(a.args[0].typ(), args[0])
	y := w.fresh()
	defer w.release()
	return w.bound(fmt.Sprintf("spark_histogram(%s, %d)", w.list(a, value, args[0]), a.places), func(l string) string {
		return fmt.Sprintf("list_transform(range(1, len(%s), 2), lambda %s: struct_pack(x := %s, y := %s[%s + 1]))", l, y, back(l+"["+y+"]"), l, y)
	})
}

// doubled is a value as a double, and back as it comes from one, cut off.
func doubled(t relation.Type, s string) (string, func(string) string) {
	switch {
	case t.Kind == relation.Date:
		return "CAST(date_diff('day', DATE '1970-01-01', " + s + ") AS DOUBLE)", func(s string) string { return "CAST(DATE '1970-01-01' + CAST(trunc(" + s + ") AS INTEGER) AS DATE)" }
	case isMoment(t):
		return "CAST(epoch_us(" + s + ") AS DOUBLE)", func(s string) string { return "make_timestamp(CAST(trunc(" + s + ") AS BIGINT))" }
	case t.Kind.Integral() || isInterval(t):
		return "CAST(CAST(" + s + " AS BIGINT) AS DOUBLE)", func(s string) string { return "CAST(trunc(" + s + ") AS " + duckType(t) + ")" }
	}
	return "CAST(" + s + " AS DOUBLE)", func(s string) string { return "CAST(" + s + " AS " + duckType(t) + ")" }
}

// byChance reports whether the order of distinct values shows in the result.
func (f *function) byChance() bool {
	switch f.name {
	case "collect_list", "max_by", "min_by", "histogram_numeric":
		return true
	}
	return f.edge
}
