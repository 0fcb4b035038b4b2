package sparksql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// expr writes n so that it can stand anywhere an operand can.
func (w *writer) expr(n node) string {
	switch n := n.(type) {
	case *constant:
		return writeConstant(n)
	case *column:
		return "t" + strconv.Itoa(n.from.id) + "." + quoteDuck(n.from.names[n.i])
	case *convert:
		if n.try {
			return w.attempt(n.arg.typ(), n.t, w.expr(n.arg))
		}
		return w.convert(n.arg.typ(), n.t, w.expr(n.arg))
	case *apply:
		if n.fn.kind == aggregate && n.over == nil { // which reads the rows of a group
			defer w.reading(false)()
		}
		args := make([]string, len(n.args))
		for i, a := range n.args {
			args[i] = w.expr(a)
		}
		if n.fn.write != nil {
			return n.fn.write(w, n, args)
		}
		return fill(n.fn.duck, args) + w.suffix(n)
	case *choose:
		var b strings.Builder
		b.WriteString("CASE")
		for _, a := range n.arms {
			b.WriteString(" WHEN " + w.expr(a.cond) + " THEN " + w.expr(a.then))
		}
		if n.otherwise != nil {
			b.WriteString(" ELSE " + w.expr(n.otherwise))
		}
		b.WriteString(" END")
		return "(" + b.String() + ")"
	case *member:
		return w.member(n)
	case *variable:
		return w.texts[n.depth]
	case *closure:
		return "" // its function writes it
	case *nested:
		if n.exists {
			return "EXISTS (" + w.query(n.of, true) + ")"
		}
		return "(" + w.query(n.of, true) + ")"
	}
	panic("sparksql: a node of no kind")
}

func (w *writer) member(n *member) string {
	op := " IN ("
	if n.not {
		op = " NOT IN ("
	}
	inside := ""
	if n.of != nil {
		inside = w.query(n.of, true)
	}
	for i, m := range n.list {
		if i > 0 {
			inside += ", "
		}
		inside += w.expr(m)
	}
	return "(" + w.expr(n.arg) + op + inside + "))"
}

// suffix is FILTER and OVER of an aggregate or a window function.
func (w *writer) suffix(a *apply) string {
	var b strings.Builder
	if a.filter != nil {
		b.WriteString(" FILTER (WHERE " + w.expr(a.filter) + ")")
	}
	if a.over != nil {
		b.WriteString(w.over(a.over))
	}
	return b.String()
}

// fill puts arguments into a form: $1 to $9, and $* for all of them.
func fill(form string, args []string) string {
	var b strings.Builder
	size := len(form)
	for _, a := range args {
		size += len(a) + 2
	}
	b.Grow(size)
	for i := 0; i < len(form); i++ {
		if form[i] != '$' {
			b.WriteByte(form[i])
			continue
		}
		i++
		if form[i] == '*' {
			b.WriteString(strings.Join(args, ", "))
		} else {
			b.WriteString(args[form[i]-'1'])
		}
	}
	return b.String()
}

// once writes f with the value of s bound to a name where s is too long to be
// repeated: text must not grow exponentially with nesting. DuckDB computes what
// is repeated once, and a binding costs 0.3 µs a row, so short texts are repeated,
// but not what is another number each time.
func (w *writer) once(s string, f func(v string) string) string {
	if len(s) <= 256 && !strings.Contains(s, "random()") {
		return f(s)
	}
	return w.bound(s, f)
}

// bound writes f with the value of s bound to a name: a lambda over a list of
// one. Names count the bindings around, so that the same node is always the
// same text: GROUP BY finds its expressions in the SELECT by that.
func (w *writer) bound(s string, f func(v string) string) string {
	w.bindings++
	defer func() { w.bindings-- }()
	v := fmt.Sprintf("v%d", w.bindings)
	return fmt.Sprintf("list_transform([%s], lambda %s: %s)[1]", s, v, f(v))
}

func writeConstant(c *constant) string {
	if c.nullable {
		return "CAST(NULL AS " + duckType(c.t) + ")"
	}
	switch c.t.Kind {
	case relation.Int:
		if c.text == "-2147483648" || c.text[0] == '-' {
			return "CAST(" + c.text + " AS INTEGER)"
		}
		return c.text
	case relation.Boolean:
		return c.text
	case relation.String:
		return quoteText(c.text)
	case relation.Binary:
		return fmt.Sprintf("from_hex('%X')", c.text)
	case relation.Date, relation.Timestamp, relation.TimestampNTZ:
		return writeMoment(c)
	case relation.Byte, relation.Short, relation.Long, relation.DayTimeInterval, relation.YearMonthInterval:
		return "CAST(" + c.text + " AS " + duckType(c.t) + ")"
	}
	return "CAST(" + quoteText(c.text) + " AS " + duckType(c.t) + ")"
}
