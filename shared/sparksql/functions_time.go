package sparksql

import "github.com/glint-data/glint/shared/relation"

func init() {
	add(
		field("year", date), field("month", date), field("day", date, "dayofmonth"),
		field("hour", instant), field("minute", instant), field("second", instant),
		&function{name: "date_add", also: []string{"dateadd"}, signature: "date_add(date, days)", min: 2, max: 2,
			params: []param{date, days}, gives: always(relation.Date), duck: "($1 + $2)"},
		&function{name: "date_sub", signature: "date_sub(date, days)", min: 2, max: 2,
			params: []param{date, days}, gives: always(relation.Date), duck: "($1 - $2)"},
		&function{name: "datediff", also: []string{"date_diff"}, signature: "datediff(end, start)", min: 2, max: 2,
			params: []param{date}, gives: always(relation.Int), duck: "CAST(($1 - $2) AS INTEGER)"},
		&function{name: "to_date", signature: "to_date(text)", min: 1, max: 1, params: []param{date}, gives: always(relation.Date), duck: "$1"},
		&function{name: "to_timestamp", signature: "to_timestamp(text)", min: 1, max: 1, params: []param{instant}, gives: always(relation.Timestamp), duck: "$1"},
		&function{name: "current_date", also: []string{"curdate"}, signature: "current_date()", min: 0, max: 0, gives: always(relation.Date),
			never: true, volatile: true, duck: "CAST(timezone('UTC', now()) AS DATE)"},
		&function{name: "current_timestamp", also: []string{"now"}, signature: "current_timestamp()", min: 0, max: 0, gives: always(relation.Timestamp),
			never: true, volatile: true, duck: "timezone('UTC', now())"},
	)
}

// field is a part of a date or a timestamp, under DuckDB's name for it.
func field(name string, p param, also ...string) *function {
	return &function{name: name, also: also, signature: name + "(date)", min: 1, max: 1, params: []param{p}, gives: always(relation.Int),
		duck: "CAST(" + name + "($1) AS INTEGER)"}
}

// days takes whole numbers up to int, and text that is a literal number.
func days(r *resolver, n node) node {
	if k := n.typ().Kind; k >= relation.Byte && k <= relation.Int || k == relation.Null {
		return r.to(n, relation.Of(relation.Int))
	}
	return &misfit{typed{at: n.pos()}, "int"}
}
