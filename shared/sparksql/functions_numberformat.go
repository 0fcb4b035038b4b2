package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
)

func init() {
	for _, try := range []bool{false, true} {
		name := "to_number"
		if try {
			name = "try_to_number"
		}
		add(&function{name: name, signature: name + "(text, format)", min: 2, max: 2, loses: try, resolve: toNumber,
			write: func(_ *writer, a *apply, args []string) string {
				return fmt.Sprintf("CAST(spark_to_number(%s, %s, %t) AS %s)", args[0], args[1], try, duckType(a.t))
			}})
	}
	add(&function{name: "to_char", also: []string{"to_varchar"}, signature: "to_char(number, format)", min: 2, max: 2, shown: "to_char", resolve: toChar,
		duck: "spark_to_char(CAST($1 AS VARCHAR), $2)"})
}

// numberFormat is the format that a function of a number has, written out.
func (r *resolver) numberFormat(a *apply) (*sparkfn.NumberFormat, node) {
	c, ok := a.args[1].(*constant)
	if !ok || !isString(c.t) || c.nullable {
		return nil, r.note(refused(a.args[1].pos(), "%s with a format that is not a text written out", a.fn.name))
	}
	f, err := sparkfn.ParseNumberFormat(c.text)
	if err != nil {
		return nil, r.note(invalid(c.at, "%s", err))
	}
	return f, nil
}

func toNumber(r *resolver, a *apply) node {
	f, wrong := r.numberFormat(a)
	if wrong != nil {
		return wrong
	}
	n := r.fit(a, a.fn.name, []param{text}, relation.DecimalOf(f.Precision, f.Scale))
	a.nullable = a.nullable || a.fn.loses
	return n
}

// toChar writes the decimal that a number is.
func toChar(r *resolver, a *apply) node {
	if _, wrong := r.numberFormat(a); wrong != nil {
		return wrong
	}
	n, t := a.args[0], a.args[0].typ()
	if !isNumeric(t) && !isString(t) && !isNull(t) {
		return r.note(invalid(n.pos(), "to_char: argument 1 is %s, and should be a number", t).because("write dates with date_format"))
	}
	if a.args[0] = r.to(n, decimalFor(t)); isBad(a.args[0]) {
		return a.args[0]
	}
	a.t, a.nullable = relation.Of(relation.String), a.args[0].null()
	return a
}
