package flare

import (
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// splitURL takes a URL apart.
var splitURL = Function{plug.Spec{
	Name: "split_url",
	Doc:  "Takes a URL apart: adds <column>_protocol, _authority, _host, _port, _path, _filename and _query, NULL where it is none.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The URL."},
	},
	Examples: []plug.Example{{
		Doc:  "With all parts.",
		In:   "SELECT 'https://h.io:81/a/b.txt?q=1#z' AS u\n--\ncolumn: u",
		Want: "u: https://h.io:81/a/b.txt?q=1#z, u_protocol: https, u_authority: h.io:81, u_host: h.io, u_port: 81, u_path: /a/b.txt, u_filename: /a/b.txt?q=1, u_query: q=1",
	}},
}, func(f *frame) string {
	as, found := f.args.Text("column"), relation.Find(f.cols, f.args.Text("column"))
	var pairs [][2]string
	for _, part := range []string{"protocol", "authority", "host", "port", "path", "filename", "query"} {
		t := "STRING"
		if part == "port" {
			t = "INT"
		}
		e := "CAST(NULL AS " + t + ")"
		if found >= 0 {
			as = f.cols[found].Name
			e = "CAST(glint_url_part(" + str(f.cols[found]) + ", " + text(part) + ") AS " + t + ")"
		}
		pairs = append(pairs, [2]string{as + "_" + part, e})
	}
	if found < 0 {
		f.note(f.args["column"].Pos, "there is no column %q; its parts are NULL", as)
	}
	return f.withAll(pairs)
}}
