package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// decode reads text from an encoding.
var decode = Function{plug.Spec{
	Name:     "decode",
	Doc:      "Reads a text that is written as base32, base64 or hexadecimal digits of its UTF-8 bytes. What is no such text gives NULL.",
	Fields:   codecFields("The result; by default <column>_decode_<algo>."),
	Examples: []plug.Example{{Doc: "From base64.", In: "SELECT 'MjE=' AS c\n--\ncolumn: c\nalgo: base64", Want: "c: MjE=, c_decode_base64: 21"}},
}, func(f *frame) string {
	c, algo := f.column("column"), f.args.Text("algo")
	e := map[string]string{
		"base64": "glint_base64_decode(%s)", "hex": "CAST(unhex(%s) AS STRING)", "base32": "glint_base32_decode(%s)",
	}[algo]
	return f.with(f.as(c.Name+"_decode_"+algo), strings.Replace(e, "%s", str(c), 1))
}}
