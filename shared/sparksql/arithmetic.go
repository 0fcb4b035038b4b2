package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func arithmetic(op string) *function {
	return &function{name: op, signature: "a " + op + " b", min: 2, max: 2, resolve: arithmeticTypes, write: writeArithmetic}
}

// operands gives the two sides of an arithmetic operator the types in which
// Spark computes: text becomes double, a NULL takes the other side's type, and
// an integer beside a decimal becomes the smallest decimal that holds it.
func (r *resolver) operands(a *apply) *mistake {
	for i := range a.args {
		if isString(a.args[i].typ()) {
			a.args[i] = r.to(a.args[i], relation.Of(relation.Double))
		}
	}
	for i := range a.args {
		if isNull(a.args[i].typ()) {
			a.args[i] = r.to(a.args[i], a.args[1-i].typ())
		}
	}
	x, y := a.args[0].typ(), a.args[1].typ()
	switch {
	case isNull(x) && isNull(y):
		r.toBoth(a, relation.Of(relation.Double))
	case !isNumeric(x) || !isNumeric(y):
		return invalid(a.at, "%s %s %s: both sides must be numbers", x, a.fn.name, y)
	case isDecimal(x) && isFloating(y), isDecimal(y) && isFloating(x):
		r.toBoth(a, relation.Of(relation.Double))
	case isDecimal(x) || isDecimal(y):
		for i := range a.args {
			a.args[i] = r.to(a.args[i], operandDecimal(a.args[i]))
		}
	default:
		t, _ := tightest(x, y)
		r.toBoth(a, t)
	}
	return nil
}

// operandDecimal is the decimal that an operand counts as. Of a literal it is
// as small as its digits.
func operandDecimal(n node) relation.Type {
	if c, ok := n.(*constant); ok && c.t.Kind.Integral() && !c.cast {
		return relation.DecimalOf(len(strings.TrimPrefix(c.text, "-")), 0)
	}
	return asDecimal(n.typ())
}

func (r *resolver) toBoth(a *apply, t relation.Type) {
	a.args[0], a.args[1] = r.to(a.args[0], t), r.to(a.args[1], t)
}

func arithmeticTypes(r *resolver, a *apply) node {
	if n := r.timeArithmetic(a); n != nil {
		return n
	}
	if m := r.operands(a); m != nil {
		return r.note(m)
	}
	return r.computed(a)
}

// computed gives an operator on two numbers its type.
func (r *resolver) computed(a *apply) node {
	for _, n := range a.args {
		if isBad(n) {
			return n
		}
		a.nullable = a.nullable || n.null()
	}
	a.nullable = a.nullable || a.fn.loses
	x, y := a.args[0].typ(), a.args[1].typ()
	if !isDecimal(x) {
		a.t = x
		return a
	}
	result, exact := decimalResult(a.fn.name, x, y)
	if a.t = result; r.set.KeepScale {
		a.t = keptScale(a.fn.name, x, y, exact)
	}
	a.nullable = a.nullable || exact.Precision > maxPrecision || a.fn.name == "/"
	return a
}

func divide(r *resolver, a *apply) node {
	if n := r.timeArithmetic(a); n != nil {
		return n
	}
	if isNull(a.args[0].typ()) && isDecimal(a.args[1].typ()) {
		r.toBoth(a, relation.Of(relation.Double))
	}
	if m := r.operands(a); m != nil {
		return r.note(m)
	}
	if !isDecimal(a.args[0].typ()) {
		r.toBoth(a, relation.Of(relation.Double))
	}
	return r.computed(a)
}

func wholeDivide(r *resolver, a *apply) node {
	if n := r.wholeSpans(a); n != nil {
		return n
	}
	if !isString(a.args[0].typ()) && !isString(a.args[1].typ()) {
		if isNull(a.args[0].typ()) && isNull(a.args[1].typ()) {
			r.toBoth(a, relation.Of(relation.Long))
		}
		if m := r.operands(a); m != nil {
			return r.note(m)
		}
		if !isFloating(a.args[0].typ()) {
			if !isDecimal(a.args[0].typ()) {
				r.toBoth(a, relation.Of(relation.Long))
			}
			n := r.computed(a)
			a.t = relation.Of(relation.Long)
			return n
		}
	}
	return r.note(invalid(a.at, "DIV of %s and %s: both sides must be whole numbers", a.args[0].typ(), a.args[1].typ()))
}
