package sparksql

// The arithmetic that gives NULL where the result does not fit.
func init() {
	add(tried("try_add", "+"), tried("try_subtract", "-"), tried("try_multiply", "*"))
	add(&function{name: "try_divide", signature: "try_divide(a, b)", min: 2, max: 2, resolve: func(r *resolver, a *apply) node {
		if n := r.triedTime(a, "/"); n != nil {
			return n
		}
		return r.apply(a.at, "/", a.args...)
	}})
}

// tried is an operator whose integers do not wrap around. Its decimals and
// doubles are the operator's own.
func tried(name, op string) *function {
	return &function{name: name, signature: name + "(a, b)", min: 2, max: 2, loses: true,
		resolve: func(r *resolver, a *apply) node {
			if n := r.triedTime(a, op); n != nil {
				return n
			}
			plain := r.apply(a.at, op, a.args...)
			n, ok := plain.(*apply)
			if !ok || n.fn.name != op || !n.t.Kind.Integral() {
				return plain
			}
			n.fn, n.nullable = a.fn, true
			return n
		},
		write: func(_ *writer, a *apply, args []string) string {
			wide := wideOf(a.t.Kind)
			s := "(" + widen(a.args[0], args[0], wide) + " " + op + " " + widen(a.args[1], args[1], wide) + ")"
			return "TRY_CAST(" + s + " AS " + duckTypes[a.t.Kind] + ")"
		}}
}

// triedTime is an operator on moments or intervals that is NULL where it would
// end the query; nil where there are none.
func (r *resolver) triedTime(a *apply, op string) node {
	if !timely(a.args[0].typ(), a.args[1].typ()) {
		return nil
	}
	n, ok := r.apply(a.at, op, a.args...).(*apply)
	if !ok {
		return &bad{typed{at: a.at}}
	}
	n.shown = ""
	n = r.timelyDuck(a, "TRY($1)", n.t, n)
	n.nullable = true
	return n
}
