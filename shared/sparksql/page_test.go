package sparksql

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
)

const (
	page     = "FUNCTIONS.md"
	goldens  = "../duckdb/testdata/spark"
	builtins = "testdata/builtins.txt"
)

// TestPage holds FUNCTIONS.md to the table and to Spark's recorded answers, which
// TestSpark in duckdb compares: every function of Spark is the same, the same with
// a note, or refused. One that Glint takes and no answer mentions fails the test.
func TestPage(t *testing.T) {
	same, refused := mentions(t)
	var b strings.Builder
	var rows []string
	counts := map[string]int{}
	for _, name := range sparkFunctions(t) {
		entry := lookup(name)
		state, signature := "refused", ""
		if entry != nil {
			signature = entry.signature
		}
		switch {
		case same[name] > 0 && entry != nil && entry.note != "":
			state = "same, but " + entry.note
			counts["noted"]++
		case same[name] > 0:
			state = "same"
			counts["same"]++
		case refused[name] > 0, isRefused(name):
			counts["refused"]++
		default:
			t.Errorf("%s: no recorded answer of Spark mentions it: add statements to %s, then go run ./scripts/goldens/sql", name, goldens)
			continue
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |", code(name), code(signature), state))
	}
	fmt.Fprintf(&b, "# Spark's functions on Glint\n\nWritten by `go test ./shared/sparksql -run TestPage -update` from the function table and\nfrom Spark's recorded answers. "+
		"Of the %d that Spark 3.5 has, %d are the same, %d are the same\nwith a note, and %d are refused by name before anything runs.\n\n"+
		"| function | signature | on Glint |\n|---|---|---|\n%s\n",
		len(rows), counts["same"], counts["noted"], counts["refused"], strings.Join(rows, "\n"))
	if t.Failed() {
		return
	}
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), b.String()); diff != "" {
		t.Errorf("%s is not what go test -run TestPage -update writes (-have +want):\n%s", page, diff)
	}
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(s, "|", `\|`) + "`"
}

// isRefused reports whether a call is refused because of its name.
func isRefused(name string) bool {
	_, err := Resolve("SELECT "+name+"(1)", nil, Scopes{})
	return lookup(name) == nil && errors.Is(err, fault.Refused)
}

func sparkFunctions(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(builtins)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			names = append(names, name)
		}
	}
	return names
}

// mentions counts, by function, the recorded statements that are compared and
// those that Glint refuses.
func mentions(t *testing.T) (same, refused map[string]int) {
	t.Helper()
	text, err := os.ReadFile(goldens + "/refused.txt")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		listed[strings.TrimSpace(line)] = true
	}
	files, err := filepath.Glob(goldens + "/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no goldens", err)
	}
	same, refused = map[string]int{}, map[string]int{}
	for _, file := range files {
		family := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		eachGolden(t, file, func(statement, failure string) {
			to := same
			switch {
			case failure != "":
				return
			case listed[family+": "+strings.Join(strings.Fields(statement), " ")]:
				to = refused
			}
			for _, name := range called(statement) {
				to[name]++
			}
		})
	}
	return same, refused
}

func eachGolden(t *testing.T, file string, visit func(statement, failure string)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var g struct{ SQL, Error string }
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		visit(g.SQL, g.Error)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// syntax are functions that Spark also spells without parentheses.
var syntax = []string{"and", "or", "not", "between", "case", "when", "in", "div", "like", "ilike", "rlike", "regexp", "current_date", "current_timestamp",
	"localtimestamp", "current_user"}

// called are the functions that a statement names, each once.
func called(statement string) []string {
	tokens, err := lex(statement)
	if err != nil {
		return nil
	}
	var names []string
	for i, tok := range tokens {
		name := ""
		switch {
		case tok.kind == symbolToken:
			name = tok.text
		case tok.kind != wordToken:
		case slices.Contains(syntax, strings.ToLower(tok.text)), tokens[i+1].text == "(" && tokens[i+1].kind == symbolToken:
			name = strings.ToLower(tok.text)
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
