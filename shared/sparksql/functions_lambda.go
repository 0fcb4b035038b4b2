package sparksql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "transform", signature: "transform(array, x -> … or (x, i) -> …)", min: 2, max: 2, binds: elementAndIndex,
			resolve: overArray(func(_, body relation.Type) relation.Type { return relation.ArrayOf(body) }), write: writeOver("list_transform(%s, %s)")},
		&function{name: "filter", signature: "filter(array, x -> condition)", min: 2, max: 2, binds: elementAndIndex,
			resolve: overArray(func(t, _ relation.Type) relation.Type { return t }), write: writeOver("list_filter(%s, %s)")},
		&function{name: "exists", signature: "exists(array, x -> condition)", min: 2, max: 2, binds: elementAndIndex, resolve: quantified, write: writeQuantified("true", "false")},
		&function{name: "forall", signature: "forall(array, x -> condition)", min: 2, max: 2, binds: elementAndIndex, resolve: quantified, write: writeQuantified("false", "true")},
		&function{name: "aggregate", also: []string{"reduce"}, signature: "aggregate(array, start, (acc, x) -> … [, acc -> …])", min: 3, max: 4, binds: accumulated,
			resolve: fold, write: writeFold, defaults: []string{"lambdafunction(namedlambdavariable(), namedlambdavariable())"}},
		&function{name: "zip_with", signature: "zip_with(a, b, (x, y) -> …)", min: 3, max: 3, binds: pairOfElements, resolve: zipWith, write: writeZipWith},
		&function{name: "array_sort", signature: "array_sort(array)", min: 1, max: 2, resolve: arraySort, duck: "list_sort($1, 'ASC', 'NULLS LAST')", defaults: []string{defaultOrder}},
		&function{name: "map_filter", signature: "map_filter(map, (k, v) -> condition)", min: 2, max: 2, binds: keyAndValue, resolve: overMap(
			func(t, _ relation.Type) relation.Type { return t }), write: writeMapFilter},
		&function{name: "transform_values", signature: "transform_values(map, (k, v) -> …)", min: 2, max: 2, binds: keyAndValue, resolve: overMap(
			func(t, body relation.Type) relation.Type { return relation.MapOf(*t.Key, body) }), write: writeTransformValues},
		&function{name: "transform_keys", signature: "transform_keys(map, (k, v) -> …)", min: 2, max: 2, binds: keyAndValue, resolve: overMap(
			func(t, body relation.Type) relation.Type { return relation.MapOf(body, *t.Elem) }), write: writeTransformKeys},
		&function{name: "map_zip_with", signature: "map_zip_with(a, b, (k, x, y) -> …)", min: 3, max: 3, binds: keyAndValues, resolve: mapZipWith, write: writeMapZipWith},
	)
}

// What the parameters of lambdas are.

func elementAndIndex(before []node, params int) []relation.Type {
	if t := before[0].typ(); t.Kind == relation.Array && params <= 2 {
		return []relation.Type{*t.Elem, relation.Of(relation.Int)}[:params]
	}
	return nil
}

func keyAndValue(before []node, _ int) []relation.Type {
	if t := before[0].typ(); t.Kind == relation.Map {
		return []relation.Type{*t.Key, *t.Elem}
	}
	return nil
}

func keyAndValues(before []node, _ int) []relation.Type {
	if a, b := before[0].typ(), before[1].typ(); a.Kind == relation.Map && b.Kind == relation.Map {
		return []relation.Type{*a.Key, *a.Elem, *b.Elem}
	}
	return nil
}

func pairOfElements(before []node, _ int) []relation.Type {
	if a, b := before[0].typ(), before[1].typ(); a.Kind == relation.Array && b.Kind == relation.Array {
		return []relation.Type{*a.Elem, *b.Elem}
	}
	return nil
}

func accumulated(before []node, _ int) []relation.Type {
	if t := before[0].typ(); len(before) == 2 && t.Kind == relation.Array {
		return []relation.Type{before[1].typ(), *t.Elem}
	}
	if len(before) == 3 {
		return []relation.Type{before[1].typ()}
	}
	return nil
}

// lambdaAt is the lambda among the arguments.
func (r *resolver) lambdaAt(a *apply, i int) (*closure, node) {
	f, ok := a.args[i].(*closure)
	if !ok {
		return nil, r.note(invalid(a.args[i].pos(), "%s needs a lambda here", a.fn.name).because("%s", a.fn.signature))
	}
	return f, nil
}

func overArray(gives func(array, body relation.Type) relation.Type) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		f, wrong := r.lambdaAt(a, 1)
		if wrong != nil {
			return wrong
		}
		if a.fn.name == "filter" {
			if wrong := r.test(a, f); wrong != nil {
				return wrong
			}
		}
		a.t, a.nullable = gives(a.args[0].typ(), f.t), a.args[0].null()
		return a
	}
}

// test checks that a lambda gives a condition.
func (r *resolver) test(a *apply, f *closure) node {
	if f.t.Kind != relation.Boolean && !isNull(f.t) {
		return r.note(invalid(f.at, "%s needs a condition, and this is %s", a.fn.name, f.t))
	}
	f.body = r.to(f.body, relation.Of(relation.Boolean))
	f.t = relation.Of(relation.Boolean)
	return nil
}

func overMap(gives func(m, body relation.Type) relation.Type) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		f, wrong := r.lambdaAt(a, 1)
		if wrong != nil {
			return wrong
		}
		if a.fn.name == "map_filter" {
			if wrong := r.test(a, f); wrong != nil {
				return wrong
			}
		}
		if a.fn.name == "transform_keys" && holdsMap(f.t) {
			return r.note(invalid(f.at, "the key of a map cannot be a map"))
		}
		a.t, a.nullable = gives(a.args[0].typ(), f.t), a.args[0].null()
		return a
	}
}

func quantified(r *resolver, a *apply) node {
	f, wrong := r.lambdaAt(a, 1)
	if wrong != nil {
		return wrong
	}
	if wrong := r.test(a, f); wrong != nil {
		return wrong
	}
	a.t, a.nullable = relation.Of(relation.Boolean), true
	return a
}

// writeQuantified looks for one answer, then for an unknown one.
func writeQuantified(found, otherwise string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		answers := "list_transform(" + args[0] + ", " + w.overElements(a.args[1].(*closure)) + ")"
		return w.bound(answers, func(v string) string {
			return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL WHEN list_contains(%s, %s) THEN %s WHEN list_position(%s, NULL) IS NOT NULL THEN NULL ELSE %s END",
				v, v, found, found, v, otherwise)
		})
	}
}

func writeOver(form string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		return fmt.Sprintf(form, args[0], w.overElements(a.args[1].(*closure)))
	}
}

// overElements writes a lambda over the elements of a list; its second parameter is the
// index, which counts from one in DuckDB.
func (w *writer) overElements(f *closure) string {
	v := w.fresh()
	defer w.release()
	subst := map[*variable]string{f.params[0]: v}
	if len(f.params) == 1 {
		return "lambda " + v + ": " + w.body(f, subst)
	}
	i := w.fresh()
	defer w.release()
	subst[f.params[1]] = "CAST(" + i + " - 1 AS INTEGER)"
	return "lambda " + v + ", " + i + ": " + w.body(f, subst)
}

// body writes a lambda's body with texts for its parameters.
func (w *writer) body(f *closure, texts map[*variable]string) string {
	before := slices.Clone(w.texts)
	for v, s := range texts {
		for len(w.texts) <= v.depth {
			w.texts = append(w.texts, "")
		}
		w.texts[v.depth] = s
	}
	s := w.expr(f.body)
	w.texts = before
	return s
}

func fold(r *resolver, a *apply) node {
	f, wrong := r.lambdaAt(a, 2)
	if wrong != nil {
		return wrong
	}
	acc := a.args[1].typ()
	f.body = r.renamedFields(f.body, acc) // a row in parentheses has names of its own
	f.t = f.body.typ()
	if !f.t.Equal(acc) {
		if isNull(f.t) {
			f.body, f.t = r.to(f.body, acc), acc
		} else {
			return r.note(invalid(f.at, "aggregate starts with %s, and its lambda gives %s", acc, f.t).because("cast the start to %s", f.t))
		}
	}
	a.t, a.nullable = acc, true
	if len(a.args) == 4 {
		finish, wrong := r.lambdaAt(a, 3)
		if wrong != nil {
			return wrong
		}
		a.t = finish.t
	}
	return a
}

// writeFold reduces a list of structs, because DuckDB accumulates only what is of
// the elements' type. What the lambda takes from around it travels with the
// elements: DuckDB 1.5 gives a lambda of list_reduce other rows' values of it
// where lists are of several lengths.
func writeFold(w *writer, a *apply, args []string) string {
	f := a.args[2].(*closure)
	x, acc, e := w.fresh(), w.fresh(), w.fresh()
	t, elem := duckType(a.args[1].typ()), duckType(*a.args[0].typ().Elem)
	given := fmt.Sprintf("a := CAST(NULL AS %s), x := %s", t, x)
	none := fmt.Sprintf("x := CAST(NULL AS %s)", elem)
	texts := map[*variable]string{f.params[0]: acc + ".a", f.params[1]: e + ".x"}
	body, taken := f.captures()
	for i, c := range taken {
		given += fmt.Sprintf(", c%d := %s", i, w.expr(c.outer))
		none += fmt.Sprintf(", c%d := CAST(NULL AS %s)", i, duckType(c.inner.typ()))
		texts[c.inner] = fmt.Sprintf("%s.c%d", e, i)
	}
	merge := w.body(&closure{params: f.params, body: body}, texts)
	s := fmt.Sprintf("list_reduce(list_transform(%s, lambda %s: struct_pack(%s)), lambda %s, %s: struct_pack(a := CAST(%s AS %s), %s), struct_pack(a := CAST(%s AS %s), %s)).a",
		args[0], x, given, acc, e, merge, t, none, args[1], t, none)
	w.release()
	w.release()
	w.release()
	if len(a.args) == 4 {
		finish := a.args[3].(*closure)
		s = w.bound(s, func(v string) string { return w.body(finish, map[*variable]string{finish.params[0]: v}) })
	}
	return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s END", args[0], s)
}

// A captured is what a lambda takes from around it, and what stands for it.
type captured struct {
	outer node
	inner *variable
}

// captures is a lambda's body with variables for what is neither a parameter of
// it nor of a lambda inside of it.
func (f *closure) captures() (node, []captured) {
	deepest, own := 0, map[int]bool{}
	mark := func(params []*variable) {
		for _, p := range params {
			own[p.depth] = true
			deepest = max(deepest, p.depth)
		}
	}
	mark(f.params)
	reach(f.body, func(n node) bool {
		if inner, ok := n.(*closure); ok {
			mark(inner.params)
		}
		return true
	})
	var all []captured
	body := rebuild(f.body, func(n node) node {
		switch v := n.(type) {
		case *column:
		case *variable:
			if own[v.depth] {
				return nil
			}
		default:
			return nil
		}
		for _, c := range all {
			if same(c.outer, n) {
				return c.inner
			}
		}
		c := captured{n, &variable{typed: typed{t: n.typ(), nullable: n.null(), at: n.pos()}, depth: deepest + 1 + len(all)}}
		all = append(all, c)
		return c.inner
	})
	return body, all
}

func zipWith(r *resolver, a *apply) node {
	f, wrong := r.lambdaAt(a, 2)
	if wrong != nil {
		return wrong
	}
	a.t, a.nullable = relation.ArrayOf(f.t), a.args[0].null() || a.args[1].null()
	return a
}

func writeZipWith(w *writer, a *apply, args []string) string {
	f := a.args[2].(*closure)
	return w.bindAll(args[:2], 2, func(args []string) string {
		i := w.fresh()
		defer w.release()
		body := w.body(f, map[*variable]string{f.params[0]: "list_extract(" + args[0] + ", " + i + " + 1)", f.params[1]: "list_extract(" + args[1] + ", " + i + " + 1)"})
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL AND %s IS NOT NULL THEN list_transform(range(greatest(len(%s), len(%s))), lambda %s: %s) END",
			args[0], args[1], args[0], args[1], i, body)
	})
}

func arraySort(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if len(a.args) == 2 {
		return r.note(refused(a.args[1].pos(), "array_sort with a comparison of one's own").because("sort by the elements themselves, or explode and use ORDER BY"))
	}
	if isNested(elem) {
		return r.note(refused(a.at, "sorting values of type %s", elem))
	}
	a.t, a.nullable = a.args[0].typ(), a.args[0].null()
	return a
}

// entries writes f over the entries of a map.
func (w *writer) entries(f *closure, v string) string {
	return w.body(f, map[*variable]string{f.params[0]: v + ".key", f.params[1]: v + ".value"})
}

func writeMapFilter(w *writer, a *apply, args []string) string {
	v := w.fresh()
	defer w.release()
	return fmt.Sprintf("map_from_entries(list_filter(map_entries(%s), lambda %s: %s))", args[0], v, w.entries(a.args[1].(*closure), v))
}

func writeTransformValues(w *writer, a *apply, args []string) string {
	return w.once(args[0], func(m string) string {
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN map(map_keys(%s), list_transform(map_entries(%s), lambda %s: %s)) END", m, m, m, v, w.entries(a.args[1].(*closure), v))
	})
}

func writeTransformKeys(w *writer, a *apply, args []string) string {
	return w.once(args[0], func(m string) string {
		v := w.fresh()
		defer w.release()
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN map(list_transform(map_entries(%s), lambda %s: %s), map_values(%s)) END", m, m, v, w.entries(a.args[1].(*closure), v), m)
	})
}

func mapZipWith(r *resolver, a *apply) node {
	f, wrong := r.lambdaAt(a, 2)
	if wrong != nil {
		return wrong
	}
	x, y := a.args[0].typ(), a.args[1].typ()
	if !x.Key.Equal(*y.Key) {
		return r.note(refused(a.at, "map_zip_with of maps whose keys are %s and %s", x.Key, y.Key).because("cast one of them"))
	}
	a.t, a.nullable = relation.MapOf(*x.Key, f.t), a.args[0].null() || a.args[1].null()
	return a
}

func writeMapZipWith(w *writer, a *apply, args []string) string {
	f := a.args[2].(*closure)
	return w.bindAll(args[:2], 2, func(args []string) string {
		k, i := w.fresh(), w.fresh()
		all := "list_concat(map_keys(" + args[0] + "), map_keys(" + args[1] + "))"
		keys := fmt.Sprintf("list_filter(%s, lambda %s, %s: list_position(%s, %s) = %s)", all, k, i, all, k, i)
		w.release()
		w.release()
		return w.bound(keys, func(keys string) string {
			k := w.fresh()
			defer w.release()
			body := w.body(f, map[*variable]string{f.params[0]: k, f.params[1]: "map_extract_value(" + args[0] + ", " + k + ")", f.params[2]: "map_extract_value(" + args[1] + ", " + k + ")"})
			return strings.Join([]string{"CASE WHEN ", args[0], " IS NOT NULL AND ", args[1], " IS NOT NULL THEN map(", keys, ", list_transform(", keys, ", lambda ", k, ": ", body, ")) END"}, "")
		})
	})
}

// defaultOrder is how Spark shows the comparison that array_sort uses by itself.
const defaultOrder = "lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, " +
	"(IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < namedlambdavariable()), -1, " +
	"(IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable())"
