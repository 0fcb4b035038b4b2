package sparksql

import "slices"

// rebuild copies n and all that is below it, with what is in subqueries, and
// puts what replace gives in the place of a node. A nil leaves the node.
func rebuild(n node, replace func(node) node) node {
	if n == nil {
		return nil
	}
	if other := replace(n); other != nil {
		return other
	}
	again := func(n node) node {
		if n == nil {
			return nil
		}
		return rebuild(n, replace)
	}
	loses := false
	child := func(n node) node {
		m := again(n)
		loses = loses || n != nil && m.null() && !n.null()
		return m
	}
	list := func(nodes []node) []node {
		out := make([]node, len(nodes))
		for i, n := range nodes {
			out[i] = child(n)
		}
		return out
	}
	switch n := n.(type) {
	case *apply:
		c := *n
		c.args = list(n.args)
		if n.filter != nil {
			c.filter = again(n.filter)
		}
		c.over = n.over.rebuild(again)
		c.inOrder = rebuildKeys(n.inOrder, again)
		c.nullable = c.nullable || loses && !n.fn.never
		return &c
	case *convert:
		c := *n
		c.arg = child(n.arg)
		c.nullable = c.nullable || loses
		return &c
	case *choose:
		c := *n
		c.arms = slices.Clone(n.arms)
		for i, a := range n.arms {
			c.arms[i] = arm{again(a.cond), child(a.then)}
		}
		if n.otherwise != nil {
			c.otherwise = child(n.otherwise)
		}
		c.nullable = c.nullable || loses
		return &c
	case *member:
		c := *n
		c.arg, c.list = child(n.arg), list(n.list)
		if n.of != nil {
			c.of = n.of.rebuild(replace)
		}
		c.nullable = c.nullable || loses
		return &c
	case *closure:
		c := *n
		c.body = again(n.body)
		return &c
	case *nested:
		c := *n
		c.of = n.of.rebuild(replace)
		return &c
	}
	return n
}

func (f *frame) rebuild(again func(node) node) *frame {
	if f == nil {
		return nil
	}
	c := *f
	c.partition = slices.Clone(f.partition)
	for i, n := range c.partition {
		c.partition[i] = again(n)
	}
	c.order = rebuildKeys(f.order, again)
	return &c
}

func rebuildKeys(keys []sortKey, again func(node) node) []sortKey {
	keys = slices.Clone(keys)
	for i, k := range keys {
		if k.n != nil {
			keys[i].n = again(k.n)
		}
	}
	return keys
}

func (p *plan) rebuild(replace func(node) node) *plan {
	again := func(n node) node {
		if n == nil {
			return nil
		}
		return rebuild(n, replace)
	}
	c := *p
	c.order = rebuildKeys(p.order, again)
	switch b := p.body.(type) {
	case *selection:
		s := *b
		s.items = slices.Clone(b.items)
		for i, o := range b.items {
			s.items[i].n = again(o.n)
		}
		if b.from != nil {
			s.from = rebuildFrom(b.from, replace)
		}
		if b.where != nil {
			s.where = again(b.where)
		}
		if b.having != nil {
			s.having = again(b.having)
		}
		s.group = slices.Clone(b.group)
		for i, n := range b.group {
			s.group[i] = again(n)
		}
		c.body = &s
	case *union:
		u := *b
		u.left, u.right = b.left.rebuild(replace), b.right.rebuild(replace)
		c.body = &u
	case *inline:
		rows := make([][]node, len(b.rows))
		for i, row := range b.rows {
			for _, n := range row {
				rows[i] = append(rows[i], again(n))
			}
		}
		c.body = &inline{rows}
	case *plan:
		c.body = b.rebuild(replace)
	}
	return &c
}

// rebuildFrom changes subqueries where they are: columns know their source by
// its address, and no other plan holds it.
func rebuildFrom(f planFrom, replace func(node) node) planFrom {
	switch f := f.(type) {
	case *source:
		if f.sub != nil {
			f.sub = f.sub.rebuild(replace)
		}
		return f
	case *joined:
		c := *f
		c.left, c.right = rebuildFrom(f.left, replace), rebuildFrom(f.right, replace)
		if f.on != nil {
			c.on = rebuild(f.on, replace)
		}
		return &c
	}
	return f
}
