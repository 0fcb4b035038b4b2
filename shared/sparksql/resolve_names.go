package sparksql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// names are the columns that an expression can name.
type names struct {
	cols    []visible
	outer   *names   // around a subquery
	first   []output // output columns that are tried before cols: ORDER BY, HAVING
	last    []output // output columns that are tried after cols: GROUP BY, SELECT itself
	reached []string // names of columns that a subquery inside has used
	grouped []node   // columns that are tried even before first: in HAVING, those that are grouped
}

// A visible column. hidden is set for what USING has merged: only a qualified
// name finds it, and * does not show it.
type visible struct {
	qualifier string
	name      string
	n         node
	hidden    bool
	path      string // of a relation that was named by one
	lateral   bool   // of a relation to the left of a LATERAL one
}

// find returns the columns that a name can mean, in the innermost scope that
// has any, and whether that was this one.
func (n *names) find(parts []string) (found []visible, local bool) {
	for s := n; s != nil; s = s.outer {
		for _, v := range s.cols {
			switch {
			case len(parts) == 1 && !v.hidden && strings.EqualFold(v.name, parts[0]),
				len(parts) == 2 && strings.EqualFold(v.qualifier, parts[0]) && strings.EqualFold(v.name, parts[1]),
				len(parts) > 2 && strings.EqualFold(v.path, strings.Join(parts[:len(parts)-1], ".")) && strings.EqualFold(v.name, last(parts)):
				found = append(found, v)
			}
		}
		if found != nil {
			for o := n; o != s; o = o.outer {
				o.outer.reach(last(parts))
			}
			return found, s == n
		}
	}
	return nil, false
}

// reach remembers the names that a subquery has used, as often as it did.
func (n *names) reach(list ...string) { n.reached = append(n.reached, list...) }

// has reports whether a column of this scope, not of one around it, has the name.
func (n *names) has(column string) bool {
	return slices.ContainsFunc(n.cols, func(v visible) bool { return !v.hidden && strings.EqualFold(v.name, column) })
}

// all are the names of columns, for suggestions.
func (n *names) all() []string {
	var list []string
	for s := n; s != nil; s = s.outer {
		for _, v := range s.cols {
			if !slices.Contains(list, v.name) {
				list = append(list, v.name)
			}
		}
		for _, o := range slices.Concat(s.first, s.last) {
			if o.name != "" && !slices.Contains(list, o.name) {
				list = append(list, o.name)
			}
		}
	}
	return list
}

func unknownColumn(e *name, known []string) *mistake {
	m := invalid(e.pos(), "there is no column %q", strings.Join(e.parts, "."))
	if near := nearest(e.parts[len(e.parts)-1], known); near != "" {
		return m.because("did you mean %s?", near)
	}
	if len(known) == 0 {
		return m.because("no columns can be named here")
	}
	if len(known) > 20 {
		known = append(slices.Clone(known[:20]), "…")
	}
	return m.because("the columns are %s", strings.Join(known, ", "))
}

// named resolves a name.
func (r *resolver) named(e *name, c *context) node {
	if n := r.parameter(e, c); n != nil {
		return n
	}
	found, local := c.names.find(e.parts)
	if !local && len(found) > 0 {
		// An output column before it is nearer than a column of an outer query.
		if n := r.alias(e, c.names.last, c); n != nil {
			return r.lateralAlias(e, n, c)
		}
	}
	grouped := len(found) == 1 && slices.ContainsFunc(c.names.grouped, func(n node) bool { return same(n, found[0].n) })
	if n := r.alias(e, c.names.first, c); n != nil && !c.aggregate && !grouped {
		return n
	}
	if len(found) == 0 {
		if n := r.alias(e, c.names.last, c); n != nil {
			if c.aggregate || c.inWindow {
				return r.note(invalid(e.pos(), "the alias %q inside an aggregate or a window of the same SELECT", e.parts[0]).because("name its expression, or alias it in a subquery"))
			}
			return r.lateralAlias(e, n, c)
		}
		if n := r.path(e, c); n != nil {
			return n
		}
		if n := r.outputField(e, c); n != nil {
			return n
		}
		if c.names.first != nil && c.aggregate {
			if n := r.alias(e, c.names.first, c); n != nil {
				return n
			}
		}
		if groupingID(e) && c.aggregates {
			return r.apply(e.pos(), "grouping_id")
		}
		if r.blind > 0 {
			return &bad{typed{at: e.pos()}}
		}
		return r.note(unknownColumn(e, c.names.all()))
	}
	if len(found) > 1 {
		m := invalid(e.pos(), "%q is ambiguous", strings.Join(e.parts, "."))
		var could []string
		for _, v := range found {
			if v.qualifier != "" {
				could = append(could, v.qualifier+"."+v.name)
			}
		}
		return r.note(m.because("it could be %s", strings.Join(could, " or ")))
	}
	if !local && found[0].lateral {
		e.outer = strings.TrimPrefix(found[0].qualifier+"."+found[0].name, ".")
	}
	if !local && c.aggregate {
		return r.note(refused(e.pos(), "an aggregate over a column of an outer query"))
	}
	return relocate(found[0].n, e.pos())
}

// alias finds the output column that an unqualified name means.
func (r *resolver) alias(e *name, outputs []output, c *context) node {
	if len(e.parts) != 1 {
		return nil
	}
	var found node
	for _, o := range outputs {
		if o.name == "" || !strings.EqualFold(o.name, e.parts[0]) {
			continue
		}
		if found != nil && !same(found, o.n) {
			return r.note(invalid(e.pos(), "%q is the name of two output columns", e.parts[0]))
		}
		if found = o.n; slices.Contains(r.crossed, o.n) && c.clause == "GROUP BY" {
			return r.note(invalid(e.pos(), "GROUP BY %s, which names another item of the SELECT", e.parts[0]).because("name its expression"))
		}
	}
	return found
}

// relocate is a column named at another place.
func relocate(n node, at int) node {
	if c, ok := n.(*column); ok {
		moved := *c
		moved.at = at
		return &moved
	}
	return n
}

// unique gives names that differ, whatever the case, keeping them where it can.
func unique(list []string) []string {
	out := make([]string, len(list))
	taken := make(map[string]bool, len(list))
	for i, n := range list {
		if key := strings.ToLower(n); !taken[key] {
			taken[key], out[i] = true, n
		}
	}
	for i, n := range list {
		for k := 2; out[i] == ""; k++ {
			if try := n + "_" + strconv.Itoa(k); !taken[strings.ToLower(try)] {
				taken[strings.ToLower(try)], out[i] = true, try
			}
		}
	}
	return out
}

// Duplicate returns an error if two columns have the same name: right for a
// query, wrong for what is written or kept under that name. at is the place of
// the query in the manifest.
func (q *Query) Duplicate() error { return duplicate(q.Columns, q.at) }

// Duplicate is the same of columns without a place.
func Duplicate(cols []relation.Column) error {
	return duplicate(cols, func(int) fault.Pos { return fault.Pos{} })
}

func duplicate(cols []relation.Column, at func(int) fault.Pos) error {
	for i, c := range cols {
		if j := relation.Find(cols[:i], c.Name); j >= 0 {
			return invalid(0, "columns %d and %d are both called %q", j+1, i+1, c.Name).
				because("give one another name with AS").fault(at)
		}
	}
	return nil
}

// marks are how many names each scope around has seen used.
func (n *names) marks() []int {
	var m []int
	for s := n; s != nil; s = s.outer {
		m = append(m, len(s.reached))
	}
	return m
}

// cut takes back what was used since the marks, and append gives it again.
func (n *names) cut(marks []int) [][]string {
	var out [][]string
	for s, i := n, 0; s != nil; s, i = s.outer, i+1 {
		out = append(out, slices.Clone(s.reached[marks[i]:]))
		s.reached = s.reached[:marks[i]]
	}
	return out
}

func (n *names) append(used [][]string) {
	for s, i := n, 0; s != nil; s, i = s.outer, i+1 {
		s.reached = append(s.reached, used[i]...)
	}
}

// lateralAlias is the expression of an output column, where another names it.
func (r *resolver) lateralAlias(e *name, n node, c *context) node {
	e.lateral = c.clause == "SELECT"
	r.lateral++
	if e.lateral && drawn(n) {
		return r.note(refused(e.pos(), "the alias %q of what differs every time, in the same SELECT,", e.parts[0]).because("alias it in a subquery"))
	}
	return n
}

// drawn reports whether n would have another value if it were computed twice in
// one row: the time of a query would not.
func drawn(n node) bool {
	found := false
	reach(n, func(n node) bool {
		a, ok := n.(*apply)
		found = found || ok && a.fn.volatile && !strings.HasPrefix(a.fn.name, "current") && a.fn.name != "now" && a.fn.name != "localtimestamp"
		return !found
	})
	return found
}

// outputField is a field of an output column, in a clause that sees those.
func (r *resolver) outputField(e *name, c *context) node {
	if len(e.parts) < 2 || c.aggregate {
		return nil
	}
	n := r.alias(&name{place: e.place, parts: e.parts[:1]}, c.names.first, c)
	if n == nil || n.typ().Kind != relation.Struct {
		return nil
	}
	for _, part := range e.parts[1:] {
		if n = r.field(n, part, e.pos()); isBad(n) {
			return n
		}
	}
	return n
}
