package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	long := taking(relation.Long)
	add(
		bitwise("&", "a & b", "($1 & $2)"), bitwise("|", "a | b", "($1 | $2)"), bitwise("^", "a ^ b", "xor($1, $2)"),
		&function{name: "~", signature: "~a", min: 1, max: 1, params: []param{wholes}, gives: likeFirst, duck: "(~$1)"},
		&function{name: "bit_count", signature: "bit_count(a)", min: 1, max: 1, params: []param{bitsOrBoolean}, gives: always(relation.Int),
			duck: "CAST(bit_count(CAST($1 AS BIGINT)) AS INTEGER)"},
		&function{name: "bit_get", also: []string{"getbit"}, signature: "bit_get(a, position)", min: 2, max: 2, params: []param{wholes, integer}, gives: always(relation.Byte), write: writeBitGet},
		&function{name: "shiftleft", signature: "shiftleft(a, bits)", min: 2, max: 2, params: []param{shiftable, integer}, gives: likeFirst, write: writeShift},
		&function{name: "shiftright", signature: "shiftright(a, bits)", min: 2, max: 2, params: []param{shiftable, integer}, gives: likeFirst, write: writeShift},
		&function{name: "shiftrightunsigned", signature: "shiftrightunsigned(a, bits)", min: 2, max: 2, params: []param{shiftable, integer}, gives: likeFirst, write: writeShift},
		&function{name: "bin", signature: "bin(a)", min: 1, max: 1, params: []param{long}, gives: always(relation.String), duck: "bin($1)"},
		&function{name: "hex", signature: "hex(a)", min: 1, max: 1, params: []param{hexable}, gives: always(relation.String), duck: "hex($1)"},
		&function{name: "unhex", signature: "unhex(text)", min: 1, max: 1, params: []param{text}, gives: always(relation.Binary), loses: true, write: writeUnhex},
		&function{name: "conv", signature: "conv(number, from, to)", min: 3, max: 3, params: []param{text, integer, integer}, gives: always(relation.String), loses: true,
			duck: "spark_conv($1, $2, $3)"},
	)
}

// hexable is bigint, bytes or text: other numbers become bigint.
func hexable(r *resolver, n node) node {
	switch {
	case isString(n.typ()), n.typ().Kind == relation.Binary:
		return n
	case isNumeric(n.typ()), isNull(n.typ()):
		return r.to(n, relation.Of(relation.Long))
	}
	return text(r, n)
}

// writeUnhex takes an odd first digit as the low half of a byte.
func writeUnhex(w *writer, _ *apply, args []string) string {
	return w.once(args[0], func(v string) string {
		return fmt.Sprintf("CASE WHEN NOT regexp_matches(%s, '[^0-9A-Fa-f]') THEN unhex(CASE WHEN length(%s) %% 2 = 1 THEN '0' || %s ELSE %s END) END", v, v, v, v)
	})
}

// wholes takes integers only: Spark makes none of text here.
func wholes(r *resolver, n node) node {
	switch {
	case isNull(n.typ()):
		return r.to(n, relation.Of(relation.Int))
	case !n.typ().Kind.Integral():
		return &misfit{typed{at: n.pos()}, "a whole number"}
	}
	return n
}

func bitsOrBoolean(r *resolver, n node) node {
	if n.typ().Kind == relation.Boolean {
		return n
	}
	return wholes(r, n)
}

// shiftable is int or bigint: everything else that is a number becomes int.
func shiftable(r *resolver, n node) node {
	if n.typ().Kind == relation.Long {
		return n
	}
	return integer(r, n)
}

func bitwise(op, signature, duck string) *function {
	return &function{name: op, signature: signature, min: 2, max: 2, duck: duck, resolve: func(r *resolver, a *apply) node {
		for i, n := range a.args {
			if isNull(n.typ()) {
				a.args[i] = r.to(n, a.args[1-i].typ())
			}
		}
		x, y := a.args[0].typ(), a.args[1].typ()
		if isNull(x) && isNull(y) {
			r.toBoth(a, relation.Of(relation.Int))
		} else if !x.Kind.Integral() || !y.Kind.Integral() {
			return r.note(invalid(a.at, "%s %s %s: both sides must be whole numbers", x, op, y))
		}
		r.toBoth(a, relation.Of(max(a.args[0].typ().Kind, a.args[1].typ().Kind)))
		a.t, a.nullable = a.args[0].typ(), a.args[0].null() || a.args[1].null()
		return a
	}}
}

// writeBitGet fails on a bit that the type does not have, as Spark does.
func writeBitGet(w *writer, a *apply, args []string) string {
	bits := bitsOf[a.args[0].typ().Kind]
	return w.once(args[1], func(i string) string {
		return fmt.Sprintf("CASE WHEN %s BETWEEN 0 AND %d THEN CAST((%s >> CAST(%s AS %s)) & 1 AS TINYINT) WHEN %s IS NOT NULL THEN error('bit_get: there is no bit ' || CAST(%s AS VARCHAR)) END",
			i, bits-1, args[0], i, duckType(a.args[0].typ()), i, i)
	})
}

// writeShift shifts by the low bits of the distance, as Java does.
func writeShift(_ *writer, a *apply, args []string) string {
	k, wide, mask := a.t.Kind, "BIGINT", "31"
	if k == relation.Long {
		wide, mask = "HUGEINT", "63"
	}
	distance := "(" + args[1] + " & " + mask + ")"
	switch a.fn.name {
	case "shiftleft":
		return narrow(k, fmt.Sprintf("(CAST(%s AS %s) * (CAST(1 AS %s) << CAST(%s AS %s)))", args[0], wide, wide, distance, wide))
	case "shiftright":
		return fmt.Sprintf("(%s >> CAST(%s AS %s))", args[0], distance, duckType(a.t))
	}
	return narrow(k, fmt.Sprintf("((CAST(%s AS %s) & %s) >> CAST(%s AS %s))", args[0], wide, masks[k][0], distance, wide))
}
