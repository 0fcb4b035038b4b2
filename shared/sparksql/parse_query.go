package sparksql

func (p *parser) query() *query {
	p.enter()
	defer p.leave()
	q := &query{place: place(p.peek().at)}
	if p.is("WITH") {
		p.take()
		for {
			q.with = append(q.with, p.cte())
			if !p.accept(",") {
				break
			}
		}
	}
	q.body = p.setOps(0)
	p.around(q)
	return q
}

func (p *parser) cte() cte {
	c := cte{place: place(p.peek().at), name: p.identifier("the name of a common table expression")}
	c.columns = p.columnNames()
	p.accept("AS")
	p.expect("(")
	c.q = p.query()
	p.expect(")")
	return c
}

// columnNames takes an optional list (a, b, c).
func (p *parser) columnNames() []string {
	if !p.accept("(") {
		return nil
	}
	var names []string
	for {
		names = append(names, p.identifier("a column's name"))
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return names
}

// around reads what follows a body: ORDER BY, LIMIT, OFFSET.
func (p *parser) around(q *query) {
	if p.accept("ORDER", "BY") {
		q.order = p.sortItems()
	}
	p.spread(q)
	q.windows = p.windows()
	if p.accept("LIMIT") && !p.accept("ALL") {
		q.limit = p.expr()
	}
	if p.accept("OFFSET") {
		q.offset = p.expr()
	}
}

func (p *parser) sortItems() []sortItem {
	var items []sortItem
	for {
		s := sortItem{e: p.expr()}
		if !p.accept("ASC") {
			s.desc = p.accept("DESC")
		}
		s.nullsFirst = !s.desc
		if p.accept("NULLS") {
			if s.nullsFirst = p.accept("FIRST"); !s.nullsFirst {
				p.expect("LAST")
			}
		}
		items = append(items, s)
		if !p.accept(",") {
			return items
		}
	}
}

// setOps reads set operations; INTERSECT (level 1) binds tighter than UNION
// and EXCEPT (level 0).
func (p *parser) setOps(level int) body {
	if level == 2 {
		return p.queryPrimary()
	}
	left := p.setOps(level + 1)
	for n := 0; ; n++ {
		t := p.peek()
		op := t.upper
		if op == "MINUS" || op == "SETMINUS" {
			op = "EXCEPT"
		}
		if t.kind != wordToken || level == 1 && op != "INTERSECT" || level == 0 && op != "UNION" && op != "EXCEPT" {
			return left
		}
		if n > maxDepth {
			panic(refused(t.at, "a chain of more than %d set operations", maxDepth))
		}
		p.take()
		s := &setOp{place: place(t.at), op: op, left: left, all: p.accept("ALL")}
		if !s.all {
			p.accept("DISTINCT")
		}
		s.right = p.setOps(level + 1)
		left = s
	}
}

func (p *parser) queryPrimary() body {
	t := p.peek()
	switch {
	case p.is("SELECT"):
		return p.selectCore()
	case p.accept("("):
		q := p.query()
		p.expect(")")
		return q
	case p.is("VALUES"):
		d := &derived{place: place(t.at), q: &query{place: place(t.at), body: p.values()}}
		if p.named(d); d.alias == "" {
			return d.q
		}
		return &selectCore{place: d.place, items: []item{{e: &star{place: d.place}}}, from: d}
	case p.is("TABLE") && p.ahead(1).kind != symbolToken:
		p.take()
		s := &selectCore{place: place(t.at), items: []item{{e: &star{place: place(t.at)}}}}
		s.from = p.tableRef()
		return s
	case p.is("FROM"):
		p.take()
		from := p.pivots(p.lateralViews(p.relations()))
		s := p.selectCore()
		if s.from != nil {
			panic(invalid(s.pos(), "a second FROM"))
		}
		s.from = from
		return s
	case p.is("MAP"), p.is("REDUCE"):
		panic(refused(t.at, "a query that begins with %s", t.upper))
	case t.kind == wordToken && statements[t.upper]:
		panic(refused(t.at, "the statement %s", t.upper).because("a step is one SELECT"))
	}
	panic(p.unexpected("SELECT"))
}

var statements = wordSet(`CREATE DROP ALTER INSERT UPDATE DELETE MERGE CACHE UNCACHE SET RESET USE SHOW DESCRIBE DESC EXPLAIN
	REFRESH ANALYZE TRUNCATE LOAD COPY ATTACH DETACH INSTALL PRAGMA CALL EXPORT IMPORT GRANT REVOKE BEGIN COMMIT ROLLBACK ADD CLEAR MSCK REPAIR`)

func (p *parser) selectCore() *selectCore {
	s := &selectCore{place: place(p.expect("SELECT").at)}
	if p.is("TRANSFORM") && p.ahead(1).is("(") && p.scripted() {
		panic(refused(p.peek().at, "SELECT TRANSFORM"))
	}
	if s.distinct = p.accept("DISTINCT"); !s.distinct && !p.ahead(1).is(",") && !p.ahead(1).is("FROM") && p.ahead(1).kind != endToken {
		p.accept("ALL")
	}
	for {
		s.items = append(s.items, p.item())
		if !p.accept(",") {
			break
		}
	}
	if p.accept("FROM") {
		s.from = p.pivots(p.lateralViews(p.relations()))
	}
	if p.accept("WHERE") {
		s.where = p.expr()
	}
	if p.accept("GROUP", "BY") {
		p.groups(s)
	}
	if p.accept("HAVING") {
		s.having = p.expr()
	}
	s.windows = p.windows()
	if p.is("QUALIFY") {
		panic(refused(p.peek().at, "QUALIFY").because("filter in an outer query"))
	}
	return s
}

func (p *parser) item() item {
	e := p.expr()
	if s, ok := e.(*star); ok {
		if p.is("EXCEPT") && p.ahead(1).is("(") {
			p.take()
			s.except = p.nameTokens()
		}
		return item{e: s}
	}
	if p.words("AS", "(") {
		p.take()
		return item{e: e, aliases: p.columnNames()}
	}
	if c, ok := e.(*call); ok && p.is("(") && lookup(c.name) != nil && lookup(c.name).generator != nil {
		return item{e: e, aliases: p.columnNames()}
	}
	if t := p.peek(); t.kind == wordToken && clause[t.upper] && !reserved[t.upper] {
		// The word names the column where what it begins otherwise cannot follow.
		if next := p.ahead(1); next.kind == endToken || next.is(",") || next.is("FROM") || next.is(")") {
			return item{e: e, alias: p.take().text}
		}
	}
	return item{e: e, alias: p.alias()}
}

func (p *parser) exprs() []expr {
	list := []expr{p.expr()}
	for p.accept(",") {
		list = append(list, p.expr())
	}
	return list
}
