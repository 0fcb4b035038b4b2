package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// formatDate writes dates by a pattern.
var formatDate = Function{plug.Spec{
	Name: "format_date",
	Doc:  "Writes a date by a pattern, as a string. A text that is no date gives NULL.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The date, timestamp, or a text of one."},
		{Name: "format", Aliases: []string{"refformat"}, Type: plug.Text, Required: true, Doc: "Java's pattern: yyyy/MM/dd."},
	},
	Examples: []plug.Example{{Doc: "With slashes.", In: "SELECT '2019-02-24T05:07:38Z' AS d\n--\ncolumn: d\nformat: yyyy/MM/dd", Want: "d: 2019/02/24"}},
}, func(f *frame) string {
	c := f.column("column")
	return f.with(c.Name, "date_format(CAST("+name(c.Name)+" AS TIMESTAMP), "+text(f.args.Text("format"))+")")
}}
