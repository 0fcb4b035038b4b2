//go:build !windows

package main

import (
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/trigger"
)

// TestRunOfSeveralJobs: what glint run and glint rerun show of a run in which a
// job fails, and of the one that runs what is left.
func TestRunOfSeveralJobs(t *testing.T) {
	l, err := startLocal(t.Context(), t.TempDir(), serviceLog(false))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	seed, err := infra.Files.ReadFile("workflows/bq-write-01.yaml")
	if err != nil {
		t.Fatal(err)
	}
	head, spec, ok := strings.Cut(strings.Replace(string(seed), "name: bq-write-01", "name: several", 1), "    - name: city-write-bq-01\n")
	if !ok {
		t.Fatal("the seed's job has another name")
	}
	job := func(name, deps, sql string) string {
		text := strings.Replace(spec, "bqdepot:dev/city", "bqdepot:dev/"+name, 1)
		return "    - name: " + name + "\n      dependencies: [" + deps + "]\n" + strings.Replace(text, "SELECT * FROM city_connect LIMIT 10", sql, 1)
	}
	put := func(second string) {
		t.Helper()
		text := head + job("first", "", "SELECT * FROM city_connect LIMIT 10") + job("second", "first", second) + job("third", "second", "SELECT 1 AS x")
		if err := l.cloud.Upload(t.Context(), fstest.MapFS{"workflows/several.yaml": {Data: []byte(text)}}); err != nil {
			t.Fatal(err)
		}
	}
	slot := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	run := func(ordinal int) (string, ledger.Status) {
		t.Helper()
		data, attributes := trigger.Message{Workflow: "several", Slot: slot, Ordinal: ordinal, Resume: ordinal > 0}.Encode()
		if _, err := l.app.Publisher.Publish(t.Context(), l.app.Config.Topic, data, attributes); err != nil {
			t.Fatal(err)
		}
		seen, err := follow(t.Context(), l.app, ledger.Key{Workflow: "several", Slot: slot, Ordinal: ordinal}, time.Now(), newProgress(io.Discard))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		printRuns(&out, seen)
		if err := printTargets(t.Context(), &out, l.app, seen); err != nil {
			t.Fatal(err)
		}
		return out.String(), seen.Outcome.Status
	}

	put("SELECT no_such FROM city_connect")
	out, status := run(0)
	for _, want := range []string{"✗ failed  several/20261123T020000.000Z.0", "3 jobs", "it depends on second, which failed", "no_such", "glint-local.dev.first"} {
		if !strings.Contains(out, want) {
			t.Errorf("the first run does not say %q", want)
		}
	}
	if status != ledger.Failed || t.Failed() {
		t.Fatalf("%s:\n%s", status, out)
	}

	put("SELECT count(*) AS n FROM city_connect")
	out, status = run(1)
	for _, want := range []string{"✓ succeeded  several/20261123T020000.000Z.1", "not run again: it succeeded as several/20261123T020000.000Z.0/first", "glint-local.dev.third"} {
		if !strings.Contains(out, want) {
			t.Errorf("the second run does not say %q", want)
		}
	}
	if status != ledger.Succeeded || t.Failed() {
		t.Errorf("%s:\n%s", status, out)
	}
}
