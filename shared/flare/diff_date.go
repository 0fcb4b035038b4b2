package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// diffDate counts days.
var diffDate = Function{plug.Spec{
	Name: "diff_date",
	Doc:  "Counts the days from columnB to columnA.",
	Fields: []plug.Field{
		{Name: "columnA", Type: plug.Text, Required: true, Doc: "The later date."},
		{Name: "columnB", Type: plug.Text, Required: true, Doc: "The earlier date."},
		{Name: "asColumn", Type: plug.Text, Required: true, Doc: "The days."},
	},
	Examples: []plug.Example{{Doc: "A year and some days.", In: "SELECT '2020-03-01' AS a, '2019-02-24' AS b\n--\ncolumnA: a\ncolumnB: b\nasColumn: d", Want: "a: 2020-03-01, b: 2019-02-24, d: 371"}},
}, func(f *frame) string {
	a, b := f.column("columnA"), f.column("columnB")
	return f.with(f.as(""), "datediff(CAST("+name(a.Name)+" AS DATE), CAST("+name(b.Name)+" AS DATE))")
}}
