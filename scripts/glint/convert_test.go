//go:build !windows

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestConvert: a manifest of the first generation becomes one of the current,
// which the linter finds nothing else wrong with.
func TestConvert(t *testing.T) {
	a, err := txtar.ParseFile("../../shared/plan/testdata/corpus/g1-sinks.txtar")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "g1-sinks.yaml")
	if err := os.WriteFile(file, a.Files[0].Data, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out := ran(t, convertCommand(), "", file)
	for _, want := range []string{"stackSpec:", "dataset: dataos://lake:retail/orders_out?acl=rw", "title: T", "dataset: dataos://lake:retail/n?acl=rw"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("ends with %d, want %q in\n%s", code, want, out)
		}
	}
	if strings.Contains(out, "sink:") || strings.Contains(out, "depot:") {
		t.Errorf("is of the first generation still:\n%s", out)
	}
	if code, _ := ran(t, convertCommand(), "", filepath.Join(t.TempDir(), "nothing.yaml")); code != 2 {
		t.Errorf("without a file it ends with %d", code)
	}
	if code, _ := ran(t, convertCommand(), "type: workflow", "-"); code != 2 {
		t.Errorf("of what is no workflow it ends with %d", code)
	}
}
