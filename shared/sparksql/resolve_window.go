package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// Spark's default frames: all rows, or those up to the last that is equal in
// order. DuckDB has the same.
var (
	allRows  = &rowSpan{"ROWS", edgeAt{word: "UNBOUNDED PRECEDING"}, edgeAt{word: "UNBOUNDED FOLLOWING"}}
	upToPeer = &rowSpan{"RANGE", edgeAt{word: "UNBOUNDED PRECEDING"}, edgeAt{word: "CURRENT ROW"}}
	upToRow  = &rowSpan{"ROWS", edgeAt{word: "UNBOUNDED PRECEDING"}, edgeAt{word: "CURRENT ROW"}}
)

func (r *resolver) windowHere(fn *function, e *call, c *context) *mistake {
	switch {
	case fn.kind == scalar || fn.grouping:
		return invalid(e.pos(), "%s is no window function", e.name)
	case len(c.bound) > 0:
		return refused(e.pos(), "a window function in a lambda").because("make it a column of a subquery first")
	case c.inWindow:
		return invalid(e.pos(), "a window function inside another")
	case !c.windows:
		return invalid(e.pos(), "a window function cannot stand in %s", c.clause).because("use it in SELECT, and filter in an outer query")
	case e.distinct:
		return invalid(e.pos(), "DISTINCT in a window function")
	case e.filter != nil:
		return invalid(e.pos(), "FILTER in a window function")
	}
	return nil
}

// definition finds the window that a name means.
func (r *resolver) definition(w *window) *window {
	for n := 0; w.name != ""; n++ {
		var found *window
		for _, d := range r.windows {
			if d.name == w.name {
				found = d.w
			}
		}
		if found == nil || n > maxDepth {
			r.note(invalid(w.pos(), "there is no window %q", w.name).because("define it in a WINDOW clause"))
			return nil
		}
		w = found
	}
	return w
}

// frame resolves what stands after OVER, for a function.
func (r *resolver) frame(fn *function, e *call, c *context) *frame {
	for i, d := range r.windows {
		for _, other := range r.windows[:i] {
			if d.name == other.name {
				r.note(invalid(d.pos(), "the window %q is defined twice", d.name))
				return nil
			}
		}
	}
	w := r.definition(e.over)
	if w == nil {
		return nil
	}
	f := &frame{}
	bad := false
	for _, p := range w.partition {
		n := r.expr(p, c)
		bad = bad || isBad(n)
		if !isBad(n) && holdsMap(n.typ()) {
			r.note(invalid(p.pos(), "values of type %s cannot be grouped", n.typ()))
		}
		f.partition = append(f.partition, n)
	}
	for _, s := range w.order {
		k := sortKey{n: r.expr(s.e, c), desc: s.desc, nullsFirst: s.nullsFirst}
		bad = bad || isBad(k.n)
		if !isBad(k.n) {
			r.sortable(k.n.typ(), s.e.pos())
		}
		f.order = append(f.order, k)
	}
	if bad {
		return nil
	}
	if (fn.within || fn.name == "median") && (len(f.order) > 0 || w.rows != nil) {
		r.note(invalid(e.pos(), "%s over a window with an ORDER BY or a frame", e.name))
		return nil
	}
	ranks := fn.kind == ranking
	if ranks && len(f.order) == 0 {
		r.note(invalid(e.pos(), "%s needs an ORDER BY in its OVER (…)", e.name))
		return nil
	}
	if w.rows != nil {
		if f.rows = r.span(w.rows, f); f.rows == nil {
			return nil
		}
		if own := shiftTitle(fn, e); own != "" && own != r.spanTitle(fn, w, f) {
			r.note(invalid(w.rows.pos(), "%s has a frame of its own, and takes no other", e.name))
			return nil
		} else if own == "" && ranks && fn.name != "nth_value" && !sameFrame(&frame{rows: f.rows}, &frame{rows: fn.frame()}) {
			r.note(invalid(w.rows.pos(), "%s has a frame of its own, and takes no other", e.name))
			return nil
		}
	}
	if e.over.spanTitle = shiftTitle(fn, e); e.over.spanTitle == "" {
		e.over.spanTitle = r.spanTitle(fn, w, f)
	}
	e.over.definition = w
	if ranks && fn.name != "nth_value" {
		f.rows = nil
	}
	return f
}

// frame is the one that a ranking function has.
func (f *function) frame() *rowSpan {
	if f.pinned != nil {
		return f.pinned
	}
	return upToRow
}

// spanTitle is the frame as the name of a column shows it.
func (r *resolver) spanTitle(fn *function, w *window, f *frame) string {
	rows := f.rows
	switch {
	case fn.kind == ranking && fn.name != "nth_value" && !shifts(fn):
		rows = fn.frame()
	case rows == nil && len(f.order) > 0:
		rows = upToPeer
	case rows == nil:
		rows = allRows
	}
	if w.rows == nil || fn.kind == ranking && fn.name != "nth_value" && !shifts(fn) {
		return rows.unit + " BETWEEN " + rows.from.word + " AND " + rows.to.word
	}
	var of *relation.Type
	if w.rows.unit == "RANGE" && len(f.order) == 1 {
		t := f.order[0].n.typ()
		of = &t
	}
	return w.rows.unit + " BETWEEN " + r.edgeTitle(w.rows.from, of) + " AND " + r.edgeTitle(w.rows.to, of)
}

func shifts(fn *function) bool { return fn.name == "lag" || fn.name == "lead" }

// shiftTitle is the frame of lag and lead, or "" of other functions: the one row
// that they look at. Spark has computed lag's by then, and not lead's.
func shiftTitle(fn *function, e *call) string {
	if !shifts(fn) {
		return ""
	}
	offset, ok := "1", true
	if len(e.args) > 1 {
		offset, ok = titleOf(e.args[1])
	}
	if fn.name == "lag" && ok {
		r := &resolver{}
		n := int64(1)
		if len(e.args) > 1 {
			n, ok = foldInt(r.expr(e.args[1], &context{names: &names{}}))
		}
		offset = strconv.FormatInt(-n, 10)
	}
	if !ok {
		return "" // it is refused for its offset
	}
	return "ROWS BETWEEN " + offset + " FOLLOWING AND " + offset + " FOLLOWING"
}

// edgeTitle shows a negative offset where it was converted, as Spark does.
func (r *resolver) edgeTitle(e edgeOf, of *relation.Type) string {
	if e.offset == nil {
		return e.word
	}
	s, _ := titleOf(e.offset)
	n := r.expr(e.offset, &context{clause: "a window frame", names: &names{}})
	converted := of != nil && !of.Equal(n.typ()) && (isNumeric(*of) || isString(*of))
	if e.word == "PRECEDING" && converted {
		return "(- " + s + ") FOLLOWING"
	}
	return s + " " + e.word
}

// span resolves a written frame.
func (r *resolver) span(x *extent, f *frame) *rowSpan {
	s := &rowSpan{unit: x.unit}
	offsets := x.from.offset != nil || x.to.offset != nil
	switch {
	case x.unit == "RANGE" && offsets && len(f.order) != 1:
		r.note(invalid(x.pos(), "a RANGE with an offset needs exactly one ORDER BY"))
		return nil
	case x.unit == "RANGE" && len(f.order) == 0 && !(x.from.word == "UNBOUNDED PRECEDING" && x.to.word == "UNBOUNDED FOLLOWING"):
		r.note(invalid(x.pos(), "a RANGE needs an ORDER BY"))
		return nil
	case x.from.word == "UNBOUNDED FOLLOWING", x.to.word == "UNBOUNDED PRECEDING":
		r.note(invalid(x.pos(), "a frame that ends before it begins"))
		return nil
	}
	var a, b int64
	var ok bool
	if s.from, a, ok = r.edge(x.from, x, f); !ok {
		return nil
	}
	if s.to, b, ok = r.edge(x.to, x, f); !ok {
		return nil
	}
	if x.unit == "ROWS" && x.from.word != "UNBOUNDED PRECEDING" && x.to.word != "UNBOUNDED FOLLOWING" && a > b {
		m := invalid(x.pos(), "a frame that ends before it begins")
		if x.from.offset == nil || x.to.offset == nil {
			m = refused(x.pos(), "a frame that is empty in every row")
		}
		r.note(m)
		return nil
	}
	if l, h := s.from.offset, s.to.offset; l != nil && h != nil && isInterval(l.typ()) && !l.typ().Equal(h.typ()) {
		r.note(invalid(x.pos(), "a frame from %s to %s: both must be of one type", l.typ(), h.typ()))
		return nil
	}
	if x.unit == "RANGE" && offsets {
		r.ranged(s, f)
	}
	return s
}

// edge resolves one end; of ROWS it gives its distance too.
func (r *resolver) edge(e edgeOf, x *extent, f *frame) (edgeAt, int64, bool) {
	if e.offset == nil {
		return edgeAt{word: e.word}, 0, true
	}
	n := r.expr(e.offset, &context{clause: "a window frame", names: &names{}})
	if isBad(n) {
		return edgeAt{}, 0, false
	}
	none := func(m *mistake) (edgeAt, int64, bool) { r.note(m); return edgeAt{}, 0, false }
	if x.unit == "RANGE" {
		return r.distance(e, n, f)
	}
	if n.typ().Kind != relation.Int {
		return none(invalid(e.offset.pos(), "an offset of rows is an int, and this is %s", n.typ()))
	}
	v, ok := foldInt(n)
	if !ok {
		return none(refused(e.offset.pos(), "an offset that is no whole number"))
	}
	if e.word == "PRECEDING" {
		v = -v
	}
	return rowsAt(v), v, true
}

// rowsAt is a row at a distance: before the current one where it is negative.
func rowsAt(v int64) edgeAt {
	count := func(n int64) node {
		return &constant{typed: typed{t: relation.Of(relation.Long)}, text: strconv.FormatInt(n, 10)}
	}
	switch {
	case v < 0:
		return edgeAt{"PRECEDING", count(-v)}
	case v > 0:
		return edgeAt{"FOLLOWING", count(v)}
	}
	return edgeAt{word: "CURRENT ROW"}
}

// foldInt is the value of a constant expression of whole numbers.
func foldInt(n node) (int64, bool) {
	switch n := n.(type) {
	case *constant:
		if !n.t.Kind.Integral() || n.nullable {
			return 0, false
		}
		v, err := strconv.ParseInt(n.text, 10, 64)
		return v, err == nil
	case *convert:
		if n.t.Kind.Integral() && lossless(n.arg.typ(), n.t) {
			return foldInt(n.arg)
		}
	case *apply:
		args := make([]int64, len(n.args))
		for i, a := range n.args {
			var ok bool
			if args[i], ok = foldInt(a); !ok || args[i] > 1<<30 || args[i] < -1<<30 {
				return 0, false
			}
		}
		switch {
		case n.fn.name == "NEGATIVE" && len(args) == 1:
			return -args[0], true
		case n.fn.name == "+" && len(args) == 2:
			return args[0] + args[1], true
		case n.fn.name == "-" && len(args) == 2:
			return args[0] - args[1], true
		case n.fn.name == "*" && len(args) == 2:
			return args[0] * args[1], args[0]*args[1] < 1<<30
		}
	}
	return 0, false
}

// distance resolves an offset of a RANGE: a number, or an interval of moments.
func (r *resolver) distance(e edgeOf, n node, f *frame) (edgeAt, int64, bool) {
	none := func(m *mistake) (edgeAt, int64, bool) { r.note(m); return edgeAt{}, 0, false }
	t := f.order[0].n.typ()
	wrong := invalid(e.offset.pos(), "a RANGE over %s cannot have an offset of type %s", t, n.typ())
	switch {
	case isNumeric(t) && (isNumeric(n.typ()) || isString(n.typ())):
		n = r.to(n, t)
	case t.Kind == relation.Date && n.typ().Kind == relation.Int:
	case isMoment(t) && isInterval(n.typ()):
		if t.Kind == relation.Date && n.typ().Kind == relation.DayTimeInterval {
			return none(wrong.because("write the number of days"))
		}
	case isInterval(t) && n.typ().Equal(t):
	default:
		return none(wrong)
	}
	if isBad(n) {
		return edgeAt{}, 0, false
	}
	c, ok := n.(*constant)
	as, converted := n.(*convert)
	if converted {
		c, ok = as.arg.(*constant)
	}
	if !ok || c.nullable || isString(c.t) {
		return none(refused(e.offset.pos(), "an offset that is no constant of type %s", t).because("write it as a literal of that type"))
	}
	word, flipped := e.word, map[string]string{"PRECEDING": "FOLLOWING", "FOLLOWING": "PRECEDING"}
	if strings.HasPrefix(c.text, "-") {
		b := *c
		b.text = c.text[1:]
		c, word = &b, flipped[word]
	}
	if converted {
		b := *as
		b.arg = c
		return edgeAt{word, &b}, 0, true
	}
	return edgeAt{word, c}, 0, true
}

// ranged makes the order of a RANGE with offsets one of numbers, where it is of
// moments: days, or microseconds. A number of months has no such form, and is
// added as the calendar has it.
func (r *resolver) ranged(s *rowSpan, f *frame) {
	t := f.order[0].n.typ()
	if !isMoment(t) {
		return
	}
	months := false
	for _, e := range []*edgeAt{&s.from, &s.to} {
		if e.offset != nil && e.offset.typ().Kind == relation.YearMonthInterval {
			months = true
		}
	}
	n := f.order[0].n
	switch {
	case months:
		for _, e := range []*edgeAt{&s.from, &s.to} {
			if e.offset != nil {
				e.offset = &apply{typed: typed{t: e.offset.typ()}, fn: monthsApart, args: []node{e.offset}}
			}
		}
	case t.Kind == relation.Date:
		f.order[0].n = &apply{typed: typed{t: relation.Of(relation.Int), nullable: n.null()}, fn: dayNumber, args: []node{n}}
		for _, e := range []*edgeAt{&s.from, &s.to} {
			if e.offset != nil && isInterval(e.offset.typ()) {
				e.offset = &apply{typed: typed{t: relation.Of(relation.Int)}, fn: wholeDays, args: []node{e.offset}}
			}
		}
	default:
		f.order[0].n = &apply{typed: typed{t: relation.Of(relation.Long), nullable: n.null()}, fn: microNumber, args: []node{n}}
	}
}

var (
	dayNumber   = &function{name: "days", duck: "date_diff('day', DATE '1970-01-01', $1)"}
	microNumber = &function{name: "micros", duck: "epoch_us($1)"}
	wholeDays   = &function{name: "whole days", duck: "($1 // CAST(86400000000 AS BIGINT))"}
	monthsApart = &function{name: "months", duck: "to_months($1)"}
)
