package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// fillNullOrEmpty gives values to what has none.
var fillNullOrEmpty = Function{plug.Spec{
	Name: "fill_null_or_empty",
	Doc:  "Puts a value where a column is NULL or an empty text.",
	Fields: []plug.Field{
		{Name: "columns", Type: plug.Mapped, Required: true, Doc: "The columns, each with its value."},
	},
	Examples: []plug.Example{{Doc: "A text.", In: "SELECT * FROM VALUES (1, ''), (2, 'x'), (3, NULL) AS t(k, p)\n--\ncolumns: {p: n/a}", Want: "k: 1, p: n/a; k: 2, p: x; k: 3, p: n/a"}},
}, func(f *frame) string {
	var pairs [][2]string
	for _, e := range f.mapped("columns") {
		c := f.find(e.key)
		n := name(c.Name)
		if c.Type.Kind == relation.String {
			pairs = append(pairs, [2]string{c.Name, "CASE WHEN " + n + " IS NULL OR " + n + " = '' THEN " + text(e.value) + " ELSE " + n + " END"})
			continue
		}
		t := strings.ToUpper(c.Type.String())
		if !reads(e.value, t) || c.Type.Kind >= relation.Array {
			f.wrong(e.key.Pos, "", "%q is no %s, as the column %s is", e.value, c.Type, c.Name)
		}
		pairs = append(pairs, [2]string{c.Name, "coalesce(" + n + ", CAST(" + text(e.value) + " AS " + t + "))"})
	}
	return f.withAll(pairs)
}}
