package plan_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plan"
)

// TestPlan holds what people read: the first file of an archive is the manifest.
func TestPlan(t *testing.T) {
	archives, err := filepath.Glob("testdata/plan/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(archives, err)
	}
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
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
		text := a.Files[0].Data
		m, notes, err := manifest.Parse(a.Files[0].Name, text, nil)
		if err != nil {
			t.Fatal(err)
		}
		o := options(dir)
		o.Now = time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		open := func(context.Context, map[string]string, depot.Secret) (object.Store, error) { return nil, nil }
		o.Targets = &depot.Catalog{Manifests: object.Dir{}, Prefix: "file://" + filepath.ToSlash(dir) + "/depots",
			Open: map[depot.Type]func(context.Context, map[string]string, depot.Secret) (object.Store, error){depot.GCS: open}}
		p, more, err := plan.Make(t.Context(), m, o)
		var b bytes.Buffer
		p.Print(&b)
		plan.Print(&b, plan.Problems(a.Files[0].Name, err, append(notes, more...)), func(string) []byte { return text })
		got, want := strings.ReplaceAll(b.String(), dir, "DIR"), &a.Files[len(a.Files)-1]
		if *update {
			want.Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(want.Data), got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", file, diff)
		}
	}
}
