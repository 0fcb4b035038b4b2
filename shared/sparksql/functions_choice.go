package sparksql

import (
	"slices"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(
		&function{name: "coalesce", signature: "coalesce(a, …)", min: 1, max: -1, resolve: coalesce, duck: "coalesce($*)"},
		&function{name: "nvl", also: []string{"ifnull"}, signature: "nvl(a, b)", min: 2, max: 2, resolve: coalesce, duck: "coalesce($*)"},
		&function{name: "nvl2", signature: "nvl2(a, b, c)", min: 3, max: 3, resolve: func(r *resolver, a *apply) node {
			return r.iff(a.at, r.apply(a.at, "NOT", r.apply(a.at, "IS NULL", a.args[0])), a.args[1], a.args[2])
		}},
		&function{name: "nullif", signature: "nullif(a, b)", min: 2, max: 2, resolve: func(r *resolver, a *apply) node {
			return r.iff(a.at, r.apply(a.at, "=", a.args[0], a.args[1]), &constant{typed: typed{nullable: true, at: a.at}}, a.args[0])
		}},
		&function{name: "if", signature: "if(condition, a, b)", min: 3, max: 3, shown: "IF", resolve: func(r *resolver, a *apply) node {
			if k := a.args[0].typ().Kind; k != relation.Boolean && k != relation.Null {
				return r.note(invalid(a.args[0].pos(), "if needs a condition, and this is %s", a.args[0].typ()))
			}
			return r.iff(a.at, r.to(a.args[0], relation.Of(relation.Boolean)), a.args[1], a.args[2])
		}},
		&function{name: "decode", signature: "decode(a, value, result, … [, otherwise]), decode(bytes, charset)", min: 2, max: -1, resolve: decode},
		&function{name: "isnull", signature: "isnull(a)", min: 1, max: 1, params: []param{anything}, gives: always(relation.Boolean), never: true, duck: "($1 IS NULL)"},
		&function{name: "isnotnull", signature: "isnotnull(a)", min: 1, max: 1, params: []param{anything}, gives: always(relation.Boolean), never: true, duck: "($1 IS NOT NULL)"},
	)
}

// decode is CASE over pairs of a value and its result: NULL is a value too.
// Of two arguments it is text of bytes.
func decode(r *resolver, a *apply) node {
	if len(a.args) == 2 {
		return decodeBytes(r, a)
	}
	// What matches nothing is a NULL of type string, whatever the results are.
	n := &choose{typed: typed{at: a.at}, otherwise: &constant{typed: typed{t: relation.Of(relation.String), nullable: true, at: a.at}}}
	rest := a.args[1:]
	for ; len(rest) > 1; rest = rest[2:] {
		cond := r.apply(a.at, "<=>", a.args[0], rest[0])
		if isBad(cond) {
			return cond
		}
		n.arms = append(n.arms, arm{cond, rest[1]})
	}
	if len(rest) == 1 {
		n.otherwise = rest[0]
	}
	return r.meet(n)
}

func coalesce(r *resolver, a *apply) node {
	t, wrong := r.commonType(a, 0)
	if wrong != nil {
		return wrong
	}
	a.t = t
	a.nullable = !slices.ContainsFunc(a.args, func(n node) bool { return !n.null() })
	return a
}

// iff is CASE WHEN cond THEN a ELSE b END.
func (r *resolver) iff(at int, cond, a, b node) node {
	if isBad(cond) || isBad(a) || isBad(b) {
		return &bad{typed{at: at}}
	}
	return r.meet(&choose{typed: typed{at: at}, arms: []arm{{cond, a}}, otherwise: b})
}
