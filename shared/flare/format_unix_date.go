package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// formatUnixDate writes seconds since 1970 by a pattern.
var formatUnixDate = Function{plug.Spec{
	Name: "format_unix_date",
	Doc:  "Writes the seconds since 1970-01-01 00:00:00 UTC as a date, by a pattern.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The seconds, a number or its text."},
		{Name: "format", Type: plug.Text, Required: true, Doc: "Java's pattern: yyyy/MM/dd."},
	},
	Examples: []plug.Example{{Doc: "With a time.", In: "SELECT 178976646 AS s\n--\ncolumn: s\nformat: yyyy-MM-dd'T'HH:mm:ss", Want: "s: 1975-09-03T11:44:06"}},
}, func(f *frame) string {
	c := f.column("column")
	return f.with(c.Name, "from_unixtime(CAST("+name(c.Name)+" AS BIGINT), "+text(f.args.Text("format"))+")")
}}
