package sparksql

import (
	"regexp"

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
			duck: "regexp_replace($1, $2, $3)"},
	)
}

var javaReference = regexp.MustCompile(`\$([0-9])`)

// replaceFirst takes patterns that mean the same to Java and to RE2.
func replaceFirst(r *resolver, a *apply) node {
	for i := range a.args {
		if a.args[i] = text(r, a.args[i]); isBad(a.args[i]) {
			return a.args[i]
		}
	}
	p, ok := a.args[1].(*constant)
	to, ok2 := a.args[2].(*constant)
	if !ok || !ok2 {
		return r.note(invalid(a.at, "the pattern and the replacement must be written out"))
	}
	if _, err := regexp.Compile(p.text); err != nil {
		return r.note(refused(p.at, "this regular expression").because("lookaround and possessive quantifiers; write another, or use regexp_replace in sql"))
	}
	to.text = javaReference.ReplaceAllString(to.text, `\$1`)
	a.t, a.nullable = relation.Of(relation.String), a.args[0].null()
	return a
}
