package sparksql

// relations reads the list after FROM. A comma is a cross join, and binds
// looser than JOIN does.
func (p *parser) relations() from {
	left := p.joined()
	for n := 0; p.is(","); n++ {
		t := p.take()
		if n > maxDepth {
			panic(refused(t.at, "a list of more than %d relations", maxDepth))
		}
		j := &join{place: place(t.at), kind: "CROSS", left: left, lateral: p.is("LATERAL") && !p.ahead(1).is("VIEW")}
		if j.lateral {
			p.take()
		}
		j.right = p.joined()
		left = j
	}
	return left
}

func (p *parser) joined() from {
	p.enter()
	defer p.leave()
	left := p.pivots(p.relation())
	for n := 0; ; n++ {
		at := p.peek().at
		natural := p.accept("NATURAL")
		kind, ok := p.joinKind()
		if !ok {
			return left
		}
		if n > maxDepth {
			panic(refused(at, "a chain of more than %d joins", maxDepth))
		}
		j := &join{place: place(at), kind: kind, left: left, natural: natural, lateral: p.accept("LATERAL")}
		j.right = p.pivots(p.relation())
		if j.lateral && (j.natural || p.is("USING")) {
			panic(invalid(at, "a NATURAL join, or one with USING, with a LATERAL relation"))
		}
		switch {
		case p.accept("ON"):
			j.on = p.expr()
		case p.accept("USING"):
			p.expect("(")
			for {
				t := p.peek()
				t.text = p.identifier("a column's name")
				j.using = append(j.using, t)
				if !p.accept(",") {
					break
				}
			}
			p.expect(")")
		}
		left = j
	}
}

// joinKinds are the spellings of each kind of join.
var joinKinds = []struct {
	words []string
	kind  string
}{
	{[]string{"JOIN"}, "INNER"}, {[]string{"INNER", "JOIN"}, "INNER"}, {[]string{"CROSS", "JOIN"}, "CROSS"},
	{[]string{"LEFT", "JOIN"}, "LEFT"}, {[]string{"LEFT", "OUTER", "JOIN"}, "LEFT"},
	{[]string{"RIGHT", "JOIN"}, "RIGHT"}, {[]string{"RIGHT", "OUTER", "JOIN"}, "RIGHT"},
	{[]string{"FULL", "JOIN"}, "FULL"}, {[]string{"FULL", "OUTER", "JOIN"}, "FULL"},
	{[]string{"SEMI", "JOIN"}, "SEMI"}, {[]string{"LEFT", "SEMI", "JOIN"}, "SEMI"},
	{[]string{"ANTI", "JOIN"}, "ANTI"}, {[]string{"LEFT", "ANTI", "JOIN"}, "ANTI"},
}

func (p *parser) joinKind() (string, bool) {
	for _, k := range joinKinds {
		if p.accept(k.words...) {
			return k.kind, true
		}
	}
	return "", false
}

func (p *parser) relation() from {
	p.enter()
	defer p.leave()
	t := p.peek()
	if p.is("LATERAL") && !p.ahead(1).is("VIEW") {
		p.take() // beside nothing it means nothing
	}
	var f from
	if p.is("VALUES") {
		v := p.values()
		f = &derived{place: place(t.at), q: &query{place: place(t.at), body: v}}
		p.named(f.(*derived))
	} else if p.accept("(") {
		if p.beginsQuery() {
			d := &derived{place: place(t.at), q: p.query()}
			p.expect(")")
			p.sample(d)
			p.named(d)
			f = d
		} else {
			f = p.lateralViews(p.relations())
			p.expect(")")
			if a := p.peek(); p.is("AS") || a.kind == quotedToken || a.kind == wordToken && !clause[a.upper] {
				d := &derived{place: place(t.at), q: &query{place: place(t.at), body: &selectCore{
					place: place(t.at), items: []item{{e: &star{place: place(t.at)}}}, from: f}}}
				p.named(d)
				f = d
			}
		}
	} else {
		f = p.tableRef()
	}
	return f
}

func (p *parser) tableRef() from {
	r := &tableRef{place: place(p.peek().at), name: p.identifier("the name of a relation")}
	path := []string{r.name}
	for p.accept(".") {
		if t := p.peek(); t.kind != wordToken && t.kind != quotedToken {
			panic(p.unexpected("a name"))
		}
		path = append(path, p.take().text)
	}
	r.name, r.path = last(path), path
	if p.is("(") {
		p.i--
		return p.tableCall()
	}
	for _, w := range []string{"VERSION", "TIMESTAMP", "FOR"} {
		if p.is(w) && !p.ahead(1).is("ON") {
			if p.words(w, "AS", "OF") || w == "FOR" {
				panic(refused(p.peek().at, "%s AS OF", w))
			}
		}
	}
	if p.is("TABLESAMPLE") {
		d := &derived{place: r.place, alias: r.name, q: &query{place: r.place, body: &selectCore{place: r.place,
			items: []item{{e: &star{place: r.place}}}, from: r}}}
		p.sample(d)
		p.named(d)
		return d
	}
	r.alias = p.alias()
	if r.alias != "" {
		r.cols = p.columnNames()
	}
	return r
}
