package sparkfn

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

func TestPrintedInZone(t *testing.T) {
	zone, _ := sparktime.ZoneOf("Europe/Berlin")
	noon := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	for kind, want := range map[relation.Kind]string{relation.Timestamp: "2024-07-01 14:00:00", relation.TimestampNTZ: "2024-07-01 12:00:00", relation.Date: "2024-07-01"} {
		if got := Printed(noon, relation.Of(kind), zone); got != want {
			t.Errorf("Printed(%s, %s) = %v, want %v", noon, kind, got, want)
		}
	}
}

func TestPrinted(t *testing.T) {
	day := time.Date(10000, 1, 2, 3, 4, 5, 120_000_000, time.UTC)
	pair := relation.StructOf(relation.Column{Name: "a", Type: Double}, relation.Column{Name: "b", Type: relation.MapOf(String, Int)})
	for _, c := range []struct {
		v    any
		t    relation.Type
		want any
	}{
		{nil, Int, nil},
		{int64(-5), Int, "-5"},
		{int64(14), relation.Type{Kind: relation.YearMonthInterval, From: relation.Year, To: relation.Month}, "INTERVAL '1-2' YEAR TO MONTH"},
		{true, Bool, "true"},
		{math.Inf(-1), Double, "-Infinity"},
		{float64(float32(0.1)), Float, "0.1"},
		{1e7, Double, "1.0E7"},
		{[]byte{0, 255}, Binary, "00ff"},
		{"0.0000000", relation.DecimalOf(10, 7), "0E-7"},
		{"-0.0000001000", relation.DecimalOf(20, 10), "-1.000E-7"},
		{"0.000000", relation.DecimalOf(10, 6), "0.000000"},
		{"12.30", relation.DecimalOf(10, 2), "12.30"},
		{day, relation.Of(relation.Date), "+10000-01-02"},
		{day, relation.Of(relation.Timestamp), "+10000-01-02 03:04:05.12"},
		{time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC), relation.Of(relation.Date), "-0044-03-15"},
		{[]any{int64(1), nil}, relation.ArrayOf(Int), []any{"1", nil}},
		{[]any{1.5, []relation.Pair{{Key: "k", Value: int64(2)}}}, pair, []any{"1.5", []any{[]any{"k", "2"}}}},
	} {
		if diff := cmp.Diff(c.want, Printed(c.v, c.t, sparktime.Zone{})); diff != "" {
			t.Errorf("Printed(%v, %s) (-want +got):\n%s", c.v, c.t, diff)
		}
	}
}
