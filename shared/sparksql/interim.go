package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

const maxPrecision = 38

type typed struct{ at int }
type node interface{}
type bad struct{ typed }
type resolver struct {
	scope    Scope
	mistakes []*mistake
}
type plan struct {
	name  string
	cols  []relation.Column
	limit int64
}
type writer struct {
	strings.Builder
	relation func(string) string
}

func quoteDuck(s string) string  { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func quoteSpark(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

func dateText(s string) (string, bool)      { return "", false }
func timestampText(s string) (string, bool) { return "", false }

// query resolves SELECT * FROM relation [LIMIT n]; the rest of the grammar is
// refused until the resolver of expressions is in.
func (r *resolver) query(q *query, _ any) *plan {
	s, ok := q.body.(*selectCore)
	if !ok || s.distinct || s.where != nil || s.group != nil || s.having != nil || q.order != nil || q.offset != nil || len(s.items) != 1 {
		r.note(refused(q.pos(), "anything but SELECT * FROM relation LIMIT n"))
		return nil
	}
	t, ok := s.from.(*tableRef)
	st, isStar := s.items[0].e.(*star)
	if !ok || !isStar || st.of != nil {
		r.note(refused(s.pos(), "anything but SELECT * FROM relation LIMIT n"))
		return nil
	}
	cols, ok := r.scope.Relation(t.name)
	if !ok {
		m := invalid(t.pos(), "there is no relation %q", t.name)
		if n := nearest(t.name, r.scope.Names()); n != "" {
			m = m.because("did you mean %s?", n)
		}
		r.note(m)
		return nil
	}
	p := &plan{name: t.name, cols: cols, limit: -1}
	if q.limit != nil {
		l, ok := q.limit.(*literal)
		n, err := strconv.ParseInt(func() string {
			if ok {
				return l.text
			}
			return ""
		}(), 10, 64)
		if err != nil {
			r.note(refused(q.limit.pos(), "a LIMIT that is no number"))
			return nil
		}
		p.limit = n
	}
	return p
}

func (r *resolver) finish(text string, p *plan) *Query {
	return &Query{Text: text, Columns: p.cols, Reads: []string{p.name}, Limit: p.limit, Deterministic: true, OrderSensitive: p.limit >= 0, plan: p}
}

func (w *writer) query(p *plan) {
	w.WriteString("SELECT ")
	for i, c := range p.cols {
		if i > 0 {
			w.WriteString(", ")
		}
		w.WriteString("t1." + quoteDuck(c.Name))
	}
	w.WriteString(" FROM " + w.relation(p.name) + " AS t1")
	if p.limit >= 0 {
		w.WriteString(" LIMIT " + strconv.FormatInt(p.limit, 10))
	}
}
