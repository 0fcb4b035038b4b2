//go:build !windows

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/trigger"
)

// TestDemo: what the README promises. The run is shown with its load job, and
// an edited data set shows in the next demo's table.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := demo(t.Context(), &out, dir, false); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"✓ succeeded", "bq-write-01/", "WRITE_TRUNCATE: 10 rows", "BigQuery load job glint_bq-write-01_", "CITY00001", "CITY00010", "decimal(10,2)", "Try next:"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the demo does not show %q:\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "CITY00011") {
		t.Error("LIMIT 10 gave more than ten rows")
	}
	file := filepath.Join(dir, "thirdparty01", "city", "city.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.Replace(text, []byte("CITY00001,"), []byte("MY_CITY,"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := demo(t.Context(), &out, dir, false); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if !strings.Contains(out.String(), "MY_CITY") || strings.Contains(out.String(), "CITY00001") {
		t.Errorf("the edited row is not shown:\n%s", &out)
	}
}

// TestRun: a person asks the local cloud for a run from another process, and
// for one that cannot be.
func TestRun(t *testing.T) {
	l, err := startLocal(t.Context(), t.TempDir(), serviceLog(false))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	for name, value := range l.cloud.Env() {
		t.Setenv(name, value)
	}
	execute := func(args ...string) (string, error) {
		var out bytes.Buffer
		cmd := root()
		cmd.SetArgs(args)
		cmd.SetOut(&out)
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	out, err := execute("run", demoWorkflow, "--slot", "2026-11-01T02:00:00Z")
	if err != nil || !strings.Contains(out, "✓ succeeded  bq-write-01/20261101T020000.000Z.0") {
		t.Errorf("run: %v\n%s", err, out)
	}
	if out, err := execute("rerun", demoWorkflow); err != nil || !strings.Contains(out, "✓ succeeded  bq-write-01/20261101T020000.000Z.1") {
		t.Errorf("rerun: %v\n%s", err, out)
	}
	if out, err := execute("rerun", demoWorkflow, "--slot", "2026-11-01T02:00:00Z"); err != nil || !strings.Contains(out, "20261101T020000.000Z.2") {
		t.Errorf("rerun of a slot: %v\n%s", err, out)
	}
	if _, err := execute("rerun", demoWorkflow, "--slot", "2026-11-02T02:00:00Z"); err == nil || !strings.Contains(err.Error(), "has no run of the slot") {
		t.Errorf("rerun of what was not run: %v", err)
	}
	if out, err := execute("cancel", "bq-write-01/20261101T020000.000Z.0"); err != nil || !strings.Contains(out, "has succeeded already") {
		t.Errorf("cancel: %v\n%s", err, out)
	}
	if _, err := execute("run", "bq-wirte-01"); err == nil || !strings.Contains(err.Error(), "there is no manifest") {
		t.Errorf("run of what is not there: %v", err)
	}
	wrong := filepath.Join(t.TempDir(), "workflows", "mine.yaml")
	text, _ := os.ReadFile(filepath.Join("..", "..", "infra", "workflows", demoWorkflow+".yaml"))
	mine := bytes.Replace(text, []byte("name: "+demoWorkflow), []byte("name: mine"), 1)
	if err := writeNew(wrong, bytes.Replace(mine, []byte("logLevel: INFO"), []byte("logLevel: LOUD"), 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := execute("upload", wrong); err == nil || !strings.Contains(err.Error(), `mine.yaml:27:23: job.logLevel: unknown value "LOUD"`) {
		t.Errorf("upload of a mistake: %v", err)
	}
	if err := os.WriteFile(wrong, mine, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := execute("upload", wrong); err != nil || !strings.Contains(out, "gs://glint-root/workflows/mine.yaml") {
		t.Errorf("upload: %v\n%s", err, out)
	}
	if out, err := execute("run", "mine"); err != nil || !strings.Contains(out, "✓ succeeded  mine/") {
		t.Errorf("run of what was uploaded: %v\n%s", err, out)
	}
	if out, err := execute("--version"); err != nil || !strings.HasPrefix(out, "glint ") {
		t.Errorf("--version: %v %q", err, out)
	}
	if out, err := execute("completion", "bash"); err != nil || !strings.Contains(out, "__start_glint") {
		t.Errorf("completion: %v", err)
	}
}

// TestWatch: a workflow runs when its inputs have changed, and once.
func TestWatch(t *testing.T) {
	l, err := startLocal(t.Context(), t.TempDir(), serviceLog(false))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	since := time.Now()
	if err := l.watch(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	say := newProgress(io.Discard)
	first, err := follow(t.Context(), l.app, ledger.Key{Workflow: demoWorkflow}, since, say)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(l.data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.data, bytes.Replace(text, []byte("CITY00001,"), []byte("MY_CITY,"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	var second ledger.Key
	for end := time.Now().Add(20 * time.Second); second.Slot.Equal(first.Key.Slot) || second.Slot.IsZero(); time.Sleep(50 * time.Millisecond) {
		if second, _, err = l.app.Ledger.Latest(t.Context(), demoWorkflow); err != nil || time.Now().After(end) {
			t.Fatalf("no run after the change: %v", err)
		}
	}
	if seen, err := follow(t.Context(), l.app, second, since, say); err != nil || seen.Outcome.Status != ledger.Succeeded || len(seen.Outcome.Receipts) != 1 {
		t.Errorf("the run after the change: %+v, %v", seen.Outcome, err)
	}
	say.done()
}

// TestScheduled: the schedule of infra is the one that the local cloud starts with.
func TestScheduled(t *testing.T) {
	l, err := startLocal(t.Context(), t.TempDir(), serviceLog(false))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	if len(l.jobs) != 1 || l.jobs[0].Workflow != demoWorkflow || l.jobs[0].Cron != "0 2 * * *" {
		t.Errorf("jobs = %+v", l.jobs)
	}
	tick, err := trigger.Tick(l.jobs[0].Cron, l.jobs[0].TimeZone, time.Now())
	if err != nil || tick.Hour() != 2 {
		t.Errorf("Tick = %v, %v", tick, err)
	}
}

// TestWindows: there the program builds, and says that it does not run.
func TestWindows(t *testing.T) {
	cmd := exec.Command("go", "build", "-o", filepath.Join(t.TempDir(), "glint.exe"), ".")
	cmd.Env = append(os.Environ(), "GOOS=windows", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
