package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// units are the words for units of time in Spark's grammar, by what they mean.
var units = map[string]relation.Unit{"YEAR": relation.Year, "MONTH": relation.Month, "DAY": relation.Day,
	"HOUR": relation.Hour, "MINUTE": relation.Minute, "SECOND": relation.Second}

// spanUnit reports whether a word is a unit of an interval.
func spanUnit(t token) bool {
	if t.kind != wordToken {
		return false
	}
	switch strings.TrimSuffix(t.upper, "S") {
	case "YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND":
		return true
	}
	return false
}

// interval reads INTERVAL '1-2' YEAR TO MONTH, INTERVAL 1 day 2 hours or
// INTERVAL '1 day 2 hours'.
func (p *parser) interval(t token) expr {
	k := 1
	if p.ahead(k).is("-") || p.ahead(k).is("+") {
		k++
	}
	switch next := p.ahead(k); {
	case next.kind == stringToken && k == 1 && !spanUnit(p.ahead(2)):
		p.take()
		return p.spanOf(t, p.stringLiteral().(*literal).text)
	case next.kind != stringToken && next.kind != numberToken || !spanUnit(p.ahead(k+1)):
		return nil
	}
	p.take()
	if p.ahead(k + 1).is("TO") {
		return p.unitToUnit(t)
	}
	var b strings.Builder
	for p.spanAhead() {
		sign := ""
		if p.is("-") || p.is("+") {
			sign = p.take().text
		}
		v := p.take()
		text := strings.TrimSpace(v.text)
		if strings.Trim(text, "0123456789.+- \t\n\r\f") != "" {
			panic(invalid(v.at, "%q is no number of an interval", v.text))
		}
		if sign == "-" && strings.HasPrefix(text, "-") {
			text = text[1:]
		} else if sign == "-" {
			text = "-" + strings.TrimPrefix(text, "+")
		}
		b.WriteString(text + " " + p.take().text + " ")
	}
	return p.spanOf(t, b.String())
}

func (p *parser) spanAhead() bool {
	k := 0
	if p.is("-") || p.is("+") {
		k = 1
	}
	v := p.ahead(k)
	return (v.kind == numberToken || v.kind == stringToken) && spanUnit(p.ahead(k+1))
}

// spanOf is the interval of a text of values and units.
func (p *parser) spanOf(t token, text string) expr {
	sp, from, to, ok := sparktime.ParseSpan(text)
	if !ok {
		panic(invalid(t.at, "%q is no interval", strings.TrimSpace(text)).because("write INTERVAL 1 DAY, or INTERVAL '1 02:03:04' DAY TO SECOND"))
	}
	if from <= relation.Month && to > relation.Month {
		panic(invalid(t.at, "an interval has years and months, or days and smaller units, not both"))
	}
	count := sp.Months
	if from > relation.Month {
		if count, ok = sp.Duration(); !ok {
			panic(invalid(t.at, "the interval is too long"))
		}
	}
	return intervalLiteral(t.at, count, relation.IntervalOf(from, to))
}

func intervalLiteral(at int, count int64, t relation.Type) *literal {
	return &literal{place: place(at), t: t, text: strconv.FormatInt(count, 10)}
}

// unitToUnit reads '1 02:03' DAY TO MINUTE, after INTERVAL.
func (p *parser) unitToUnit(t token) expr {
	sign := int64(1)
	if p.is("-") || p.is("+") {
		if p.take().text == "-" {
			sign = -1
		}
	}
	v := p.take()
	kind := p.intervalFields(v)
	if v.kind != stringToken {
		panic(invalid(v.at, "the value of an interval %s should be in quotes", kind))
	}
	count, ok := sparktime.ParseFields(strings.TrimSpace(v.text), sign, kind)
	if !ok {
		panic(invalid(v.at, "%q is no %s", v.text, kind))
	}
	return intervalLiteral(t.at, count, kind)
}

// intervalFields reads DAY TO SECOND and its like.
func (p *parser) intervalFields(t token) relation.Type {
	first := p.take()
	from, ok := units[first.upper]
	to := from
	if ok && p.accept("TO") {
		to, ok = units[p.take().upper]
	}
	if !ok || to < from || (from <= relation.Month) != (to <= relation.Month) {
		panic(invalid(first.at, "an interval is YEAR TO MONTH, or of DAY, HOUR, MINUTE and SECOND one TO a later one"))
	}
	return relation.IntervalOf(from, to)
}

// stampUnits are the units of TIMESTAMPADD and TIMESTAMPDIFF.
var stampUnits = map[string]bool{"YEAR": true, "QUARTER": true, "MONTH": true, "WEEK": true, "DAY": true, "DAYOFYEAR": true,
	"HOUR": true, "MINUTE": true, "SECOND": true, "MILLISECOND": true, "MICROSECOND": true}

// unitCall reads TIMESTAMPADD(unit, n, timestamp) or TIMESTAMPDIFF(unit, start,
// end), under any of their names; without a unit it is a plain call.
func (p *parser) unitCall(t token) expr {
	unit := p.ahead(2)
	if !p.ahead(1).is("(") || unit.kind != wordToken || !stampUnits[unit.upper] || !p.ahead(3).is(",") {
		return nil
	}
	p.i += 4
	c := &call{place: place(t.at), name: "timestampadd unit", args: []expr{&literal{place: place(unit.at), t: relation.Of(relation.String), text: unit.text}}}
	if strings.Contains(t.upper, "DIFF") {
		c.name = "timestampdiff unit"
	}
	for {
		c.args = append(c.args, p.expr())
		if !p.accept(",") {
			return p.closeCall(c)
		}
	}
}

// extractCall reads EXTRACT(field FROM value).
func (p *parser) extractCall(t token) expr {
	field := p.ahead(2)
	if !p.ahead(1).is("(") || !p.ahead(3).is("FROM") || field.kind != wordToken && field.kind != quotedToken {
		return nil
	}
	p.i += 4
	c := &call{place: place(t.at), name: "extract", args: []expr{&literal{place: place(field.at), t: relation.Of(relation.String), text: field.text}, p.expr()}}
	return p.closeCall(c)
}
