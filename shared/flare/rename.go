package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// rename gives a column another name.
var rename = Function{plug.Spec{
	Name: "rename",
	Doc:  "Gives a column another name. A column that is not there is passed over, with a note.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The column."},
		{Name: "asColumn", Type: plug.Text, Required: true, Doc: "Its new name."},
	},
	Examples: []plug.Example{{Doc: "One of two.", In: "SELECT 1 AS a, 2 AS b\n--\ncolumn: a\nasColumn: x", Want: "x: 1, b: 2"}},
}, func(f *frame) string {
	return f.rename([]entry{{f.args["column"], f.as("")}})
}}

// rename renames columns at once, so that two can change their names.
func (f *frame) rename(list []entry) string {
	to := map[string]string{}
	for _, e := range list {
		from := strings.TrimSpace(e.key.Data.(string))
		if relation.Find(f.cols, from) < 0 {
			f.note(e.key.Pos, "there is no column %q; nothing is renamed", from)
			continue
		}
		to[strings.ToLower(from)] = strings.TrimSpace(e.value)
	}
	return f.renamed(func(s string) string {
		if now, ok := to[strings.ToLower(s)]; ok {
			return now
		}
		return s
	})
}
