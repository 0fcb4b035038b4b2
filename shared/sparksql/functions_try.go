package sparksql

// The arithmetic that gives NULL where the result does not fit.
func init() {
	add(tried("try_add", "+"), tried("try_subtract", "-"), tried("try_multiply", "*"))
	add(&function{name: "try_divide", signature: "try_divide(a, b)", min: 2, max: 2, resolve: func(r *resolver, a *apply) node {
		return r.apply(a.at, "/", a.args...)
	}})
}

// tried is an operator whose integers do not wrap around. Its decimals and
// doubles are the operator's own.
func tried(name, op string) *function {
	return &function{name: name, signature: name + "(a, b)", min: 2, max: 2, loses: true,
		resolve: func(r *resolver, a *apply) node {
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
