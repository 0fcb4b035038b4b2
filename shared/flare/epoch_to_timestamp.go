package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// epochToTimestamp reads seconds since 1970.
var epochToTimestamp = Function{plug.Spec{
	Name: "epoch_to_timestamp",
	Doc:  "Makes a timestamp of the seconds since 1970-01-01 00:00:00 UTC.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The seconds, a number or its text."},
		{Name: "asColumn", Type: plug.Text, Required: true, Doc: "The timestamp."},
	},
	Examples: []plug.Example{{Doc: "A number.", In: "SELECT 1700000000 AS s\n--\ncolumn: s\nasColumn: t", Want: "s: 1700000000, t: 2023-11-14 22:13:20"}},
}, func(f *frame) string {
	return f.with(f.as(""), "CAST(CAST("+name(f.column("column").Name)+" AS BIGINT) AS TIMESTAMP)")
}}
