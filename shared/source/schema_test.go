package source

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// described is columns as one line a column.
func described(cols []relation.Column) string {
	var b strings.Builder
	for _, c := range cols {
		fmt.Fprintf(&b, "%s %s", c.Name, c.Type)
		if c.Nullable {
			b.WriteString(" null")
		}
		if c.Doc != "" {
			b.WriteString(" -- " + c.Doc)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestColumns(t *testing.T) {
	for _, test := range []struct{ name, typ, text, want string }{
		{"primitives", "", `{"type":"record","name":"r","fields":[{"name":"a","type":"boolean"},{"name":"b","type":"int"},{"name":"c","type":"long"},{"name":"d","type":"float"},{"name":"e","type":"double"},{"name":"f","type":"bytes"},{"name":"g","type":"string","doc":"a name"}]}`,
			"a boolean\nb int\nc bigint\nd float\ne double\nf binary\ng string -- a name\n"},
		{"unions", "avro", `{"type":"record","name":"r","fields":[{"name":"a","type":["null","int"]},{"name":"b","type":["string","null"],"default":"x"},{"name":"c","type":["int","long"]},{"name":"d","type":["null","float","double"]},{"name":"e","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},{"name":"f","type":"null"},{"name":"g","type":["null"]}]}`,
			"a int null\nb string null\nc bigint\nd double null\ne timestamp null\nf void null\ng void null\n"},
		{"logical", "Avro", `{"type":"record","name":"r","fields":[{"name":"a","type":{"type":"int","logicalType":"date"}},{"name":"b","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"c","type":{"type":"long","logicalType":"local-timestamp-micros"}},{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},{"name":"e","type":{"type":"fixed","name":"f8","size":8,"logicalType":"decimal","precision":5}},{"name":"g","type":{"type":"string","logicalType":"uuid"}},{"name":"h","type":{"type":"int","logicalType":"time-millis"}}]}`,
			"a date\nb timestamp\nc timestamp_ntz\nd decimal(10,2)\ne decimal(5,0)\ng string\nh int\n"},
		{"nested", "avro", `{"type":"record","name":"r","namespace":"x.y","fields":[{"name":"p","type":{"type":"record","name":"point","fields":[{"name":"lat","type":"double"},{"name":"lon","type":["null","double"]}]}},{"name":"q","type":["null","point"]},{"name":"s","type":{"type":"array","items":"x.y.point"}},{"name":"m","type":{"type":"map","values":["null","string"]}},{"name":"e","type":{"type":"enum","name":"colour","symbols":["RED"]}},{"name":"k","type":{"type":"fixed","name":"md5","size":16}},{"name":"w","type":{"type":{"type":"array","items":"int"}}}]}`,
			"p struct<lat:double,lon:double>\nq struct<lat:double,lon:double> null\ns array<struct<lat:double,lon:double>>\nm map<string,string>\ne string\nk binary\nw array<int>\n"},
		{"spark", "sparkJson", `{"type":"struct","fields":[{"name":"id","type":"long","nullable":false,"metadata":{"comment":"the key"}},{"name":"d","type":"decimal(10,2)","nullable":true},{"name":"e","type":"decimal"},{"name":"v","type":"varchar(10)"},{"name":"a","type":{"type":"array","elementType":{"type":"struct","fields":[{"name":"x","type":"integer"}]},"containsNull":true}},{"name":"m","type":{"type":"map","keyType":"string","valueType":"timestamp_ntz","valueContainsNull":true}}]}`,
			"id bigint -- the key\nd decimal(10,2) null\ne decimal(10,0) null\nv string null\na array<struct<x:int>> null\nm map<string,timestamp_ntz> null\n"},
	} {
		cols, err := (&Schema{Type: test.typ, Text: test.text, From: "gs://b/city.avsc"}).Columns()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if diff := cmp.Diff(test.want, described(cols)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestColumnsSaysWhatIsWrong(t *testing.T) {
	record := func(fields string) string { return `{"type":"record","name":"r","fields":[` + fields + `]}` }
	for _, test := range []struct {
		name, typ, text string
		kind            fault.Kind
		want            string
	}{
		{"no JSON", "avro", "{\n  \"type\": \"record\",\n  x}", fault.Invalid, "city.avsc:3:3: schema is no JSON"},
		{"cut", "avro", `{"type":`, fault.Invalid, "city.avsc:1:9"},
		{"two", "avro", record(`{"name":"a","type":"int"}`) + " {}", fault.Invalid, "more text"},
		{"no record", "avro", `"int"`, fault.Invalid, "want a record"},
		{"no fields", "avro", `{"type":"record","name":"r"}`, fault.Invalid, "city.avsc: fields: want a list"},
		{"empty", "avro", record(""), fault.Invalid, "no columns"},
		{"unknown", "avro", record(`{"name":"a","type":"int"},{"name":"b","type":"date"}`), fault.Invalid, `city.avsc: fields[1].type: unknown type "date"`},
		{"no type", "avro", record(`{"name":"a"}`), fault.Invalid, "fields[0].type"},
		{"no name", "avro", record(`{"type":"int"}`), fault.Invalid, "fields[0]"},
		{"twice", "avro", record(`{"name":"a","type":"int"},{"name":"A","type":"int"}`), fault.Invalid, `fields[1].name: "A" is also the name of fields[0]`},
		{"union", "avro", record(`{"name":"a","type":["int","string"]}`), fault.Refused, "fields[0].type: a union of 2 types"},
		{"recursive", "avro", record(`{"name":"a","type":["null","r"]}`), fault.Refused, "fields[0].type[1]: r holds itself"},
		{"precision", "avro", record(`{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":39}}`), fault.Invalid, "fields[0].type.precision"},
		{"scale", "avro", record(`{"name":"a","type":{"type":"bytes","logicalType":"decimal","precision":3,"scale":4}}`), fault.Invalid, "fields[0].type.scale"},
		{"deep", "avro", record(`{"name":"a","type":` + strings.Repeat(`{"type":"array","items":`, 200) + `"int"` + strings.Repeat("}", 201)), fault.Invalid, "deeper than"},
		{"bomb", "avro", bomb(), fault.Invalid, "larger than"},
		{"ddl", "DDL", "id BIGINT,\n name TEXTT", fault.Invalid, "city.avsc:2:7"},
		{"ddl twice", "ddl", "id BIGINT, ID INT", fault.Invalid, `"ID" is also the name of`},
		{"ddl deep", "ddl", "a " + strings.Repeat("ARRAY<", 100000) + "INT" + strings.Repeat(">", 100000), fault.Refused, "city.avsc:1"},
		{"type", "xsd", "", fault.Invalid, `unknown schemaType "xsd"`},
		{"spark type", "spark", `{"type":"struct","fields":[{"name":"a","type":"decimal(39,1)"}]}`, fault.Invalid, "fields[0].type: decimal(39,1)"},
		{"spark no struct", "spark", `{"type":"record"}`, fault.Invalid, "want a struct"},
	} {
		_, err := (&Schema{Type: test.typ, Text: test.text, From: "city.avsc"}).Columns()
		if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %v and %q", test.name, err, test.kind, test.want)
		}
	}
}

// bomb is a small schema of names that each use the one before twice.
func bomb() string {
	var b strings.Builder
	b.WriteString(`{"type":"record","name":"top","fields":[{"name":"f0","type":{"type":"record","name":"r0","fields":[{"name":"x","type":"int"}]}}`)
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&b, `,{"name":"f%d","type":{"type":"record","name":"r%d","fields":[{"name":"x","type":"r%d"},{"name":"y","type":"r%d"}]}}`, i, i, i-1, i-1)
	}
	return b.String() + "]}"
}

func FuzzColumns(f *testing.F) {
	f.Add(bomb(), "avro")
	f.Add(`{"type":"struct","fields":[{"name":"id","type":"long"}]}`, "spark")
	f.Fuzz(func(t *testing.T, text, typ string) {
		s := Schema{Type: typ, Text: text, From: "f"}
		if cols, err := s.Columns(); err == nil && len(cols) == 0 {
			t.Error("no columns and no error")
		}
	})
}

func TestColumnsOfDDL(t *testing.T) {
	cols, err := (&Schema{Type: "ddl", Text: "id BIGINT NOT NULL COMMENT 'the key', `a b` ARRAY<STRUCT<x: INT>>,\n m MAP<STRING, DECIMAL(10,2)>", From: "m.yaml"}).Columns()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range cols {
		got = append(got, fmt.Sprint(c.Name, " ", c.Type, " ", c.Nullable))
	}
	want := []string{"id bigint false", "a b array<struct<x:int>> true", "m map<string,decimal(10,2)> true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
