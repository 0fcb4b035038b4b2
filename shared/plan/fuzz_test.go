package plan_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/glint-data/glint/shared/plan"
)

// FuzzLint: no text makes the linter panic, and what it mends it can read again.
func FuzzLint(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*/*.txtar")
	for _, file := range archives {
		if a, err := txtar.ParseFile(file); err == nil {
			f.Add(a.Files[0].Data)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l := &plan.Linter{Options: options("")}
		problems := l.File(t.Context(), "a.yaml", text)
		if after, ok := plan.Repair(text, problems); ok {
			l.File(t.Context(), "a.yaml", after)
		}
		devNull, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer devNull.Close()
		plan.Print(devNull, problems, func(string) []byte { return text })
	})
}
