//go:build !windows

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// quality is a manifest of one job with outputs or without, and data for it.
func quality(job string) string {
	return `
-- m.yaml --
name: quality-01
version: v1
type: workflow
workflow:
  dag:
    - name: check
      spec:
        stack: flare:6.0
        compute: runnable-default
        stackSpec:
          job:
            inputs:
              - {name: orders, dataset: 'dataos://lake:sales/orders', format: iceberg}
` + job + `
-- depots/lake/sales/orders.csv --
id,brand,amount,zip
1,Urbane,10.10,10115
2,Urbane,20.20,
3,Awkward Styles,0.10,80331
4,,5,x1
`
}

const asserted = `            steps:
              - sequence:
                  - {name: final, sql: "SELECT CAST(id AS INT) AS id, brand, CAST(amount AS DECIMAL(10,2)) AS amount, zip FROM orders"}
            outputs:
              - name: final
                dataset: dataos://bq:gold/final?acl=rw
                assertions:
`

func TestTryAssertions(t *testing.T) {
	const passing = asserted + `
                  - column: Amount
                    tests: [avg = 8.85, sum == 35.4, min >= 0.1, max<=20.2, distinct_count = 4, variance > 70, stddev < 9, skewness > 0, kurtosis < 0]
                  - column: amount
                    filter: brand == 'Urbane' -- theirs
                    tests: ["avg > 15", "avg < 15.15000001", min_length = 5]
                  - column: brand
                    tests: [missing_count = 1, missing_percentage = 0.25, missing_percentage <= .25, null_count = 1, null_percentage < 0.26, duplicate_count = 1, max_length = 14, avg_length > 8]
                  - column: brand
                    validFormat: {regex: '^[A-Z]\w+'}
                    tests: [invalid_count = 0, invalid_percentage = 0, regex_match = 3]
                  - column: zip
                    tests: [max = 80331, min > 10000]
                  - sql: |
                      SELECT AVG(amount) AS mean, COUNT(*) AS n FROM source WHERE brand = 'Urbane';
                    tests: [Mean > 15, n = 2]
                  - sql: SELECT count(*) AS n FROM orders JOIN final ON orders.id = final.id
                    tests: n = 4
                  - sql: SELECT count(*) AS n FROM products
                    tests: n = 4
`
	dir := unpack(t, quality(passing))
	depots := filepath.Join(dir, "depots")
	code, text := tried(t, filepath.Join(dir, "m.yaml"), "--depots", depots, "--out", filepath.Join(dir, "out"))
	if code != 0 {
		t.Fatalf("ends with %d\n%s", code, text)
	}
	for _, want := range []string{"of            column  test                       measured             passed\n", "output final  brand   missing_percentage = 0.25  0.25 (1 of 4)        yes\n", "sum == 35.4                35.40                yes", "there is no relation products; it is taken for the output", "4 rows"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestTryAssertionsFail(t *testing.T) {
	const failing = asserted + `
                  - column: amount
                    filter: brand = 'Urbane'
                    tests: [avg > 15.15, avg >= 15.15, max > 20.2]
                  - column: brand
                    filter: brand = 'None'
                    tests: [avg_length > 0, missing_percentage < 1, distinct_count = 0]
                  - sql: SELECT amount AS a FROM final
                    tests: [a > 0]
                  - sql: SELECT 1 AS a FROM final WHERE id > 9
                    tests: [a > 0]
`
	dir := unpack(t, quality(failing))
	path, depots, out := filepath.Join(dir, "m.yaml"), filepath.Join(dir, "depots"), filepath.Join(dir, "out")
	code, text := tried(t, path, "--depots", depots, "--out", out)
	if code != 2 {
		t.Fatalf("ends with %d\n%s", code, text)
	}
	for _, want := range []string{
		"output final: 6 of 8 assertions failed, and nothing is published",
		"m.yaml:24:29: error: output final: column amount: avg > 15.15 does not hold: it is 15.150000 (where brand = 'Urbane')",
		"column amount: max > 20.2 does not hold: it is 20.20", "column brand: avg_length > 0 does not hold: there is nothing to measure",
		"missing_percentage < 1 does not hold: there is nothing to measure", "a > 0 does not hold: the query gives more than one row", "the query gives no row",
		"output final  amount  avg > 15.15             15.150000  NO",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(out, "*", "*", "*")); len(found) > 0 {
		t.Errorf("written all the same: %v", found)
	}
	code, text = tried(t, path, "--depots", depots, "--out", out, "--json")
	all := lines(t, text)
	if list, _ := all[0]["assertions"].([]any); code != 2 || len(list) != 8 || len(all) != 8 {
		t.Errorf("ends with %d\n%s", code, text)
	}
}

func TestTryAssertionsWrong(t *testing.T) {
	for _, c := range []struct{ assertion, want string }{
		{"{column: amout, tests: [avg > 1]}", "did you mean"},
		{"{column: amount, filter: brnd = 1, tests: [avg > 1]}", "brnd"},
		{"{column: amount, filter: brand, tests: [avg > 1]}", "the filter is not a condition"},
		{"{column: ok, tests: [avg > 1]}", "it is boolean, and a test compares numbers"},
		{"{sql: SELECT 1 AS a FROM orders, tests: [b > 1]}", "the query has no column b"},
		{"{sql: SELEC 1, tests: [b > 1]}", "SELEC"},
	} {
		job := strings.Replace(asserted, "zip FROM", "true AS ok FROM", 1) + "                  - " + c.assertion + "\n"
		dir := unpack(t, quality(job))
		code, text := tried(t, filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out"))
		if code != 2 || !strings.Contains(text, c.want) || !strings.Contains(text, "m.yaml:21:") {
			t.Errorf("%s ends with %d\n%s", c.assertion, code, text)
		}
	}
}

// TestTryQualityJob: a job of assertions needs no output.
func TestTryQualityJob(t *testing.T) {
	dir := unpack(t, quality(`            assertions:
              - {column: id, tests: [distinct_count = 4, missing_count = 0]}
              - {sql: SELECT count(*) AS n FROM source, tests: [n > 4]}
`))
	code, text := tried(t, filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out"))
	if code != 2 || !strings.Contains(text, "input orders: 1 of 3 assertions failed") || !strings.Contains(text, "n > 4 does not hold: it is 4") {
		t.Errorf("ends with %d\n%s", code, text)
	}
}

// TestTryShows: what the manifest asks to see is shown, whatever its logLevel is;
// the rest of the log is as that says.
func TestTryShows(t *testing.T) {
	for level, incremental := range map[string]bool{"WARN": false, "INFO": true} {
		job := strings.Replace(asserted, "                assertions:\n", "                assertions: [{column: id, tests: [max = 4]}]\n", 1)
		text := strings.Replace(quality(job), "          job:\n", "          job:\n            logLevel: "+level+"\n            explain: true\n            showPreviewLines: 2\n", 1)
		text = strings.Replace(text, "format: iceberg}", "format: iceberg, incremental: {context: o, sql: SELECT * FROM o, keys: [{name: k, sql: SELECT 7}], state: []}}", 1)
		dir := unpack(t, text)
		code, out := tried(t, filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out"))
		if code != 0 {
			t.Fatalf("ends with %d\n%s", code, out)
		}
		for want, shown := range map[string]bool{"plan step=final": true, "preview step=final": true, "Urbane  10.10": true, "max = 4  4": true, "incremental input=orders k=7": incremental} {
			if strings.Contains(out, want) != shown {
				t.Errorf("%s: %q is not as it should be in\n%s", level, want, out)
			}
		}
	}
}
