package sparksql

// pivots reads any number of PIVOT and UNPIVOT after a relation.
func (p *parser) pivots(f from) from {
	for n := 0; ; n++ {
		t := p.peek()
		if n > maxDepth {
			panic(refused(t.at, "a chain of more than %d pivots", maxDepth))
		}
		switch {
		case p.is("PIVOT") && p.ahead(1).is("("):
			f = p.pivot(f)
		case p.is("UNPIVOT"):
			f = p.unpivot(f)
		default:
			return f
		}
	}
}

func (p *parser) pivot(of from) from {
	v := &pivot{place: place(p.take().at), of: of}
	p.expect("(")
	for {
		it := item{e: p.expr()}
		if !p.is("FOR") {
			it.alias = p.alias()
		}
		v.aggregates = append(v.aggregates, it)
		if !p.accept(",") {
			break
		}
	}
	p.expect("FOR")
	if p.is("(") {
		for _, t := range p.nameTokens() {
			v.by = append(v.by, &name{place: place(t.at), parts: []string{t.text}})
		}
	} else {
		at := p.peek().at
		v.by = []*name{{place: place(at), parts: []string{p.identifier("a column's name")}}}
	}
	p.expect("IN")
	p.expect("(")
	for {
		v.values = append(v.values, item{e: p.expr(), alias: p.alias()})
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	p.expect(")")
	return v
}

func (p *parser) unpivot(of from) from {
	u := &unpivot{place: place(p.take().at), of: of}
	if p.accept("INCLUDE", "NULLS") {
		u.nulls = true
	} else {
		p.accept("EXCLUDE", "NULLS")
	}
	p.expect("(")
	several := p.is("(")
	if several {
		for _, t := range p.nameTokens() {
			u.values = append(u.values, t.text)
		}
	} else {
		u.values = []string{p.identifier("a column's name")}
	}
	p.expect("FOR")
	u.variable = p.identifier("a column's name")
	p.expect("IN")
	p.expect("(")
	for {
		c := unpivoted{place: place(p.peek().at)}
		if several {
			p.expect("(")
			for {
				c.columns = append(c.columns, p.columnPath())
				if !p.accept(",") {
					break
				}
			}
			p.expect(")")
		} else {
			c.columns = []*name{p.columnPath()}
		}
		c.alias = p.alias()
		u.columns = append(u.columns, c)
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	p.expect(")")
	u.alias = p.alias()
	return u
}

// columnPath reads a column's name, with those of what it is in.
func (p *parser) columnPath() *name {
	n := &name{place: place(p.peek().at), parts: []string{p.identifier("a column's name")}}
	for p.accept(".") {
		n.parts = append(n.parts, p.identifier("a name"))
	}
	return n
}
