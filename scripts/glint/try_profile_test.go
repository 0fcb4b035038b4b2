//go:build !windows

package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/profile"
)

const profiled = `-- m.yaml --
name: look-01
version: v1
type: workflow
workflow:
  dag:
    - name: look
      spec:
        stack: flare:6.0
        compute: runnable-default
        stackSpec:
          job:
            inputs:
              - name: orders
                dataset: dataos://lake:sales/orders
                format: csv
                schemaType: ddl
                schemaString: "id INT, brand STRING, amount DECIMAL(10,2), day DATE, ok BOOLEAN"
            profile:
              level: LEVEL
              filters:
                - {type: expression, expression: id < 100 -- the others}
                - {type: expression, expression: id IS NOT NULL OR false}
-- depots/lake/sales/orders.csv --
id,brand,amount,day,ok
1,Urbane 1,1.00,2024-01-01,true
2,Urbane 1,2.00,2024-01-02,false
3,,11.00,,
4,x-22,,2024-01-02,true
500,not counted,9.00,2024-01-02,true
`

// TestTryProfile: each level says what the one below it does, and more.
func TestTryProfile(t *testing.T) {
	for _, level := range []string{"basic", "intermediate", "advanced"} {
		dir := unpack(t, strings.Replace(profiled, "LEVEL", level, 1))
		args := []string{filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out")}
		code, text := tried(t, append(args, "--json")...)
		if code != 0 {
			t.Fatalf("%s ends with %d\n%s", level, code, text)
		}
		var line struct {
			Profile profile.Profile `json:"profile"`
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		n := func(i int64) *int64 { return &i }
		f := func(v float64) *float64 { return &v }
		want := profile.Profile{Input: "orders", Level: level, Rows: 4, Filters: []string{"id < 100 -- the others", "id IS NOT NULL OR false"}, Columns: []*profile.Column{
			{Name: "id", Type: "int", Distinct: n(4), DistinctPart: f(1), Unique: n(4), UniquePart: f(1), Min: "1", Max: "4", Mean: "2.5", StdDev: "1.2909944487358056"},
			{Name: "brand", Type: "string", Nulls: 1, NullPart: .25, Distinct: n(2), DistinctPart: f(.5), Unique: n(1), UniquePart: f(.25), Min: "Urbane 1", Max: "x-22", Empty: n(0), MinLength: "4", MaxLength: "8"},
			{Name: "amount", Type: "decimal(10,2)", Nulls: 1, NullPart: .25, Distinct: n(3), DistinctPart: f(.75), Unique: n(3), UniquePart: f(.75), Min: "1.00", Max: "11.00", Mean: "4.666667", StdDev: "5.507570547286102"},
			{Name: "day", Type: "date", Nulls: 1, NullPart: .25, Distinct: n(2), DistinctPart: f(.5), Unique: n(1), UniquePart: f(.25), Min: "2024-01-01", Max: "2024-01-02"},
			{Name: "ok", Type: "boolean", Nulls: 1, NullPart: .25, Distinct: n(2), DistinctPart: f(.5), Unique: n(1), UniquePart: f(.25), Min: "false", Max: "true"},
		}}
		if level != "basic" {
			want.Columns[0].Quantiles = map[string]string{"0.01": "1.03", "0.05": "1.15", "0.25": "1.75", "0.5": "2.5", "0.75": "3.25", "0.95": "3.8499999999999996", "0.99": "3.9699999999999998"}
			want.Columns[0].Histogram = []int64{1, 0, 0, 1, 0, 0, 1, 0, 0, 1}
			want.Columns[2].Quantiles = map[string]string{"0.01": "1.02", "0.05": "1.1", "0.25": "1.5", "0.5": "2.0", "0.75": "6.5", "0.95": "10.099999999999998", "0.99": "10.82"}
			want.Columns[2].Histogram = []int64{1, 1, 0, 0, 0, 0, 0, 0, 0, 1}
		}
		if level == "advanced" {
			want.Columns[0].Top = []profile.Count{{Value: "1", Count: 1}, {Value: "2", Count: 1}, {Value: "3", Count: 1}, {Value: "4", Count: 1}}
			want.Columns[1].Top = []profile.Count{{Value: "Urbane 1", Count: 2}, {Value: "x-22", Count: 1}}
			want.Columns[1].Patterns = []profile.Count{{Value: "Aaaaaa 9", Count: 2}, {Value: "a-99", Count: 1}}
			want.Columns[2].Top = []profile.Count{{Value: "1.00", Count: 1}, {Value: "11.00", Count: 1}, {Value: "2.00", Count: 1}}
			want.Columns[3].Top = []profile.Count{{Value: "2024-01-02", Count: 2}, {Value: "2024-01-01", Count: 1}}
			want.Columns[4].Top = []profile.Count{{Value: "true", Count: 2}, {Value: "false", Count: 1}}
		}
		if diff := cmp.Diff(want, line.Profile); diff != "" {
			t.Errorf("%s (-want +got)\n%s", level, diff)
		}
		if code, text = tried(t, args...); code != 0 || !strings.Contains(text, "orders: 4 rows") || !strings.Contains(text, "brand   string         25.0 %  50.0 %    25.0 %   Urbane 1    x-22") {
			t.Errorf("ends with %d\n%s", code, text)
		}
	}
}

// TestTryProfileWrong: a filter is checked, and nothing to look at is no mistake.
func TestTryProfileWrong(t *testing.T) {
	for _, c := range []struct {
		old, new, want string
		code           int
	}{
		{"id < 100 -- the others", "idd < 100", `profile: there is no column "idd"`, 2},
		{"id < 100 -- the others", "id", "profile: the filter is not a condition", 2},
		{"id < 100", "id < 0", "orders: 0 rows", 0},
	} {
		dir := unpack(t, strings.Replace(strings.Replace(profiled, "LEVEL", "advanced", 1), c.old, c.new, 1))
		code, text := tried(t, filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out"))
		if code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("%s ends with %d\n%s", c.new, code, text)
		}
	}
}
