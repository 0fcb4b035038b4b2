package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "map_keys", signature: "map_keys(map)", min: 1, max: 1, duck: "map_keys($1)",
			resolve: ofMap(func(t relation.Type) relation.Type { return relation.ArrayOf(*t.Key) })},
		&function{name: "map_values", signature: "map_values(map)", min: 1, max: 1, duck: "map_values($1)",
			resolve: ofMap(func(t relation.Type) relation.Type { return relation.ArrayOf(*t.Elem) })},
		&function{name: "map_entries", signature: "map_entries(map)", min: 1, max: 1, duck: "map_entries($1)", resolve: ofMap(func(t relation.Type) relation.Type {
			return relation.ArrayOf(relation.StructOf(relation.Column{Name: "key", Type: *t.Key}, relation.Column{Name: "value", Type: *t.Elem, Nullable: true}))
		})},
		&function{name: "map_contains_key", signature: "map_contains_key(map, key)", min: 2, max: 2, resolve: mapContains, duck: "list_contains(map_keys($1), $2)"},
		&function{name: "map_from_arrays", signature: "map_from_arrays(keys, values)", min: 2, max: 2, resolve: mapFromArrays,
			write: nullSafe(2, "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN map($1, $2) END")},
		&function{name: "map_from_entries", signature: "map_from_entries(array of structs)", min: 1, max: 1, resolve: mapFromEntries, write: writeMapFromEntries},
		&function{name: "map_concat", signature: "map_concat(map, …)", min: 0, max: -1, resolve: mapConcat, write: writeMapConcat},
	)
}

func ofMap(gives func(relation.Type) relation.Type) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		t := a.args[0].typ()
		if t.Kind != relation.Map {
			return r.note(invalid(a.at, "%s needs a map, and this is %s", a.fn.name, t))
		}
		a.t, a.nullable = gives(t), a.args[0].null()
		return a
	}
}

func mapContains(r *resolver, a *apply) node {
	t := a.args[0].typ()
	if t.Kind != relation.Map {
		return r.note(invalid(a.at, "map_contains_key needs a map, and this is %s", t))
	}
	if wrong := r.keyOfMap(a); wrong != nil {
		return wrong
	}
	a.t, a.nullable = relation.Of(relation.Boolean), a.args[0].null() || a.args[1].null()
	return a
}

// keyOfMap brings a map and a key to the type that loses nothing of either, and
// says where there is none: only m[key] turns the key into what the map has.
func (r *resolver) keyOfMap(a *apply) node {
	t, at := a.args[0].typ(), a.args[1].typ()
	common, ok := tightest(*t.Key, at)
	if !ok {
		return r.note(invalid(a.args[1].pos(), "the keys of this map are %s, and this is %s", t.Key, at))
	}
	a.args[0], a.args[1] = r.to(a.args[0], relation.MapOf(common, *t.Elem)), r.to(a.args[1], common)
	for _, n := range a.args[:2] {
		if isBad(n) {
			return n
		}
	}
	return nil
}

func mapFromArrays(r *resolver, a *apply) node {
	k, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	v, wrong := r.wantsArray(a, 1)
	if wrong != nil {
		return wrong
	}
	if holdsMap(k) {
		return r.note(invalid(a.at, "the key of a map cannot be a map"))
	}
	a.t, a.nullable = relation.MapOf(k, v), a.args[0].null() || a.args[1].null()
	return a
}

func mapFromEntries(r *resolver, a *apply) node {
	elem, wrong := r.wantsArray(a, 0)
	if wrong != nil {
		return wrong
	}
	if elem.Kind != relation.Struct || len(elem.Fields) != 2 {
		return r.note(invalid(a.at, "map_from_entries needs an array of structs of two fields, and this is %s", a.args[0].typ()))
	}
	a.t, a.nullable = relation.MapOf(elem.Fields[0].Type, elem.Fields[1].Type), true
	return a
}

// writeMapFromEntries: an entry that is NULL makes the map NULL.
func writeMapFromEntries(w *writer, a *apply, args []string) string {
	fields := a.args[0].typ().Elem.Fields
	key, value := quoteText(fields[0].Name), quoteText(fields[1].Name)
	return nullSafe(1, "CASE WHEN $1 IS NOT NULL AND list_position($1, NULL) IS NULL THEN map(list_transform($1, lambda $v: struct_extract($v, "+key+
		")), list_transform($1, lambda $v: struct_extract($v, "+value+"))) END")(w, a, args)
}

func mapConcat(r *resolver, a *apply) node {
	if len(a.args) == 0 {
		a.t = relation.MapOf(relation.Of(relation.String), relation.Of(relation.String))
		return a
	}
	t, wrong := r.commonType(a, 0)
	if wrong != nil {
		return wrong
	}
	if t.Kind != relation.Map {
		return r.note(invalid(a.at, "map_concat needs maps, and this is %s", t))
	}
	a.t = t
	for _, n := range a.args {
		a.nullable = a.nullable || n.null()
	}
	return a
}

// writeMapConcat: a key that occurs twice is an error, in DuckDB's map as in Spark.
func writeMapConcat(w *writer, a *apply, args []string) string {
	if len(args) == 0 {
		return "CAST(map([], []) AS " + duckType(a.t) + ")"
	}
	return w.bindAll(args, len(args), func(args []string) string {
		keys, values, whole := "map_keys("+args[0]+")", "map_values("+args[0]+")", make([]string, len(args))
		for i, s := range args {
			whole[i] = s + " IS NOT NULL"
			if i > 0 {
				keys, values = "list_concat("+keys+", map_keys("+s+"))", "list_concat("+values+", map_values("+s+"))"
			}
		}
		return "CASE WHEN " + strings.Join(whole, " AND ") + " THEN map(" + keys + ", " + values + ") END"
	})
}
