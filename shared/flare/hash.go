package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// hash writes digests.
var hash = Function{plug.Spec{
	Name: "hash",
	Doc:  "Replaces values by a digest of their text, in hexadecimal digits.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The column."},
		{Name: "algo", Type: plug.Enum, Required: true, Values: []string{"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA1", "SHA256", "SHA384", "SHA512"}, Doc: "The digest."},
	},
	Examples: []plug.Example{{Doc: "MD5.", In: "SELECT 'a' AS c\n--\ncolumn: c\nalgo: md5", Want: "c: 0cc175b9c0f1b6a831c399e269772661"}},
}, func(f *frame) string {
	c := f.column("column")
	bytes := "CAST(" + str(c) + " AS BINARY)"
	e := map[string]string{"MD5": "md5(" + bytes + ")", "SHA1": "sha1(" + bytes + ")", "SHA256": "sha2(" + bytes + ", 256)",
		"SHA384": "sha2(" + bytes + ", 384)", "SHA512": "sha2(" + bytes + ", 512)"}[strings.ReplaceAll(f.args.Text("algo"), "-", "")]
	return f.with(c.Name, e)
}}
