package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// encode writes text in an encoding.
var encode = Function{plug.Spec{
	Name:   "encode",
	Doc:    "Writes a text as base32, base64 or hexadecimal digits of its UTF-8 bytes.",
	Fields: codecFields("The result; by default <column>_encode_<algo>."),
	Examples: []plug.Example{
		{Doc: "In base64.", In: "SELECT '21' AS c\n--\ncolumn: c\nalgo: base64", Want: "c: 21, c_encode_base64: MjE="},
		{Doc: "In digits.", In: "SELECT '21' AS c\n--\ncolumn: c\nalgo: hex\nasColumn: c", Want: "c: 3231"},
	},
}, func(f *frame) string {
	c, algo := f.column("column"), f.args.Text("algo")
	e := map[string]string{
		"base64": "base64(CAST(%s AS BINARY))", "hex": "lower(hex(%s))", "base32": "glint_base32_encode(%s)",
	}[algo]
	return f.with(f.as(c.Name+"_encode_"+algo), strings.Replace(e, "%s", str(c), 1))
}}

func codecFields(result string) []plug.Field {
	return []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The text."},
		{Name: "algo", Type: plug.Enum, Required: true, Values: []string{"base32", "base64", "hex"}, Doc: "The encoding, of RFC 4648."},
		{Name: "asColumn", Type: plug.Text, Doc: result},
	}
}
