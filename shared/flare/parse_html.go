package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// parseHTML takes the text of HTML.
var parseHTML = Function{plug.Spec{
	Name: "parse_html",
	Doc:  "Takes the text out of HTML: no tags, entities read, white space as a browser shows it.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The HTML."},
		{Name: "asColumn", Type: plug.Text, Doc: "The result; by default it replaces the HTML."},
	},
	Examples: []plug.Example{{Doc: "A paragraph.", In: "SELECT '<p>Hi <b>you</b>&amp;me</p>' AS c\n--\ncolumn: c", Want: "c: Hi you&me"}},
}, func(f *frame) string {
	c := f.column("column")
	return f.with(f.as(c.Name), "glint_parse_html("+str(c)+")")
}}
