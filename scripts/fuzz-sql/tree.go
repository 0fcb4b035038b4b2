package main

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// A node is a part of a statement: text with other parts between. The reducer
// knows no more of it than what may be left out and what may stand for what.
type node struct {
	kind  string   // the type of an expression, or the name of a clause
	parts []string // len(kids)+1 of them, unless list
	kids  []*node
	list  string // what stands between the kids of a list, of which any but the last one can go
	opt   bool   // it can be left out
}

func word(text string) *node { return &node{parts: []string{text}} }

// form is a node of a template: $1, $2 are kids.
func form(kind, template string, kids ...*node) *node {
	n := &node{kind: kind}
	for len(template) > 0 {
		i := strings.IndexByte(template, '$')
		if i < 0 {
			break
		}
		n.parts = append(n.parts, template[:i])
		n.kids = append(n.kids, kids[template[i+1]-'1'])
		template = template[i+2:]
	}
	n.parts = append(n.parts, template)
	return n
}

func optional(n *node) *node {
	n.opt = true
	return n
}

func (n *node) String() string {
	var b strings.Builder
	n.write(&b)
	return strings.TrimSpace(b.String())
}

func (n *node) write(b *strings.Builder) {
	if n.list != "" {
		for i, k := range n.kids {
			if i > 0 {
				b.WriteString(n.list)
			}
			k.write(b)
		}
		return
	}
	for i, p := range n.parts {
		b.WriteString(p)
		if i < len(n.kids) {
			n.kids[i].write(b)
		}
	}
}

func (n *node) clone() *node {
	c := *n
	c.parts = slices.Clone(n.parts)
	c.kids = make([]*node, len(n.kids))
	for i, k := range n.kids {
		c.kids[i] = k.clone()
	}
	return &c
}

// size is how much there is to read.
func (n *node) size() int { return len(n.String()) }

// smaller are statements made of root by one step each, the boldest first.
func smaller(root *node) []*node {
	var all []*node
	var walk func(at *node, rebuild func(*node) *node)
	walk = func(at *node, rebuild func(*node) *node) {
		try := func(n *node) { all = append(all, rebuild(n)) }
		if at.opt && (len(at.kids) > 0 || at.parts[0] != "") {
			try(word(""))
		}
		if at.list != "" && len(at.kids) > 1 {
			for i := range at.kids {
				c := *at
				c.kids = slices.Delete(slices.Clone(at.kids), i, i+1)
				try(&c)
			}
		}
		if isExpr(at.kind) && len(at.kids) > 0 {
			for _, d := range below(at) {
				try(d)
			}
			for _, text := range simplest(at.kind) {
				try(&node{kind: at.kind, parts: []string{text}})
			}
		}
		for i, k := range at.kids {
			walk(k, func(n *node) *node {
				c := *at
				c.kids = slices.Clone(at.kids)
				c.kids[i] = n
				return rebuild(&c)
			})
		}
		if isExpr(at.kind) && len(at.kids) == 0 {
			for _, text := range simplest(at.kind) {
				if len(text) < len(at.parts[0]) {
					try(&node{kind: at.kind, parts: []string{text}})
				}
			}
		}
	}
	walk(root, func(n *node) *node { return n })
	return all
}

// below are the expressions in n that can stand for it.
func below(n *node) []*node {
	var all []*node
	for _, k := range n.kids {
		if isExpr(k.kind) && fits(k.kind, n.kind) {
			all = append(all, k)
			continue
		}
		if !strings.HasPrefix(k.kind, "query") {
			all = append(all, below(k)...)
		}
	}
	return all
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
