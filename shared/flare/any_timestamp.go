package flare

import (
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/sparktime"
)

// anyTimestamp guesses the timestamp in a text.
var anyTimestamp = Function{plug.Spec{
	Name: "any_timestamp",
	Doc:  "Finds the timestamp in a text, whatever form it has. A text with none gives NULL.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The text."},
		{Name: "asColumn", Type: plug.Text, Doc: "The result; by default it replaces the text."},
		{Name: "timezone", Type: plug.Text, Default: "UTC", Doc: "The zone whose wall clock the result shows: Asia/Kolkata."},
		{Name: "rules", Aliases: []string{"rule"}, Type: plug.List, Doc: "Regular expressions with named groups (year, month, day, …) that are tried first."},
	},
	Examples: []plug.Example{{Doc: "An instant on an Indian clock.", In: "SELECT '2020-03-01T05:07:38Z' AS d\n--\ncolumn: d\nasColumn: t\ntimezone: Asia/Kolkata", Want: "d: 2020-03-01T05:07:38Z, t: 2020-03-01 10:37:38"}},
}, func(f *frame) string {
	c := f.column("column")
	if _, ok := sparktime.ZoneOf(f.args.Text("timezone")); !ok {
		f.wrong(f.args["timezone"].Pos, "a name such as Asia/Kolkata", "there is no time zone %q", f.args.Text("timezone"))
	}
	return f.with(f.as(c.Name), "glint_any_timestamp("+str(c)+", "+text(rules(f))+", "+text(f.args.Text("timezone"))+")")
}}
