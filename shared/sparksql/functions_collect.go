package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	list := func(args []node) relation.Type { return relation.ArrayOf(args[0].typ()) }
	add(
		&function{name: "collect_list", also: []string{"array_agg"}, shown: "collect_list", kind: aggregate, signature: "collect_list([DISTINCT] a)", min: 1, max: 1,
			params: []param{anything}, gives: list, never: true, ordered: true, write: writeCollect},
		&function{name: "collect_set", kind: aggregate, signature: "collect_set(a)", min: 1, max: 1, resolve: collectSet, never: true, ordered: true, write: writeCollectSet},
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
	return ok && unordered[fn.name] && lookup(c.name) != nil && lookup(c.name).name == "collect_set"
}
