package sparksql

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// Functions that print and read dates and timestamps by Java's patterns. Under
// Spark's default, spark.sql.legacy.timeParserPolicy = EXCEPTION, a text that
// Spark 2 read and Spark 3 does not ends the query.

const defaultPattern = "yyyy-MM-dd HH:mm:ss"

func init() {
	add(
		printing(&function{name: "date_format", signature: "date_format(timestamp, pattern)", min: 2, max: 2, params: []param{instant, text}, gives: always(relation.String)}),
		printing(&function{name: "from_unixtime", signature: "from_unixtime(seconds [, pattern])", min: 1, max: 2, params: []param{taking(relation.Long), text},
			gives: always(relation.String), defaults: []string{defaultPattern}}),
		parsing("to_date", relation.Date), parsing("to_timestamp", relation.Timestamp), parsing("to_timestamp_ltz", relation.Timestamp),
		parsing("to_timestamp_ntz", relation.TimestampNTZ), parsing("try_to_timestamp", relation.Timestamp),
		&function{name: "unix_timestamp", signature: "unix_timestamp([time [, pattern]])", min: 0, max: 2, resolve: unixTime},
		&function{name: "to_unix_timestamp", signature: "to_unix_timestamp(time [, pattern])", min: 1, max: 2, resolve: unixTime},
	)
}

// printing completes a function that prints by a pattern: by Java's new ones,
// or by those of Spark 2.
func printing(f *function) *function {
	by := map[bool]*function{}
	for _, old := range []bool{false, true} {
		g := *f
		g.signature += fmt.Sprint(" ", old)
		g.write = func(w *writer, a *apply, args []string) string {
			if a.args[0].typ().Kind == relation.Long {
				args[0] = "make_timestamp((" + args[0] + " * 1000000))"
			}
			if len(args) == 1 {
				args = append(args, quoteText(defaultPattern))
			}
			if old {
				return "spark_old_format(epoch_us(" + args[0] + "), " + args[1] + ")"
			}
			return "spark_format_stamp(epoch_us(" + args[0] + "), " + args[1] + ", " + quoteText(zoneID(w.zone)) + ")"
		}
		by[old] = &g
	}
	f.resolve = func(r *resolver, a *apply) node {
		a.fn = by[r.set.TimeParser == "LEGACY"]
		return r.bind(a, f.name)
	}
	return f
}

// byPattern reads text by a pattern as an instant, under each policy.
var byPattern = map[string]*function{}

func init() {
	for policy, form := range map[string]string{
		"": "spark_parse_stamp($1, $2, %s, true)", "EXCEPTION": "spark_parse_stamp($1, $2, %s, true)",
		"CORRECTED": "spark_parse_stamp($1, $2, %s, false)", "LEGACY": "spark_old_parse($1, $2, epoch_us(now()))",
	} {
		byPattern[policy] = &function{name: "to_timestamp", signature: policy, write: func(w *writer, _ *apply, args []string) string {
			return "make_timestamp(" + fill(strings.Replace(form, "%s", quoteText(zoneID(w.zone)), 1), args) + ")"
		}}
	}
}

// clockByPattern reads a timestamp without a zone. Where it is strict, text
// that only Spark 2 read ends the query; Spark 2 had no such type.
var clockByPattern = map[bool]*function{
	true:  {name: "to_timestamp_ntz", signature: "strict", duck: "make_timestamp(spark_parse_clock($1, $2, true))"},
	false: {name: "to_timestamp_ntz", duck: "make_timestamp(spark_parse_clock($1, $2, false))"},
}

// parsing is a cast, or with a pattern the reading of text by it; other types
// than text are cast whatever the pattern.
func parsing(name string, k relation.Kind) *function {
	return &function{name: name, signature: name + "(text [, pattern])", min: 1, max: 2, resolve: func(r *resolver, a *apply) node {
		x := a.args[0]
		target := relation.Of(k)
		if len(a.args) == 1 || isMoment(x.typ()) {
			if isNumeric(x.typ()) && k != relation.Timestamp || x.typ().Kind == relation.Boolean {
				x = r.to(x, relation.Of(relation.String))
			}
			return r.cast(x, &cast{place: place(a.at), to: target})
		}
		s, p := text(r, x), text(r, a.args[1])
		for i, n := range []node{s, p} {
			if m, wrong := n.(*misfit); wrong {
				return r.note(invalid(a.args[i].pos(), "%s: argument %d is %s, and should be %s", name, i+1, a.args[i].typ(), m.want))
			}
			if isBad(n) {
				return n
			}
		}
		fn, t := byPattern[r.set.TimeParser], relation.Of(relation.Timestamp)
		if k == relation.TimestampNTZ {
			fn, t = clockByPattern[r.set.TimeParser == "" || r.set.TimeParser == "EXCEPTION"], target
		}
		return r.to(&apply{typed: typed{t: t, nullable: true, at: a.at}, fn: fn, args: []node{s, p}}, target)
	}}
}

// unixTime is the seconds since the epoch, of now or of a time.
func unixTime(r *resolver, a *apply) node {
	if len(a.args) == 0 {
		a.shown = a.fn.name + "(current_timestamp(), " + defaultPattern + ")"
		return r.shown(a, r.apply(a.at, "unix_seconds", r.apply(a.at, "current_timestamp")))
	}
	if len(a.args) == 1 {
		a.shown = a.fn.name + "($1, " + defaultPattern + ")"
		a.args = append(a.args, &constant{typed: typed{t: relation.Of(relation.String), at: a.at}, text: defaultPattern})
	}
	x := a.args[0]
	switch {
	case isString(x.typ()), isNull(x.typ()):
		p := text(r, a.args[1])
		if m, wrong := p.(*misfit); wrong {
			return r.note(invalid(a.args[1].pos(), "%s: argument 2 is %s, and should be %s", a.fn.name, a.args[1].typ(), m.want))
		}
		if isBad(p) {
			return p
		}
		x = &apply{typed: typed{t: relation.Of(relation.Timestamp), nullable: true, at: a.at}, fn: byPattern[r.set.TimeParser], args: []node{r.to(x, relation.Of(relation.String)), p}}
	case x.typ().Kind == relation.Date:
		x = r.to(x, relation.Of(relation.Timestamp))
	case !isMoment(x.typ()):
		return r.note(invalid(x.pos(), "%s: argument 1 is %s, and should be text or a time", a.fn.name, x.typ()))
	}
	// Unlike unix_seconds this cuts off, before 1970 too.
	return r.shown(a, r.timelyDuck(a, "(epoch_us($1) // 1000000)", relation.Of(relation.Long), x))
}

// shown gives a node that stands for a call the call's name of a column.
func (r *resolver) shown(a *apply, n node) node {
	if became, ok := n.(*apply); ok {
		became.shown = a.shown
	}
	return n
}
