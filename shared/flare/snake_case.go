package flare

import (
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// snakeCase writes names with underscores.
var snakeCase = Function{plug.Spec{
	Name:     "snake_case",
	Doc:      "Writes the names of all columns in snake case: orderId becomes order_id, HTTPServer http_server.",
	Examples: []plug.Example{{Doc: "Two names.", In: "SELECT 1 AS orderId, 2 AS ALL_CAPS\n--\n", Want: "order_id: 1, all_caps: 2"}},
}, func(f *frame) string {
	return f.renamed(func(s string) string {
		s = capital.ReplaceAllString(camel.ReplaceAllString(s, "${1}_${2}"), "${1}_${2}")
		return strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(s))
	})
}}

var (
	camel   = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	capital = regexp.MustCompile(`([A-Z])([A-Z][a-z])`)
)
