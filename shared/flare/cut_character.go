package flare

import (
	"fmt"

	"github.com/glint-data/glint/shared/plug"
)

// cutCharacter takes characters by their places.
var cutCharacter = Function{plug.Spec{
	Name: "cut_character",
	Doc:  "Takes the characters from one place to another, both included, counted from 1.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The text."},
		{Name: "asColumn", Type: plug.Text, Doc: "The result; by default it replaces the text."},
		{Name: "startIndex", Type: plug.Int, Required: true, Doc: "The first character."},
		{Name: "endIndex", Type: plug.Int, Required: true, Doc: "The last character."},
	},
	Examples: []plug.Example{{Doc: "The year.", In: "SELECT '2031-05-09' AS d\n--\ncolumn: d\nasColumn: y\nstartIndex: 1\nendIndex: 4", Want: "d: 2031-05-09, y: 2031"}},
}, func(f *frame) string {
	c := f.column("column")
	start := max(f.args.Int("startIndex"), 1)
	return f.with(f.as(c.Name), fmt.Sprintf("substring(%s, %d, %d)", str(c), start, max(f.args.Int("endIndex")-start+1, 0)))
}}
