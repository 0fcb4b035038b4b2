package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A scope is what expressions can name: columns by kind, and by which columns
// the rows can be told apart.
type scope struct {
	cols  map[string][]*node
	ids   []string // nil: there is no total order
	outer *scope
}

func (s *scope) add(kind, text string) {
	s.cols[kind] = append(s.cols[kind], &node{kind: kind, parts: []string{text}})
}

// A place is where an expression stands.
type place struct {
	*scope
	agg    *scope // aggregates can be made, over these rows
	window bool   // window functions can be made
	nested bool   // below a subquery
}

type generator struct {
	r      *rand.Rand
	tables []string
	names  int
}

func (g *generator) chance(n int) bool { return g.r.IntN(n) == 0 }

// expr makes an expression of a kind, of about so many levels.
func (g *generator) expr(c place, kind string, depth int) *node {
	switch {
	case kind == "id" || kind == "u" || kind == "j":
		k := map[string]string{"id": "int", "u": "str", "j": "int"}[kind]
		for _, n := range c.cols[k] {
			if n.String() == kind || strings.HasSuffix(n.String(), "."+kind) {
				return n.clone()
			}
		}
		return g.leaf(c, k)
	case kind == "num" && depth > 0 && !g.chance(3):
	case kind == "num":
		kind = pick(g.r, numbers[:len(numbers)-1])
	}
	if depth <= 0 {
		return g.leaf(c, kind)
	}
	if !c.nested && g.chance(40) {
		if n := g.subquery(c, kind); n != nil {
			return n
		}
	}
	list := templates
	switch {
	case c.agg != nil && g.chance(2):
		list = aggregates
	case c.window && g.chance(4):
		list = windows
		if c.ids != nil && g.chance(2) {
			list = rankings
		}
	case g.chance(5):
		return g.leaf(c, kind)
	}
	t := g.template(list, kind)
	if t == nil {
		if t = g.template(templates, kind); t == nil {
			return g.leaf(c, kind)
		}
	}
	return g.fill(c, t, kind, depth)
}

func (g *generator) template(list []template, kind string) *template {
	total := 0
	for i := range list {
		if takes(&list[i], kind) {
			total += list[i].weight
		}
	}
	if total == 0 {
		return nil
	}
	at := g.r.IntN(total)
	for i := range list {
		if takes(&list[i], kind) {
			if at -= list[i].weight; at < 0 {
				return &list[i]
			}
		}
	}
	return nil
}

func takes(t *template, kind string) bool {
	if t.kind == "T" {
		switch kind {
		case "num", "wob", "nice", "ints", "strs", "map", "struct", "bin", "lymin", "ldt":
			return false
		}
		return true
	}
	return fits(t.kind, kind)
}

func (g *generator) fill(c place, t *template, kind string, depth int) *node {
	inner := c
	if t.agg {
		inner = place{scope: c.agg, nested: true}
	}
	if t.window {
		inner.window = false
	}
	n := &node{kind: t.kind}
	if t.kind == "T" {
		n.kind = kind
	}
	any := map[string]string{"{A}": pick(g.r, scalars), "{B}": pick(g.r, scalars), "{T}": kind}
	rest := t.text
	for {
		at := hole.FindStringIndex(rest)
		if at == nil {
			break
		}
		what := rest[at[0]+1 : at[1]-1]
		var kid *node
		switch {
		case any["{"+what+"}"] != "":
			kid = g.expr(inner, any["{"+what+"}"], depth-1)
		case strings.HasPrefix(what, "#"):
			text := pick(g.r, strings.Split(what[1:], "|"))
			if isExpr(text) {
				kid = g.expr(inner, text, depth-1)
			} else {
				kid = word(text)
			}
		case what == "over":
			kid = g.over(inner, depth, false)
		case what == "part":
			kid = form("", "PARTITION BY $1", g.key(inner))
		case what == "total":
			kid = g.over(inner, depth, true)
		case what == "frame":
			kid = optional(word(pick(g.r, frames)))
		case isExpr(what) || what == "id" || what == "u" || what == "j":
			kid = g.expr(inner, what, depth-1)
		default: // braces of a regular expression
			kid = word("{" + what + "}")
		}
		n.parts = append(n.parts, rest[:at[0]])
		n.kids = append(n.kids, kid)
		rest = rest[at[1]:]
	}
	n.parts = append(n.parts, rest)
	return n
}

var frames = []string{"ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
	"ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING", "ROWS UNBOUNDED PRECEDING", "ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING",
	"RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", ""}

var orderings = []string{"", "", " DESC", " NULLS LAST", " DESC NULLS FIRST", " ASC NULLS FIRST"}

// key is a value to group or order by: never an array of NaN's making.
func (g *generator) key(c place) *node {
	kind := pick(g.r, []string{"int", "int", "str", "bool", "date", "ts", "dec", "big", "small", "double"})
	return g.expr(place{scope: c.scope, nested: true}, kind, g.r.IntN(2))
}

func (g *generator) over(c place, depth int, total bool) *node {
	part := optional(word(""))
	if g.chance(2) {
		part = optional(form("", "PARTITION BY $1 ", g.key(c)))
	}
	by := &node{list: ", "}
	if !total || g.chance(2) {
		by.kids = append(by.kids, form("", "$1"+pick(g.r, orderings), g.key(c)))
	}
	if total {
		for _, id := range c.ids {
			by.kids = append(by.kids, word(id))
		}
		by = form("", "$1", by)
	}
	return form("", "$1ORDER BY $2", part, by)
}

// leaf is a column or a literal.
func (g *generator) leaf(c place, kind string) *node {
	if cols := c.cols[kind]; len(cols) > 0 && g.r.IntN(10) < 7 {
		return pick(g.r, cols).clone()
	}
	if kind == "double" && g.chance(3) && len(c.cols["nice"]) > 0 {
		return pick(g.r, c.cols["nice"]).clone()
	}
	if c.outer != nil && g.chance(3) && len(c.outer.cols[kind]) > 0 {
		return pick(g.r, c.outer.cols[kind]).clone()
	}
	if kind == "wob" {
		kind = "double"
	}
	if kind == "num" {
		kind = "int"
	}
	if g.chance(12) && kind != "lymin" && kind != "ldt" {
		if s := simplest(kind); len(s) > 0 && strings.HasPrefix(s[len(s)-1], "cast(NULL") {
			return &node{kind: kind, parts: []string{s[len(s)-1]}}
		}
	}
	return &node{kind: kind, parts: []string{pick(g.r, literals[kind])}}
}

// subquery is an expression over another table.
func (g *generator) subquery(c place, kind string) *node {
	name := g.name("z")
	inner := newScope()
	g.tableColumns(inner, name)
	cc := place{scope: inner, nested: true}
	from := word(pick(g.r, g.tables) + " " + name)
	where := optional(word(""))
	if c.agg == nil && len(c.cols["int"]) > 0 && g.chance(2) {
		where = optional(form("", " WHERE $1 = $2", word(name+".j"), pick(g.r, c.cols["int"]).clone()))
	} else if g.chance(2) {
		where = optional(form("", " WHERE $1", g.expr(cc, "bool", 2)))
	}
	switch {
	case kind == "bool" && g.chance(2):
		return form(kind, pick(g.r, []string{"", "NOT "})+"EXISTS (SELECT 1 FROM $1$2)", from, where)
	case kind == "bool" && c.agg == nil:
		k := pick(g.r, []string{"int", "str", "dec", "big", "date"})
		return form(kind, "($1 "+pick(g.r, []string{"", "NOT "})+"IN (SELECT $2 FROM $3$4))", g.expr(place{scope: c.scope, nested: true}, k, 1), g.expr(cc, k, 1), from, where)
	}
	if t := g.template(aggregates, kind); t != nil {
		return form(kind, "(SELECT $1 FROM $2$3)", g.fill(place{scope: inner, agg: inner, nested: true}, t, kind, 2), from, where)
	}
	return nil
}

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

func newScope() *scope { return &scope{cols: map[string][]*node{}} }

func (g *generator) tableColumns(s *scope, alias string) {
	for _, c := range columns {
		s.add(c.kind, prefixed(alias, c.name))
	}
}

func prefixed(alias, name string) string {
	if alias == "" {
		return name
	}
	return alias + "." + name
}
