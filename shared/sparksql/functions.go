package sparksql

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A functionKind is where a function can be used.
type functionKind uint8

const (
	scalar    functionKind = iota
	aggregate              // over the rows of a group, or of a window
	ranking                // over a window only
)

// A function is one entry of the table: all that is known about one of Spark's
// functions or operators. What has no entry is refused.
type function struct {
	name      string
	also      []string // Spark's other names for it
	kind      functionKind
	signature string // as Spark's reference has it
	min, max  int    // how many arguments; max -1 is any number
	params    []param
	gives     func([]node) relation.Type
	resolve   func(*resolver, *apply) node // instead of params and gives, where the arguments decide together
	duck      string                       // DuckDB's form: $1, $2 are arguments, $* all of them
	write     func(*writer, *apply, []string) string
	never     bool                                               // never NULL
	loses     bool                                               // may be NULL though no argument is
	ordered   bool                                               // depends on the order of rows
	volatile  bool                                               // two calls may differ
	edge      bool                                               // it is the first or the last of the rows
	lists     bool                                               // its result depends on the order of rows, and not in the last digits only
	shows     int                                                // how many of its arguments the name of a column shows, if not all
	within    bool                                               // it has WITHIN GROUP (ORDER BY …)
	pinned    *rowSpan                                           // the only frame that it has
	grouping  bool                                               // it is about the groups, not over their rows
	ignores   bool                                               // takes IGNORE NULLS
	untitled  bool                                               // the name of a column shows it otherwise: an alias is needed
	layout    string                                             // the name of a column, by its arguments $1 and $2
	shown     string                                             // its name in the name of a column, where that is not the one that was used
	full      string                                             // that name where all arguments are given
	to        *relation.Type                                     // of a function that is a cast to this type
	firstOnly bool                                               // the name of a column shows the first argument only
	internal  bool                                               // only what Glint itself compiles may call it
	stars     bool                                               // takes * for all columns
	named     bool                                               // the names of its arguments become names in its result
	binds     func(before []node, params int) []relation.Type    // of a lambda's parameters, from the arguments before it
	generator func(r *resolver, args []node, at int) *generation // it makes rows
	outer     bool                                               // of a generator: a row of NULLs where it makes none
	defaults  []string                                           // what the name of a column shows for missing last arguments
	note      string                                             // what a user should know of a difference that cannot hurt, for FUNCTIONS.md
}

// table holds every function under each of its names.
var table = map[string]*function{}

// add puts entries into the table. It panics on a name taken twice.
func add(list ...*function) {
	for _, f := range list {
		for _, n := range append([]string{f.name}, f.also...) {
			n = strings.ToLower(n)
			if table[n] != nil {
				panic(fmt.Sprintf("sparksql: function %q added twice", n))
			}
			table[n] = f
		}
	}
}

func lookup(name string) *function { return table[strings.ToLower(name)] }

func unknownFunction(e *call) *mistake {
	if e.operator {
		return refused(e.pos(), "the operator %s", e.name)
	}
	var known []string
	for _, n := range slices.Sorted(maps.Keys(table)) {
		if isWord(n[0]) && n[0] > '9' && !table[n].internal {
			known = append(known, n)
		}
	}
	m := refused(e.pos(), "the function %s", e.name)
	if why := insteadOf[strings.ToLower(e.name)]; why != "" {
		return m.because("%s", why)
	}
	if hint := instead[strings.ToLower(e.name)]; hint != "" {
		return m.because("%s", hint)
	}
	if near := nearest(e.name, known); near != "" {
		return m.because("the nearest that is supported is %s: %s", near, table[near].signature)
	}
	return m
}

func arity(f *function) string {
	switch {
	case f.max < 0:
		return fmt.Sprintf("%d arguments or more", f.min)
	case f.min == f.max:
		return fmt.Sprintf("%d arguments", f.min)
	}
	return fmt.Sprintf("%d to %d arguments", f.min, f.max)
}

// A param converts an argument to what a function takes, as Spark does without
// being asked, or gives a misfit.
type param func(*resolver, node) node

// A misfit is an argument of a type that cannot be taken.
type misfit struct {
	typed
	want string
}

func taking(k relation.Kind) param {
	return func(r *resolver, n node) node {
		if !implicit(n.typ(), k) {
			return &misfit{typed{at: n.pos()}, k.String()}
		}
		return r.to(n, relation.Of(k))
	}
}

var (
	text     = taking(relation.String)
	integer  = taking(relation.Int)
	boolean  = taking(relation.Boolean)
	date     = taking(relation.Date)
	instant  = taking(relation.Timestamp)
	anything = func(r *resolver, n node) node { return n }
	// number takes numbers as they are, and text as double.
	number = func(r *resolver, n node) node {
		if isString(n.typ()) || isNull(n.typ()) {
			return r.to(n, relation.Of(relation.Double))
		}
		if !isNumeric(n.typ()) {
			return &misfit{typed{at: n.pos()}, "a number"}
		}
		return n
	}
	// quantity takes numbers and intervals.
	quantity = func(r *resolver, n node) node {
		if isInterval(n.typ()) {
			return n
		}
		return number(r, n)
	}
	// equatable takes what can be compared for equality: not maps.
	equatable = func(r *resolver, n node) node {
		if holdsMap(n.typ()) {
			return r.note(invalid(n.pos(), "values of type %s cannot be compared", n.typ()))
		}
		return n
	}
	// atom takes what can be compared and has no parts.
	atom = func(r *resolver, n node) node {
		if k := n.typ().Kind; k == relation.Array || k == relation.Map || k == relation.Struct {
			return r.note(refused(n.pos(), "comparing values of type %s", n.typ()))
		}
		return n
	}
)

func always(k relation.Kind) func([]node) relation.Type {
	return func([]node) relation.Type { return relation.Of(k) }
}

func likeFirst(args []node) relation.Type { return args[0].typ() }

// commonType converts all arguments to the type in which they meet.
func (r *resolver) commonType(a *apply, from int) (relation.Type, node) {
	types := make([]relation.Type, 0, len(a.args))
	for _, n := range a.args[from:] {
		types = append(types, n.typ())
	}
	t, ok := widest(types)
	if !ok {
		return t, r.note(invalid(a.at, "%s: the arguments have no common type: %s", a.fn.name, typeNames(types)))
	}
	for i := from; i < len(a.args); i++ {
		if a.args[i] = r.to(a.args[i], t); isBad(a.args[i]) {
			return t, a.args[i]
		}
	}
	return t, nil
}
