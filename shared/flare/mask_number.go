package flare

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// maskNumber hides characters.
var maskNumber = Function{plug.Spec{
	Name: "mask_number",
	Doc:  "Writes a pattern in which every # is the value's own character at that place.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The value."},
		{Name: "pattern", Type: plug.Text, Required: true, Doc: "The pattern: XXX-XX-####."},
	},
	Examples: []plug.Example{{Doc: "The last four.", In: "SELECT '123-45-6789' AS s\n--\ncolumn: s\npattern: XXX-XX-####", Want: "s: XXX-XX-6789"}},
}, func(f *frame) string {
	c := f.column("column")
	pattern := []rune(f.args.Text("pattern"))
	var parts []string
	for i := 0; i < len(pattern); {
		k := i
		for k < len(pattern) && (pattern[k] == '#') == (pattern[i] == '#') {
			k++
		}
		if pattern[i] == '#' {
			parts = append(parts, fmt.Sprintf("substring(%s, %d, %d)", str(c), i+1, k-i))
		} else {
			parts = append(parts, text(string(pattern[i:k])))
		}
		i = k
	}
	return f.with(c.Name, "CASE WHEN "+name(c.Name)+" IS NOT NULL THEN concat("+strings.Join(parts, ", ")+") END")
}}
