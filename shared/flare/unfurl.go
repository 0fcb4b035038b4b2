package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// unfurl spreads structs and arrays.
var unfurl = Function{plug.Spec{
	Name: "unfurl",
	Doc:  "Spreads a struct into columns (col.*), or an array or a map into rows (explode(col) as a). The column itself stays.",
	Fields: []plug.Field{
		{Name: "expression", Type: plug.Text, Required: true, Doc: "col.*, explode(col), explode_outer(col), posexplode(col), or another expression."},
	},
	Examples: []plug.Example{
		{Doc: "A struct.", In: "SELECT named_struct('x', 1, 'y', 'q') AS s\n--\nexpression: s.*", Want: "s: {1, q}, x: 1, y: q"},
		{Doc: "An array.", In: "SELECT array(1, 2) AS v\n--\nexpression: explode(v) as a", Want: "v: [1, 2], a: 1; v: [1, 2], a: 2"},
	},
}, func(f *frame) string {
	e := strings.TrimSpace(f.args.Text("expression"))
	if path, ok := strings.CutSuffix(e, ".*"); ok {
		f.spread(strings.TrimSpace(path))
	}
	return "SELECT *, " + e + " FROM " + f.from
}}

// spread checks that a struct's fields clash with no column.
func (f *frame) spread(path string) {
	parts := strings.Split(strings.ReplaceAll(path, "`", ""), ".")
	p := f.args["expression"].Pos
	t := f.find(plug.Value{Data: parts[0], Pos: p}).Type
	for _, part := range parts[1:] {
		i := relation.Find(t.Fields, part)
		if i < 0 {
			f.wrong(p, "", "%s has no field %q", t, part)
			return
		}
		t = t.Fields[i].Type
	}
	if t.Kind != relation.Struct {
		if len(f.mistakes) == 0 {
			f.wrong(p, "explode(…) spreads an array or a map", "%s is %s, not a struct", path, t)
		}
		return
	}
	for _, field := range t.Fields {
		if relation.Find(f.cols, field.Name) >= 0 {
			f.wrong(p, "rename or drop the column first", "the field %q of %s would be a second column of this name", field.Name, path)
		}
	}
}
