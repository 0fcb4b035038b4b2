package sparksql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "size", also: []string{"cardinality"}, signature: "size(array or map)", min: 1, max: 1, never: true, resolve: size,
			duck: "coalesce(CAST(len($1) AS INTEGER), -1)"},
		&function{name: "array_size", signature: "array_size(array)", min: 1, max: 1, resolve: ofArray(relation.Of(relation.Int)), duck: "CAST(len($1) AS INTEGER)"},
		&function{name: "array_contains", signature: "array_contains(array, a)", min: 2, max: 2, resolve: withElement(relation.Of(relation.Boolean)), loses: true,
			write: nullSafe(2, "CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_contains($1, $2) THEN true WHEN list_position($1, NULL) IS NULL THEN false END")},
		&function{name: "array_position", signature: "array_position(array, a)", min: 2, max: 2, resolve: withElement(relation.Of(relation.Long)),
			write: nullSafe(2, "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(coalesce(list_position($1, $2), 0) AS BIGINT) END")},
		&function{name: "array_remove", signature: "array_remove(array, a)", min: 2, max: 2, resolve: withElement(relation.Type{}),
			write: nullSafe(2, "CASE WHEN $2 IS NOT NULL THEN list_filter($1, lambda $v: $v IS NULL OR $v <> $2) END")},
		&function{name: "array_append", signature: "array_append(array, a)", min: 2, max: 2, resolve: withElement(relation.Type{}), write: appended("list_append($1, $2)")},
		&function{name: "array_prepend", signature: "array_prepend(array, a)", min: 2, max: 2, resolve: withElement(relation.Type{}), write: appended("list_prepend($2, $1)")},
		&function{name: "array_compact", signature: "array_compact(array)", min: 1, max: 1, resolve: sameArray,
			write: nullSafe(0, "list_filter($1, lambda $v: $v IS NOT NULL)")},
		&function{name: "array_distinct", signature: "array_distinct(array)", min: 1, max: 1, resolve: distinctArray, write: nullSafe(1, distinctForm("$1"))},
		&function{name: "array_union", signature: "array_union(a, b)", min: 2, max: 2, resolve: sameArrays,
			write: nullSafe(2, "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN "+distinctForm("list_concat($1, $2)")+" END")},
		&function{name: "array_except", signature: "array_except(a, b)", min: 2, max: 2, resolve: sameArrays,
			write: nullSafe(2, "CASE WHEN $2 IS NOT NULL THEN list_filter("+distinctForm("$1")+", lambda $v: list_position($2, $v) IS NULL) END")},
		&function{name: "array_intersect", signature: "array_intersect(a, b)", min: 2, max: 2, resolve: sameArrays,
			write: nullSafe(2, "CASE WHEN $2 IS NOT NULL THEN list_filter("+distinctForm("$1")+", lambda $v: list_position($2, $v) IS NOT NULL) END")},
		&function{name: "arrays_overlap", signature: "arrays_overlap(a, b)", min: 2, max: 2, loses: true, resolve: overlapping,
			write: nullSafe(2, "CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN len(list_filter($1, lambda $v: $v IS NOT NULL AND list_position($2, $v) IS NOT NULL)) > 0 THEN true "+
				"WHEN len($1) > 0 AND len($2) > 0 AND (list_position($1, NULL) IS NOT NULL OR list_position($2, NULL) IS NOT NULL) THEN NULL ELSE false END")},
		&function{name: "array_join", signature: "array_join(array, separator [, for NULL])", min: 2, max: 3, resolve: arrayJoin, write: writeArrayJoin},
		&function{name: "array_repeat", signature: "array_repeat(a, count)", min: 2, max: 2, resolve: arrayRepeat,
			write: nullSafe(2, "CASE WHEN $2 IS NOT NULL THEN list_transform(range(CAST($2 AS BIGINT)), lambda $v: $1) END")},
		&function{name: "array_max", signature: "array_max(array)", min: 1, max: 1, resolve: elementOf, duck: "list_max($1)"},
		&function{name: "array_min", signature: "array_min(array)", min: 1, max: 1, resolve: elementOf, duck: "list_min($1)"},
		&function{name: "array_insert", signature: "array_insert(array, position, a)", min: 3, max: 3, resolve: arrayInsert, write: writeArrayInsert},
		&function{name: "sort_array", signature: "sort_array(array [, ascending])", min: 1, max: 2, resolve: sortArray, write: writeSortArray, defaults: []string{"true"}},
		&function{name: "flatten", signature: "flatten(array of arrays)", min: 1, max: 1, resolve: flattened, loses: true,
			write: nullSafe(1, "CASE WHEN list_position($1, NULL) IS NULL THEN flatten($1) END")},
		&function{name: "get", signature: "get(array, index)", min: 2, max: 2, resolve: func(r *resolver, a *apply) node {
			if a.args[0].typ().Kind != relation.Array {
				return r.note(invalid(a.at, "get needs an array, and this is %s", a.args[0].typ()))
			}
			return element0(r, a)
		}},
		&function{name: "element_at", signature: "element_at(array or map, index or key)", min: 2, max: 2, resolve: elementAt, write: writeElementAt},
		&function{name: "try_element_at", signature: "try_element_at(array or map, index or key)", min: 2, max: 2, resolve: elementAt, write: writeElementAt},
		&function{name: "slice", signature: "slice(array, start, length)", min: 3, max: 3, resolve: sliceOf, write: nullSafe(3,
			"CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN $2 = 0 THEN error('slice: the start is 0, and arrays count from 1') WHEN $3 < 0 THEN error('slice: the length is negative') "+
				"WHEN $2 > len($1) OR $2 < -len($1) OR $3 = 0 THEN list_slice($1, 1, 0) WHEN $2 > 0 THEN list_slice($1, $2, CAST($2 AS BIGINT) + $3 - 1) "+
				"ELSE list_slice($1, len($1) + $2 + 1, len($1) + $2 + $3) END")},
		&function{name: "arrays_zip", signature: "arrays_zip(array, …)", min: 1, max: -1, resolve: arraysZip, write: writeArraysZip, named: true},
		&function{name: "shuffle", signature: "shuffle(array)", min: 1, max: 1, resolve: func(r *resolver, a *apply) node {
			return r.note(refused(a.at, "shuffle").because("its result is random: no two runs agree"))
		}},
	)
}

// distinctForm keeps the first of equal elements, NULL among them, in their order.
func distinctForm(list string) string {
	return "list_filter(" + list + ", lambda $v, $w: list_position(" + list + ", $v) = $w)"
}

// nullSafe writes a form in which arguments occur several times: the first n of
// them are bound to names where they are long. $v and $w are fresh parameters.
func nullSafe(n int, form string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		return w.bindAll(args, n, func(args []string) string {
			v, u := w.fresh(), w.fresh()
			defer w.release()
			defer w.release()
			return fill(strings.NewReplacer("$v", v, "$w", u).Replace(form), args)
		})
	}
}

// bindAll binds the first n of args by once.
func (w *writer) bindAll(args []string, n int, f func([]string) string) string {
	if n == 0 || len(args) == 0 {
		return f(args)
	}
	return w.once(args[0], func(v string) string {
		return w.bindAll(args[1:], n-1, func(rest []string) string { return f(append([]string{v}, rest...)) })
	})
}

func (r *resolver) wantsArray(a *apply, i int) (relation.Type, node) {
	t := a.args[i].typ()
	if isNull(t) && (a.fn.name == "arrays_zip" || a.fn.name == "array_size") {
		a.args[i] = r.to(a.args[i], relation.ArrayOf(relation.Type{}))
		return relation.Type{}, nil
	}
	if t.Kind != relation.Array {
		return t, r.note(invalid(a.args[i].pos(), "%s needs an array, and this is %s", a.fn.name, t))
	}
	return *t.Elem, nil
}

func size(r *resolver, a *apply) node {
	k := a.args[0].typ().Kind
	if isNull(a.args[0].typ()) {
		a.args[0] = r.to(a.args[0], relation.ArrayOf(relation.Type{}))
	} else if k != relation.Array && k != relation.Map {
		return r.note(invalid(a.at, "size needs an array or a map, and this is %s", a.args[0].typ()))
	}
	if k == relation.Map {
		m := a.args[0]
		a.args = []node{&apply{typed: typed{t: relation.ArrayOf(*m.typ().Key), nullable: m.null(), at: a.at}, fn: mapKeys, args: []node{m}}}
	}
	a.t = relation.Of(relation.Int)
	return a
}

func ofArray(t relation.Type) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		if _, wrong := r.wantsArray(a, 0); wrong != nil {
			return wrong
		}
		a.t, a.nullable = t, a.args[0].null()
		return a
	}
}

func sameArray(r *resolver, a *apply) node {
	if _, wrong := r.wantsArray(a, 0); wrong != nil {
		return wrong
	}
	a.t, a.nullable = a.args[0].typ(), a.args[0].null()
	return a
}

func distinctArray(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if holdsMap(elem) {
		return r.note(invalid(a.at, "%s cannot compare values of type %s", a.fn.name, elem))
	}
	return sameArray(r, a)
}

// withoutText is where two types meet without becoming text.
func withoutText(a, b relation.Type) (relation.Type, bool) {
	if isString(a) != isString(b) && !isNull(a) && !isNull(b) {
		return relation.Type{}, false
	}
	return wider(a, b)
}

// withElement resolves a function of an array and a value like its elements; the
// zero type is the array's own.
func withElement(t relation.Type) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		elem, wrong := r.wantsArray(a, 0)
		if wrong != nil {
			return wrong
		}
		common, ok := withoutText(elem, a.args[1].typ())
		if !ok || holdsMap(common) {
			return r.note(invalid(a.at, "%s: the elements are %s, and the value is %s", a.fn.name, elem, a.args[1].typ()))
		}
		a.args[0], a.args[1] = r.to(a.args[0], relation.ArrayOf(common)), r.to(a.args[1], common)
		for _, n := range a.args {
			if isBad(n) {
				return n
			}
			a.nullable = a.nullable || n.null()
		}
		a.nullable = a.nullable || a.fn.loses
		if a.t = t; isNull(t) {
			a.t = relation.ArrayOf(common)
		}
		return a
	}
}

// appended writes what keeps a NULL array NULL.
func appended(form string) func(*writer, *apply, []string) string {
	return nullSafe(1, "CASE WHEN $1 IS NOT NULL THEN "+form+" END")
}

func sameArrays(r *resolver, a *apply) node {
	t, ok := tightest(a.args[0].typ(), a.args[1].typ())
	if !ok || t.Kind != relation.Array {
		return r.note(invalid(a.at, "%s needs two arrays of one type, and these are %s and %s", a.fn.name, a.args[0].typ(), a.args[1].typ()))
	}
	for i := range a.args {
		a.args[i] = r.to(a.args[i], t)
	}
	if holdsMap(t) {
		return r.note(invalid(a.at, "%s cannot compare values of type %s", a.fn.name, *t.Elem))
	}
	a.t, a.nullable = t, a.args[0].null() || a.args[1].null()
	return a
}

func overlapping(r *resolver, a *apply) node {
	if n := sameArrays(r, a); isBad(n) {
		return n
	}
	a.t, a.nullable = relation.Of(relation.Boolean), true
	return a
}

func elementOf(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if isNested(elem) {
		return r.note(refused(a.at, "%s of values of type %s", a.fn.name, elem))
	}
	a.t, a.nullable = elem, true
	return a
}

func arrayJoin(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if isNested(elem) {
		return r.note(invalid(a.at, "array_join needs an array of strings, and this is %s", a.args[0].typ()))
	}
	a.args[0] = r.to(a.args[0], relation.ArrayOf(relation.Of(relation.String)))
	for i := range a.args[1:] {
		a.args[i+1] = r.to(a.args[i+1], relation.Of(relation.String))
	}
	for _, n := range a.args {
		if isBad(n) {
			return n
		}
		a.nullable = a.nullable || n.null()
	}
	if len(a.args) == 3 && a.args[2].null() {
		if _, ok := a.args[2].(*constant); !ok {
			return r.note(refused(a.args[2].pos(), "a third argument of array_join that may be NULL").
				because("over tables Spark 3.5 gives NULL then, whatever it is: write coalesce(…, '')"))
		}
	}
	a.t = relation.Of(relation.String)
	return a
}

func writeArrayJoin(w *writer, a *apply, args []string) string {
	if len(args) == 2 {
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s END", args[1], w.joined(args[0], a.args[1], args[1]))
	}
	v := w.fresh()
	defer w.release()
	filled := fmt.Sprintf("list_transform(%s, lambda %s: coalesce(%s, %s))", args[0], v, v, args[2])
	return fmt.Sprintf("CASE WHEN %s IS NOT NULL AND %s IS NOT NULL THEN %s END", args[1], args[2], w.joined(filled, a.args[1], args[1]))
}

// joined writes the texts of a list with a separator between. DuckDB's own wants
// one that is written out, and has NULL for a list of nothing but NULLs.
func (w *writer) joined(list string, separator node, text string) string {
	if _, ok := separator.(*constant); !ok {
		return "spark_array_join(" + list + ", " + text + ")"
	}
	v := w.fresh()
	defer w.release()
	return fmt.Sprintf("array_to_string(list_filter(%s, lambda %s: %s IS NOT NULL), %s)", list, v, v, text)
}

func arrayRepeat(r *resolver, a *apply) node {
	a.t = relation.ArrayOf(a.args[0].typ())
	if a.args[1] = r.to(a.args[1], relation.Of(relation.Int)); isBad(a.args[1]) {
		return a.args[1]
	}
	a.nullable = a.args[1].null()
	return a
}

func arrayInsert(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	common, ok := withoutText(elem, a.args[2].typ())
	if !ok || !a.args[1].typ().Kind.Integral() {
		return r.note(invalid(a.at, "array_insert: the elements are %s, the value is %s, the position %s", elem, a.args[2].typ(), a.args[1].typ()))
	}
	a.args[0], a.args[1], a.args[2] = r.to(a.args[0], relation.ArrayOf(common)), r.to(a.args[1], relation.Of(relation.Int)), r.to(a.args[2], common)
	a.t, a.nullable = relation.ArrayOf(common), a.args[0].null() || a.args[1].null()
	return a
}

// writeArrayInsert pads with NULLs where the position is beyond the end. From
// the end, -1 is the place after the last element, as Spark 3.5 has it.
func writeArrayInsert(w *writer, a *apply, args []string) string {
	return nullSafe(3, "CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN $2 = 0 THEN error('array_insert: the position is 0, and arrays count from 1') "+
		"WHEN $2 > 0 THEN list_concat(list_concat(list_resize(list_slice($1, 1, $2 - 1), $2 - 1), [$3]), list_slice($1, $2, len($1))) "+
		"WHEN -$2 <= len($1) + 1 THEN list_concat(list_concat(list_slice($1, 1, len($1) + $2 + 1), [$3]), list_slice($1, len($1) + $2 + 2, len($1))) "+
		"ELSE list_concat(list_concat([$3], list_transform(range(-$2 - len($1) - 1), lambda $v: CAST(NULL AS "+duckType(*a.t.Elem)+"))), $1) END")(w, a, args)
}

func sortArray(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if isNested(elem) {
		return r.note(refused(a.at, "sorting values of type %s", elem))
	}
	if len(a.args) == 2 {
		if c, ok := a.args[1].(*constant); !ok || c.t.Kind != relation.Boolean || c.nullable {
			return r.note(invalid(a.args[1].pos(), "whether sort_array ascends is true or false, written out"))
		}
	}
	a.t, a.nullable = a.args[0].typ(), a.args[0].null()
	return a
}

func writeSortArray(_ *writer, a *apply, args []string) string {
	if len(args) == 2 && a.args[1].(*constant).text == "false" {
		return "list_sort(" + args[0] + ", 'DESC', 'NULLS LAST')"
	}
	return "list_sort(" + args[0] + ", 'ASC', 'NULLS FIRST')"
}

func flattened(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if elem.Kind != relation.Array {
		return r.note(invalid(a.at, "flatten needs an array of arrays, and this is %s", a.args[0].typ()))
	}
	a.t, a.nullable = elem, true
	return a
}

func elementAt(r *resolver, a *apply) node {
	if of := a.args[0].typ(); of.Kind == relation.Map {
		if wrong := r.keyOfMap(a); wrong != nil {
			return wrong
		}
		return element0(r, a)
	}
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if !a.args[1].typ().Kind.Integral() && !isNull(a.args[1].typ()) {
		return r.note(invalid(a.args[1].pos(), "the index of an array is a whole number, and this is %s", a.args[1].typ()))
	}
	a.args[1] = r.to(a.args[1], relation.Of(relation.Long))
	a.t, a.nullable = elem, true
	return a
}

func writeElementAt(w *writer, a *apply, args []string) string {
	if c, ok := a.args[1].(*constant); ok && c.text != "0" && !c.nullable {
		return "list_extract(" + args[0] + ", " + args[1] + ")"
	}
	return w.once(args[1], func(i string) string {
		return fmt.Sprintf("list_extract(%s, CASE WHEN %s = 0 THEN error('element_at: the index is 0, and arrays count from 1') ELSE %s END)", args[0], i, i)
	})
}

func sliceOf(r *resolver, a *apply) node {
	if _, wrong := r.wantsArray(a, 0); wrong != nil {
		return wrong
	}
	for i := 1; i < 3; i++ {
		if !a.args[i].typ().Kind.Integral() && !isNull(a.args[i].typ()) {
			return r.note(invalid(a.args[i].pos(), "slice: argument %d should be a whole number", i+1))
		}
		a.args[i] = r.to(a.args[i], relation.Of(relation.Int))
	}
	a.t, a.nullable = a.args[0].typ(), true
	return a
}

func arraysZip(r *resolver, a *apply) node {
	fields := make([]relation.Column, len(a.args))
	for i := range a.args {
		elem, wrong := r.wantsArray(a, i)
		if wrong != nil {
			return wrong
		}
		label := fmt.Sprint(i)
		if a.labels[i] != "" {
			label = a.labels[i]
		}
		fields[i] = relation.Column{Name: label, Type: elem, Nullable: true}
		a.nullable = a.nullable || a.args[i].null()
	}
	at := a.nullable
	if n := r.structure(a, fields); isBad(n) {
		return n
	}
	a.t, a.nullable = relation.ArrayOf(a.t), at
	return a
}

func writeArraysZip(w *writer, a *apply, args []string) string {
	return w.bindAll(args, len(args), func(args []string) string {
		v := w.fresh()
		defer w.release()
		lens, parts, nulls := make([]string, len(args)), make([]string, len(args)), make([]string, len(args))
		for i, s := range args {
			lens[i], nulls[i] = "len("+s+")", s+" IS NOT NULL"
			parts[i] = quoteDuck(a.t.Elem.Fields[i].Name) + " := list_extract(" + s + ", " + v + " + 1)"
		}
		return fmt.Sprintf("CASE WHEN %s THEN list_transform(range(greatest(%s)), lambda %s: struct_pack(%s)) END",
			strings.Join(nulls, " AND "), strings.Join(lens, ", "), v, strings.Join(parts, ", "))
	})
}

// concatArrays makes a concat of arrays of one, or returns nil where no argument is an array.
func concatArrays(r *resolver, a *apply) node {
	if !slices.ContainsFunc(a.args, func(n node) bool { return n.typ().Kind == relation.Array }) {
		return nil
	}
	t, wrong := r.commonType(a, 0)
	if wrong != nil {
		return wrong
	}
	for _, n := range a.args {
		a.nullable = a.nullable || n.null()
	}
	a.t, a.fn = t, arraysJoined
	return a
}

var arraysJoined = &function{name: "||", write: func(w *writer, a *apply, args []string) string {
	return w.bindAll(args, len(args), func(args []string) string {
		s, whole := args[0], make([]string, len(args))
		for i, v := range args {
			whole[i] = v + " IS NOT NULL"
			if i > 0 {
				s = "list_concat(" + s + ", " + v + ")"
			}
		}
		return "CASE WHEN " + strings.Join(whole, " AND ") + " THEN " + s + " END"
	})
}}

// concat joins texts, or arrays, or bytes where all are bytes.
func concat(r *resolver, a *apply) node {
	if n := concatArrays(r, a); n != nil {
		return n
	}
	bytes := func(n node) bool { return n.typ().Kind == relation.Binary }
	if len(a.args) > 0 && !slices.ContainsFunc(a.args, func(n node) bool { return !bytes(n) }) {
		a.t, a.nullable = relation.Of(relation.Binary), slices.ContainsFunc(a.args, node.null)
		return a
	}
	for i := range a.args {
		n := text(r, a.args[i])
		if m, wrong := n.(*misfit); wrong {
			return r.note(invalid(a.args[i].pos(), "concat: argument %d is %s, and should be %s", i+1, a.args[i].typ(), m.want))
		}
		if isBad(n) {
			return n
		}
		a.args[i] = n
		a.nullable = a.nullable || n.null()
	}
	a.t = relation.Of(relation.String)
	return a
}
