//go:build !windows

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestTryIncremental: a try reads what a first run would. Two inputs may call
// their whole the same, and an input as its whole.
func TestTryIncremental(t *testing.T) {
	dir := unpack(t, `
-- m.yaml --
name: part-01
version: v1
type: workflow
workflow:
  dag:
    - name: load
      spec:
        stack: flare:6.0
        compute: runnable-default
        stackSpec:
          job:
            inputs:
              - name: orders
                dataset: dataos://lake:sales/orders
                format: iceberg
                incremental:
                  context: everything
                  sql: |
                    SELECT * FROM everything
                    WHERE ts > '$|lo|' AND ts <= '$|hi|' AND 1 = $|one|;
                  keys:
                    - {name: lo, sql: "SELECT \"2024-01-01 00:00:00\";"}
                    - {name: hi, sql: "SELECT to_timestamp('$|lo|') + INTERVAL 7 DAY"}
                    - {name: one, sql: SELECT 1 AS x, default: "1"}
                    - {name: none, sql: SELECT max(ts) FROM everything WHERE ts > '$|hi|' AND id = '9', default: never}
                  state:
                    - {key: lo, value: hi}
              - name: places
                dataset: dataos://lake:sales/places
                format: iceberg
                incremental:
                  context: everything
                  sql: SELECT * FROM everything WHERE id <> '$|x|'
                  keys: [{name: x, sql: SELECT min(id) FROM everything}]
              - name: same
                dataset: dataos://lake:sales/places
                format: iceberg
                incremental: {context: same, sql: SELECT id AS other FROM same, keys: [], state: []}
            steps:
              - sequence:
                  - {name: final, sql: "SELECT o.id, o.ts, p.city, s.other FROM orders o JOIN places p ON o.place = p.id JOIN same s ON s.other = p.id"}
            outputs:
              - {name: final, dataset: "dataos://bq:gold/final?acl=rw", options: {saveMode: append}}
-- depots/lake/sales/orders.csv --
id,ts,place
1,2023-12-31 00:00:00,2
2,2024-01-03 00:00:00,2
3,2024-01-04 00:00:00,1
4,2024-01-08 00:00:00,3
5,2024-01-08 00:00:01,3
-- depots/lake/sales/places.csv --
id,city
1,Rome
2,Berlin
3,Paris
`)
	for _, more := range [][]string{nil, {"--limit", "100"}} {
		code, text := tried(t, append([]string{filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out")}, more...)...)
		if code != 0 {
			t.Fatalf("ends with %d\n%s", code, text)
		}
		for _, want := range []string{
			"incremental input=orders lo=2024-01-01 00:00:00 hi=2024-01-08 00:00:00 one=1 none=never", "incremental input=places x=1",
			": 2 rows,", "2024-01-03 00:00:00  Berlin", "2024-01-08 00:00:00  Paris", "input orders:",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
}

// TestTryIncrementalWrong: mistakes in SQL with values in it are where they are written.
func TestTryIncrementalWrong(t *testing.T) {
	for _, c := range []struct{ incremental, at, want string }{
		{`{context: all_of_it, sql: "SELECT * FROM all_of_it WHERE '$|a|' = tss", keys: [{name: a, sql: "SELECT 'long long value'"}]}`, ":13:167:", `no column "tss"`},
		{`{context: all_of_it, sql: SELECT * FROM all_of_it, keys: [{name: a, sql: "SELECT max(id) FROM all_of_it WHERE false"}]}`, ":13:159:", "its sql gives no value"},
		{`{context: all_of_it, sql: SELECT * FROM orders, keys: []}`, ":13:141:", "orders"},
		{`{context: all_of_it, sql: "SELECT * FROM all_of_it WHERE id = '$|a|'", keys: [{name: a, sql: "SELECT idd FROM all_of_it"}]}`, ":13:202:", `no column "idd"`},
	} {
		job := strings.Replace(quality(asserted[:strings.Index(asserted, "                assertions:")]), "format: iceberg}", "format: iceberg, incremental: "+c.incremental+"}", 1)
		dir := unpack(t, job)
		code, text := tried(t, filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out"))
		if code != 2 || !strings.Contains(text, c.want) || !strings.Contains(text, c.at) {
			t.Errorf("%s ends with %d\n%s", c.incremental, code, text)
		}
	}
}

// TestTryCommands: steps that are kept, and one that a class makes.
func TestTryCommands(t *testing.T) {
	dir := unpack(t, quality(`              - {name: again, dataset: 'dataos://lake:sales/orders', format: iceberg}
            steps:
              - sequence:
                  - {name: l, sql: "SELECT id AS k, brand FROM orders", commands: [{name: persist, mode: DISK_ONLY}]}
                  - {name: c1, sql: CACHE TABLE l}
                  - {name: c2, sql: "CACHE TABLE r AS SELECT id, amount FROM again WHERE id < '3'"}
                  - {name: joined, classpath: io.dataos.flare.step.codes.Joiner, params: {join: LEFT, inputs: "l, r", joinExpr: "l.k=r.id"}}
                  - {name: top, sql: "SELECT * FROM joined ORDER BY k DESC LIMIT 3", commands: [{name: unpersist, sequenceName: l}]}
            outputs:
              - {name: top, dataset: "dataos://bq:gold/top?acl=rw"}
`))
	code, text := tried(t, filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out"))
	if code != 0 {
		t.Fatalf("ends with %d\n%s", code, text)
	}
	for _, want := range []string{"4       NULL            NULL    NULL", "2       Urbane          2       20.20", "unpersist has no effect"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
