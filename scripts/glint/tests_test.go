//go:build !windows

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

const testedManifest = `name: orders-01
version: v1
type: workflow
workflow:
  dag:
    - name: orders
      spec:
        stack: flare:6.0
        compute: runnable-default
        stackSpec:
          job:
            inputs:
              - name: orders
                dataset: dataos://lake:sales/orders
                format: csv
                options: {delimiter: ";"}
                schemaType: spark
                schemaString: '{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}},{"name":"day","type":"date","nullable":true,"metadata":{}},{"name":"amount","type":"decimal(10,2)","nullable":true,"metadata":{}}]}'
              - {name: rates, dataset: 'dataos://lake:sales/rates', format: iceberg}
            steps:
              - sequence:
                  - name: recent
                    sql: SELECT * FROM orders WHERE day >= date_sub(current_date(), 7)
                  - name: daily
                    sql: |
                      SELECT o.day, sum(o.amount * r.rate) AS total, collect_list(o.id) AS ids, struct(count(*) AS n) AS s
                      FROM recent o CROSS JOIN rates r GROUP BY o.day ORDER BY day
            outputs:
              - name: daily
                dataset: dataos://bq:gold/daily?acl=rw
`

func TestTests(t *testing.T) {
	dir := unpack(t, `
-- orders-01.yaml --
`+testedManifest+`
-- orders-01.test.yaml --
asOf: 2026-11-23
tests:
  - name: sums by day
    given:
      orders:
        - {id: 1, day: 2026-11-20, amount: 1.5}
        - {id: 2, day: 2026-11-20, amount: 2}
        - {id: 3, day: 2026-11-01, amount: 7}
        - {id: 4, day: "2026-11-21"}
      rates:
        - {rate: 2.0}
    expect:
      daily:
        - {day: 2026-11-21, total: null, ids: [4], s: {n: 1}}
        - {day: 2026-11-20, total: 7, ids: [1, 2], s: {n: 2}}
      recent:
        - {id: 1}
        - {id: 4}
        - {id: 2}
  - name: nothing gives nothing
    asOf: 2030-01-01
    given:
      orders: []
      rates: {schema: 'rate double', rows: []}
    expect:
      daily: []
  - name: a file
    ordered: true
    given:
      orders: {file: given.csv}
      rates: [{rate: 1.0}]
    expect:
      Recent: [{ID: 9}, {ID: 8}]
-- given.csv --
id;day;amount
9;2026-11-22;1
8;2026-11-23;1
-- failing/orders-01.yaml --
`+testedManifest+`
-- failing/orders-01.test.yaml --
asOf: 2026-11-23
tests:
  - name: other totals
    given:
      orders: [{id: 1, day: 2026-11-20, amount: 1.5}, {id: 2, day: 2026-11-21, amount: 1}]
      rates: [{rate: 2.0}]
    expect:
      daily: [{day: 2026-11-20, total: 4}, {day: 2026-11-19, total: 1}]
-- broken/orders-01.yaml --
`+testedManifest+`
-- broken/orders-01.test.yaml --
tests:
  - {name: no rates, given: {orders: []}, expect: {daily: []}}
  - {name: no such step, given: {orders: [], rates: [{rate: 1.0}]}, expect: {dialy: []}}
  - {name: no such input, given: {order: []}, expect: {daily: []}}
  - {name: no such column, given: {orders: [{di: 1}], rates: [{rate: 1.0}]}, expect: {daily: []}}
  - {name: nor here, given: {orders: [], rates: [{rate: 1.0}]}, expect: {daily: [{dya: 1}]}}
  - {name: no type, given: {orders: [], rates: []}, expect: {daily: []}}
  - {name: no such job, job: x, given: {}, expect: {daily: []}}
-- malformed/orders-01.yaml --
`+testedManifest+`
-- malformed/orders-01.test.yaml --
test: []
tests: [{nam: x, given: {orders: 7}}]
`)
	code, out := ran(t, testCommand(), "", filepath.Join(dir, "orders-01.yaml"))
	if code != 0 || !strings.Contains(out, "3 passed, 0 failed, 0 could not run") {
		t.Errorf("ends with %d:\n%s", code, out)
	}
	code, out = ran(t, testCommand(), "", filepath.Join(dir, "failing"))
	want := `other totals
  daily: 0 rows as expected, 2 missing (-), 2 not expected (+)
       day         total
    ─  ──────────  ─────
    -  2026-11-20      4
    +  ·             3.0
    -  2026-11-19      1
    +  2026-11-21    2.0
0 passed, 1 failed, 0 could not run
`
	if code != 1 || !strings.HasSuffix(out, want) {
		t.Errorf("ends with %d:\n%s\nwant\n%s", code, out, want)
	}
	if code, out = ran(t, testCommand(), "", filepath.Join(dir, "failing"), "--json"); code != 1 || !strings.Contains(out, `"test":"other totals","status":"failed","message":"  daily: 0 rows`) {
		t.Errorf("ends with %d: %s", code, out)
	}
	code, out = ran(t, testCommand(), "", filepath.Join(dir, "broken"))
	for _, want := range []string{
		"gives no rows for the input rates", "did you mean daily?", "the job has no input order\n", "there is no column di\n", "did you mean day?",
		"no row tells the columns", `the workflow has no job "x"`, "0 passed, 0 failed, 7 could not run",
	} {
		if code != 2 || !strings.Contains(out, want) {
			t.Errorf("ends with %d, no %q in\n%s", code, want, out)
		}
	}
	code, out = ran(t, testCommand(), "", filepath.Join(dir, "malformed"))
	for _, want := range []string{"unknown attribute test\n", "did you mean tests?", "did you mean name?", "expects nothing", "orders: want a list of rows"} {
		if code != 2 || !strings.Contains(out, want) {
			t.Errorf("ends with %d, no %q in\n%s", code, want, out)
		}
	}
	if code, out = ran(t, testCommand(), "", filepath.Join(dir, "none")); code != 2 {
		t.Errorf("ends with %d: %s", code, out)
	}
	if code, out = ran(t, testCommand(), "", filepath.Join(dir, "failing"), "--run", "nothing"); code != 2 || !strings.Contains(out, "there are no tests") {
		t.Errorf("ends with %d: %s", code, out)
	}
}
