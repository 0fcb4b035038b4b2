package sparksql

import (
	"fmt"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	rank := func(name, shown string) *function {
		return &function{name: name, shown: shown, kind: ranking, signature: name + "() OVER (…)", gives: always(relation.Int), never: true, write: writeRank}
	}
	number := rank("row_number", "")
	number.ordered = true
	add(number, rank("rank", "RANK"), rank("dense_rank", "DENSE_RANK"),
		&function{name: "percent_rank", shown: "PERCENT_RANK", kind: ranking, signature: "percent_rank() OVER (…)", gives: always(relation.Double), never: true, write: writeShare},
		&function{name: "cume_dist", kind: ranking, pinned: upToPeer, signature: "cume_dist() OVER (…)", gives: always(relation.Double), never: true, write: writeShare},
		&function{name: "ntile", kind: ranking, signature: "ntile([buckets]) OVER (…)", min: 0, max: 1, resolve: ntile, ordered: true, defaults: []string{"1"}, write: writeRank},
		&function{name: "lag", kind: ranking, signature: "lag(a [, offset [, default]]) OVER (…)", min: 1, max: 3, resolve: shifted, ordered: true, ignores: true,
			defaults: []string{"1", "NULL"}, write: writeShifted},
		&function{name: "lead", kind: ranking, signature: "lead(a [, offset [, default]]) OVER (…)", min: 1, max: 3, resolve: shifted, ordered: true, ignores: true,
			defaults: []string{"1", "NULL"}, write: writeShifted},
		&function{name: "nth_value", kind: ranking, signature: "nth_value(a, n) OVER (…)", min: 2, max: 2, resolve: nthValue, ordered: true, ignores: true, write: writeNth},
	)
}

func writeRank(w *writer, a *apply, args []string) string {
	return "CAST(" + fill(a.fn.name+"($*)", args) + w.suffix(a) + " AS INTEGER)"
}

func writeShare(w *writer, a *apply, _ []string) string { return a.fn.name + "()" + w.suffix(a) }

func ntile(r *resolver, a *apply) node {
	if len(a.args) == 0 {
		a.args = []node{&constant{typed: typed{t: relation.Of(relation.Int), at: a.at}, text: "1"}}
	}
	n, ok := foldInt(a.args[0])
	if !ok || a.args[0].typ().Kind != relation.Int || n <= 0 {
		return r.note(invalid(a.at, "ntile needs a number of buckets that is constant, and at least 1"))
	}
	a.t = relation.Of(relation.Int)
	return a
}

// shifted is lag and lead: their offset is constant, and what they give where
// there is no such row becomes of the value's type.
func shifted(r *resolver, a *apply) node {
	a.t, a.nullable = a.args[0].typ(), true
	if len(a.args) > 1 {
		n, ok := foldInt(a.args[1])
		if !ok || a.args[1].typ().Kind != relation.Int || n < -(1<<31-1) {
			return r.note(invalid(a.at, "%s: the offset must be a constant int", a.fn.name))
		}
		a.places = int(n)
	} else {
		a.places = 1
	}
	if len(a.args) == 3 {
		d := a.args[2]
		if isBad(d) {
			return d
		}
		if isNull(a.t) {
			return r.note(refused(a.at, "%s of a NULL with a default", a.fn.name))
		}
		d = r.to(d, a.t)
		if isBad(d) {
			return d
		}
		a.nullable = a.args[0].null() || d.null()
		a.args = []node{a.args[0], d}
		return a
	}
	a.args = a.args[:1]
	return a
}

func writeShifted(w *writer, a *apply, args []string) string {
	s := fmt.Sprintf("%s, %d", args[0], a.places)
	if len(args) == 2 {
		s += ", " + args[1]
	}
	if a.ignore {
		s += " IGNORE NULLS"
	}
	return a.fn.name + "(" + s + ")" + w.suffix(a)
}

func nthValue(r *resolver, a *apply) node {
	n, ok := foldInt(a.args[1])
	if !ok || n <= 0 {
		return r.note(invalid(a.at, "nth_value needs a constant place, from 1"))
	}
	a.t, a.nullable, a.places = a.args[0].typ(), true, int(n)
	a.args = a.args[:1]
	return a
}

func writeNth(w *writer, a *apply, args []string) string {
	s := args[0] + ", " + strconv.Itoa(a.places) + w.rowOrder(a)
	if a.ignore {
		s += " IGNORE NULLS"
	}
	return "nth_value(" + s + ")" + w.suffix(a)
}
