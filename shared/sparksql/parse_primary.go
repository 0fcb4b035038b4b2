package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func (p *parser) primary() expr {
	p.enter()
	defer p.leave()
	switch t := p.peek(); t.kind {
	case numberToken:
		p.take()
		return p.numeral(t, false)
	case stringToken:
		return p.stringLiteral()
	case quotedToken:
		return p.path()
	case symbolToken:
		switch t.text {
		case "-":
			p.take()
			return p.numeral(p.take(), true)
		case "*":
			p.take()
			return &star{place: place(t.at)}
		case "(":
			return p.parenthesis()
		case "?", ":":
			panic(refused(t.at, "a parameter"))
		}
	case wordToken:
		if special, ok := specials[t.upper]; ok {
			if e := special(p, t); e != nil {
				return e
			}
		}
		if clause[t.upper] && !p.ahead(1).is("(") && (reserved[t.upper] || !p.standsAlone()) {
			break
		}
		if p.ahead(1).is("(") {
			return p.call()
		}
		return p.path()
	}
	panic(p.unexpected("an expression"))
}

func (p *parser) numeral(t token, negative bool) expr {
	l, err := numberValue(t, negative)
	if err != nil {
		panic(err.(*mistake))
	}
	return l
}

// stringLiteral joins neighbouring strings into one, as Spark does.
func (p *parser) stringLiteral() expr {
	l := &literal{place: place(p.peek().at), t: relation.Of(relation.String)}
	var parts []string
	for p.peek().kind == stringToken {
		parts = append(parts, p.take().text)
	}
	l.text = strings.Join(parts, "")
	return l
}

func (p *parser) parenthesis() expr {
	t := p.take()
	if p.beginsQuery() {
		q := p.query()
		p.expect(")")
		return &subquery{place: place(t.at), q: q}
	}
	e := p.aliased()
	if p.is(",") {
		return p.row(t, e)
	}
	if a, ok := e.(*aliasedExpr); ok {
		panic(invalid(a.pos(), "a name for a value in parentheses"))
	}
	p.expect(")")
	if p.is("->") {
		return p.lambda(t, e)
	}
	if _, ok := e.(*star); ok {
		panic(p.unexpected("an expression"))
	}
	if c, ok := e.(*call); ok {
		c.closed = true
	}
	return e
}

// path reads a, a.b or a.*.
func (p *parser) path() expr {
	t := p.take()
	n := &name{place: place(t.at), parts: []string{t.text}}
	for p.is(".") {
		p.take()
		next := p.peek()
		if p.accept("*") {
			return &star{place: place(t.at), of: n.parts}
		}
		if next.kind != wordToken && next.kind != quotedToken {
			panic(p.unexpected("a name"))
		}
		n.parts = append(n.parts, p.take().text)
		if len(n.parts) > 16 {
			panic(refused(next.at, "a path of more than 16 names"))
		}
	}
	if p.is("->") {
		return p.lambda(t, n)
	}
	return n
}

// call reads NAME([DISTINCT] args) [FILTER (WHERE …)] [OVER (…)].
func (p *parser) call() expr {
	t := p.take()
	c := &call{place: place(t.at), name: t.text}
	p.expect("(")
	if !p.accept(")") {
		if c.distinct = p.accept("DISTINCT"); !c.distinct {
			p.accept("ALL")
		}
		c.args = p.arguments(t.upper == "STRUCT")
		return p.closeCall(c)
	}
	return p.afterCall(c)
}

// closeCall reads what follows the arguments of a call.
func (p *parser) closeCall(c *call) expr {
	if p.is("=>") {
		panic(refused(p.peek().at, "an argument by name"))
	}
	c.ignore = p.nulls()
	p.expect(")")
	return p.afterCall(c)
}

func (p *parser) afterCall(c *call) expr {
	if p.words("WITHIN", "GROUP", "(") {
		p.i += 3
		if !p.accept("ORDER", "BY") {
			panic(p.unexpected("ORDER BY"))
		}
		c.within = p.sortItems()
		p.expect(")")
	}
	if p.words("FILTER", "(") {
		p.i += 2
		p.expect("WHERE")
		c.filter = p.expr()
		p.expect(")")
	}
	if p.nulls() {
		c.ignore = true
	}
	if p.is("OVER") {
		c.over = p.over()
	}
	return c
}

func (p *parser) nulls() bool {
	if p.accept("IGNORE", "NULLS") {
		return true
	}
	p.accept("RESPECT", "NULLS")
	return false
}
