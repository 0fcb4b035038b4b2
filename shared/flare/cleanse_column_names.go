package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// cleanseColumnNames makes names plain.
var cleanseColumnNames = Function{plug.Spec{
	Name:     "cleanse_column_names",
	Doc:      "Makes the names of all columns plain: trimmed, in small letters, with _ for every character that is no ASCII letter, digit or _.",
	Examples: []plug.Example{{Doc: "A name from a spreadsheet.", In: "SELECT 1 AS ` Unit Price-$`\n--\n", Want: "unit_price__: 1"}},
}, func(f *frame) string {
	return f.renamed(func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
				return r
			}
			return '_'
		}, strings.ToLower(strings.TrimSpace(s)))
	})
}}
