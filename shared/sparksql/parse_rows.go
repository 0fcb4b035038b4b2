package sparksql

import "strings"

// What can stand in FROM beside relations, subqueries and joins.

// values reads VALUES (1, 'a'), (2, 'b'); a row of one value needs no parentheses.
func (p *parser) values() *values {
	v := &values{place: place(p.expect("VALUES").at)}
	for {
		v.rows = append(v.rows, p.valuesRow())
		if !p.accept(",") {
			return v
		}
	}
}

func (p *parser) valuesRow() []expr {
	e := p.expr()
	// (1, 'a') was read as a struct; its values are every other argument.
	if c, ok := e.(*call); ok && c.row {
		var list []expr
		for i := 1; i < len(c.args); i += 2 {
			list = append(list, c.args[i])
		}
		return list
	}
	return []expr{e}
}

// beginsQuery reports whether what follows an opening parenthesis is a query:
// behind any number of further ones, for relations have them too.
func (p *parser) beginsQuery() bool {
	k := 0
	for p.ahead(k).is("(") {
		k++
	}
	t := p.ahead(k)
	if !t.is("SELECT") && !t.is("WITH") && !t.is("VALUES") && !t.is("FROM") && !(t.is("TABLE") && p.ahead(k+1).kind == wordToken) {
		return false
	}
	if k == 0 {
		return true
	}
	// ((SELECT …) UNION (SELECT …)) is a query, ((SELECT …) a JOIN b) is not:
	// look at what follows the inner parenthesis.
	depth, i := 0, 0
	for ; p.ahead(i).kind != endToken; i++ {
		if p.ahead(i).is("(") {
			depth++
		} else if p.ahead(i).is(")") {
			if depth--; depth == 0 {
				break
			}
		}
	}
	next := p.ahead(i + 1)
	for _, w := range strings.Fields(") UNION INTERSECT EXCEPT MINUS ORDER LIMIT OFFSET SORT CLUSTER DISTRIBUTE") {
		if next.is(w) {
			return true
		}
	}
	return false
}

// named reads the alias of a subquery, with names for its columns.
func (p *parser) named(d *derived) {
	if a := p.alias(); a != "" {
		d.alias = a
		d.cols = p.columnNames()
	}
}

// sample reads TABLESAMPLE. A number of rows is a LIMIT, as it is in Spark; a
// share of them is drawn at random, and would be other rows here.
func (p *parser) sample(d *derived) {
	if !p.is("TABLESAMPLE") {
		return
	}
	at := p.take().at
	if p.words("REPEATABLE") || !p.is("(") {
		panic(refused(at, "this TABLESAMPLE"))
	}
	p.take()
	n := p.expr()
	if !p.accept("ROWS") {
		panic(refused(at, "TABLESAMPLE of a share of the rows").because("the rows that Spark would draw cannot be known; use TABLESAMPLE (n ROWS) or a WHERE on a hash of the key"))
	}
	p.expect(")")
	if p.is("REPEATABLE") {
		panic(refused(at, "REPEATABLE"))
	}
	inner := d.q
	d.q = &query{place: inner.place, body: inner, limit: n}
}

// lateralViews reads LATERAL VIEW [OUTER] generator(…) [name] [AS a, b], any number.
func (p *parser) lateralViews(f from) from {
	for n := 0; p.words("LATERAL", "VIEW"); n++ {
		if n > maxDepth {
			panic(refused(p.peek().at, "a chain of more than %d lateral views", maxDepth))
		}
		v := &view{place: place(p.peek().at), of: f}
		p.i += 2
		v.outer = p.accept("OUTER")
		at := p.peek().at
		fn, ok := p.primary().(*call)
		if !ok {
			panic(invalid(at, "LATERAL VIEW needs a function that makes rows"))
		}
		v.gen = fn
		if !p.is("AS") {
			v.alias = p.alias()
		}
		if p.accept("AS") {
			for {
				v.cols = append(v.cols, p.identifier("a column's name"))
				if !p.is(",") || p.ahead(1).is("LATERAL") {
					break
				}
				p.take()
			}
		}
		f = v
	}
	return f
}

// tableCall reads a function in FROM.
func (p *parser) tableCall() from {
	t := p.peek()
	c, ok := p.call().(*call)
	if !ok {
		panic(refused(t.at, "the table function %s", t.text))
	}
	f := &tableCall{place: place(t.at), fn: c}
	if f.alias = p.alias(); f.alias != "" {
		f.cols = p.columnNames()
	}
	return f
}

// nameTokens reads (a, b, c) with the places of the names.
func (p *parser) nameTokens() []token {
	p.expect("(")
	var list []token
	for {
		t := p.peek()
		t.text = p.identifier("a column's name")
		list = append(list, t)
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return list
}

// scripted reports whether TRANSFORM (…) is followed by what makes it a script.
func (p *parser) scripted() bool {
	depth := 0
	for i := 1; p.ahead(i).kind != endToken; i++ {
		if t := p.ahead(i); t.is("(") {
			depth++
		} else if t.is(")") {
			if depth--; depth == 0 {
				next := p.ahead(i + 1)
				return next.is("USING") || next.is("ROW") || next.is("RECORDWRITER")
			}
		}
	}
	return false
}
