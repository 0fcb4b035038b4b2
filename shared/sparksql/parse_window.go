package sparksql

// over reads OVER (…) and OVER name.
func (p *parser) over() *window {
	at := p.take().at
	if !p.is("(") {
		return &window{place: place(at), name: p.identifier("the name of a window")}
	}
	return p.window(at)
}

// windows reads a WINDOW clause.
func (p *parser) windows() []namedWindow {
	if !p.accept("WINDOW") {
		return nil
	}
	var list []namedWindow
	for {
		n := namedWindow{place: place(p.peek().at), name: p.identifier("the name of a window")}
		at := p.expect("AS").at
		if p.is("(") {
			n.w = p.window(at)
		} else {
			n.w = &window{place: place(at), name: p.identifier("the name of a window")}
		}
		list = append(list, n)
		if !p.accept(",") {
			return list
		}
	}
}

// window reads what stands in the parentheses after OVER: the name of another
// window, or all of its parts.
func (p *parser) window(at int) *window {
	w := &window{place: place(at)}
	p.expect("(")
	if p.ahead(1).is(")") && !p.is(")") {
		w.name = p.identifier("the name of a window")
		p.expect(")")
		return w
	}
	switch {
	case p.words("CLUSTER", "BY"):
		p.i += 2
		w.partition = p.exprs()
		p.expect(")")
		return w
	case p.accept("PARTITION", "BY"), p.accept("DISTRIBUTE", "BY"):
		w.partition = p.exprs()
	}
	if p.accept("ORDER", "BY") || p.accept("SORT", "BY") {
		w.order = p.sortItems()
	}
	if t := p.peek(); t.is("ROWS") || t.is("RANGE") {
		w.rows = p.extent()
	}
	p.expect(")")
	return w
}

func (p *parser) extent() *extent {
	t := p.take()
	x := &extent{place: place(t.at), unit: t.upper}
	if p.accept("BETWEEN") {
		x.from = p.edge()
		p.expect("AND")
		x.to = p.edge()
		return x
	}
	x.from, x.to = p.edge(), edgeOf{word: "CURRENT ROW"}
	return x
}

func (p *parser) edge() edgeOf {
	switch {
	case p.accept("UNBOUNDED"):
		switch {
		case p.accept("PRECEDING"):
			return edgeOf{word: "UNBOUNDED PRECEDING"}
		case p.accept("FOLLOWING"):
			return edgeOf{word: "UNBOUNDED FOLLOWING"}
		}
		panic(p.unexpected("PRECEDING or FOLLOWING"))
	case p.accept("CURRENT", "ROW"):
		return edgeOf{word: "CURRENT ROW"}
	}
	e := edgeOf{offset: p.expr()}
	switch {
	case p.accept("PRECEDING"):
		e.word = "PRECEDING"
	case p.accept("FOLLOWING"):
		e.word = "FOLLOWING"
	default:
		panic(p.unexpected("PRECEDING or FOLLOWING"))
	}
	return e
}

// spread reads CLUSTER BY, DISTRIBUTE BY and SORT BY, which say where rows go in
// a cluster and how they lie there. One place has all rows here, and there SORT
// BY is ORDER BY.
func (p *parser) spread(q *query) {
	if p.accept("CLUSTER", "BY") {
		for _, e := range p.exprs() {
			q.order = append(q.order, sortItem{e: e, nullsFirst: true})
		}
		return
	}
	if p.accept("DISTRIBUTE", "BY") {
		q.spread = p.exprs()
	}
	if p.accept("SORT", "BY") {
		q.order = p.sortItems()
	}
}

// groups reads what follows GROUP BY.
func (p *parser) groups(s *selectCore) {
	if t := p.peek(); t.is("ALL") && !p.ahead(1).is(".") && !p.ahead(1).is("(") && !p.ahead(1).is(",") {
		p.take()
		s.all = true
		s.group = []grouping{{place: place(t.at), sets: [][]expr{{&name{place: place(t.at), parts: []string{t.text}}}}}}
		return
	}
	for {
		s.group = append(s.group, p.grouping())
		if !p.accept(",") {
			break
		}
	}
	t := p.peek()
	switch {
	case p.accept("WITH", "ROLLUP"), p.accept("WITH", "CUBE"):
		s.group = []grouping{{place: place(t.at), kind: p.tokens[p.i-1].upper, sets: p.plainSets(s.group)}}
	case p.words("GROUPING", "SETS"):
		// The expressions before it are all that the sets may name.
		of := p.plainSets(s.group)
		g := p.grouping()
		s.group = append([]grouping{{place: place(t.at), kind: "OF", sets: of}}, g)
	}
}

// plainSets are single expressions as sets of one.
func (p *parser) plainSets(list []grouping) [][]expr {
	var sets [][]expr
	for _, g := range list {
		if g.kind != "" {
			panic(invalid(g.pos(), "%s inside another grouping", g.kind))
		}
		sets = append(sets, g.sets...)
	}
	return sets
}

func (p *parser) grouping() grouping {
	p.enter()
	defer p.leave()
	t := p.peek()
	g := grouping{place: place(t.at)}
	switch {
	case (t.is("ROLLUP") || t.is("CUBE")) && p.ahead(1).is("("):
		p.take()
		g.kind = t.upper
		p.expect("(")
		for {
			g.sets = append(g.sets, p.groupingSet())
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	case p.words("GROUPING", "SETS", "("):
		p.i += 3
		g.kind = "SETS"
		for {
			if n := p.peek(); n.is("ROLLUP") || n.is("CUBE") || n.is("GROUPING") && p.ahead(1).is("SETS") {
				g.members = append(g.members, p.grouping())
			} else {
				g.members = append(g.members, grouping{place: place(n.at), sets: [][]expr{p.groupingSet()}})
			}
			if !p.accept(",") {
				break
			}
		}
		p.expect(")")
	default:
		g.sets = [][]expr{{p.expr()}}
	}
	return g
}

// groupingSet reads (a, b), () or a.
func (p *parser) groupingSet() []expr {
	if p.accept("(", ")") {
		return nil
	}
	e := p.expr()
	if c, ok := e.(*call); ok && c.row {
		var list []expr
		for i := 1; i < len(c.args); i += 2 {
			list = append(list, c.args[i])
		}
		return list
	}
	return []expr{e}
}
