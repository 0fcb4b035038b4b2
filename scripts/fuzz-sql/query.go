package main

import (
	"fmt"
	"strings"
)

var itemKinds = []string{"bool", "tiny", "small", "int", "int", "big", "float", "double", "num", "num", "dec", "dec", "dec",
	"str", "str", "str", "bin", "date", "date", "ts", "ts", "wob", "ints", "strs", "map", "struct", "ldt"}

// statement is a whole statement, whose answer does not depend on the order of rows.
func (g *generator) statement() *node {
	switch g.r.IntN(12) {
	case 0:
		return g.setOperation()
	case 1, 2:
		body, kinds := g.selects(false, nil)
		return g.ordered(body, kinds)
	case 3:
		return g.nested()
	}
	body, _ := g.selects(false, nil)
	return form("query", "$1", body)
}

// selects is a SELECT; of the kinds that are asked for, or of its own choice.
func (g *generator) selects(sortable bool, want []string) (*node, []string) {
	s, from := g.from()
	c := place{scope: s}
	where := optional(word(""))
	if g.chance(3) {
		where = optional(form("", " WHERE $1", g.expr(c, "bool", 3)))
	}
	if want == nil {
		for range 1 + g.r.IntN(4) {
			want = append(want, pick(g.r, itemKinds))
		}
	}
	group, having := optional(word("")), optional(word(""))
	items := &node{list: ", "}
	var made []string
	if g.chance(3) {
		c, group, having = g.grouped(s)
	} else {
		c.window = g.chance(3)
	}
	for _, k := range want {
		n := g.expr(c, k, 1+g.r.IntN(4))
		made = append(made, k)
		items.kids = append(items.kids, form("item", "$1$2", n, optional(word(g.alias(len(made), sortable)))))
	}
	distinct := optional(word(""))
	if g.chance(12) && !hasMap(made) {
		distinct = optional(word("DISTINCT "))
	}
	return form("select", "SELECT $1$2 FROM $3$4$5$6", distinct, items, from, where, group, having), made
}

// hasMap reports whether the values of some kind can be neither sorted nor told
// apart, or are not the same to the last digit.
func hasMap(kinds []string) bool {
	for _, k := range kinds {
		if k == "map" || k == "wob" {
			return true
		}
	}
	return false
}

func (g *generator) alias(n int, always bool) string {
	if always || g.chance(3) {
		return fmt.Sprintf(" AS k%d", n)
	}
	return ""
}

func (g *generator) grouped(rows *scope) (place, *node, *node) {
	groups := newScope()
	by := &node{list: ", "}
	for range g.r.IntN(3) {
		k := pick(g.r, []string{"int", "str", "bool", "dec", "date", "int"})
		var e *node
		if g.chance(2) && len(rows.cols[k]) > 0 {
			e = pick(g.r, rows.cols[k]).clone()
		} else {
			e = g.expr(place{scope: rows, nested: true}, k, 1)
		}
		if strings.HasPrefix(e.parts[0], "'") || len(e.kids) == 0 && (e.parts[0][0] < 'a' || strings.HasPrefix(e.parts[0], "cast(")) {
			continue // a number would be the place of an item
		}
		by.kids = append(by.kids, e)
		groups.cols[k] = append(groups.cols[k], e)
	}
	c := place{scope: groups, agg: rows}
	group, having := optional(word("")), optional(word(""))
	if len(by.kids) > 0 {
		shape := " GROUP BY $1"
		switch g.r.IntN(8) {
		case 0:
			shape = " GROUP BY ROLLUP($1)"
		case 1:
			shape = " GROUP BY CUBE($1)"
		}
		group = optional(form("", shape, by))
	}
	if g.chance(5) {
		having = optional(form("", " HAVING $1", g.expr(c, "bool", 2)))
	}
	return c, group, having
}

func (g *generator) from() (*scope, *node) {
	s := newScope()
	first := pick(g.r, g.tables)
	if g.chance(6) && len(g.tables) > 1 { // a join
		a, b := g.name("a"), g.name("b")
		s.ids = []string{a + ".id", b + ".id"}
		g.tableColumns(s, a)
		kind := pick(g.r, []string{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT SEMI JOIN", "LEFT ANTI JOIN"})
		both := newScope()
		g.tableColumns(both, a)
		g.tableColumns(both, b)
		if strings.HasSuffix(kind, "SEMI JOIN") || strings.HasSuffix(kind, "ANTI JOIN") {
			s.ids = s.ids[:1]
		} else {
			s.cols = both.cols
		}
		on := form("bool", "($1 "+pick(g.r, []string{"=", "=", "<=>"})+" $2)", word(a+".j"), word(b+".j"))
		if g.chance(3) {
			on = form("bool", "($1 AND $2)", on, g.expr(place{scope: both, nested: true}, "bool", 2))
		} else if g.chance(4) {
			k := pick(g.r, []string{"int", "str", "dec", "big", "date"})
			on = form("bool", "($1 = $2)", pick(g.r, both.cols[k]).clone(), g.expr(place{scope: both, nested: true}, k, 1))
		}
		return s, form("from", fmt.Sprintf("%s %s %s %s %s ON $1", first, a, kind, pick(g.r, g.tables), b), on)
	}
	if g.chance(8) { // of a subquery
		body, kinds := g.selects(true, nil)
		name := g.name("v")
		for i, k := range kinds {
			s.add(k, fmt.Sprintf("%s.k%d", name, i+1))
		}
		return s, form("from", "($1) "+name, form("query", "$1", body))
	}
	s.ids = []string{"id"}
	g.tableColumns(s, "")
	if g.chance(12) {
		s.ids = []string{"id", "pos"}
		s.add("int", "pos")
		s.add("int", "el")
		return s, word(first + " LATERAL VIEW " + pick(g.r, []string{"", "OUTER "}) + "posexplode(a) AS pos, el")
	}
	return s, word(first)
}

// ordered puts body in an order that its columns decide.
func (g *generator) ordered(body *node, kinds []string) *node {
	if hasMap(kinds) {
		return form("query", "$1", body)
	}
	by := &node{list: ", "}
	for i := range kinds {
		by.kids = append(by.kids, word(fmt.Sprint(i+1)+pick(g.r, orderings)))
	}
	limit := optional(word(""))
	if g.chance(2) {
		limit = optional(word(pick(g.r, []string{" LIMIT 3", " LIMIT 1", " LIMIT 0", " LIMIT 2 OFFSET 1", " LIMIT 100"})))
	}
	return form("query", "$1$2", body, optional(form("", " ORDER BY $1$2", by, limit)))
}

func (g *generator) setOperation() *node {
	var want []string
	for range 1 + g.r.IntN(3) {
		want = append(want, pick(g.r, scalars))
	}
	other := append([]string(nil), want...)
	for i := range other {
		if g.chance(4) { // of two types that have one in common
			other[i] = pick(g.r, []string{"str", "int", "dec", "double", "big"})
		}
	}
	left, _ := g.selects(false, want)
	right, _ := g.selects(false, other)
	op := pick(g.r, []string{"UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT", "EXCEPT ALL", "INTERSECT ALL"})
	return form("query", "($1) "+op+" ($2)", left, right)
}

// nested is a query over a common table expression.
func (g *generator) nested() *node {
	body, kinds := g.selects(true, nil)
	saved := g.tables
	name := g.name("c")
	s := newScope()
	for i, k := range kinds {
		s.add(k, fmt.Sprintf("k%d", i+1))
	}
	items := &node{list: ", "}
	c := place{scope: s}
	group, having := optional(word("")), optional(word(""))
	if g.chance(2) {
		c, group, having = g.grouped(s)
	}
	for range 1 + g.r.IntN(3) {
		items.kids = append(items.kids, g.expr(c, pick(g.r, itemKinds), 2))
	}
	g.tables = saved
	return form("query", "WITH "+name+" AS ($1) SELECT $2 FROM "+name+"$3$4", form("query", "$1", body), items, group, having)
}
