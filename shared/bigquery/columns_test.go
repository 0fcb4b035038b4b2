package bigquery

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

var (
	long = relation.Of(relation.Long)
	text = relation.Of(relation.String)
)

func TestColumnsAndFields(t *testing.T) {
	w := &Writer{}
	for _, c := range []struct {
		in    relation.Type
		field string // type and mode of the table's column
		out   string // Spark type of what is staged
	}{
		{relation.Of(relation.Boolean), "BOOLEAN", "boolean"},
		{relation.Of(relation.Byte), "INTEGER", "bigint"},
		{relation.Of(relation.Int), "INTEGER", "bigint"},
		{relation.Of(relation.Float), "FLOAT", "double"},
		{relation.DecimalOf(10, 2), "NUMERIC(10,2)", "decimal(10,2)"},
		{relation.DecimalOf(38, 9), "NUMERIC(38,9)", "decimal(38,9)"},
		{relation.DecimalOf(38, 8), "BIGNUMERIC(38,8)", "decimal(38,8)"},
		{relation.DecimalOf(38, 10), "BIGNUMERIC(38,10)", "decimal(38,10)"},
		{relation.DecimalOf(10, 10), "BIGNUMERIC(10,10)", "decimal(10,10)"},
		{text, "STRING", "string"},
		{relation.Of(relation.Binary), "BYTES", "binary"},
		{relation.Of(relation.Date), "DATE", "date"},
		{relation.Of(relation.Timestamp), "TIMESTAMP", "timestamp"},
		{relation.Of(relation.TimestampNTZ), "DATETIME", "timestamp_ntz"},
		{relation.ArrayOf(relation.Of(relation.Short)), "ARRAY<INTEGER>", "array<bigint>"},
		{relation.StructOf(relation.Column{Name: "a", Type: relation.Of(relation.Int)}), "RECORD", "struct<a:bigint>"},
	} {
		got, err := w.Columns(sink.Output{}, []relation.Column{{Name: "x", Type: c.in, Doc: "d"}})
		if err != nil {
			t.Errorf("Columns(%s): %v", c.in, err)
			continue
		}
		if s := got[0].Type.String(); s != c.out {
			t.Errorf("Columns(%s) = %s, want %s", c.in, s, c.out)
		}
		f := field(got[0])
		if s := show(f); s != c.field || f.Description != "d" {
			t.Errorf("field(%s) = %s %q, want %s", c.in, s, f.Description, c.field)
		}
		// What a table says of the column is what was staged.
		if back := columnsOf(fields(got)); !back[0].Type.Equal(got[0].Type) {
			t.Errorf("columnsOf(%s) = %s, want %s", c.field, back[0].Type, got[0].Type)
		}
	}
}

func TestColumnsRefused(t *testing.T) {
	for _, c := range []struct {
		name, want, hint string
		cols             []relation.Column
	}{
		{"none", "no column", "", nil},
		{"space", `column "a b"`, "`a b` AS a_b", []relation.Column{{Name: "a b", Type: text}}},
		{"digit", `column "1st"`, "`1st` AS _1st", []relation.Column{{Name: "1st", Type: text}}},
		{"umlaut", `column "größe"`, "AS gr__e", []relation.Column{{Name: "größe", Type: text}}},
		{"long", "301 characters", "shorter", []relation.Column{{Name: strings.Repeat("a", 301), Type: text}}},
		{"reserved", "_PARTITION", "AS c_partitiontime", []relation.Column{{Name: "_partitiontime", Type: text}}},
		{"case", "there twice", "AS ID_2", []relation.Column{{Name: "id", Type: long}, {Name: "ID", Type: long}}},
		{"map", "no maps", "map_entries(`m`)", []relation.Column{{Name: "m", Type: relation.MapOf(text, text)}}},
		{"nested arrays", "array of arrays", "named_struct", []relation.Column{{Name: "x", Type: relation.ArrayOf(relation.ArrayOf(long))}}},
		{"interval", "cannot be loaded", "CAST(`i` AS STRING)", []relation.Column{{Name: "i", Type: relation.Of(relation.DayTimeInterval)}}},
		{"null", "NULL without a type", "CAST(NULL AS STRING)", []relation.Column{{Name: "n", Type: relation.Of(relation.Null)}}},
		{"inside", "column s.m is", "map_entries", []relation.Column{{Name: "s", Type: relation.ArrayOf(
			relation.StructOf(relation.Column{Name: "m", Type: relation.MapOf(text, long)}))}}},
		{"empty struct", "without fields", "leave it out", []relation.Column{{Name: "s", Type: relation.StructOf()}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := (&Writer{}).Columns(sink.Output{}, c.cols)
			if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("Columns = %v, want %q of kind invalid", err, c.want)
			}
			if hints := strings.Join(fault.Hints(fault.Each(err)[0]), "\n"); !strings.Contains(hints, c.hint) {
				t.Errorf("hint %q, want %q", hints, c.hint)
			}
		})
	}
}

func TestColumnsSaysAll(t *testing.T) {
	_, err := (&Writer{}).Columns(sink.Output{}, []relation.Column{
		{Name: "a b", Type: text}, {Name: "m", Type: relation.MapOf(text, text)}, {Name: "ok", Type: text},
	})
	if n := len(fault.Each(err)); n != 2 {
		t.Errorf("%d mistakes, want 2: %v", n, err)
	}
}

func TestLabel(t *testing.T) {
	got := legalLabels(map[string]string{"Glint Job": "City/Write", "9": strings.Repeat("x", 70)})
	want := map[string]string{"glint-job": "city-write", "l9": strings.Repeat("x", 63)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}
