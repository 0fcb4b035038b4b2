//go:build !windows

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// elsewhere are commands of the README that something else than TestReadme runs.
var elsewhere = map[string]string{
	"./scripts/check":               "CI runs it",
	"go build -o bin/glint":         "TestReadme does so first",
	"bin/glint certify bq-write-01": "TestCertify does, where Spark is",
	"npm ci --prefix .ci/azurite":   "CI runs it",
	"gcloud ":                       "it needs an account",
	"az ":                           "it needs an account",
	"git add infra && git commit":   "it needs an account's files",
	"scripts/deploy mine":           "it needs an account; TestDeploy runs it dry",
	"scripts/deploy -n mine":        "TestDeploy runs it",
	"cp infra/env/dev.tfvars":       "it is a copy",
	"cp my/workflows":               "it is a copy",
	"go run ./scripts/glint depots": "TestDeploy runs it",
	"docker pull":                   "it needs an account",
}

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// readmeCommands are the commands that a page tells people to type.
func readmeCommands(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			command, _, _ := strings.Cut(line, " #")
			if command = strings.TrimSpace(command); command != "" && command[0] != '#' {
				all = append(all, command)
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has no commands", page)
	}
	return all
}

func somewhereElse(command string) bool {
	for prefix := range elsewhere {
		if strings.HasPrefix(command, prefix) {
			return true
		}
	}
	return false
}

// TestReadme types what the README tells people to type, in its order, into a
// shell, with the program built as it says.
func TestReadme(t *testing.T) {
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range readmeCommands(t, filepath.Join(repository, "infra", "README.md")) {
		if !somewhereElse(c) {
			t.Errorf("infra/README.md: nothing runs %q", c)
		}
	}
	dir := unpack(t, "-- old.yaml --\n"+manifestOf(bigInput, "SELECT id FROM orders", bigOutput)+"-- m.yaml --\n"+manifestOf(bigInput, "SELECT id FROM orders", bigOutput)+
		"-- my/workflows/mine.yaml --\n"+strings.Replace(manifestOf(bigInput, "SELECT id FROM orders", bigOutput), "name: orders-01", "name: mine", 1)+`
-- data/lake/sales/orders.csv --
id
1
-- exported/lake.yaml --
name: lake
version: v1
type: depot
depot:
  type: GCS
  spec: {bucket: acme-lake}
`)
	for _, name := range []string{"workflows", "depots"} {
		if err := os.CopyFS(filepath.Join(dir, "infra", name), os.DirFS(filepath.Join(repository, "infra", name))); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "bin", "glint"), "./scripts/glint")
	build.Dir = repository
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sourced := ""
	for _, command := range readmeCommands(t, filepath.Join(repository, "README.md")) {
		switch {
		case somewhereElse(command):
		case command == "bin/glint local":
			local := exec.CommandContext(ctx, filepath.Join(dir, "bin", "glint"), "local")
			local.Dir = dir
			local.Cancel = func() error { return local.Process.Signal(os.Interrupt) }
			if err := local.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { cancel(); _ = local.Wait() }()
			for range 100 {
				if _, err := os.Stat(filepath.Join(dir, ".glint", "local", "env")); err == nil {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
		case strings.HasPrefix(command, ". "):
			sourced = command + "\n"
		default:
			line := strings.ReplaceAll(command, "go run ./scripts/glint", "bin/glint")
			run := exec.CommandContext(ctx, "bash", "-euc", sourced+line)
			run.Dir = dir
			out, err := run.CombinedOutput()
			if strings.HasPrefix(command, "bin/glint cancel RUN") { // there is no such run
				if err == nil || !strings.Contains(string(out), "RUN") {
					t.Errorf("%s: %v\n%s", command, err, out)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v\n%s", command, err, out)
			}
		}
	}
}
