package manifest_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
)

var update = flag.Bool("update", false, "rewrite testdata")

func TestSeed(t *testing.T) {
	text, err := os.ReadFile("../../infra/workflows/bq-write-01.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w, notes, err := manifest.Parse("bq-write-01.yaml", text, nil)
	if err != nil || len(notes) != 0 {
		t.Fatalf("Parse = %v, notes %v", err, notes)
	}
	j := w.Jobs[0]
	if j.Name != "city-write-bq-01" || !j.Explain || j.LogLevel != "INFO" || j.Inputs[0].Format != "csv" ||
		j.Outputs[0].Dataset.String() != "dataos://bqdepot:dev/city?acl=rw" || j.Steps[0].SQL.Value != "SELECT * FROM city_connect LIMIT 10" {
		t.Errorf("job = %+v", j)
	}
	if got := j.Steps[0].SQL.At(14).String(); got != "bq-write-01.yaml:39:40" {
		t.Errorf("city_connect is at %s", got)
	}
}

// TestDiagnostics: manifests and what is said of them, as text. Run with
// -update to rewrite, and read the difference.
func TestDiagnostics(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	if len(files) == 0 {
		t.Fatal("no testdata")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in, want := &ar.Files[0], &ar.Files[1]
			got := diagnose(in.Name, in.Data)
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func diagnose(name string, text []byte) string {
	var b strings.Builder
	_, notes, err := manifest.Parse(name, text, map[string]string{"SET": "value"})
	for _, n := range notes {
		fmt.Fprintf(&b, "%s: note: %s\n", n.Pos, n.Message)
	}
	b.WriteString(fault.Print(err))
	return b.String()
}

func TestBomb(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	if _, _, err := manifest.Parse("bomb", []byte(bomb), nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("Parse = %v", err)
	}
	if _, _, err := manifest.Parse("large", make([]byte, manifest.MaxSize+1), nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("Parse = %v", err)
	}
}

func TestSchedules(t *testing.T) {
	text, err := os.ReadFile("../../infra/schedules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all, err := manifest.ParseSchedules("schedules.yaml", text)
	if err != nil || all["bq-write-01"].Cron != "0 2 * * *" {
		t.Errorf("ParseSchedules = %v, %v", all, err)
	}
	_, err = manifest.ParseSchedules("s.yaml", []byte("w:\n  cron: 61 * * * *\n  timezone: Mars/Base\n  pausd: true\nX_Y: {}\n"))
	for _, want := range []string{"s.yaml:2:9", "Mars/Base", "s.yaml:4:3", "did you mean paused?", "X_Y"} {
		if err == nil || !strings.Contains(fault.Print(err), want) {
			t.Errorf("ParseSchedules = %v, want %q", err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	seed, _ := os.ReadFile("../../infra/workflows/bq-write-01.yaml")
	f.Add(seed)
	f.Add([]byte("a: [*b, {c: |\n  d}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		w, _, err := manifest.Parse("f", text, nil)
		if err == nil {
			for _, s := range w.Jobs[0].Steps {
				for i := range s.SQL.Value {
					s.SQL.At(i)
				}
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text, _ := os.ReadFile("../../infra/workflows/bq-write-01.yaml")
	for b.Loop() {
		_, _, _ = manifest.Parse("f", text, nil)
	}
}
