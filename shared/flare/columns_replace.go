package flare

import (
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// columnsReplace edits names.
var columnsReplace = Function{plug.Spec{
	Name: "columns_replace",
	Doc:  "Edits the names of all columns by a sed expression.",
	Fields: []plug.Field{
		{Name: "sedExpression", Type: plug.Text, Required: true, Doc: "s/pattern/replacement/, with the flags g and i."},
	},
	Examples: []plug.Example{{Doc: "A shorter prefix.", In: "SELECT 1 AS num_a, 2 AS b\n--\nsedExpression: s/^num_/n_/g", Want: "n_a: 1, b: 2"}},
}, func(f *frame) string {
	s, ok := f.sedOf("sedExpression")
	if !ok {
		return ""
	}
	re, err := regexp.Compile(s.pattern)
	if err != nil {
		f.wrong(f.args["sedExpression"].Pos, "lookaround and possessive quantifiers are not supported", "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return ""
	}
	replacement := dollar.ReplaceAllString(s.replacement, "$${$1}")
	return f.renamed(func(name string) string {
		if s.global {
			return re.ReplaceAllString(name, replacement)
		}
		at := re.FindStringSubmatchIndex(name)
		if at == nil {
			return name
		}
		return name[:at[0]] + string(re.ExpandString(nil, replacement, name, at)) + name[at[1]:]
	})
}}

var dollar = regexp.MustCompile(`\$([0-9])`)
