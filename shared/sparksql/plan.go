package sparksql

import "github.com/glint-data/glint/shared/relation"

// The resolved tree: every name is a column of a source, every operator and
// function is an entry of the table applied to arguments of the types that it
// takes, every conversion is explicit, and every node has its Spark type.

// A node is a resolved expression.
type node interface {
	typ() relation.Type
	null() bool // it can be NULL
	pos() int
	size() *int // how many nodes are written for it, when that was counted
}

type typed struct {
	t        relation.Type
	nullable bool
	at       int
	weight   int
}

func (t typed) typ() relation.Type { return t.t }
func (t typed) null() bool         { return t.nullable }
func (t typed) pos() int           { return t.at }
func (t *typed) size() *int        { return &t.weight }

type (
	// A bad node stands where a mistake was noted.
	bad struct{ typed }
	// A constant is a literal; text is its canonical text, and a NULL has null set.
	constant struct {
		typed
		text string
		cast bool // it was written as a cast of another literal
	}
	// A column is the i-th column of a source.
	column struct {
		typed
		from *source
		i    int
	}
	// An apply is an entry of the function table with its arguments.
	apply struct {
		typed
		fn               *function
		args             []node
		distinct, ignore bool
		filter           node
		over             *frame
		inOrder          []sortKey // of an aggregate: in which it gets its rows
		descending       bool      // of percentile_cont and the like
		places           int       // of round
		shown            string    // as of a call
		strict           bool      // of from_json: FAILFAST
		labels           []string  // the names of its arguments, where they count
	}
	// A convert is a cast, asked for or implied.
	convert struct {
		typed
		arg node
		try bool // it was TRY_CAST
	}
	// A choose is CASE with conditions.
	choose struct {
		typed
		arms      []arm
		otherwise node
	}
	// A member is IN, over a list or over the one column of a plan.
	member struct {
		typed
		arg  node
		list []node
		of   *plan
		not  bool
	}
	// A variable is a parameter of a lambda; depth tells those in force apart.
	variable struct {
		typed
		depth int
	}
	// A closure is an argument that is a lambda.
	closure struct {
		typed
		params []*variable
		body   node
	}
	// A nested is a scalar subquery, or EXISTS.
	nested struct {
		typed
		of     *plan
		exists bool
	}
)

type arm struct{ cond, then node }

// A frame is what stands after OVER.
type frame struct {
	partition []node
	order     []sortKey
	rows      *rowSpan // nil is the default
}

// A rowSpan is the rows around a row that a frame holds.
type rowSpan struct {
	unit     string // ROWS or RANGE
	from, to edgeAt
}

// An edgeAt is where a span begins or ends; offset is nil but where word is
// PRECEDING or FOLLOWING.
type edgeAt struct {
	word   string
	offset node
}

type sortKey struct {
	n          node
	ordinal    int // of the output column that it is, counted from one, or 0
	desc       bool
	nullsFirst bool
}

// A plan is a resolved query. columns is what it returns; inner are their
// names for whoever reads the plan as a subquery: each once, whatever the case.
type plan struct {
	body          planBody
	order         []sortKey
	limit, offset int64 // -1 is none
	columns       []relation.Column
	inner         []string
	weight        int
}

// An inline is rows that are written out, their values of the columns' types.
type inline struct{ rows [][]node }

// A planBody is a *selection, a *union, an *inline or a *plan.
type planBody interface{}

type selection struct {
	distinct bool
	items    []output
	from     planFrom // nil without FROM
	where    node
	group    []node
	sets     [][]int // of group, where there are several
	keyed    bool    // group are the first of items
	having   node
}

type output struct {
	name string
	n    node
}

// A union is any set operation; both sides are converted to columns' types.
type union struct {
	op          string
	all         bool
	left, right *plan
	to          []relation.Type
}

// A planFrom is a *source or a *joined.
type planFrom interface{}

// A source is one relation, subquery or common table expression in a FROM.
type source struct {
	id    int
	table string
	sub   *plan
	cte   *common
	cols  []relation.Column
	names []string // of the columns, in the engine
}

type joined struct {
	kind        string
	left, right planFrom
	on          node // nil is always true
}

// A common is a common table expression; it is written once.
type common struct {
	name    string
	id      int
	of      *plan
	columns []relation.Column
	used    bool
	inline  bool // it is written where it is used
}

// settle fixes the columns of p and their names for its readers.
func (p *plan) settle(cols []relation.Column) {
	p.columns = cols
	p.inner = unique(relation.Names(cols))
}

// reach calls visit with n and all that is below it, but not with what is in
// subqueries. When visit returns false, it does not go below.
func reach(n node, visit func(node) bool) {
	if n == nil || !visit(n) {
		return
	}
	if a, ok := n.(*apply); ok && a.filter == nil && a.over == nil {
		for _, c := range a.args {
			reach(c, visit)
		}
		return
	}
	for _, c := range below(n) {
		reach(c, visit)
	}
}

func below(n node) []node {
	switch n := n.(type) {
	case *apply:
		all := append([]node{}, n.args...)
		if n.filter != nil {
			all = append(all, n.filter)
		}
		if n.over != nil {
			all = append(all, n.over.partition...)
			for _, k := range n.over.order {
				all = append(all, k.n)
			}
		}
		return all
	case *convert:
		return []node{n.arg}
	case *choose:
		var all []node
		for _, a := range n.arms {
			all = append(all, a.cond, a.then)
		}
		if n.otherwise != nil {
			all = append(all, n.otherwise)
		}
		return all
	case *member:
		return append([]node{n.arg}, n.list...)
	case *closure:
		return []node{n.body}
	}
	return nil
}

// same reports whether two nodes mean the same expression.
func same(a, b node) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if a == b {
		return true
	}
	if !a.typ().Equal(b.typ()) {
		return false
	}
	switch a := a.(type) {
	case *constant:
		b, ok := b.(*constant)
		return ok && a.text == b.text && a.nullable == b.nullable && a.cast == b.cast
	case *column:
		b, ok := b.(*column)
		return ok && a.from == b.from && a.i == b.i
	case *apply:
		b, ok := b.(*apply)
		return ok && a.fn.name == b.fn.name && a.fn.signature == b.fn.signature && a.distinct == b.distinct && a.ignore == b.ignore && a.places == b.places && a.descending == b.descending &&
			(a.filter == nil) == (b.filter == nil) && sameFrame(a.over, b.over) && (sameAll(below(a), below(b)) || swapped(a, b))
	case *convert:
		b, ok := b.(*convert)
		return ok && same(a.arg, b.arg)
	case *variable:
		b, ok := b.(*variable)
		return ok && a.depth == b.depth
	case *closure:
		b, ok := b.(*closure)
		return ok && len(a.params) == len(b.params) && same(a.body, b.body)
	case *choose:
		b, ok := b.(*choose)
		return ok && (a.otherwise == nil) == (b.otherwise == nil) && sameAll(below(a), below(b))
	case *member:
		b, ok := b.(*member)
		return ok && a.of == nil && b.of == nil && a.not == b.not && sameAll(below(a), below(b))
	}
	return false
}

// swapped reports whether the two operands of a, the other way round, are b's,
// and the order makes no difference.
func swapped(a, b *apply) bool {
	switch a.fn.name {
	case "+", "*", "=", "<=>", "&", "|", "^", "AND", "OR":
		return len(a.args) == 2 && len(b.args) == 2 && same(a.args[0], b.args[1]) && same(a.args[1], b.args[0])
	}
	return false
}

func sameAll(a, b []node) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !same(a[i], b[i]) {
			return false
		}
	}
	return true
}

func sameFrame(a, b *frame) bool {
	if a == nil || b == nil {
		return a == b
	}
	if len(a.partition) != len(b.partition) || len(a.order) != len(b.order) || (a.rows == nil) != (b.rows == nil) {
		return false
	}
	if a.rows != nil && (a.rows.unit != b.rows.unit || a.rows.from.word != b.rows.from.word || a.rows.to.word != b.rows.to.word ||
		!same(a.rows.from.offset, b.rows.from.offset) || !same(a.rows.to.offset, b.rows.to.offset)) {
		return false
	}
	for i := range a.order {
		if a.order[i].desc != b.order[i].desc || a.order[i].nullsFirst != b.order[i].nullsFirst {
			return false
		}
	}
	return true
}
