package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// findAndReplace edits values.
var findAndReplace = Function{plug.Spec{
	Name: "find_and_replace",
	Doc:  "Edits the values of a column by a sed expression. Without the flag g only the first match of a value is replaced.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The text."},
		{Name: "sedExpression", Type: plug.Text, Required: true, Doc: "s/pattern/replacement/, with the flags g and i."},
	},
	Examples: []plug.Example{{Doc: "Without digits at the end.", In: "SELECT 'Ann12' AS c\n--\ncolumn: c\nsedExpression: s/[0-9]+$//g", Want: "c: Ann"}},
}, func(f *frame) string {
	c := f.column("column")
	s, ok := f.sedOf("sedExpression")
	if !ok {
		return ""
	}
	fn := "glint_replace_first"
	if s.global {
		fn = "regexp_replace"
	}
	return f.with(c.Name, fn+"("+str(c)+", "+text(s.pattern)+", "+text(s.replacement)+")")
}}
