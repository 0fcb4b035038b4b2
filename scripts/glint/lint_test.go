//go:build !windows

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// ran runs a command and returns its exit code and what it printed.
func ran(t *testing.T, cmd *cobra.Command, stdin string, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetArgs(append([]string{}, args...)) // nil would be those of the tests
	err := cmd.ExecuteContext(t.Context())
	var e *ending
	switch {
	case err == nil:
		return 0, out.String()
	case errors.As(err, &e):
		if e.err != nil {
			out.WriteString(e.err.Error())
		}
		return e.code, out.String()
	}
	t.Fatal(err)
	return 0, ""
}

// TestLintCommand: what the linter says is tested in its room; this is how it is asked.
func TestLintCommand(t *testing.T) {
	good := manifestOf("              - {name: orders, dataset: 'dataos://lake:sales/orders', format: csv}", "SELECT id FROM orders", bigOutput+"\n                format: bigquery")
	noted := strings.Replace(good, "compute:", "computer:", 1)
	dir := unpack(t, "-- sub/orders-01.yaml --\n"+good+"-- sub/.git/x.yaml --\nname: [\n-- sub/orders-01.test.yaml --\ngiven: []\n-- depots/lake/sales/orders.csv --\nidd\n1\n")
	sub := filepath.Join(dir, "sub")
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
		want        string
	}{
		{"a folder", "", []string{sub}, 0, "1 file: 0 errors, 0 warnings"},
		{"with data", "", []string{sub, "--depots", filepath.Join(dir, "depots")}, 1, "did you mean idd?"},
		{"standard input", "name: [", []string{"-"}, 1, "stdin:2: error: this is not YAML"},
		{"a warning", noted, []string{"-"}, 0, "0 errors, 2 warnings"},
		{"strict", noted, []string{"-", "--strict"}, 1, "0 errors, 2 warnings"},
		{"json", noted, []string{"-", "--format", "json"}, 0, `"fix":"did you mean compute?"`},
		{"github", noted, []string{"-", "--format", "github"}, 0, "::warning file=stdin,line=9"},
		{"sarif", noted, []string{"-", "--format", "sarif"}, 0, `"version": "2.1.0"`},
		{"no file", "", []string{filepath.Join(dir, "none.yaml")}, 2, "no such file"},
		{"no format", "", []string{"-", "--format", "xml"}, 2, "--format xml: want"},
		{"no depots", "", []string{"-", "--depots", filepath.Join(dir, "none")}, 2, "there is no such folder"},
	} {
		code, out := ran(t, lintCommand(), c.stdin, c.args...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: ends with %d, want %d and %q:\n%s", c.name, code, c.code, c.want, out)
		}
	}
	mend := filepath.Join(sub, "orders-01.yaml")
	if err := errors.Join(os.WriteFile(mend, []byte(noted), 0o640), os.Chmod(mend, 0o640)); err != nil {
		t.Fatal(err)
	}
	code, out := ran(t, lintCommand(), "", mend, "--fix", "--strict")
	if text, err := os.ReadFile(mend); err != nil || string(text) != good || code != 0 || !strings.Contains(out, "-         computer: runnable-default\n+         compute: runnable-default\n1 file: 0 errors, 0 warnings") {
		t.Errorf("mended: ends with %d, %v:\n%s\n%s", code, err, out, text)
	}
	if info, err := os.Stat(mend); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("a mended file has the mode %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join("..", "..", "infra")); err == nil {
		if code, out := ran(t, lintCommand(), "", filepath.Join("..", "..", "infra"), "--strict"); code != 0 {
			t.Errorf("our own manifests:\n%s", out)
		}
	}
}
