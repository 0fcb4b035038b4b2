//go:build !windows

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
)

// unpack writes the files of an archive into a folder of their own.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// manifestOf is a manifest of one job.
func manifestOf(inputs, sql, output string) string {
	return `name: orders-01
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
` + inputs + `
            steps:
              - sequence:
                  - name: result
                    sql: |
                      ` + sql + `
            outputs:
              - name: result
                dataset: ` + output + `
`
}

const (
	bigInput  = "              - {name: orders, dataset: 'dataos://lake:sales/orders', format: iceberg, options: {snapshot-id: 7}}"
	bigOutput = "dataos://bq:gold/orders?acl=rw"
)

// tried runs the command and returns its exit code and what it printed.
func tried(t *testing.T, args ...string) (int, string) {
	t.Helper()
	return ran(t, tryCommand(), "", args...)
}

// lines are the lines of JSON that a command printed.
func lines(t *testing.T, out string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(out) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		all = append(all, m)
	}
	return all
}

func TestTry(t *testing.T) {
	dir := unpack(t, `
-- m.yaml --
`+manifestOf(bigInput, "SELECT id, CAST(amount AS DECIMAL(10,2)) AS amount, current_date() AS day FROM orders", bigOutput)+`
-- next.yaml --
`+manifestOf("              - {name: orders, dataset: 'dataos://bq:gold/orders', format: bigquery}", "SELECT count(*) AS n, sum(amount) AS total FROM orders", "dataos://bq:gold/totals?acl=rw")+`
-- depots/lake/sales/orders/part-1.csv --
id,amount
1,1.5
2,2.25
-- depots/lake/sales/orders/part-2.csv --
id,amount
3,
`)
	manifest, depots, out := filepath.Join(dir, "m.yaml"), filepath.Join(dir, "depots"), filepath.Join(dir, "out")
	code, text := tried(t, manifest, "--depots", depots, "--out", out, "--as-of", "2024-02-29")
	if code != 0 {
		t.Fatalf("ends with %d\n%s", code, text)
	}
	for _, want := range []string{"3 rows", "id             amount  day\n", "string  decimal(10,2)  date\n", "1                1.50  2024-02-29", "3                NULL  2024-02-29", bigOutput} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	schema, err := os.ReadFile(filepath.Join(out, "bq", "gold", "orders.schema.json"))
	if err != nil || !strings.Contains(string(schema), `"type": "decimal(10,2)"`) {
		t.Errorf("the schema: %v\n%s", err, schema)
	}

	code, text = tried(t, filepath.Join(dir, "next.yaml"), "--depots", depots, "--out", out, "--json")
	want := []map[string]any{{
		"job": "orders", "output": "result", "address": "dataos://bq:gold/totals?acl=rw", "rows": 1.0,
		"schema": []any{map[string]any{"name": "n", "type": "bigint"}, map[string]any{"name": "total", "type": "decimal(20,2)"}},
		"files":  []any{filepath.Join(out, "bq", "gold", "totals.parquet")},
	}}
	if diff := cmp.Diff(want, lines(t, text)); code != 0 || diff != "" {
		t.Errorf("an output of the run before as input: %d (-want +got)\n%s", code, diff)
	}

	code, text = tried(t, manifest, "--depots", depots, "--json", "--limit", "2", "--out", out)
	if got := lines(t, text); code != 0 || got[0]["rows"] != 2.0 {
		t.Errorf("with a limit of 2: %d %s", code, text)
	}
	left, err := filepath.Glob(filepath.Join(out, "*", "*", ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestTrySaysWhatIsWrong(t *testing.T) {
	dir := unpack(t, `
-- refused.yaml --
`+manifestOf(bigInput, "SELECT spark_partition_id() AS p FROM orders", bigOutput)+`
-- unknown.yaml --
`+manifestOf(bigInput, "SELECT idd FROM orders", bigOutput)+`
-- missing.yaml --
`+manifestOf("              - {name: orders, dataset: 'dataos://lake:sales/oders', format: csv}", "SELECT id FROM orders", bigOutput)+`
-- yaml.yaml --
name: [
-- depots/lake/sales/orders.csv --
id
1
`)
	for _, c := range []struct {
		file, class, message string
		code                 int
		line, column         float64
	}{
		{"refused.yaml", "refused", "spark_partition_id", 1, 18, 30},
		{"unknown.yaml", "failed", "did you mean", 2, 18, 30},
		{"missing.yaml", "failed", "did you mean orders?", 2, 13, 41},
		{"yaml.yaml", "failed", "this is not YAML", 2, 2, 0},
		{"nothing.yaml", "failed", "no such file", 2, 0, 0},
	} {
		code, text := tried(t, filepath.Join(dir, c.file), "--depots", filepath.Join(dir, "depots"), "--json")
		got := lines(t, text)
		if len(got) != 1 {
			t.Errorf("%s: %s", c.file, text)
			continue
		}
		e, _ := got[0]["error"].(map[string]any)
		message, _ := e["message"].(string)
		if code != c.code || e["class"] != c.class || e["line"] != c.line || e["column"] != c.column || !strings.Contains(message, c.message) {
			t.Errorf("%s: ends with %d: %s", c.file, code, text)
		}
		if code, text := tried(t, filepath.Join(dir, c.file), "--depots", filepath.Join(dir, "depots")); code != c.code || !strings.Contains(text, "error: ") {
			t.Errorf("%s for people: ends with %d: %s", c.file, code, text)
		}
	}
	for _, args := range [][]string{{}, {"--depots", filepath.Join(dir, "none")}, {"--depots", dir, "--out", dir}, {"--depots", dir, "--as-of", "noon"}, {"--depots", dir, "--var", "X"}} {
		if code, text := tried(t, append([]string{filepath.Join(dir, "unknown.yaml")}, args...)...); code != 2 {
			t.Errorf("%v: ends with %d: %s", args, code, text)
		}
	}
}

// TestTryWatches: a file that was saved is run again.
func TestTryWatches(t *testing.T) {
	file := filepath.Join(t.TempDir(), "m.yaml")
	if err := os.WriteFile(file, []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	runs := 0
	err := watch(ctx, file, func() {
		if runs++; runs == 2 {
			stop()
		} else if err := os.WriteFile(file, []byte("ab"), 0o600); err != nil {
			t.Error(err)
		}
	})
	if err != nil || runs != 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
}

// TestTrySeveralJobs: a job reads what an earlier one wrote; one that fails keeps
// only those from running that depend on it.
func TestTrySeveralJobs(t *testing.T) {
	one := func(name, after, in, sql, out string) string {
		return strings.NewReplacer("NAME", name, "AFTER", after, "INPUT", in, "SQL", sql, "OUTPUT", out).Replace(`
    - name: NAME
      dependencies: [AFTER]
      spec:
        stack: flare:6.0
        compute: c
        stackSpec:
          job:
            inputs: [{name: src, dataset: 'dataos://lake:sales/INPUT', format: iceberg}]
            steps: [{sequence: [{name: result, sql: "SQL"}]}]
            outputs: [{name: result, dataset: 'dataos://lake:sales/OUTPUT?acl=rw', format: iceberg}]`)
	}
	dir := unpack(t, "-- m.yaml --\nname: m\nversion: v1\ntype: workflow\nworkflow:\n  dag:"+
		one("last", "wrong", "second", "SELECT 1 AS a FROM src", "never")+
		one("total", "double", "doubled", "SELECT sum(n) AS n FROM src", "total")+
		one("double", "", "numbers", "SELECT CAST(n AS INT) * 2 AS n FROM src", "doubled")+
		one("wrong", "", "numbers", "SELECT m FROM src", "second")+
		"\n-- depots/lake/sales/numbers.csv --\nn\n1\n2\n")
	file := filepath.Join(dir, "m.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, _, _ := manifest.Parse(file, text, nil)
	var out bytes.Buffer
	trial := &trial{w: &out, path: file, o: tryOptions{depots: filepath.Join(dir, "depots"), out: filepath.Join(dir, "out")}}
	stale := filepath.Join(dir, "out", "lake", "sales", "numbers.parquet") // of an earlier run: it must not be read
	if err := errors.Join(os.MkdirAll(filepath.Dir(stale), 0o755), os.WriteFile(stale, []byte("no Parquet"), 0o600)); err != nil {
		t.Fatal(err)
	}
	numbers := m.Jobs[2].Inputs[0].Dataset
	err = trial.all(t.Context(), m, newEnactment(trial, slog.New(slog.DiscardHandler), append(outputsOf(m), numbers)...))
	if got := fault.Print(err); !strings.Contains(got, "job wrong: step result") || !strings.Contains(got, "job last was not run: it depends on wrong") || strings.Contains(got, "total") {
		t.Error(got)
	}
	if !strings.Contains(out.String(), "         6\n") || strings.Index(out.String(), "job double") > strings.Index(out.String(), "job total") {
		t.Error(out.String())
	}
}

// TestTryTimeZone: text without a zone is read, and clocks are shown, in the
// session's; what is written is the instant.
func TestTryTimeZone(t *testing.T) {
	m := strings.Replace(manifestOf("              - {name: orders, dataset: 'dataos://lake:sales/orders', format: csv, schemaType: ddl, schemaString: 'at TIMESTAMP'}",
		"SELECT at, hour(at) AS h, to_date(at) AS d, CAST(at AS STRING) AS s FROM orders", bigOutput),
		"          job:\n", "          sparkConf:\n            - spark.sql.session.timeZone: Asia/Kolkata\n          job:\n", 1)
	dir := unpack(t, "-- m.yaml --\n"+m+`
-- depots/lake/sales/orders.csv --
at
2024-02-29 01:30:00
2024-02-28T23:00:00Z
`)
	code, text := tried(t, filepath.Join(dir, "m.yaml"), "--depots", filepath.Join(dir, "depots"), "--out", filepath.Join(dir, "out"))
	for _, want := range []string{"2024-02-28 20:00:00", "2024-02-28 23:00:00", "2024-02-29 01:30:00", "2024-02-29 04:30:00"} {
		if code != 0 || !strings.Contains(text, want) {
			t.Errorf("ends with %d; no %q in\n%s", code, want, text)
		}
	}
}

// TestTryTwoColumnsOfAName: as in Spark, a step may have two columns of a name, as
// long as nobody asks for one of them and nothing is written with both.
func TestTryTwoColumnsOfAName(t *testing.T) {
	m := strings.Replace(manifestOf(bigInput, "SELECT * FROM both", bigOutput), "                  - name: result\n",
		"                  - name: both\n                    sql: SELECT * FROM orders a JOIN orders b ON a.id = b.id\n                  - name: result\n", 1)
	dropped := strings.Replace(m, "SELECT * FROM both", "SELECT *, 1 AS one FROM both\n                    functions:\n                      - {name: drop, columns: [ID]}", 1)
	dir := unpack(t, "-- both.yaml --\n"+m+"-- dropped.yaml --\n"+dropped+`
-- depots/lake/sales/orders.csv --
id
1
2
`)
	for _, c := range []struct {
		file, want string
		code       int
	}{
		{"both.yaml", `columns 1 and 2 are both called \"id\"`, 2},
		{"dropped.yaml", `"schema":[{"name":"one","type":"int"}]`, 0},
	} {
		code, text := tried(t, filepath.Join(dir, c.file), "--depots", filepath.Join(dir, "depots"), "--json", "--out", filepath.Join(dir, "out"))
		if code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("%s ends with %d: %s", c.file, code, text)
		}
	}
}
