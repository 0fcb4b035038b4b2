package plan_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plan"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

var update = flag.Bool("update", false, "write what is said into the archives")

// warehouse is a sink that only says what it takes.
type warehouse struct{ *sink.Mem }

func (warehouse) Spec() plug.Spec {
	s := new(sink.Mem).Spec()
	s.Name = "bigquery"
	return s
}

func options(folder string) plan.Options {
	o := plan.Options{Sinks: plug.NewSet[sink.Writer]("format", warehouse{}), Guards: []string{"counts"},
		Accepts: []relation.Form{relation.CSV, relation.JSON, relation.Parquet, relation.Avro}}
	if folder != "" {
		o.Depots = &depot.Catalog{Folders: []string{folder}}
	}
	return o
}

// TestLint holds what people read, word for word: go test ./shared/plan -update
// writes it anew.
func TestLint(t *testing.T) {
	archives, err := filepath.Glob("testdata/[cl][oi]*/*.txtar") // of lint and of corpus
	if err != nil || len(archives) < 120 {
		t.Fatal(len(archives), err)
	}
	for _, file := range archives {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir, folder := t.TempDir(), ""
			texts := map[string][]byte{}
			var order []string
			want := &a.Files[len(a.Files)-1]
			for _, f := range a.Files[:len(a.Files)-1] {
				if strings.HasPrefix(f.Name, "parts/") { // a manifest names it
					texts[f.Name] = f.Data
					continue
				}
				if strings.HasSuffix(f.Name, ".yaml") {
					texts[f.Name], order = f.Data, append(order, f.Name)
					continue
				}
				name := filepath.Join(dir, f.Name)
				folder = dir
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			l := &plan.Linter{Options: options(folder), Reader: manifest.Reader{Open: func(from, name string) (string, []byte, error) {
				for _, place := range manifest.Places(from, name) {
					if text, ok := texts[place]; ok {
						return place, text, nil
					}
				}
				return "", nil, fault.Errorf(fault.NotFound, "%s names %s, and there is no such file", from, name)
			}}}
			var problems []plan.Problem
			for _, name := range order {
				problems = append(problems, l.File(t.Context(), name, texts[name])...)
			}
			var b bytes.Buffer
			if err := plan.Report(&b, "text", problems, func(name string) []byte { return texts[name] }); err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(b.String(), dir, "DIR")
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want.Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestReport(t *testing.T) {
	problems := []plan.Problem{
		{File: "a b.yaml", Line: 3, Column: 5, Severity: plan.Error, Code: "invalid", Message: "100% wrong: x, y", Fix: "do\nthis"},
		{File: "c.yaml", Severity: plan.Warning, Code: "note", Message: "hm"},
	}
	for format, want := range map[string]string{
		"text":   "a b.yaml:3:5: error: 100% wrong: x, y\n  3 │ c: \"…\"\n    │     ^\n    do\n    this\nc.yaml: warning: hm\n",
		"json":   `{"file":"a b.yaml","line":3,"column":5,"severity":"error","code":"invalid","message":"100% wrong: x, y","fix":"do\nthis"}` + "\n" + `{"file":"c.yaml","line":0,"column":0,"severity":"warning","code":"note","message":"hm","fix":""}` + "\n",
		"github": "::error file=a b.yaml,line=3,col=5,title=invalid::100%25 wrong: x, y%0Ado%0Athis\n::warning file=c.yaml,line=1,col=1,title=note::hm\n",
	} {
		var b bytes.Buffer
		if err := plan.Report(&b, format, problems, func(string) []byte { return []byte("a\nb\nc:\t\"…\"\r\nd") }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", format, diff)
		}
	}
	var b bytes.Buffer
	var got struct {
		Version string
		Runs    []struct {
			Results []struct{ RuleID, Level string }
			Tool    struct {
				Driver struct{ Rules []struct{ ID string } }
			}
		}
	}
	if err := plan.Report(&b, "sarif", problems, nil); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Version != "2.1.0" || len(got.Runs[0].Results) != 2 || got.Runs[0].Results[0].Level != "error" || len(got.Runs[0].Tool.Driver.Rules) != 2 {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// TestLongLines: of a line that is too long the part with the mistake is shown.
func TestLongLines(t *testing.T) {
	var b bytes.Buffer
	line := strings.Repeat("x", 300) + "!" + strings.Repeat("y", 300)
	plan.Print(&b, []plan.Problem{{File: "a", Line: 1, Column: 301, Severity: plan.Error, Message: "m"}}, func(string) []byte { return []byte(line) })
	shown := strings.Split(b.String(), "\n")
	at := strings.Index(shown[2], "^")
	if got := []rune(shown[1])[len([]rune(shown[2][:at]))]; got != '!' {
		t.Errorf("the caret stands under %q\n%s", got, b.String())
	}
}

// manifests are n workflows of about the size of real ones.
func manifests(n int) [][]byte {
	texts := make([][]byte, n)
	for i := range texts {
		var b strings.Builder
		fmt.Fprintf(&b, "name: w-%d\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n    - name: one\n      spec:\n        stack: flare:6.0\n        compute: c\n        stackSpec:\n          job:\n            inputs:\n", i)
		for k := range 4 {
			fmt.Fprintf(&b, "              - name: in_%d\n                dataset: dataos://lake:sales/in_%d\n                format: csv\n                schemaType: spark\n                schemaString: '{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}},{\"name\":\"amount\",\"type\":\"double\",\"nullable\":true,\"metadata\":{}},{\"name\":\"name\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}'\n", k, k)
		}
		b.WriteString("            steps:\n              - sequence:\n")
		for k := range 10 {
			from := fmt.Sprintf("in_%d", k%4)
			if k > 0 {
				from = fmt.Sprintf("step_%d", k-1)
			}
			fmt.Fprintf(&b, "                  - name: step_%d\n                    sql: |\n                      SELECT a.id, sum(a.amount) OVER (PARTITION BY a.name ORDER BY a.id) AS amount,\n                        CASE WHEN upper(trim(a.name)) LIKE 'A%%' THEN concat(a.name, '-x') ELSE b.name END AS name\n                      FROM %s a LEFT JOIN in_%d b ON a.id = b.id\n                      WHERE a.amount > 10 AND b.name IS NOT NULL\n", k, from, k%4)
		}
		b.WriteString("            outputs:\n              - name: step_9\n                dataset: dataos://bq:gold/out?acl=rw\n                format: bigquery\n                options: {saveMode: overwrite}\n")
		texts[i] = []byte(b.String())
	}
	return texts
}

// TestLintIsFast: a thousand manifests take less than two seconds, as
// BenchmarkLint measures. The bound here is looser and there are fewer: the tests'
// machine is shared, and may look for races.
func TestLintIsFast(t *testing.T) {
	const n = 200
	l := &plan.Linter{Options: options("")}
	began := time.Now()
	for i, text := range manifests(n) {
		if p := l.File(t.Context(), fmt.Sprintf("w-%d.yaml", i), text); len(p) > 0 {
			t.Fatal(p)
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("%d manifests of %d kB took %v", n, len(manifests(1)[0])>>10, took)
	}
}

func BenchmarkLint(b *testing.B) {
	texts := manifests(1000)
	for b.Loop() {
		l := &plan.Linter{Options: options("")}
		for i, text := range texts {
			l.File(b.Context(), fmt.Sprintf("w-%d.yaml", i), text)
		}
	}
}
