package sparksql

import "strings"

// orderOutput resolves an ORDER BY that can only see the columns of p: it
// follows a set operation, VALUES or parentheses.
func (r *resolver) orderOutput(p *plan, q *query) {
	if len(q.order) == 0 && len(q.spread) == 0 || r.failed() {
		return
	}
	s := r.source(p.columns, p.inner)
	sel := &selection{from: s, items: starItems(s.visible(""))}
	scope := &names{cols: s.visible("")}
	for _, e := range q.spread {
		r.orderBy([]sortItem{{e: e}}, sel, scope, true)
	}
	order := r.orderBy(q.order, sel, scope, true)
	whole := true
	for _, k := range order {
		whole = whole && k.ordinal > 0 && !isNested(k.n.typ())
	}
	p.order = order
	if whole {
		return
	}
	sub := *p
	sub.order = nil
	s.sub = &sub
	p.body = sel
}

// isAll reports whether e is the word ALL.
func isAll(e expr) bool {
	n, ok := e.(*name)
	return ok && len(n.parts) == 1 && strings.EqualFold(n.parts[0], "all")
}
