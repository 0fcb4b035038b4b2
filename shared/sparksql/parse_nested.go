package sparksql

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
)

// row reads what follows the first value of a row in parentheses: a struct,
// whose fields have the names of columns, or else col1, col2, …. It may turn
// out to be the parameters of a lambda.
func (p *parser) row(open token, first expr) expr {
	list := []expr{first}
	for p.accept(",") {
		list = append(list, p.aliased())
	}
	p.expect(")")
	if p.is("->") {
		return p.lambda(open, list...)
	}
	return rowOf(open.at, list)
}

// A named value of a row.
type aliasedExpr struct {
	expr
	alias string
}

func (p *parser) aliased() expr {
	e := p.expr()
	if p.accept("AS") {
		return &aliasedExpr{e, p.identifier("a name")}
	}
	return e
}

func rowOf(at int, list []expr) expr {
	c := &call{place: place(at), name: "named_struct", row: true}
	for i, e := range list {
		label := fmt.Sprintf("col%d", i+1)
		switch named := e.(type) {
		case *name:
			label = last(named.parts)
		case *fieldOf:
			label = named.field
		case *aliasedExpr:
			label, e = named.alias, named.expr
		}
		c.args = append(c.args, &literal{place: place(e.pos()), t: relation.Of(relation.String), text: label}, e)
	}
	return c
}

// lambda reads -> body; its parameters have been read as names.
func (p *parser) lambda(open token, params ...expr) expr {
	arrow := p.take()
	l := &lambda{place: place(open.at)}
	for _, e := range params {
		n, ok := e.(*name)
		if !ok || len(n.parts) != 1 {
			panic(invalid(arrow.at, "what stands before -> should be names"))
		}
		l.params = append(l.params, n.parts[0])
	}
	l.body = p.expr()
	return l
}

// arguments reads what a function is called with; those of struct can have names.
func (p *parser) arguments(named bool) []expr {
	if !named {
		return p.exprs()
	}
	var list []expr
	for {
		e := p.expr()
		if alias := p.alias(); alias != "" {
			e = &aliasedExpr{e, alias}
		}
		list = append(list, e)
		if !p.accept(",") {
			return list
		}
	}
}
