package sparksql

import (
	"errors"
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
)

func init() {
	str, two := always(relation.String), []param{text, text}
	add(
		&function{name: "get_json_object", signature: "get_json_object(text, path)", min: 2, max: 2, loses: true, resolve: getJSON, duck: "spark_get_json_object($1, $2)"},
		&function{name: "json_array_length", signature: "json_array_length(text)", min: 1, max: 1, params: []param{textOnly}, gives: always(relation.Int), loses: true, duck: "spark_json_array_length($1)"},
		&function{name: "json_object_keys", signature: "json_object_keys(text)", min: 1, max: 1, params: []param{textOnly}, loses: true,
			gives: func([]node) relation.Type { return relation.ArrayOf(relation.Of(relation.String)) }, duck: "spark_json_object_keys($1)"},
		&function{name: "url_encode", signature: "url_encode(text)", min: 1, max: 1, params: two, gives: str, duck: "spark_url_encode($1)"},
		&function{name: "url_decode", signature: "url_decode(text)", min: 1, max: 1, params: two, gives: str, duck: "spark_url_decode($1)"},
		&function{name: "parse_url", signature: "parse_url(url, part [, key])", min: 2, max: 3, params: []param{textOnly}, gives: str, loses: true,
			write: func(_ *writer, _ *apply, args []string) string {
				if len(args) == 2 {
					return "spark_parse_url(" + args[0] + ", " + args[1] + ", CAST(NULL AS VARCHAR))"
				}
				return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN spark_parse_url(%s, %s, %s) END", args[2], args[0], args[1], args[2])
			}},
		&function{name: "hash", signature: "hash(a, …)", min: 1, max: -1, never: true, resolve: hashed(relation.Int), write: writeHash("spark_hash")},
		&function{name: "xxhash64", signature: "xxhash64(a, …)", min: 1, max: -1, never: true, resolve: hashed(relation.Long), write: writeHash("spark_xxhash64")},
		&function{name: "format_string", also: []string{"printf"}, signature: "format_string(format, a, …)", min: 1, max: -1, resolve: formatString, write: writeFormatString},
		&function{name: "current_catalog", signature: "current_catalog()", gives: str, never: true, duck: "'spark_catalog'"},
		&function{name: "current_database", also: []string{"current_schema"}, signature: "current_database()", shown: "current_database", gives: str, never: true, duck: "'default'"},
	)
}

func getJSON(r *resolver, a *apply) node {
	if n := r.fit(a, a.fn.name, []param{textOnly}, relation.Of(relation.String)); isBad(n) {
		return n
	}
	if c, ok := a.args[1].(*constant); ok {
		if _, _, err := sparkfn.JSONPath(c.text); errors.Is(err, sparkfn.ErrWildcard) {
			return r.note(refused(c.at, "a path with * in get_json_object").because("use from_json, and explode"))
		}
	}
	a.t, a.nullable = relation.Of(relation.String), true
	return a
}

// hashed takes values of any type that has no parts.
func hashed(k relation.Kind) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		for _, n := range a.args {
			if t := n.typ(); isNested(t) || isInterval(t) {
				return r.note(refused(n.pos(), "%s of a value of type %s", a.fn.name, t))
			}
		}
		a.t = relation.Of(k)
		return a
	}
}

// writeHash folds: the hash of a value is the seed of the next, and NULL leaves it.
func writeHash(fn string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, args []string) string {
		s := "CAST(42 AS BIGINT)"
		for i, v := range args {
			part := hashOf(fn, a.args[i].typ(), v)
			if part == "" { // of a NULL
				continue
			}
			s = w.bound(s, func(seed string) string {
				return "coalesce(" + strings.Replace(part, "$seed", seed, 1) + ", " + seed + ")"
			})
		}
		return "CAST(" + s + " AS " + duckType(a.t) + ")"
	}
}

func hashOf(fn string, t relation.Type, v string) string {
	switch k := t.Kind; {
	case k == relation.Null:
		return ""
	case k == relation.Boolean || k == relation.Byte || k == relation.Short || k == relation.Int:
		return fn + "_int(CAST(" + v + " AS INTEGER), $seed)"
	case k == relation.Long:
		return fn + "_long(" + v + ", $seed)"
	case k == relation.Float:
		return fn + "_float(" + v + ", $seed)"
	case k == relation.Double:
		return fn + "_double(" + v + ", $seed)"
	case k == relation.Decimal && t.Precision <= 18:
		return fn + "_long(CAST(replace(CAST(" + v + " AS VARCHAR), '.', '') AS BIGINT), $seed)"
	case k == relation.Decimal:
		return fn + "_decimal(CAST(" + v + " AS VARCHAR), $seed)"
	case k == relation.Date:
		return fn + "_int(CAST(" + v + " - DATE '1970-01-01' AS INTEGER), $seed)"
	case k == relation.Timestamp || k == relation.TimestampNTZ:
		return fn + "_long(epoch_us(" + v + "), $seed)"
	case k == relation.Binary:
		return fn + "_binary(" + v + ", $seed)"
	}
	return fn + "_text(" + v + ", $seed)"
}

func formatString(r *resolver, a *apply) node {
	format := text(r, a.args[0])
	if m, wrong := format.(*misfit); wrong {
		return r.note(invalid(a.args[0].pos(), "the format should be %s", m.want))
	}
	kinds := make([]byte, len(a.args)-1)
	str := relation.Of(relation.String)
	for i, n := range a.args[1:] {
		t := n.typ()
		switch {
		case t.Kind.Integral():
			kinds[i] = 'd'
		case isDecimal(t):
			kinds[i] = 'n'
		case t.Kind == relation.Float:
			kinds[i] = 'g'
		case isFloating(t):
			kinds[i] = 'f'
		case t.Kind == relation.Boolean:
			kinds[i] = 'b'
		case isString(t) || isNull(t):
			kinds[i] = 's'
		default:
			return r.note(refused(n.pos(), "format_string of a value of type %s", t).because("cast it to string"))
		}
		if a.args[i+1] = r.to(n, str); isBad(a.args[i+1]) {
			return a.args[i+1]
		}
	}
	a.args[0], a.labels = format, []string{string(kinds)}
	a.t, a.nullable = str, format.null()
	return a
}

func writeFormatString(_ *writer, a *apply, args []string) string {
	return "spark_format_string(" + args[0] + ", " + quoteText(a.labels[0]) + ", CAST([" + strings.Join(args[1:], ", ") + "] AS VARCHAR[]))"
}
