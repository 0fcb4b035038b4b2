package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

// Arithmetic of dates, timestamps and intervals: an interval is a bigint of
// microseconds, or an int of months.

func init() {
	add(
		&function{name: "make_dt_interval", signature: "make_dt_interval([days [, hours [, minutes [, seconds]]]])", min: 0, max: 4, resolve: makeSpan(relation.DayTimeInterval), write: writeMakeSpan},
		&function{name: "make_ym_interval", signature: "make_ym_interval([years [, months]])", min: 0, max: 2, resolve: makeSpan(relation.YearMonthInterval), write: writeMakeSpan},
	)
}

// timeArithmetic is + - * / where a side is a date, a timestamp or an interval;
// nil where none is.
func (r *resolver) timeArithmetic(a *apply) node {
	x, y := a.args[0], a.args[1]
	if !timely(x.typ(), y.typ()) {
		return nil
	}
	switch op := a.fn.name; {
	case op == "+" && (isInterval(x.typ()) && !isInterval(y.typ()) || isMoment(y.typ()) && !isInterval(x.typ()) && !isMoment(x.typ())):
		return r.sum(a, y, x, "$2", "$1")
	case op == "+" || op == "-":
		return r.sum(a, x, y, "$1", "$2")
	case op == "*" && isInterval(y.typ()) && !isInterval(x.typ()):
		return r.scaled(a, y, x)
	case op == "*" || op == "/":
		return r.scaled(a, x, y)
	}
	return r.mismatched(a)
}

func (r *resolver) mismatched(a *apply) node {
	return r.note(invalid(a.at, "%s %s %s has no meaning", a.args[0].typ(), a.fn.name, a.args[1].typ()))
}

// sum is x + y or x - y, where x is the moment if only one is; left and right
// are where they stood.
func (r *resolver) sum(a *apply, x, y node, left, right string) node {
	op, f, k := a.fn.name, x.typ().Kind, y.typ().Kind
	function, infix := "date_add", fmt.Sprintf("%s %s %s", left, op, right)
	if op == "-" {
		function = "date_sub"
	}
	switch {
	case isInterval(y.typ()) && isNull(x.typ()):
		x = r.to(x, y.typ())
		fallthrough
	case isInterval(x.typ()) && (isInterval(y.typ()) || isNull(y.typ())):
		y = r.to(y, r.intervalOf(y, x))
		t, ok := tightest(x.typ(), y.typ())
		if !ok {
			return r.mismatched(a)
		}
		return r.timelyDuck(a, "($1 "+op+" $2)", t, x, y).as("(" + a.fn.layoutOf() + ")")
	case f == relation.Date && k == relation.DayTimeInterval && y.typ().To == relation.Day:
		shown := fmt.Sprintf("date_add(%s, extractansiintervaldays(%s))", left, right)
		if op == "-" {
			shown = fmt.Sprintf("date_add(%s, (- extractansiintervaldays(%s)))", left, right)
		}
		return r.timelyDuck(a, "($1 "+op+" CAST(($2 // 86400000000) AS INTEGER))", x.typ(), x, y).as(shown)
	case f == relation.Date && k == relation.YearMonthInterval:
		return r.timelyDuck(a, "CAST(($1 "+op+" to_months($2)) AS DATE)", x.typ(), x, y).as(spaced(left, op, right))
	case k == relation.DayTimeInterval && (isMoment(x.typ()) || isString(x.typ())):
		return r.laterBy(a, x, y, op).as(spaced(left, op, right))
	case k == relation.YearMonthInterval && isMoment(x.typ()):
		return r.timelyBy(a, "months "+op, addingMonths(op), x.typ(), x, y).as(spaced(left, op, right))
	case op == "-" && (f > relation.Date && isMoment(x.typ()) || k > relation.Date && isMoment(y.typ())):
		return r.between(a, x, y)
	case op == "-" && k == relation.Date && (f == relation.Date || isString(x.typ()) || isNull(x.typ())):
		return r.timelyDuck(a, "(($1 - $2) * 86400000000)", relation.IntervalOf(relation.Day, relation.Day), r.to(x, relation.Of(relation.Date)), y).as("(" + infix + ")")
	case f == relation.Date && !isString(y.typ()):
		n := dayCount(r, y)
		if _, wrong := n.(*misfit); wrong || isBad(n) {
			return r.mismatched(a)
		}
		return r.timelyDuck(a, "($1 "+op+" $2)", x.typ(), x, n).as(fmt.Sprintf("%s(%s, %s)", function, left, right))
	}
	return r.mismatched(a)
}

// spaced is how Spark shows the sum of a moment and an interval.
func spaced(left, op, right string) string { return left + " " + op + " " + right }

func (f *function) layoutOf() string { return "$1 " + f.name + " $2" }

// intervalOf is the type that n has beside other: a NULL takes the other's.
func (r *resolver) intervalOf(n, other node) relation.Type {
	if isNull(n.typ()) {
		return other.typ()
	}
	return n.typ()
}

// timely is a function of moments that is only written by an operator.
func (r *resolver) timelyDuck(a *apply, duck string, t relation.Type, args ...node) *apply {
	return r.timelyBy(a, duck, func(_ *writer, _ *apply, s []string) string { return fill(duck, s) }, t, args...)
}

// timelyBy is the same with a writer; key tells those apart that are written differently.
func (r *resolver) timelyBy(a *apply, key string, write func(*writer, *apply, []string) string, t relation.Type, args ...node) *apply {
	b := &apply{typed: typed{t: t, at: a.at}, fn: &function{name: a.fn.name, signature: key, write: write}, args: args}
	for _, n := range args {
		b.nullable = b.nullable || n.null()
	}
	return b
}

func (a *apply) as(shown string) *apply {
	a.shown = shown
	return a
}

// laterBy is a timestamp and a day-time interval. A text becomes a timestamp and
// the sum a text again.
func (r *resolver) laterBy(a *apply, x, y node, op string) *apply {
	back := isString(x.typ())
	if back || x.typ().Kind == relation.Date {
		x = r.to(x, relation.Of(relation.Timestamp))
	}
	sum := r.timelyBy(a, "span "+op, func(w *writer, a *apply, s []string) string {
		if a.args[0].typ().Kind == relation.TimestampNTZ || utc(w.zone) {
			return "make_timestamp((epoch_us(" + s[0] + ") " + op + " " + s[1] + "))"
		}
		return fmt.Sprintf("make_timestamp(spark_add_days(epoch_us(%s), (%s %s), %s))", s[0], op, s[1], quoteText(w.zone))
	}, x.typ(), x, y)
	if !back {
		return sum
	}
	return r.timelyBy(a, "text", func(w *writer, a *apply, s []string) string {
		return w.convert(relation.Of(relation.Timestamp), relation.Of(relation.String), s[0])
	}, relation.Of(relation.String), sum)
}

func addingMonths(op string) func(*writer, *apply, []string) string {
	return func(w *writer, a *apply, s []string) string {
		if a.args[0].typ().Kind == relation.TimestampNTZ || utc(w.zone) {
			return "(" + s[0] + " " + op + " to_months(" + s[1] + "))"
		}
		return fmt.Sprintf("make_timestamp(spark_add_months(epoch_us(%s), (%s %s), %s))", s[0], op, s[1], quoteText(w.zone))
	}
}

// between is the time that clocks show between two moments.
func (r *resolver) between(a *apply, x, y node) node {
	if !isMoment(x.typ()) || !isMoment(y.typ()) {
		if !isNull(x.typ()) && !isNull(y.typ()) {
			return r.mismatched(a)
		}
	}
	t, _ := tightest(x.typ(), y.typ())
	return r.timelyBy(a, "between", func(w *writer, a *apply, s []string) string {
		return fmt.Sprintf("(epoch_us(%s) - epoch_us(%s))", w.clock(a.args[0], s[0]), w.clock(a.args[1], s[1]))
	}, relation.Of(relation.DayTimeInterval), r.to(x, t), r.to(y, t)).as("($1 - $2)")
}

// scaled is an interval times or divided by a number, halves rounded away from zero.
func (r *resolver) scaled(a *apply, x, y node) node {
	if !isInterval(x.typ()) || !isNumeric(y.typ()) && !isString(y.typ()) && !isNull(y.typ()) {
		return r.mismatched(a)
	}
	if isString(y.typ()) || isNull(y.typ()) {
		y = r.to(y, relation.Of(relation.Double))
	}
	months := fmt.Sprint(x.typ().Kind == relation.YearMonthInterval)
	t := relation.Of(x.typ().Kind)
	form := ""
	switch op := a.fn.name; {
	case isFloating(y.typ()):
		form = map[string]string{"*": "spark_span_scale", "/": "spark_span_split"}[op] + "(CAST($1 AS BIGINT), CAST($2 AS DOUBLE), " + months + ")"
	case op == "*" && y.typ().Kind.Integral():
		form = "(CAST($1 AS BIGINT) * CAST($2 AS BIGINT))"
	default:
		form = map[string]string{"*": "spark_span_times", "/": "spark_span_over"}[op] + "(CAST($1 AS BIGINT), CAST($2 AS VARCHAR), " + months + ")"
	}
	shown := "(" + a.fn.layoutOf() + ")"
	if x != a.args[0] {
		shown = "($2 * $1)"
	}
	return r.timelyDuck(a, "CAST("+form+" AS "+duckType(t)+")", t, x, y).as(shown)
}

// wholeSpans is how often one interval fits into another.
func (r *resolver) wholeSpans(a *apply) node {
	x, y := a.args[0].typ(), a.args[1].typ()
	if !isInterval(x) || x.Kind != y.Kind {
		return nil
	}
	n := r.timelyDuck(a, "CAST(($1 // nullif($2, 0)) AS BIGINT)", relation.Of(relation.Long), a.args...).as("($1 div $2)")
	n.nullable = true
	return n
}

// spanDefaults are what the name of a column shows for missing parts.
var spanDefaults = map[relation.Kind][]string{relation.DayTimeInterval: {"0", "0", "0", "0.000000"}, relation.YearMonthInterval: {"0", "0"}}

// makeSpan makes an interval of its parts; missing ones are 0.
func makeSpan(k relation.Kind) func(*resolver, *apply) node {
	return func(r *resolver, a *apply) node {
		given, shown := len(a.args), a.fn.name+"("
		for i, missing := range spanDefaults[k] {
			if i > 0 {
				shown += ", "
			}
			t, p := relation.Of(relation.Int), integer
			if i == 3 {
				t = relation.DecimalOf(18, 6)
				p = func(r *resolver, n node) node {
					if !isNumeric(n.typ()) && !isString(n.typ()) && !isNull(n.typ()) {
						return &misfit{typed{at: n.pos()}, "a number"}
					}
					return r.to(n, t)
				}
			}
			if i >= given {
				shown += missing
				a.args = append(a.args, r.to(&constant{typed: typed{t: relation.Of(relation.Int), at: a.at}, text: "0"}, t))
				continue
			}
			shown += fmt.Sprintf("$%d", i+1)
			n := p(r, a.args[i])
			if m, wrong := n.(*misfit); wrong {
				return r.note(invalid(a.args[i].pos(), "%s: argument %d is %s, and should be %s", a.fn.name, i+1, a.args[i].typ(), m.want))
			}
			if isBad(n) {
				return n
			}
			a.args[i] = n
			a.nullable = a.nullable || n.null()
		}
		a.t, a.shown = relation.Of(k), shown+")"
		return a
	}
}

func writeMakeSpan(_ *writer, a *apply, args []string) string {
	if a.t.Kind == relation.YearMonthInterval {
		return fill("CAST((CAST($1 AS BIGINT) * 12 + $2) AS INTEGER)", args)
	}
	return fill("CAST((CAST($1 AS HUGEINT) * 86400000000 + CAST($2 AS HUGEINT) * 3600000000 + CAST($3 AS HUGEINT) * 60000000 + CAST((CAST($4 AS DECIMAL(30,6)) * 1000000) AS HUGEINT)) AS BIGINT)", args)
}
