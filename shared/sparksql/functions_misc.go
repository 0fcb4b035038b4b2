package sparksql

import (
	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "typeof", signature: "typeof(a)", min: 1, max: 1, resolve: func(r *resolver, a *apply) node {
			return &constant{typed: typed{t: relation.Of(relation.String), at: a.at}, text: a.args[0].typ().String(), cast: true}
		}},
		&function{name: "equal_null", signature: "equal_null(a, b): a <=> b", min: 2, max: 2, resolve: func(r *resolver, a *apply) node {
			return r.apply(a.at, "<=>", a.args...)
		}},
		&function{name: "raise_error", signature: "raise_error(message)", min: 1, max: 1, params: []param{text}, gives: always(relation.Null), loses: true, volatile: true,
			duck: "CAST(error(coalesce($1, 'null')) AS INTEGER)"},
		&function{name: "assert_true", signature: "assert_true(condition [, message])", min: 1, max: 2, params: []param{boolean, text}, gives: always(relation.Null), loses: true, volatile: true,
			write: writeAssert},
		&function{name: "uuid", signature: "uuid()", gives: always(relation.String), never: true, volatile: true, duck: "CAST(uuid() AS VARCHAR)"},
		&function{name: "rand", also: []string{"random"}, signature: "rand()", max: 1, resolve: unseeded, volatile: true, duck: "random()"},
		&function{name: "randn", signature: "randn()", max: 1, resolve: unseeded, volatile: true,
			// Box and Muller's method; 1 - random() is never zero.
			duck: "sqrt(-2 * ln(1 - random())) * cos(6.283185307179586::DOUBLE * random())"},
	)
}

// writeAssert is NULL, or ends the query: for a NULL too.
func writeAssert(_ *writer, a *apply, args []string) string {
	message := "'assert_true: the condition is not true'"
	if len(args) == 2 {
		message = "coalesce(" + args[1] + ", 'null')"
	}
	return "CASE WHEN " + args[0] + " THEN CAST(NULL AS INTEGER) ELSE CAST(error(" + message + ") AS INTEGER) END"
}

// unseeded refuses a seed: the numbers that Spark makes of it depend on how it
// splits the rows.
func unseeded(r *resolver, a *apply) node {
	if len(a.args) > 0 {
		return r.note(refused(a.at, "%s with a seed", a.fn.name).because("what Spark makes of a seed depends on how it splits the rows: leave the seed out, or order by a hash of a key, such as xxhash64(id)"))
	}
	a.t = relation.Of(relation.Double)
	return a
}
