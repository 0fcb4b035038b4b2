package sparksql

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// expr reads a boolean expression: the lowest of the precedences.
func (p *parser) expr() expr { return p.chain("OR", p.conjunction) }

func (p *parser) conjunction() expr { return p.chain("AND", p.negation) }

// chain reads operands joined by AND or OR into one flat call, however long.
func (p *parser) chain(op string, operand func() expr) expr {
	first := operand()
	if !p.is(op) {
		return first
	}
	c := &call{place: place(p.peek().at), name: op, operator: true, args: []expr{first}}
	for p.accept(op) {
		c.args = append(c.args, operand())
	}
	return c
}

func (p *parser) negation() expr {
	t := p.peek()
	if !t.is("NOT") && !t.is("!") {
		return p.predicate()
	}
	p.enter()
	defer p.leave()
	p.take()
	return operation(t.at, "NOT", p.negation())
}

func operation(at int, op string, args ...expr) expr {
	return &call{place: place(at), name: op, operator: true, args: args}
}

// predicate reads a value and at most one of BETWEEN, IN, LIKE, RLIKE, IS after it.
func (p *parser) predicate() expr {
	left := p.binary(0)
	t := p.peek()
	if p.accept("IS") {
		return p.isTest(left, t)
	}
	not := p.is("NOT") && (p.ahead(1).is("BETWEEN") || p.ahead(1).is("IN") || p.ahead(1).is("LIKE") ||
		p.ahead(1).is("ILIKE") || p.ahead(1).is("RLIKE") || p.ahead(1).is("REGEXP"))
	if not {
		p.take()
	}
	var e expr
	switch at := p.peek().at; {
	case p.accept("BETWEEN"):
		low := p.binary(0)
		p.expect("AND")
		e = operation(at, "BETWEEN", left, low, p.binary(0))
	case p.accept("IN"):
		return p.inside(left, at, not)
	case p.accept("LIKE"):
		e = p.likeAs("LIKE", left, at)
	case p.accept("RLIKE"), p.accept("REGEXP"):
		e = operation(at, "RLIKE", left, p.binary(0))
	case p.accept("ILIKE"):
		e = p.likeAs("ILIKE", left, at)
	default:
		return left
	}
	if c, ok := e.(*call); ok && not && !c.operator { // of several patterns it is a function of its own
		c.name = "not" + c.name
		return c
	}
	if not {
		return operation(t.at, "NOT", e)
	}
	return e
}

func (p *parser) isTest(left expr, t token) expr {
	not := p.accept("NOT")
	var e expr
	switch {
	case p.accept("NULL"):
		e = operation(t.at, "IS NULL", left)
	case p.accept("TRUE"):
		e = operation(t.at, "<=>", left, &literal{place: place(t.at), t: relation.Of(relation.Boolean), text: "true"})
	case p.accept("FALSE"):
		e = operation(t.at, "<=>", left, &literal{place: place(t.at), t: relation.Of(relation.Boolean), text: "false"})
	case p.accept("UNKNOWN"):
		e = operation(t.at, "IS NULL", left)
	case p.accept("DISTINCT", "FROM"):
		e = operation(t.at, "<=>", left, p.binary(0))
		not = !not
	default:
		panic(p.unexpected("NULL, TRUE, FALSE or DISTINCT FROM"))
	}
	if c := e.(*call); not && c.name == "IS NULL" {
		c.name = "IS NOT NULL"
	} else if not {
		return operation(t.at, "NOT", e)
	}
	return e
}

func (p *parser) inside(left expr, at int, not bool) expr {
	in := &inside{place: place(at), arg: left, not: not}
	p.expect("(")
	if p.beginsQuery() {
		in.from = p.query()
	} else {
		in.list = p.exprs()
	}
	p.expect(")")
	return in
}

// likeAs reads what follows LIKE or ILIKE: a pattern, or ANY, SOME or ALL of several.
func (p *parser) likeAs(op string, left expr, at int) expr {
	if t := p.peek(); (t.is("ANY") || t.is("SOME") || t.is("ALL")) && p.ahead(1).is("(") {
		name := "likeany"
		if p.take(); t.is("ALL") {
			name = "likeall"
		}
		p.expect("(")
		args := append([]expr{left}, p.exprs()...)
		p.expect(")")
		if op == "ILIKE" {
			for i, a := range args {
				if l, ok := a.(*literal); ok && isString(l.t) {
					args[i] = &literal{place: l.place, t: l.t, text: strings.ToLower(l.text)}
					continue
				}
				args[i] = &call{place: place(a.pos()), name: "lower", args: []expr{a}}
			}
		}
		return &call{place: place(at), name: name, args: args}
	}
	args := []expr{left, p.binary(0)}
	if p.accept("ESCAPE") {
		args = append(args, p.primary())
	}
	return operation(at, op, args...)
}

// binaries are the binary operators as written: how tight they bind, and the
// name under which the function table has them.
var binaries = map[string]struct {
	level int
	name  string
}{
	"=": {1, "="}, "==": {1, "="}, "<=>": {1, "<=>"}, "<>": {1, "<>"}, "!=": {1, "<>"},
	"<": {1, "<"}, "<=": {1, "<="}, ">": {1, ">"}, ">=": {1, ">="},
	"|": {2, "|"}, "^": {3, "^"}, "&": {4, "&"},
	"+": {5, "+"}, "-": {5, "-"}, "||": {5, "||"},
	"*": {6, "*"}, "/": {6, "/"}, "%": {6, "%"}, "DIV": {6, "DIV"},
}

// binary reads operators that bind at least as tight as level, left to right.
func (p *parser) binary(level int) expr {
	left := p.unary()
	for n := 0; ; n++ {
		t := p.peek()
		if t.kind != symbolToken && (t.kind != wordToken || t.upper != "DIV") {
			return left
		}
		key := t.text
		if t.kind == wordToken {
			key = t.upper
		}
		op, ok := binaries[key]
		if !ok || op.level < level {
			return left
		}
		if n > maxDepth {
			panic(refused(t.at, "a chain of more than %d operators %s", maxDepth, t.text))
		}
		p.take()
		right := p.binary(op.level + 1)
		if c, ok := left.(*call); ok && op.name == "||" && c.operator && c.name == "||" && !c.closed {
			c.args = append(c.args, right)
			continue
		}
		left = operation(t.at, op.name, left, right)
	}
}

func (p *parser) unary() expr {
	t := p.peek()
	if !t.is("-") && !t.is("+") && !t.is("~") {
		return p.postfix()
	}
	p.enter()
	defer p.leave()
	p.take()
	switch next := p.peek(); {
	case t.text == "~":
		return operation(t.at, "~", p.unary())
	case t.text == "-" && next.kind == numberToken:
		p.i--
		return p.postfix()
	case t.text == "+":
		return operation(t.at, "POSITIVE", p.unary())
	}
	return operation(t.at, "NEGATIVE", p.unary())
}

func (p *parser) postfix() expr {
	e := p.primary()
	for n := 0; ; n++ {
		t := p.peek()
		switch {
		case t.is("::"):
			p.take()
			e = &cast{place: place(t.at), arg: e, to: p.dataType()}
		case t.is("["):
			p.take()
			e = &element{place: place(t.at), of: e, index: p.binary(0)}
			p.expect("]")
		case t.is("."):
			p.take()
			if next := p.peek(); next.kind != wordToken && next.kind != quotedToken {
				panic(p.unexpected("a field's name"))
			}
			field := p.take().text
			if n, ok := e.(*name); ok { // (a).b is a.b, also where a is a relation
				e = &name{place: n.place, parts: append(slices.Clone(n.parts), field)}
			} else {
				e = &fieldOf{place: place(t.at), of: e, field: field}
			}
		default:
			return e
		}
		if n > maxDepth {
			panic(refused(t.at, "a chain of more than %d casts", maxDepth))
		}
	}
}
