package flare

import (
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// setVariable computes a column.
var setVariable = Function{plug.Spec{
	Name: "set_variable",
	Doc:  "Puts the value of a Spark SQL expression into a column, which it adds or overwrites. An aggregate is taken over all rows.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The column."},
		{Name: "expression", Type: plug.Text, Required: true, Doc: "The expression."},
	},
	Examples: []plug.Example{{Doc: "Rounded.", In: "SELECT 2.5D AS x\n--\ncolumn: y\nexpression: ROUND(x, 0)", Want: "x: 2.5, y: 3.0"}},
}, func(f *frame) string {
	e := f.args.Text("expression")
	if windowed := overAll(e); windowed != e {
		f.note(f.args["expression"].Pos, "the aggregate is taken over all rows")
		e = windowed
	}
	return f.with(f.args.Text("column"), "("+e+")")
}}

var aggregateCall = regexp.MustCompile(`(?i)\b(avg|mean|sum|min|max|count|stddev|stddev_pop|stddev_samp|variance|var_pop|var_samp|median|first|last)\s*\(`)

// overAll puts OVER () after each call of an aggregate that has none.
func overAll(e string) string {
	for from := 0; ; {
		at := aggregateCall.FindStringIndex(e[from:])
		if at == nil {
			return e
		}
		depth, i := 0, from+at[1]-1
		for ; i < len(e); i++ {
			if e[i] == '(' {
				depth++
			} else if e[i] == ')' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		if i == len(e) {
			return e
		}
		if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(e[i+1:])), "over") {
			e = e[:i+1] + " OVER ()" + e[i+1:]
		}
		from = i + 1
	}
}
