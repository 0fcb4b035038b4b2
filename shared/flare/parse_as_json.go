package flare

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/source"
)

// parseAsJSON reads JSON by a schema.
var parseAsJSON = Function{plug.Spec{
	Name: "parse_as_json",
	Doc:  "Reads a JSON text by a schema into a struct or an array. A text that is no JSON gives NULL in every field.",
	Fields: []plug.Field{
		{Name: "column", Type: plug.Text, Required: true, Doc: "The text."},
		{Name: "asColumn", Type: plug.Text, Doc: "The result; by default it replaces the text."},
		{Name: "sparkSchema", Type: plug.Text, Doc: "The schema as Spark's JSON."},
		{Name: "avroSchema", Type: plug.Text, Doc: "The schema as Avro's JSON."},
	},
	Examples: []plug.Example{{
		Doc:  "One field.",
		In:   "SELECT '{\"a\":1}' AS c\n--\ncolumn: c\nsparkSchema: '{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}'",
		Want: "c: {1}",
	}},
}, func(f *frame) string {
	c := f.column("column")
	s := source.Schema{From: "sparkSchema", Type: "spark", Text: f.args.Text("sparkSchema")}
	p := f.args["sparkSchema"].Pos
	switch spark, avro := f.args.Has("sparkSchema"), f.args.Has("avroSchema"); {
	case spark && avro:
		f.wrong(f.pos, "leave one of them out", "sparkSchema and avroSchema cannot both be given")
		return ""
	case avro:
		s, p = source.Schema{From: "avroSchema", Type: "avro", Text: f.args.Text("avroSchema")}, f.args["avroSchema"].Pos
	case !spark:
		f.wrong(f.pos, "give sparkSchema: the JSON of a StructType", "there is no schema")
		return ""
	}
	cols, err := s.Columns()
	if err != nil {
		f.wrong(p, "", "%v", err)
		return ""
	}
	return f.with(f.as(c.Name), "from_json("+str(c)+", "+text(ddl(relation.StructOf(cols...)))+")")
}}

// ddl writes a type as Spark reads it, names in backticks.
func ddl(t relation.Type) string {
	switch t.Kind {
	case relation.Array:
		return "array<" + ddl(*t.Elem) + ">"
	case relation.Map:
		return "map<" + ddl(*t.Key) + "," + ddl(*t.Elem) + ">"
	case relation.Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = name(f.Name) + ":" + ddl(f.Type)
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	}
	return t.String()
}
