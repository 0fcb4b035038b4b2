package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	yes := always(relation.Boolean)
	add(
		&function{name: "AND", signature: "a AND b", min: 2, max: -1, params: []param{boolean}, gives: yes, write: joining(" AND ")},
		&function{name: "OR", signature: "a OR b", min: 2, max: -1, params: []param{boolean}, gives: yes, write: joining(" OR ")},
		&function{name: "NOT", signature: "NOT a", min: 1, max: 1, params: []param{boolean}, gives: yes, duck: "(NOT $1)"},
		&function{name: "IS NULL", signature: "a IS NULL", min: 1, max: 1, params: []param{anything}, gives: yes, never: true, duck: "($1 IS NULL)"},
		&function{name: "IS NOT NULL", signature: "a IS NOT NULL", min: 1, max: 1, params: []param{anything}, gives: yes, never: true, duck: "($1 IS NOT NULL)"},
		compare("=", "($1 = $2)"), compare("<>", "($1 <> $2)"), compare("<", "($1 < $2)"),
		compare("<=", "($1 <= $2)"), compare(">", "($1 > $2)"), compare(">=", "($1 >= $2)"),
		&function{name: "<=>", signature: "a <=> b", min: 2, max: 2, resolve: comparison, never: true, duck: "($1 IS NOT DISTINCT FROM $2)"},
		&function{name: "BETWEEN", signature: "a BETWEEN b AND c", min: 3, max: 3, resolve: between},
		&function{name: "||", signature: "a || b", min: 2, max: -1, resolve: concat, write: writeConcat},
		arithmetic("+"), arithmetic("-"), arithmetic("*"),
		&function{name: "/", signature: "a / b", min: 2, max: 2, resolve: divide, loses: true, write: writeDivide},
		&function{name: "%", signature: "a % b", also: []string{"mod"}, min: 2, max: 2, resolve: arithmeticTypes, loses: true, write: writeModulo},
		&function{name: "DIV", signature: "a DIV b", min: 2, max: 2, resolve: wholeDivide, loses: true, write: writeDiv},
		&function{name: "NEGATIVE", signature: "-a", min: 1, max: 1, params: []param{quantity}, gives: likeFirst, write: writeNegative},
		&function{name: "POSITIVE", signature: "+a", min: 1, max: 1, params: []param{quantity}, gives: likeFirst, duck: "$1"},
	)
}

func joining(op string) func(*writer, *apply, []string) string {
	return func(_ *writer, _ *apply, args []string) string {
		size := 2
		for _, a := range args {
			size += len(a) + len(op)
		}
		b := make([]byte, 0, size)
		b = append(b, '(')
		for i, a := range args {
			if i > 0 {
				b = append(b, op...)
			}
			b = append(b, a...)
		}
		return string(append(b, ')'))
	}
}

func compare(op, duck string) *function {
	return &function{name: op, signature: "a " + op + " b", min: 2, max: 2, resolve: comparison, duck: duck}
}

// comparison brings two values to the type in which Spark compares them.
func comparison(r *resolver, a *apply) node {
	for i := range a.args {
		p := atom
		if a.fn.name == "=" || a.fn.name == "<=>" || a.fn.name == "<>" {
			p = equatable
		}
		if a.args[i] = p(r, a.args[i]); isBad(a.args[i]) {
			return a.args[i]
		}
	}
	x, y := a.args[0].typ(), a.args[1].typ()
	a.shown = truth(a)
	t, ok := comparable(x, y, a.fn.name == "=" || a.fn.name == "<=>" || a.fn.name == "<>")
	if !ok && x.Equal(y) {
		t, ok = x, true
	}
	if !ok && (isNull(x) || isNull(y)) {
		t, ok = tightest(x, y)
	}
	if !ok {
		return r.note(invalid(a.at, "%s cannot be compared with %s", x, y).because("cast one side"))
	}
	if isDecimal(t) && isNumeric(x) && isNumeric(y) {
		if n := r.beyond(a); n != nil {
			return n
		}
		// What 38 digits do not hold is NULL here, in Spark too.
		if t, ok = wider(operandDecimal(a.args[0]), operandDecimal(a.args[1])); !isDecimal(t) || !ok {
			t = relation.Of(relation.Double)
		}
	}
	for i := range a.args {
		if a.args[i] = r.to(a.args[i], t); isBad(a.args[i]) {
			return a.args[i]
		}
		a.nullable = a.nullable || a.args[i].null()
	}
	a.t, a.nullable = relation.Of(relation.Boolean), a.nullable && !a.fn.never
	return a
}

// truth is how a column's name shows a boolean that is compared with a literal 1
// or 0: as Spark has it, the boolean alone or its opposite. "" is as usual.
func truth(a *apply) string {
	for i, n := range a.args {
		c, ok := n.(*constant)
		if !ok || c.cast || c.nullable || !isNumeric(c.t) || a.args[1-i].typ().Kind != relation.Boolean {
			continue
		}
		form := "$" + strconv.Itoa(2-i)
		isNotNull := "((" + form + " IS NOT NULL) AND "
		switch v, err := strconv.ParseFloat(c.text, 64); {
		case err == nil && v == 0:
			form = "(NOT " + form + ")"
		case v != 1:
			return ""
		}
		switch a.fn.name {
		case "=":
			return form
		case "<>":
			return "(NOT " + form + ")"
		case "<=>":
			return isNotNull + form + ")"
		}
	}
	return ""
}

// beyond is the constant that an order of an integer and a literal is which no
// bigint reaches, of a NULL too. Of other literals Spark makes whole numbers,
// which the name of a column shows. nil is that the comparison remains one.
func (r *resolver) beyond(a *apply) node {
	op := a.fn.name
	if op == "=" || op == "<=>" || op == "<>" {
		return nil
	}
	for i, n := range a.args {
		c, ok := n.(*constant)
		if other := a.args[1-i]; !ok || c.cast || c.nullable || !isDecimal(c.t) || !other.typ().Kind.Integral() {
			continue
		}
		if whole, ok := wholeLiteral(c.text, (i == 1) == (op == "<" || op == ">=")); ok {
			a.shown = "($1 " + op + " " + whole + ")"
			if i == 0 {
				a.shown = "(" + whole + " " + op + " $2)"
			}
			return nil
		}
		greater := (c.text[0] != '-') == (i == 1) // the literal is on the far side of <
		return &constant{typed: typed{t: relation.Of(relation.Boolean), at: a.at}, text: strconv.FormatBool(greater == (op[0] == '<'))}
	}
	return nil
}

// wholeLiteral is a decimal rounded up or down, if it is a bigint then.
func wholeLiteral(s string, up bool) (string, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	v, err := strconv.ParseInt(whole, 10, 64)
	if negative := s[0] == '-'; strings.Trim(fraction, "0") != "" && up != negative {
		v += map[bool]int64{true: 1, false: -1}[up]
	}
	return strconv.FormatInt(v, 10), err == nil
}

// between is two comparisons, each with its own types.
func between(r *resolver, a *apply) node {
	low, high := r.apply(a.at, ">=", a.args[0], a.args[1]), r.apply(a.at, "<=", a.args[0], a.args[2])
	both := r.apply(a.at, "AND", low, high)
	if and, ok := both.(*apply); ok {
		and.shown = "(" + shownAs(low, "($1 >= $2)") + " AND " + strings.ReplaceAll(shownAs(high, "($1 <= $2)"), "$2", "$3") + ")"
	}
	return both
}

func shownAs(n node, usual string) string {
	if a, ok := n.(*apply); ok && a.shown != "" {
		return a.shown
	}
	return usual
}

// likePattern rewrites a pattern to the escape \.
func likePattern(p string, escape byte) (string, bool) {
	out := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		switch {
		case p[i] == escape:
			i++
			if i == len(p) || p[i] != '_' && p[i] != '%' && p[i] != escape {
				return "", false
			}
			if p[i] == '_' || p[i] == '%' || p[i] == '\\' {
				out = append(out, '\\')
			}
		case p[i] == '\\':
			out = append(out, '\\')
		}
		out = append(out, p[i])
	}
	return string(out), true
}
