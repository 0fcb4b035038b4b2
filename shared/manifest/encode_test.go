package manifest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/udl"
)

// TestRoundTrip: what is written of a workflow reads as the same workflow.
func TestRoundTrip(t *testing.T) {
	archives, _ := filepath.Glob("../plan/testdata/corpus/*.txtar")
	n := 0
	for _, file := range archives {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		flows, _, err := manifest.Reader{}.All(a.Files[0].Name, a.Files[0].Data)
		if err != nil {
			continue
		}
		for _, w := range flows {
			n++
			text, err := manifest.Encode(w)
			if err != nil {
				t.Fatal(err)
			}
			again, notes, err := manifest.Reader{}.All("again.yaml", text)
			if err != nil || len(again) != 1 {
				t.Errorf("%s: %s\n%s", file, fault.Print(err), text)
				continue
			}
			w.Version = "v1"
			same := cmp.Options{
				cmpopts.IgnoreTypes(fault.Pos{}), cmpopts.IgnoreFields(manifest.Workflow{}, "Undeployable"), cmpopts.IgnoreFields(udl.Address{}, "Name"), cmpopts.EquateEmpty(),
				cmp.Comparer(func(a, b manifest.Text) bool { return a.Value == b.Value }),
				cmpopts.IgnoreUnexported(manifest.Job{}, manifest.Input{}, manifest.Step{}, manifest.Output{}),
			}
			if diff := cmp.Diff(w, again[0], same); diff != "" {
				t.Errorf("%s: (-read +written and read)\n%s\n%s", file, diff, text)
			}
			for _, n := range notes {
				if strings.Contains(n.Message, "unknown") {
					t.Errorf("%s: %s\n%s", file, n.Message, text)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("%d workflows", n)
	}
}
