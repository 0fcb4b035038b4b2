package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(&function{name: "approx_count_distinct", kind: aggregate, signature: "approx_count_distinct(a [, error])", min: 1, max: 2, shows: 1, never: true,
		resolve: approxDistinct, write: writeApproxDistinct})
}

// approxDistinct takes Spark's own error only: the tables of the others are not here.
func approxDistinct(r *resolver, a *apply) node {
	if len(a.args) == 2 {
		c := a.args[1]
		if x, ok := c.(*convert); ok {
			c = x.arg
		}
		k, ok := c.(*constant)
		if !ok {
			return r.note(invalid(a.args[1].pos(), "approx_count_distinct needs a constant error"))
		}
		if v, err := strconv.ParseFloat(k.text, 64); err != nil || v >= 1.106/16 || v < 1.106/22.627 { // 2^4 and 2^4.5, where there are 512 registers
			return r.note(refused(a.args[1].pos(), "approx_count_distinct with an error of %s", k.text).because("leave it out for 0.05; count(DISTINCT a) is exact"))
		}
		a.args = a.args[:1]
	}
	t := a.args[0].typ()
	if isNested(t) || isInterval(t) {
		return r.note(refused(a.args[0].pos(), "approx_count_distinct of a value of type %s", t))
	}
	a.t = relation.Of(relation.Long)
	return a
}

func writeApproxDistinct(w *writer, a *apply, args []string) string {
	hash := hashOf("spark_xxhash64", a.args[0].typ(), args[0])
	if hash == "" { // of NULL alone
		return "CAST(0 * count(*)" + w.suffix(a) + " AS BIGINT)"
	}
	distinct := *a
	distinct.distinct = true
	registers := w.aggregated("list", &distinct, []string{"spark_hll_register(" + strings.ReplaceAll(hash, "$seed", "CAST(42 AS BIGINT)") + ")"})
	return "coalesce(spark_hll_estimate(" + registers + "), 0)"
}
