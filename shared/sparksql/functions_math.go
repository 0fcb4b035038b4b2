package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// Functions on doubles. DuckDB ends the query outside of a function's domain,
// where Java gives NaN or an infinity and Spark's logarithms give NULL; each
// form says so by itself. @ is the argument, which is computed once.

func init() {
	const nan, positive, negative = "CAST('NaN' AS DOUBLE)", "CAST('Infinity' AS DOUBLE)", "CAST('-Infinity' AS DOUBLE)"
	finite := func(form string) string {
		return "CASE WHEN isfinite(@) THEN " + form + " WHEN @ IS NOT NULL THEN " + nan + " END"
	}
	within := func(form string) string {
		return "CASE WHEN abs(@) <= 1 THEN " + form + " WHEN @ IS NOT NULL THEN " + nan + " END"
	}
	above := func(limit, form string) string { return "CASE WHEN @ > " + limit + " THEN " + form + " END" }
	for _, f := range []struct{ name, shown, form string }{
		{"acos", "ACOS", within("acos(@)")},
		{"acosh", "ACOSH", "spark_acosh(@)"},
		{"asin", "ASIN", within("asin(@)")},
		{"asinh", "ASINH", "spark_asinh(@)"},
		{"atan", "ATAN", "atan(@)"},
		{"atanh", "ATANH", "spark_atanh(@)"},
		{"cbrt", "CBRT", "cbrt(@)"},
		{"cos", "COS", finite("cos(@)")},
		{"cosh", "COSH", "spark_cosh(@)"},
		{"cot", "COT", finite("(1 / tan(@))")},
		{"csc", "CSC", finite("(1 / sin(@))")},
		{"degrees", "DEGREES", "(@ * 57.29577951308232::DOUBLE)"},
		{"exp", "EXP", "exp(@)"},
		{"expm1", "EXPM1", "spark_expm1(@)"},
		{"ln", "", above("0", "ln(@)")},
		{"log10", "LOG10", above("0", "log10(@)")},
		{"log1p", "LOG1P", above("-1", "spark_log1p(@)")},
		{"log2", "LOG2", above("0", "log2(@)")},
		{"radians", "RADIANS", "(@ * 0.017453292519943295::DOUBLE)"},
		{"rint", "rint", "spark_rint(@)"},
		{"sec", "SEC", finite("(1 / cos(@))")},
		{"sin", "SIN", finite("sin(@)")},
		{"sinh", "SINH", "spark_sinh(@)"},
		{"sqrt", "SQRT", "CASE WHEN @ >= 0 THEN sqrt(@) WHEN @ IS NOT NULL THEN " + nan + " END"},
		{"tan", "TAN", finite("tan(@)")},
		{"tanh", "TANH", "tanh(@)"},
	} {
		add(&function{name: f.name, signature: f.name + "(number)", min: 1, max: 1, shown: f.shown, params: []param{float64s},
			gives: always(relation.Double), loses: strings.HasPrefix(f.name, "l"), write: onceForm(f.form)})
	}
	for _, name := range []string{"sign", "signum"} {
		add(&function{name: name, signature: name + "(number)", min: 1, max: 1, shown: map[string]string{"sign": "sign", "signum": "SIGNUM"}[name],
			params: []param{signed}, gives: always(relation.Double), write: writeSign})
	}
	add(
		&function{name: "e", signature: "e()", shown: "E", gives: always(relation.Double), never: true, duck: "2.718281828459045::DOUBLE"},
		&function{name: "pi", signature: "pi()", shown: "PI", gives: always(relation.Double), never: true, duck: "3.141592653589793::DOUBLE"},
		&function{name: "log", signature: "log([base,] number)", min: 1, max: 2, shown: "LOG", params: []param{float64s}, gives: always(relation.Double), loses: true,
			write: writeLog},
		// Spark adds zero: there is no -0.0 in these.
		&function{name: "atan2", signature: "atan2(y, x)", min: 2, max: 2, shown: "ATAN2", params: []param{float64s}, gives: always(relation.Double), duck: "atan2($1 + 0.0::DOUBLE, $2 + 0.0::DOUBLE)"},
		&function{name: "hypot", signature: "hypot(a, b)", min: 2, max: 2, shown: "HYPOT", params: []param{float64s}, gives: always(relation.Double), duck: "spark_hypot($1, $2)"},
		&function{name: "pow", signature: "pow(a, b)", min: 2, max: 2, params: []param{float64s}, gives: always(relation.Double), write: writePow},
		&function{name: "power", signature: "power(a, b)", min: 2, max: 2, shown: "POWER", params: []param{float64s}, gives: always(relation.Double), write: writePow},
		&function{name: "isnan", signature: "isnan(number)", min: 1, max: 1, params: []param{float64s}, gives: always(relation.Boolean), never: true, duck: "coalesce(isnan($1), false)"},
		&function{name: "nanvl", signature: "nanvl(a, b)", min: 2, max: 2, resolve: nanvl, write: func(w *writer, a *apply, args []string) string {
			return w.once(args[0], func(v string) string { return "CASE WHEN isnan(" + v + ") THEN " + args[1] + " ELSE " + v + " END" })
		}},
	)
}

// signed is the sign of a number, or of an interval.
func signed(r *resolver, n node) node {
	if isInterval(n.typ()) {
		return n
	}
	return float64s(r, n)
}

func writeSign(w *writer, a *apply, args []string) string {
	if isInterval(a.args[0].typ()) {
		args[0] = "CAST(" + args[0] + " AS DOUBLE)"
	}
	return onceForm(signForm)(w, a, args)
}

var float64s = taking(relation.Double)

const signForm = "CASE WHEN isnan(@) OR @ = 0 THEN @ WHEN @ > 0 THEN 1::DOUBLE WHEN @ < 0 THEN -1::DOUBLE END"

// onceForm writes a form of one argument, @.
func onceForm(form string) func(*writer, *apply, []string) string {
	if strings.Count(form, "@") == 1 {
		return func(_ *writer, _ *apply, args []string) string { return strings.Replace(form, "@", args[0], 1) }
	}
	return func(w *writer, _ *apply, args []string) string {
		return w.once(args[0], func(v string) string { return "(" + strings.ReplaceAll(form, "@", v) + ")" })
	}
}

// writeLog is the natural logarithm, or the quotient of two.
func writeLog(w *writer, a *apply, args []string) string {
	ln := onceForm("CASE WHEN @ > 0 THEN ln(@) END")
	if len(args) == 1 {
		return ln(w, a, args)
	}
	return "(" + ln(w, a, args[1:]) + " / " + ln(w, a, args[:1]) + ")"
}

// writePow is C's function where the exponent is a number written out: they
// differ where it is none, or infinite.
func writePow(_ *writer, a *apply, args []string) string {
	if c, ok := a.args[1].(*constant); ok && !c.nullable && strings.Trim(c.text, "-+.0123456789e") == "" {
		return "pow(" + args[0] + ", " + args[1] + ")"
	}
	return "spark_pow(" + args[0] + ", " + args[1] + ")"
}

// nanvl is of two floats or of two doubles.
func nanvl(r *resolver, a *apply) node {
	t := relation.Of(relation.Double)
	if a.args[0].typ().Kind == relation.Float && a.args[1].typ().Kind == relation.Float {
		t = relation.Of(relation.Float)
	}
	for i, n := range a.args {
		if !implicit(n.typ(), t.Kind) {
			return r.note(invalid(n.pos(), "nanvl: argument %d is %s, and should be a number", i+1, n.typ()))
		}
		if a.args[i] = r.to(n, t); isBad(a.args[i]) {
			return a.args[i]
		}
		a.nullable = a.nullable || a.args[i].null()
	}
	a.t = t
	return a
}
