package sparksql

import (
	"strconv"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// specials are the words that begin an expression with a syntax of its own. A
// parser that returns nil took nothing: the word was a plain name or function.
// Filled at start, because the parsers refer back to it.
var specials map[string]func(*parser, token) expr

func init() {
	specials = map[string]func(*parser, token) expr{
		"NULL": (*parser).constant, "TRUE": (*parser).constant, "FALSE": (*parser).constant,
		"CASE": (*parser).caseOf, "CAST": (*parser).castCall, "TRY_CAST": (*parser).castCall,
		"DATE": (*parser).typedString, "TIMESTAMP": (*parser).typedString, "TIMESTAMP_NTZ": (*parser).typedString,
		"TIMESTAMP_LTZ": (*parser).typedString, "X": (*parser).typedString, "INTERVAL": (*parser).interval,
		"EXISTS": (*parser).existsCall, "TRIM": (*parser).trimCall,
		"SUBSTRING": (*parser).substringCall, "SUBSTR": (*parser).substringCall,
		"TIMESTAMPADD": (*parser).unitCall, "DATEADD": (*parser).unitCall, "DATE_ADD": (*parser).unitCall,
		"TIMESTAMPDIFF": (*parser).unitCall, "DATEDIFF": (*parser).unitCall, "DATE_DIFF": (*parser).unitCall,
		"CURRENT_DATE": (*parser).bareCall, "CURRENT_TIMESTAMP": (*parser).bareCall, "CURRENT_USER": (*parser).bareCall,
		"EXTRACT": (*parser).extractCall, "POSITION": (*parser).positionCall, "OVERLAY": (*parser).overlayCall,
	}
}

func (p *parser) constant(t token) expr {
	if p.ahead(1).is("(") {
		return nil
	}
	p.take()
	l := &literal{place: place(t.at)}
	if t.upper != "NULL" {
		l.t, l.text = relation.Of(relation.Boolean), map[string]string{"TRUE": "true", "FALSE": "false"}[t.upper]
	}
	return l
}

func (p *parser) caseOf(t token) expr {
	p.take()
	c := &choice{place: place(t.at)}
	if !p.is("WHEN") {
		c.operand = p.expr()
	}
	for p.accept("WHEN") {
		w := when{cond: p.expr()}
		p.expect("THEN")
		w.then = p.expr()
		c.whens = append(c.whens, w)
	}
	if len(c.whens) == 0 {
		panic(p.unexpected("WHEN"))
	}
	if p.accept("ELSE") {
		c.otherwise = p.expr()
	}
	p.expect("END")
	return c
}

func (p *parser) castCall(t token) expr {
	if !p.ahead(1).is("(") {
		return nil
	}
	p.i += 2
	c := &cast{place: place(t.at), try: t.upper == "TRY_CAST"}
	c.arg = p.expr()
	p.expect("AS")
	c.to = p.dataType()
	p.expect(")")
	return c
}

func (p *parser) typedString(t token) expr {
	if p.ahead(1).kind != stringToken {
		return nil
	}
	p.take()
	s := p.stringLiteral().(*literal)
	if t.upper == "X" {
		return p.hexLiteral(t, s.text)
	}
	return p.momentLiteral(t, s.text)
}

// momentLiterals are the types of moments that can stand before a string.
var momentLiterals = map[string]relation.Kind{"DATE": relation.Date, "TIMESTAMP": relation.Timestamp,
	"TIMESTAMP_LTZ": relation.Timestamp, "TIMESTAMP_NTZ": relation.TimestampNTZ}

func (p *parser) momentLiteral(t token, text string) expr {
	l := &literal{place: place(t.at), t: relation.Of(momentLiterals[t.upper])}
	var ok bool
	if l.text, ok = momentText(text, l.t.Kind, p.zone); ok {
		if l.t.Kind == relation.Timestamp && !utc(p.zone) {
			l.shown = "TIMESTAMP '" + stampTitle(l.text, p.zone) + "'"
		}
		return l
	}
	word, zone := special(text)
	if days, ok := specialDays[word]; ok && zone == "" {
		return p.specialDay(t, l.t, word, days)
	}
	if st, time := sparktime.ParseStamp([]byte(text)); word != "" || time && st.TimeOnly && l.t.Kind == relation.Timestamp {
		panic(refused(t.at, "%s %s, which depends on the day of the run,", t.upper, quoteText(text)).because("use current_date() or current_timestamp()"))
	}
	panic(invalid(t.at, "%q is no %s", text, l.t).because("write %s", map[relation.Kind]string{
		relation.Date: "DATE '2024-01-31'", relation.Timestamp: "TIMESTAMP '2024-01-31 12:30:00'", relation.TimestampNTZ: "TIMESTAMP_NTZ '2024-01-31 12:30:00'"}[l.t.Kind]))
}

// specialDay is TIMESTAMP 'now', or the beginning of a day that is some days
// from today. The name of a column would show the day: it needs an alias.
func (p *parser) specialDay(t token, to relation.Type, word string, days int) expr {
	if word == "now" && to.Kind != relation.Date {
		return &cast{place: place(t.at), arg: &call{place: place(t.at), name: "current_timestamp", special: true}, to: to}
	}
	today := &call{place: place(t.at), name: "current_date", special: true}
	n := &literal{place: place(t.at), t: relation.Of(relation.Int), text: strconv.Itoa(days)}
	return &cast{place: place(t.at), arg: operation(t.at, "+", today, n), to: to}
}

func (p *parser) existsCall(t token) expr {
	if !p.ahead(1).is("(") {
		return nil
	}
	if p.i += 2; !p.beginsQuery() {
		p.i -= 2
		return nil
	}
	s := &subquery{place: place(t.at), exists: true, q: p.query()}
	p.expect(")")
	return s
}

// trimCall reads TRIM([BOTH|LEADING|TRAILING] [chars] FROM text), or a plain call.
func (p *parser) trimCall(t token) expr {
	if !p.ahead(1).is("(") {
		return nil
	}
	p.i += 2
	c := &call{place: place(t.at), name: "btrim", special: true}
	plain := false
	switch {
	case p.accept("BOTH"):
	case p.accept("LEADING"):
		c.name = "ltrim"
	case p.accept("TRAILING"):
		c.name = "rtrim"
	default:
		plain = true
	}
	if p.accept("FROM") {
		c.args = []expr{p.expr()}
		return p.closeCall(c)
	}
	c.args = []expr{p.expr()}
	switch {
	case p.accept("FROM"):
		if c.args = append(c.args, p.expr()); c.name == "btrim" {
			c.args[0], c.args[1] = c.args[1], c.args[0]
		}
	case plain:
		c.name, c.special = t.text, false
		for p.accept(",") {
			c.args = append(c.args, p.expr())
		}
	default:
		panic(p.unexpected("FROM"))
	}
	return p.closeCall(c)
}

// substringCall reads SUBSTRING(text FROM start [FOR length]), or a plain call.
func (p *parser) substringCall(t token) expr {
	if !p.ahead(1).is("(") || p.ahead(2).is(")") {
		return nil
	}
	p.i += 2
	c := &call{place: place(t.at), name: t.text, args: []expr{p.expr()}}
	if p.accept("FROM") {
		c.name = "substring"
		if c.args = append(c.args, p.expr()); p.accept("FOR") {
			c.args = append(c.args, p.expr())
		}
		return p.closeCall(c)
	}
	for p.accept(",") {
		c.args = append(c.args, p.expr())
	}
	return p.closeCall(c)
}

// bareCall is a function that may be called without parentheses.
func (p *parser) bareCall(t token) expr {
	if n := p.ahead(1); n.is("(") || n.is(".") {
		return nil
	}
	p.take()
	return &call{place: place(t.at), name: t.text, bare: &name{place: place(t.at), parts: []string{t.text}}}
}

// positionCall reads POSITION(part IN text), or a plain call.
func (p *parser) positionCall(t token) expr {
	if !p.ahead(1).is("(") || p.ahead(2).is(")") {
		return nil
	}
	mark := p.i
	p.i += 2
	part := p.binary(0)
	if !p.accept("IN") {
		p.i = mark
		return p.call()
	}
	c := &call{place: place(t.at), name: "locate", args: []expr{part, p.binary(0)}}
	return p.closeCall(c)
}

// overlayCall reads OVERLAY(text PLACING with FROM at [FOR length]), or a plain call.
func (p *parser) overlayCall(t token) expr {
	if !p.ahead(1).is("(") || p.ahead(2).is(")") {
		return nil
	}
	mark := p.i
	p.i += 2
	c := &call{place: place(t.at), name: t.text, args: []expr{p.expr()}}
	if !p.accept("PLACING") {
		p.i = mark
		return p.call()
	}
	c.args = append(c.args, p.expr())
	p.expect("FROM")
	if c.args = append(c.args, p.expr()); p.accept("FOR") {
		c.args = append(c.args, p.expr())
	}
	return p.closeCall(c)
}
