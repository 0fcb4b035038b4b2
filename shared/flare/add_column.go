package flare

import (
	"slices"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/sparktime"
)

// addColumn adds a constant.
var addColumn = Function{plug.Spec{
	Name: "add_column",
	Doc:  "Adds a column that holds one value. The value is never evaluated.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The new column."},
		{Name: "value", Type: plug.Text, Doc: "Its value; none is NULL."},
		{Name: "type", Type: plug.Text, Required: true, Doc: "string, boolean, byte, short, int, long, float, double, decimal, date or timestamp."},
	},
	Examples: []plug.Example{{Doc: "Where the rows come from.", In: "SELECT 1 AS k\n--\ncolumn: src\nvalue: 7\ntype: int", Want: "k: 1, src: 7"}},
}, func(f *frame) string {
	t, ok := f.typeOf(f.args.Text("type"), f.args["type"].Pos)
	value := f.args.Text("value")
	if t == "DECIMAL" && strings.Contains(value, ".") {
		t = "DECIMAL(38,18)" // Spark's own DECIMAL would round to a whole number
	}
	e := "CAST(NULL AS " + t + ")"
	if f.args.Has("value") {
		e = "CAST(" + text(value) + " AS " + t + ")"
		if ok && !reads(value, t) {
			f.wrong(f.args["value"].Pos, "", "%q is no %s", value, strings.ToLower(t))
		}
	}
	return f.with(f.args.Text("column"), e)
}}

// reads reports whether a value that is written out is one of a type.
func reads(value, t string) bool {
	value = strings.TrimSpace(value)
	bits := map[string]int{"TINYINT": 8, "SMALLINT": 16, "INT": 32, "BIGINT": 64}
	switch {
	case bits[t] > 0:
		_, err := strconv.ParseInt(value, 10, bits[t])
		return err == nil
	case t == "FLOAT" || t == "DOUBLE" || strings.HasPrefix(t, "DECIMAL"):
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	case t == "BOOLEAN":
		return slices.Contains([]string{"t", "true", "y", "yes", "1", "f", "false", "n", "no", "0"}, strings.ToLower(value))
	case t == "DATE":
		_, ok := sparktime.ParseDate([]byte(value))
		return ok
	case t == "TIMESTAMP":
		_, ok := sparktime.ParseStamp([]byte(value))
		return ok
	}
	return true
}
