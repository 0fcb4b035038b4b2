package sparksql

import "github.com/glint-data/glint/shared/relation"

// The tree of what was written, before any name has a meaning. Every part has
// the offset of the text where it begins.

type place int

func (p place) pos() int { return int(p) }

// An expr is an expression as written.
type expr interface{ pos() int }

type (
	// A literal is a constant. text is its canonical text under its type.
	literal struct {
		place
		t     relation.Type
		text  string
		shown string // in the name of a column, where that is not text
	}
	// A name is a path of identifiers: column, relation.column, column.field.
	name struct {
		place
		parts   []string
		lateral bool   // it was found among the output columns before it
		outer   string // its full name, where it is a column beside a LATERAL subquery
		column  int    // how many parts name the column, where fields of it follow
		bound   bool   // it is a parameter of a lambda
	}
	// An element is a[i], of an array, a map or a struct.
	element struct {
		place
		of, index expr
		field     bool // of is a struct
	}
	// A fieldOf is e.name, where e is no name itself.
	fieldOf struct {
		place
		of    expr
		field string
	}
	// A lambda is (a, b) -> body.
	lambda struct {
		place
		params []string
		body   expr
	}
	// A star is * or relation.*.
	star struct {
		place
		of     []string
		except []token // names that are left out
	}
	// A call is a function or an operator: operators are functions with the
	// symbol for a name, so that there is one table for both.
	call struct {
		place
		name     string
		args     []expr
		operator bool
		distinct bool
		filter   expr
		over     *window
		within   []sortItem // WITHIN GROUP (ORDER BY …)
		columns  []string   // its arguments in the name of a column, where * stands for some
		ignore   bool       // IGNORE NULLS
		closed   bool       // in parentheses: a chain does not go on in it
		row      bool       // a row in parentheses
		special  bool       // written in a syntax of its own, which the name of a column shows
		bare     *name      // written without parentheses: a column of this name comes first
		shown    string     // how the name of a column shows it, by its arguments $1 and $2; "" is as usual
	}
	// A cast is CAST, TRY_CAST or ::.
	cast struct {
		place
		arg expr
		to  relation.Type
		try bool
	}
	// A choice is CASE; with an operand the whens are compared with it.
	choice struct {
		place
		operand   expr
		whens     []when
		otherwise expr
	}
	when struct{ cond, then expr }
	// An inside is IN over a list or a subquery.
	inside struct {
		place
		arg  expr
		list []expr
		from *query
		not  bool

		correlated []string
	}
	// A subquery is a scalar subquery, or EXISTS.
	subquery struct {
		place
		q          *query
		exists     bool
		correlated []string // the columns from around it that it names
	}
	window struct {
		place
		name      string // of a window of the WINDOW clause that this one is, or ""
		partition []expr
		order     []sortItem
		rows      *extent // nil where no frame is written

		definition *window // what name means, once it is resolved
		spanTitle  string  // the frame in the name of a column
	}
)

// An extent is the frame of a window: which rows around a row belong to it.
type extent struct {
	place
	unit     string // ROWS or RANGE
	from, to edgeOf
}

// An edgeOf is where a frame begins or ends.
type edgeOf struct {
	word   string // UNBOUNDED PRECEDING, CURRENT ROW, PRECEDING, …
	offset expr   // of PRECEDING and FOLLOWING
}

// A namedWindow is one of a WINDOW clause.
type namedWindow struct {
	place
	name string
	w    *window
}

// A grouping is one part of GROUP BY: an expression, or ROLLUP, CUBE or GROUPING
// SETS, whose members are lists of expressions or, of GROUPING SETS, groupings.
type grouping struct {
	place
	kind    string // "" for an expression
	sets    [][]expr
	members []grouping
}

type sortItem struct {
	e          expr
	desc       bool
	nullsFirst bool
}

// A query is a SELECT or a set operation with what stands around it.
type query struct {
	place
	with          []cte
	body          body
	order         []sortItem
	limit, offset expr
	spread        []expr // DISTRIBUTE BY
	windows       []namedWindow
}

type cte struct {
	place
	name    string
	columns []string
	q       *query
}

// A body is a *selectCore, a *setOp, a *values or a *query in parentheses.
type body interface{ pos() int }

type selectCore struct {
	place
	distinct bool
	items    []item
	from     from // nil without FROM
	where    expr
	group    []grouping
	all      bool // GROUP BY ALL
	having   expr
	windows  []namedWindow
	spread   []expr // DISTRIBUTE BY
	kept     bool   // which of equal rows comes first counts: there is a LIMIT, or something reads the rows
}

type item struct {
	e       expr
	alias   string
	aliases []string // (a, b) of a generator
}

// A values is VALUES: rows that are written out.
type values struct {
	place
	rows [][]expr
}

type setOp struct {
	place
	op          string // UNION, INTERSECT, EXCEPT
	all         bool
	left, right body
}

// A from is a *tableRef, a *derived, a *join, a *view or a *tableCall.
type from interface{ pos() int }

type (
	tableRef struct {
		place
		name  string
		path  []string // of which name is the last
		alias string
		cols  []string
	}
	derived struct {
		place
		q     *query
		alias string
		cols  []string
	}
	join struct {
		place
		kind        string // INNER, LEFT, RIGHT, FULL, CROSS, SEMI, ANTI
		left, right from
		on          expr
		using       []token
		natural     bool
		lateral     bool // the right side can name the left one's columns
	}
	// A view is LATERAL VIEW: a generator applied to every row.
	view struct {
		place
		of    from
		gen   *call
		outer bool
		alias string
		cols  []string
	}
	// A pivot is PIVOT (aggregates FOR by IN (values)).
	pivot struct {
		place
		of         from
		aggregates []item
		by         []*name
		values     []item
	}
	// An unpivot is UNPIVOT (values FOR variable IN (columns)).
	unpivot struct {
		place
		of       from
		nulls    bool // rows of nothing but NULLs stay
		values   []string
		variable string
		columns  []unpivoted
		alias    string
	}
	// An unpivoted is one column, or as many as there are values, that become a row.
	unpivoted struct {
		place
		columns []*name
		alias   string
	}
	// A tableCall is a function in FROM.
	tableCall struct {
		place
		fn    *call
		alias string
		cols  []string
	}
)
