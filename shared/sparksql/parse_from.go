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
		left = &join{place: place(t.at), kind: "CROSS", left: left, right: p.joined()}
	}
	return left
}

func (p *parser) joined() from {
	p.enter()
	defer p.leave()
	left := p.relation()
	for n := 0; ; n++ {
		at := p.peek().at
		kind, ok := p.joinKind()
		if !ok {
			return left
		}
		if n > maxDepth {
			panic(refused(at, "a chain of more than %d joins", maxDepth))
		}
		if p.is("LATERAL") {
			panic(refused(p.peek().at, "JOIN LATERAL"))
		}
		j := &join{place: place(at), kind: kind, left: left, right: p.relation()}
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
	if p.is("NATURAL") {
		panic(refused(p.peek().at, "NATURAL JOIN").because("name the columns with USING"))
	}
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
	if p.is("LATERAL") {
		panic(refused(t.at, "LATERAL"))
	}
	if p.is("VALUES") {
		panic(refused(t.at, "VALUES in FROM"))
	}
	var f from
	if p.accept("(") {
		if next := p.peek(); next.is("SELECT") || next.is("WITH") {
			d := &derived{place: place(t.at), q: p.query()}
			p.expect(")")
			p.unsampled()
			d.alias = p.alias()
			if d.alias != "" {
				d.cols = p.columnNames()
			}
			f = d
		} else {
			f = p.relations()
			p.expect(")")
			if a := p.peek(); p.alias() != "" {
				panic(refused(a.at, "an alias for relations in parentheses"))
			}
		}
	} else {
		f = p.tableRef()
	}
	p.unsampled()
	return f
}

func (p *parser) tableRef() from {
	r := &tableRef{place: place(p.peek().at), name: p.identifier("the name of a relation")}
	if p.is(".") {
		panic(refused(p.peek().at, "a relation named by a path").because("name an input or an earlier step"))
	}
	if p.is("(") {
		panic(refused(int(r.place), "the table function %s", r.name))
	}
	for _, w := range []string{"VERSION", "TIMESTAMP", "FOR"} {
		if p.is(w) && !p.ahead(1).is("ON") {
			if p.words(w, "AS", "OF") || w == "FOR" {
				panic(refused(p.peek().at, "%s AS OF", w))
			}
		}
	}
	p.unsampled()
	r.alias = p.alias()
	if r.alias != "" {
		r.cols = p.columnNames()
	}
	return r
}

func (p *parser) unsampled() {
	if p.is("TABLESAMPLE") {
		panic(refused(p.peek().at, "TABLESAMPLE"))
	}
}
