package sparksql

import "github.com/glint-data/glint/shared/relation"

const (
	maxPrecision = 38
	minScale     = 6 // what an overflowing precision leaves of the scale
)

// integerDecimal is the decimal that holds every integer of kind k.
func integerDecimal(k relation.Kind) relation.Type {
	switch k {
	case relation.Byte:
		return relation.DecimalOf(3, 0)
	case relation.Short:
		return relation.DecimalOf(5, 0)
	case relation.Int:
		return relation.DecimalOf(10, 0)
	}
	return relation.DecimalOf(20, 0)
}

func asDecimal(t relation.Type) relation.Type {
	if isDecimal(t) {
		return t
	}
	return integerDecimal(t.Kind)
}

// holds reports whether every value of u is one of t.
func holds(t, u relation.Type) bool {
	return t.Precision-t.Scale >= u.Precision-u.Scale && t.Scale >= u.Scale
}

// widerDecimal holds the values of both, as far as 38 digits go.
func widerDecimal(a, b relation.Type) relation.Type {
	scale := max(a.Scale, b.Scale)
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	return relation.DecimalOf(min(whole+scale, maxPrecision), min(scale, maxPrecision))
}

// decimalResult is the type of an operation on decimals. exact is the type
// before the precision is cut to 38 digits: equal unless digits can be lost.
func decimalResult(op string, a, b relation.Type) (result, exact relation.Type) {
	p1, s1, p2, s2 := a.Precision, a.Scale, b.Precision, b.Scale
	var p, s int
	switch op {
	case "+", "-":
		s = max(s1, s2)
		p = max(p1-s1, p2-s2) + s + 1
	case "*":
		p, s = p1+p2+1, s1+s2
	case "/":
		s = max(minScale, s1+p2+1)
		p = p1 - s1 + s2 + s
	case "%", "pmod":
		s = max(s1, s2)
		p = min(p1-s1, p2-s2) + s
	}
	return adjusted(p, s), relation.DecimalOf(p, s)
}

// adjusted cuts a precision to 38 digits, at the cost of the scale.
func adjusted(p, s int) relation.Type {
	if p <= maxPrecision {
		return relation.DecimalOf(p, s)
	}
	whole := p - s
	return relation.DecimalOf(maxPrecision, max(maxPrecision-whole, min(s, minScale)))
}

// keptScale is the type of an operation on decimals in sessions that allow no
// loss of precision. A quotient keeps half of what it lacks in digits.
func keptScale(op string, a, b, exact relation.Type) relation.Type {
	if op != "/" {
		return relation.DecimalOf(min(exact.Precision, maxPrecision), min(exact.Scale, maxPrecision))
	}
	whole := min(maxPrecision, a.Precision-a.Scale+b.Scale)
	scale := min(maxPrecision, max(minScale, a.Scale+b.Precision+1))
	if over := whole + scale - maxPrecision; over > 0 {
		scale -= over/2 + 1
		whole = maxPrecision - scale
	}
	return relation.DecimalOf(whole+scale, scale)
}
