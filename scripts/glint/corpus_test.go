//go:build !windows

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestCorpus tries every manifest of the linter's corpus over files that stand for
// whatever it reads. Each says how the try ends.
func TestCorpus(t *testing.T) {
	archives, err := filepath.Glob("../../shared/plan/testdata/corpus/*.txtar")
	if err != nil || len(archives) < 120 {
		t.Fatal(len(archives), err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, code, ok := strings.Cut(string(a.Comment), "\ntry: ")
			want, err := strconv.Atoi(strings.TrimSpace(code))
			if !ok || err != nil {
				t.Fatalf("no line try: N in the comment: %v", err)
			}
			dir := t.TempDir()
			for _, f := range a.Files[:len(a.Files)-1] {
				name := filepath.Join(dir, f.Name)
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var b bytes.Buffer
			err = runTry(t.Context(), &b, filepath.Join(dir, a.Files[0].Name), tryOptions{depots: "../../shared/plan/testdata/data", out: filepath.Join(dir, "out")})
			got := 0
			var e *ending
			if errors.As(err, &e) {
				got = e.code
			}
			if got != want {
				t.Errorf("the try ends with %d, want %d:\n%s", got, want, b.String())
			}
		})
	}
}
