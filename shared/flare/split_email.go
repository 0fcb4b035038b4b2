package flare

import (
	"github.com/glint-data/glint/shared/plug"
)

// splitEmail takes an address apart.
var splitEmail = Function{plug.Spec{
	Name: "split_email",
	Doc:  "Takes an e-mail address apart: adds <column>_account and <column>_domain, NULL where there is no @.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The address."},
	},
	Examples: []plug.Example{{Doc: "An address.", In: "SELECT 'kim@x.io' AS e\n--\ncolumn: e", Want: "e: kim@x.io, e_account: kim, e_domain: x.io"}},
}, func(f *frame) string {
	c := f.column("column")
	domain := "substring_index(" + str(c) + ", '@', -1)"
	when := func(e string) string { return "CASE WHEN instr(" + str(c) + ", '@') > 0 THEN " + e + " END" }
	return f.withAll([][2]string{
		{c.Name + "_account", when("substring(" + str(c) + ", 1, length(" + str(c) + ") - length(" + domain + ") - 1)")},
		{c.Name + "_domain", when(domain)},
	})
}}
