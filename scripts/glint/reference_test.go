//go:build !windows

package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestReference: the commands print what their room makes.
func TestReference(t *testing.T) {
	code, out := ran(t, schemaCommand(), "")
	if !json.Valid([]byte(out)) || code != 0 || !strings.Contains(out, "temporaryBucket") {
		t.Errorf("schema: ends with %d:\n%.300s", code, out)
	}
	if code, out := ran(t, docsCommand(), ""); code != 0 || !strings.Contains(out, "### `bigquery`") || !strings.Contains(out, "### `counts`") {
		t.Errorf("docs: ends with %d:\n%.300s", code, out)
	}
	if missing, stale := language().Undocumented(); len(missing)+len(stale) > 0 {
		t.Errorf("attributes without words: %q, words without attributes: %q", missing, stale)
	}
}
