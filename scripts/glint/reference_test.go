//go:build !windows

package main

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
)

var updateReference = flag.Bool("update", false, "write the published schema anew")

// TestReference: the commands print what their room makes.
func TestReference(t *testing.T) {
	code, out := ran(t, schemaCommand(), "")
	if !json.Valid([]byte(out)) || code != 0 || !strings.Contains(out, "temporaryBucket") {
		t.Errorf("schema: ends with %d:\n%.300s", code, out)
	}
	const published = "../../infra/workflow.schema.json"
	if *updateReference {
		if err := os.WriteFile(published, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(published); err != nil || string(text) != out {
		t.Errorf("the published schema is not what the language is, %v: go test ./scripts/glint -run TestReference -update", err)
	}
	if code, out := ran(t, docsCommand(), ""); code != 0 || !strings.Contains(out, "### `bigquery`") || !strings.Contains(out, "### `counts`") {
		t.Errorf("docs: ends with %d:\n%.300s", code, out)
	}
	if missing, stale := language().Undocumented(); len(missing)+len(stale) > 0 {
		t.Errorf("attributes without words: %q, words without attributes: %q", missing, stale)
	}
}
