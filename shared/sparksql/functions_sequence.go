package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	add(&function{name: "sequence", signature: "sequence(start, stop [, step])", min: 2, max: 3, resolve: sequence, write: writeSequence})
}

// sequence is of whole numbers, or of dates or timestamps by an interval.
func sequence(r *resolver, a *apply) node {
	t, ok := withoutText(a.args[0].typ(), a.args[1].typ())
	if !ok {
		return r.note(invalid(a.at, "sequence from %s to %s", a.args[0].typ(), a.args[1].typ()))
	}
	switch {
	case t.Kind.Integral():
		if len(a.args) == 3 {
			if t, ok = withoutText(t, a.args[2].typ()); !ok || !t.Kind.Integral() {
				return r.note(invalid(a.args[2].pos(), "a sequence of %s with a step of %s", t, a.args[2].typ()))
			}
		}
	case t.Kind == relation.Date || t.Kind == relation.Timestamp || t.Kind == relation.TimestampNTZ:
		if t.Kind == relation.Timestamp && !utc(r.zone) {
			return r.note(refused(a.at, "a sequence of timestamps in a session whose zone is not UTC"))
		}
		if len(a.args) == 3 && !isInterval(a.args[2].typ()) {
			return r.note(invalid(a.args[2].pos(), "a sequence of %s needs an interval for a step, and this is %s", t, a.args[2].typ()))
		}
	default:
		return r.note(invalid(a.at, "sequence is of whole numbers, dates or timestamps, and this is %s", t))
	}
	for i := range a.args {
		if !isInterval(a.args[i].typ()) {
			a.args[i] = r.to(a.args[i], t)
		}
		if isBad(a.args[i]) {
			return a.args[i]
		}
		a.nullable = a.nullable || a.args[i].null()
	}
	a.t = relation.ArrayOf(t)
	return a
}

func writeSequence(w *writer, a *apply, args []string) string {
	t := *a.t.Elem
	if t.Kind.Integral() {
		if len(args) == 2 {
			return nullSafe(2, "CAST(generate_series(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CASE WHEN $1 <= $2 THEN 1 ELSE -1 END) AS "+duckType(a.t)+")")(w, a, args)
		}
		return nullSafe(3, "CASE WHEN $1 = $2 AND $3 IS NOT NULL THEN [$1] WHEN $1 < $2 AND $3 > 0 OR $1 > $2 AND $3 < 0 THEN CAST(generate_series(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT)) AS "+duckType(a.t)+
			") WHEN $1 IS NOT NULL AND $2 IS NOT NULL AND $3 IS NOT NULL THEN error('sequence: a step that does not lead from the start to the stop') END")(w, a, args)
	}
	months, micros := "0", "86400000000"
	switch {
	case len(args) == 2:
		micros = "CASE WHEN $1 <= $2 THEN 86400000000 ELSE -86400000000 END"
	case a.args[2].typ().Kind == relation.YearMonthInterval:
		months, micros = "$3", "0"
	default:
		micros = "$3"
	}
	v := w.fresh()
	defer w.release()
	at := "make_timestamp(" + v + ")"
	if t.Kind == relation.Date {
		at = "CAST(" + at + " AS DATE)"
	}
	form := "list_transform(spark_sequence(epoch_us(CAST($1 AS TIMESTAMP)), epoch_us(CAST($2 AS TIMESTAMP)), CAST(" + months + " AS BIGINT), CAST(" + micros + " AS BIGINT)), lambda " + v + ": " + at + ")"
	return w.bindAll(args, len(args), func(args []string) string { return fill(strings.Clone(form), args) })
}
