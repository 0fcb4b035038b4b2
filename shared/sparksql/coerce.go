package sparksql

import (
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

// Spark's rules of which type two expressions meet in, with ANSI mode off.

func isNull(t relation.Type) bool    { return t.Kind == relation.Null }
func isString(t relation.Type) bool  { return t.Kind == relation.String }
func isNumeric(t relation.Type) bool { return t.Kind.Numeric() }
func isDecimal(t relation.Type) bool { return t.Kind == relation.Decimal }
func isFloating(t relation.Type) bool {
	return t.Kind == relation.Float || t.Kind == relation.Double
}
func isMoment(t relation.Type) bool {
	return t.Kind == relation.Date || t.Kind == relation.Timestamp || t.Kind == relation.TimestampNTZ
}

// tightest is the type that loses nothing of either, or false.
func tightest(a, b relation.Type) (relation.Type, bool) {
	switch {
	case a.Equal(b):
		return a, true
	case isNull(a):
		return b, true
	case isNull(b):
		return a, true
	case isDecimal(a) && b.Kind.Integral() && holds(a, integerDecimal(b.Kind)):
		return a, true
	case isDecimal(b) && a.Kind.Integral() && holds(b, integerDecimal(a.Kind)):
		return b, true
	case isNumeric(a) && isNumeric(b) && !isDecimal(a) && !isDecimal(b):
		return relation.Of(max(a.Kind, b.Kind)), true
	case a.Kind == relation.Date && b.Kind == relation.TimestampNTZ, a.Kind == relation.TimestampNTZ && b.Kind == relation.Date:
		return relation.Of(relation.TimestampNTZ), true
	case isMoment(a) && isMoment(b):
		return relation.Of(relation.Timestamp), true
	case isInterval(a) && a.Kind == b.Kind:
		return relation.IntervalOf(min(a.From, b.From), max(a.To, b.To)), true
	}
	return meetNested(a, b, tightest)
}

// wider is where CASE, coalesce, IN and set operations meet: it goes on to
// decimals, and to string against anything but boolean and binary.
func wider(a, b relation.Type) (relation.Type, bool) {
	if t, ok := tightest(a, b); ok {
		return t, true
	}
	switch {
	case isDecimal(a) && isFloating(b), isDecimal(b) && isFloating(a):
		return relation.Of(relation.Double), true
	case isNumeric(a) && isNumeric(b):
		return widerDecimal(asDecimal(a), asDecimal(b)), true
	case isString(a) && promotes(b):
		return a, true
	case isString(b) && promotes(a):
		return b, true
	}
	return meetNested(a, b, wider)
}

func promotes(t relation.Type) bool { return isNumeric(t) || isMoment(t) || isInterval(t) }

// widest is the common type of all, found from left to right as Spark does:
// strings first, because what is wider is not associative with them.
func widest(types []relation.Type) (relation.Type, bool) {
	ordered := make([]relation.Type, 0, len(types))
	for _, t := range types {
		if isString(t) {
			ordered = append(ordered, t)
		}
	}
	for _, t := range types {
		if !isString(t) {
			ordered = append(ordered, t)
		}
	}
	var all relation.Type
	for _, t := range ordered {
		var ok bool
		if all, ok = wider(all, t); !ok {
			return all, false
		}
	}
	return all, true
}

// comparable is the type in which two values are compared.
func comparable(a, b relation.Type, equality bool) (relation.Type, bool) {
	switch {
	case isString(a) && isDecimal(b), isDecimal(a) && isString(b):
		return relation.Of(relation.Double), true
	case isString(a) && (isNumeric(b) || isMoment(b) || b.Kind == relation.Boolean):
		return b, true
	case isString(b) && (isNumeric(a) || isMoment(a) || a.Kind == relation.Boolean):
		return a, true
	case isString(a) && b.Kind == relation.Binary, a.Kind == relation.Binary && isString(b):
		return relation.Of(relation.Binary), true
	case equality && a.Kind == relation.Boolean && isNumeric(b):
		return b, true
	case equality && b.Kind == relation.Boolean && isNumeric(a):
		return a, true
	case isString(a) || isString(b):
		return tightest(a, b)
	}
	return wider(a, b)
}

// implicit reports whether Spark hands a value of type from to a parameter of
// kind to without being asked.
func implicit(from relation.Type, to relation.Kind) bool {
	switch {
	case isNull(from), from.Kind == to:
		return true
	case to == relation.String:
		return isNumeric(from) || isMoment(from) || isInterval(from) || from.Kind == relation.Boolean || from.Kind == relation.Binary
	case to.Numeric():
		return isNumeric(from) || isString(from)
	case to == relation.Date, to == relation.Timestamp, to == relation.TimestampNTZ:
		return isString(from) || isMoment(from)
	}
	return false
}

// to converts n to t where it is not of that type yet.
func (r *resolver) to(n node, t relation.Type) node {
	if _, isBad := n.(*bad); isBad || n.typ().Equal(t) || isNull(t) {
		return n
	}
	if c, ok := n.(*constant); ok {
		if isString(c.t) && !c.nullable && isMoment(t) {
			if moment := r.specialMoment(c, t); moment != nil {
				return moment
			}
		}
		if folded := c.fold(t, r.zone); folded != nil {
			return folded
		}
	}
	if why := castable(n.typ(), t); why != nil {
		return r.note(&mistake{kind: why.kind, at: n.pos(), reason: why.reason, hint: why.hint})
	}
	return &convert{typed: typed{t: t, nullable: n.null() || !lossless(n.typ(), t), at: n.pos()}, arg: n}
}

// fold gives a constant another type where that needs no engine.
func (c *constant) fold(t relation.Type, zone string) node {
	if isString(c.t) && !c.nullable {
		return c.foldText(t, zone)
	}
	switch {
	case isNull(c.t) && isNested(t):
		return &constant{typed: typed{t: t, nullable: true, at: c.at}, cast: true}
	case c.nullable:
		return &constant{typed: typed{t: t, nullable: true, at: c.at}, cast: true}
	case c.t.Kind.Integral() && t.Kind.Integral() && t.Kind > c.t.Kind:
		return &constant{typed: typed{t: t, nullable: false, at: c.at}, text: c.text, cast: true}
	case isFloating(t) && (c.t.Kind.Integral() || isDecimal(c.t)):
		return &constant{typed: typed{t: t, nullable: false, at: c.at}, text: c.text, cast: true}
	case isDecimal(t) && c.t.Kind.Integral() && operandDecimal(c).Precision <= t.Precision-t.Scale:
		return &constant{typed: typed{t: t, nullable: false, at: c.at}, text: c.text, cast: true}
	}
	return nil
}

// foldText reads the plain forms of integers, dates and timestamps; all other
// texts are left to the engine.
func (c *constant) foldText(t relation.Type, zone string) node {
	text, ok := "", false
	switch k := t.Kind; {
	case k.Integral():
		v, err := strconv.ParseInt(c.text, 10, bitsOf[k])
		text, ok = strconv.FormatInt(v, 10), err == nil
	case k == relation.Date, k == relation.TimestampNTZ, k == relation.Timestamp:
		text, ok = momentText(c.text, k, zone)
	}
	if !ok {
		return nil
	}
	return &constant{typed: typed{t: t, at: c.at}, text: text, cast: true}
}

var bitsOf = map[relation.Kind]int{relation.Byte: 8, relation.Short: 16, relation.Int: 32, relation.Long: 64}

// lossless reports whether every value of from has one of to.
func lossless(from, to relation.Type) bool {
	switch {
	case from.Kind.Integral() && (to.Kind.Integral() || isFloating(to)):
		return true
	case from.Kind.Integral() && isDecimal(to):
		return holds(to, integerDecimal(from.Kind))
	case isDecimal(from) && isDecimal(to):
		return holds(to, from)
	case to.Kind == relation.String:
		return true
	case from.Kind == relation.Float && to.Kind == relation.Double, isMoment(from) && isMoment(to), isInterval(from) && isInterval(to):
		return true
	}
	return false
}
