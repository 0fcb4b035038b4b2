//go:build !windows

package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runScript runs statements with glint sql --json and gives its lines.
func runScript(t *testing.T, script string, args ...string) []map[string]any {
	t.Helper()
	cmd := sqlCommand()
	cmd.SetContext(t.Context())
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetArgs(append([]string{"--json", "-e", script}, args...))
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for line := range strings.Lines(out.String()) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		lines = append(lines, l)
	}
	return lines
}

// TestSQL holds what machines read of glint sql: one line a statement, names and
// types as Spark prints them, and an error that ends its statement only.
func TestSQL(t *testing.T) {
	got := runScript(t, `
CREATE OR REPLACE TEMPORARY VIEW v AS SELECT * FROM VALUES (1, 'a'), (2, NULL) AS t(id, Name);
SELECT id / 2 AS half, name, X'0aff' AS b, array(id, NULL) AS l, named_struct('k', id, 'v', 1.50) AS s, map('x', id) AS m, CAST('NaN' AS DOUBLE) AS d FROM v ORDER BY id;
SELECT nme FROM v;
SELECT 1, count_min_sketch(id) FROM v;
SELECT count(*) FROM v; -- the session goes on
`)
	want := []map[string]any{
		{"n": 1.0, "schema": []any{}, "rows": []any{}},
		{"n": 2.0, "schema": []any{
			map[string]any{"name": "half", "type": "double"}, map[string]any{"name": "name", "type": "string"}, map[string]any{"name": "b", "type": "binary"},
			map[string]any{"name": "l", "type": "array<int>"}, map[string]any{"name": "s", "type": "struct<k:int,v:decimal(3,2)>"},
			map[string]any{"name": "m", "type": "map<string,int>"}, map[string]any{"name": "d", "type": "double"},
		}, "rows": []any{
			[]any{"0.5", "a", "0aff", []any{"1", nil}, []any{"1", "1.50"}, []any{[]any{"x", "1"}}, "NaN"},
			[]any{"1.0", nil, "0aff", []any{"2", nil}, []any{"2", "1.50"}, []any{[]any{"x", "2"}}, "NaN"},
		}},
		{"n": 3.0, "error": map[string]any{"class": "failed", "line": 4.0, "column": 8.0, "message": `there is no column "nme"; did you mean Name?`}},
		{"n": 4.0, "error": map[string]any{"class": "refused", "line": 5.0, "column": 11.0,
			"message": "the function count_min_sketch is not supported; it is a sketch of Spark's own; group by the values and count them"}},
		{"n": 5.0, "schema": []any{map[string]any{"name": "count(1)", "type": "bigint"}}, "rows": []any{[]any{"2"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("glint sql --json (-want +got):\n%s", diff)
	}
}

// TestSQLUnmetSetting: what was written to be understood with a setting that we
// do not have must not be answered without it.
func TestSQLUnmetSetting(t *testing.T) {
	var classes []string
	for _, l := range runScript(t, `
SET spark.sql.caseSensitive = true;
SELECT 1;
SET spark.sql.caseSensitive = false;
SELECT 2;
SET spark.sql.legacy.setopsPrecedence.enabled = true;
SELECT 3;
RESET spark.sql.legacy.setopsPrecedence.enabled;
SELECT 4;
SET spark.sql.groupByAliases = false;
SELECT id AS k FROM range(2) GROUP BY k;
RESET;
SELECT id AS k FROM range(2) GROUP BY k`) {
		class := "ok"
		if e, ok := l["error"].(map[string]any); ok {
			class = e["class"].(string)
		}
		classes = append(classes, class)
	}
	want := []string{"refused", "refused", "ok", "ok", "refused", "refused", "ok", "ok", "ok", "failed", "ok", "ok"}
	if diff := cmp.Diff(want, classes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSQLInputs reads files of each format that the shell knows by their endings.
func TestSQLInputs(t *testing.T) {
	dir := unpack(t, `
-- city.csv --
id,name
1,Bonn
2,
-- more/a.json --
{"id":1,"tags":["x","y"]}
{"id":3}
`)
	got := runScript(t, "SELECT c.id, c.name, size(m.tags) AS n FROM city c JOIN more m ON c.id = m.id", "--input", "city="+dir+"/city.csv", "--input", "more="+dir+"/more")
	if diff := cmp.Diff([]any{[]any{"1", "Bonn", "2"}}, got[0]["rows"]); diff != "" {
		t.Errorf("(-want +got):\n%s\n%v", diff, got)
	}
}
