package sparksql

import (
	"github.com/glint-data/glint/shared/relation"
)

// What Flare's own functions compile to where Spark has no function for it. A
// manifest's SQL cannot call them: see [Settings].
func init() {
	str := always(relation.String)
	own := func(name string, args int, gives func([]node) relation.Type, duck string) *function {
		return &function{name: name, signature: name, min: args, max: args, params: []param{text}, gives: gives, loses: true, internal: true, duck: duck}
	}
	add(
		own("glint_base32_encode", 1, str, "glint_base32_encode($1)"),
		own("glint_base32_decode", 1, str, "glint_base32_decode($1)"),
		own("glint_base64_decode", 1, str, "glint_base64_decode($1)"),
		own("glint_parse_html", 1, str, "glint_parse_html($1)"),
		own("glint_url_part", 2, str, "glint_url_part($1, $2)"),
		own("glint_any_date", 2, always(relation.Date), "CAST(DATE '1970-01-01' + glint_any_date($1, $2) AS DATE)"),
		own("glint_any_timestamp", 3, always(relation.Timestamp), "make_timestamp(glint_any_timestamp($1, $2, $3))"),
		&function{name: "glint_replace_first", signature: "glint_replace_first", min: 3, max: 3, internal: true, resolve: replaceFirst,
			duck: "glint_replace_first($1, $2, $3)"},
	)
}

// replaceFirst replaces the first match.
func replaceFirst(r *resolver, a *apply) node {
	if wrong := r.textArgs(a, 3); wrong != nil {
		return wrong
	}
	if wrong := r.pattern(a.args[1]); wrong != nil {
		return wrong
	}
	a.t = relation.Of(relation.String)
	return a
}
