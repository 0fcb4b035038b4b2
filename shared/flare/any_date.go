package flare

import (
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// anyDate guesses the date in a text.
var anyDate = Function{plug.Spec{
	Name: "any_date",
	Doc:  "Finds the date in a text, whatever form it has. A text with none gives NULL.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The text."},
		{Name: "asColumn", Type: plug.Text, Doc: "The result; by default it replaces the text."},
		{Name: "rules", Aliases: []string{"rule"}, Type: plug.List, Doc: "Regular expressions with named groups (year, month, day, …) that are tried first."},
	},
	Examples: []plug.Example{{Doc: "Days first.", In: "SELECT '14/02/2023' AS d\n--\ncolumn: d", Want: "d: 2023-02-14"}},
}, func(f *frame) string {
	c := f.column("column")
	return f.with(f.as(c.Name), "glint_any_date("+str(c)+", "+text(rules(f))+")")
}}

// rules are the regular expressions of the manifest, one a line, without the
// brackets that the documentation puts around them, as Go writes them.
func rules(f *frame) string {
	var list []string
	for _, v := range f.list("rules") {
		s := strings.TrimSpace(v.Data.(string))
		for _, pair := range [][2]string{{"【", "】"}, {"[", "]"}} {
			if strings.HasPrefix(s, pair[0]) && strings.HasSuffix(s, pair[1]) && strings.Contains(s, "(?") {
				s = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, pair[0]), pair[1]))
			}
		}
		if _, err := regexp.Compile(s); err != nil {
			f.wrong(v.Pos, "lookaround and possessive quantifiers are not supported", "the rule is no regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
			continue
		}
		list = append(list, s)
	}
	return strings.Join(list, "\n")
}
