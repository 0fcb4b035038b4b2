package sparksql

// maxWeight bounds what one expression can grow to.
const maxWeight = 20_000

// weigh counts the nodes that are written for n. An operand that is used twice
// is one node here and written twice: CASE x WHEN, BETWEEN, the name of an
// output column. Nested, that would grow without bounds.
func weigh(n node) int {
	size := n.size()
	if *size > 0 {
		return *size
	}
	*size = 1
	for _, c := range below(n) {
		*size = min(*size+weigh(c), maxWeight+1)
	}
	switch n := n.(type) {
	case *nested:
		*size = min(*size+n.of.weigh(), maxWeight+1)
	case *member:
		if n.of != nil {
			*size = min(*size+n.of.weigh(), maxWeight+1)
		}
	}
	return *size
}

// weigh counts the nodes that are written for p, and remembers it.
func (p *plan) weigh() int {
	if p.weight > 0 {
		return p.weight
	}
	total := 1
	add := func(n node) {
		if n != nil {
			total = min(total+weigh(n), maxWeight+1)
		}
	}
	switch b := p.body.(type) {
	case *selection:
		for _, o := range b.items {
			add(o.n)
		}
		for _, g := range b.group {
			add(g)
		}
		add(b.where)
		add(b.having)
		total = min(total+weighFrom(b.from), maxWeight+1)
	case *union:
		total = min(total+b.left.weigh()+b.right.weigh(), maxWeight+1)
	case *inline:
		total += len(b.rows) / 1000 // they are written once each
	case *plan:
		total = min(total+b.weigh(), maxWeight+1)
	}
	for _, k := range p.order {
		add(k.n)
	}
	p.weight = total
	return total
}

func weighFrom(f planFrom) int {
	switch f := f.(type) {
	case *source:
		if f.sub != nil {
			return f.sub.weigh()
		}
	case *joined:
		on := 0
		if f.on != nil {
			on = weigh(f.on)
		}
		return min(weighFrom(f.left)+weighFrom(f.right)+on, maxWeight+1)
	}
	return 1
}
