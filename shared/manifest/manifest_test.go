package manifest_test

import (
	"errors"
	"flag"
	"fmt"
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
			in, want := &ar.Files[0], &ar.Files[len(ar.Files)-1]
			got := diagnose(in.Name, in.Data, ar.Files[1:len(ar.Files)-1])
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

func diagnose(name string, text []byte, beside []txtar.File) string {
	var b strings.Builder
	r := manifest.Reader{Vars: map[string]string{"SET": "value"}, Open: func(from, path string) (string, []byte, error) {
		for _, f := range beside {
			if f.Name == path {
				return f.Name, f.Data, nil
			}
		}
		return "", nil, fault.Errorf(fault.NotFound, "there is no file %s beside %s", path, from)
	}}
	all, notes, err := r.All(name, text)
	for _, n := range notes {
		fmt.Fprintf(&b, "%s: note: %s\n", n.Pos, n.Message)
	}
	if err != nil {
		b.WriteString(fault.Print(err))
	}
	for _, w := range all {
		for _, e := range w.Undeployable {
			b.WriteString("cloud: " + fault.Print(e))
		}
	}
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

// TestLarge: what is large takes time in proportion, and no more.
func TestLarge(t *testing.T) {
	const in = "                  "
	for name, sql := range map[string]string{
		"variables":   `sql: "` + strings.Repeat("${A} ", 150_000) + `HERE"`,
		"one line":    "sql: " + strings.Repeat("a, ", 250_000) + "HERE",
		"blanks":      `sql: "a` + strings.Repeat(" ", 900_000) + `HERE"`,
		"empty lines": "sql: |\n" + in + "a" + strings.Repeat("\n", 900_000) + in + "HERE",
		"escapes":     `sql: "` + strings.Repeat(`\x41`, 200_000) + `HERE"`,
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			w, _, err := manifest.Parse("f", []byte(around(sql)), map[string]string{"A": "value"})
			if err != nil {
				t.Fatal(err)
			}
			text := w.Jobs[0].Steps[0].SQL
			for i := 0; i < len(text.Value); i += 10 {
				text.At(i)
			}
			if took := time.Since(start); took > 10*time.Second { // a few tenths of a second; 40 if it grows as the square
				t.Errorf("took %v", took)
			}
		})
	}
	vars := map[string]string{"A": strings.Repeat("x", manifest.MaxSize/2)}
	if _, _, err := manifest.Parse("f", []byte(around("sql: ${A}${A}${A}")), vars); err == nil || !strings.Contains(err.Error(), "with its variables") {
		t.Errorf("Parse = %v", err)
	}
}

// TestEmptySchedules: nothing is scheduled here, which is no mistake.
func TestEmptySchedules(t *testing.T) {
	if all, err := manifest.ParseSchedules("s.yaml", []byte("# nothing yet\n")); err != nil || len(all) != 0 {
		t.Errorf("ParseSchedules = %v, %v", all, err)
	}
}

// TestSchedulesAreStrict: it is our own file, so nothing in it is passed over.
func TestSchedulesAreStrict(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"w: {timezone: UTC}", "timezone without cron"},
		{"w: {cron: 0 2 * * *, timezone: Local}", "unknown time zone"},
		{"w: {variables: [a]}", "want a mapping"},
		{"w: {variables: {A: [b]}}", "w.variables.A: want a plain value"},
		{"w: {variables: {a-b: c}}", "cannot be named"},
		{"w: {paused: true}\nw: {paused: false}", "given twice"},
		{"- w", "want a mapping"},
	} {
		if _, err := manifest.ParseSchedules("s.yaml", []byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseSchedules(%q) = %v, want %q", c.in, err, c.want)
		}
	}
}

// TestEncoding: what the YAML library refuses without a place gets one.
func TestEncoding(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"name: w\ntitle: caf\xe9\n", "f:2:11: this is not UTF-8"},
		{"name: w\ntitle: \x00\n", "f:2:8: a control character (U+0000)"},
		{"\xff\xfen\x00", "f:1:1: this is not UTF-8"},
		{"---\n# nothing\n---\n", "f:1:1: the file is empty"},
		{around("sql: SELECT 1") + "---\n" + around("sql: SELECT 1"), "f holds 2 workflows"},
	} {
		if _, _, err := manifest.Parse("f", []byte(c.in), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%q) = %v, want %q", c.in, err, c.want)
		}
	}
	if _, _, err := manifest.Parse("f", []byte("---\n"+around("sql: SELECT 1")+"...\n---\n"), nil); err != nil {
		t.Errorf("Parse = %v", err)
	}
}

// TestNothingSecretIsPrinted: whatever is wrong with it, a value that may be a
// credential is never part of a message.
func TestNothingSecretIsPrinted(t *testing.T) {
	text := strings.Replace(around("sql: SELECT 1"), "        stack: flare\n", `        stack: flare
        runAsApiKey: canary
        secrets: [canary]
        dataosSecrets: [{name: s, key: canary}]
        envs: {DATAOS_RUN_AS_APIKEY: canary, OTHER_KEY: canary, TRANSIENT_ERROR_PATTERN: canary}
        stacKSpec:
          sparkConf:
            - spark.hadoop.fs.azure.account.key.a.dfs.core.windows.net: canary
            - spark.hadoop.fs.s3a.bucket.b.secret.key: canary
            - canaryless
`, 1)
	text = strings.Replace(text, "c/x\"}", "c/x\", jdbc: {password: canary}, connectionProps: {password: canary}, passwrd: canary}", 1)
	got := diagnose("w.yaml", []byte(text), nil)
	if strings.Contains(strings.ReplaceAll(got, "canaryless", ""), "canary") {
		t.Errorf("printed:\n%s", got)
	}
}

func FuzzParse(f *testing.F) {
	seed, _ := os.ReadFile("../../infra/workflows/bq-write-01.yaml")
	f.Add(seed)
	f.Add([]byte("a: [*b, {c: |\n  d}]"))
	archives, _ := filepath.Glob("../plan/testdata/corpus/*.txtar")
	for _, file := range archives {
		if a, err := txtar.ParseFile(file); err == nil {
			f.Add(a.Files[0].Data)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		all, _, err := manifest.Reader{}.All("f", text)
		if err != nil {
			return
		}
		for _, w := range all {
			for _, s := range w.Jobs[0].Steps {
				for i := range s.SQL.Value {
					s.SQL.At(i)
				}
			}
			written, err := manifest.Encode(w)
			if err != nil {
				t.Errorf("Encode: %v", err)
			}
			if _, _, err := (manifest.Reader{}).All("again", written); err != nil {
				t.Errorf("what was written does not read: %v\n%s", err, written)
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
