package reference_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/reference"
	"github.com/glint-data/glint/shared/sink"
)

func language() reference.Language {
	return reference.New([]plug.Spec{new(sink.Mem).Spec()}, nil)
}

// TestWords: nothing that can be said is left without a word of what it is for.
func TestWords(t *testing.T) {
	missing, stale := language().Undocumented()
	if len(missing) > 0 || len(stale) > 0 {
		t.Errorf("add to words.go: %q\ntake out of it: %q", missing, stale)
	}
}

func TestPage(t *testing.T) {
	var b bytes.Buffer
	if err := language().Page(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| `dependencies`, `dependency` | list | Names of the jobs", "### `workflow.dag.spec.stackSpec.job.inputs`",
		"| `udfs` |  | Not supported: functions in Scala cannot run here; say it in SQL. |",
		"| `delimiter`, `sep` | string | `,` |", "### `rename_all`", "| `date_add(date, days)` | scalar | Also `dateadd`. |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for i, line := range strings.Split(b.String(), "\n") {
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|") {
			t.Errorf("line %d breaks its table: %s", i+1, line)
		}
	}
}

const right = `
name: a-01
version: v1
type: workflow
tags: one
workflow:
  schedule: {cron: '0 2 * * *', concurrencyPolicy: forbid, startOn: 2024-01-01T00:00:00Z}
  dag:
    name: one
    dependency: [other]
    spec:
      stack: flare:6.0
      dryRun: "FALSE"
      resources: {anything: 1}
      stackSpec:
        job:
          unknown: {is: noted}
          udfs:
          logLevel: info
          showPreviewLines: "5"
          inputs:
            - {name: a, dataset: 'dataos://a:b/c', format: CSV, options: {header: "true", sep: ";", mode: failfast, inferSchema: false}}
            - {name: b, dataset: 'dataos://a:b/d', options: {header: [anything]}}
          steps:
            - sequence:
                - name: s
                  sql: SELECT 1
                  functions:
                    - {name: rename, column: a, asColumn: b}
                    - {name: Rename_All, columns: {a: b}}
          outputs: {name: s, dataset: 'dataos://x:y/z?acl=rw', format: mem, options: {saveMode: Overwrite}}
`

// TestSchema holds the schema to an independent validator, of Python.
func TestSchema(t *testing.T) {
	text, err := language().Schema()
	if err != nil {
		t.Fatal(err)
	}
	if exec.Command("python3", "-c", "import jsonschema").Run() != nil {
		t.Skip("SKIPPED: no validator here: pip install jsonschema")
	}
	type check struct {
		Name     string `json:"name"`
		Manifest any    `json:"manifest"`
		Want     string `json:"want"` // what the first error is about; "" is none
	}
	checks := []check{{"right", toJSON(t, []byte(right)), ""}}
	for _, c := range [][3]string{
		{"logLevel: info", "logLevel: loud", "logLevel"},
		{"udfs:", "udfs: [a]", "udfs"},
		{`dryRun: "FALSE"`, `dryRun: perhaps`, "dryRun"},
		{`showPreviewLines: "5"`, "showPreviewLines: some", "showPreviewLines"},
		{"mode: failfast", "mode: failslow", "options"},
		{"saveMode: Overwrite", "saveMode: upsert", "options"},
		{"{name: rename, column", "{name: renam, column", "functions"},
		{"name: rename, column: a, asColumn", "name: rename, column: a, asKolumn", "functions"},
		{"name: a-01\n", "", "name"},
		{"name: one\n", "name: [one]\n", "dag"},
	} {
		if !strings.Contains(right, c[0]) {
			t.Fatal(c[0])
		}
		checks = append(checks, check{c[1], toJSON(t, []byte(strings.Replace(right, c[0], c[1], 1))), c[2]})
	}
	ours, err := filepath.Glob("../../infra/workflows/*.yaml")
	if err != nil || len(ours) == 0 {
		t.Fatal(ours, err)
	}
	for _, file := range ours {
		if strings.HasSuffix(file, ".test.yaml") { // a test is no manifest
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		checks = append(checks, check{file, toJSON(t, text), ""})
	}
	input, err := json.Marshal(map[string]any{"schema": json.RawMessage(text), "checks": checks})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c", `
import json, sys, jsonschema
given = json.load(sys.stdin)
jsonschema.Draft7Validator.check_schema(given["schema"])
validator = jsonschema.Draft7Validator(given["schema"])
for c in given["checks"]:
    errors = list(validator.iter_errors(c["manifest"]))
    def about(e):
        return str(list(e.absolute_path)) + e.message + "".join(about(s) for s in e.context or [])
    said = "; ".join(about(e) for e in errors)
    if bool(errors) != bool(c["want"]) or c["want"] not in said:
        print(c["name"], ": want", repr(c["want"]), "got", said[:2000] or "nothing wrong")
`)
	cmd.Stdin = bytes.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

func toJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
