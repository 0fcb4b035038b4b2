//go:build !windows

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/object"
)

// TestPublish: a workflow that nothing starts runs once for each version of its
// manifest, however often it is deployed.
func TestPublish(t *testing.T) {
	l, err := startLocal(t.Context(), t.TempDir(), serviceLog(false))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	seed, err := infra.Files.ReadFile("workflows/bq-write-01.yaml")
	if err != nil {
		t.Fatal(err)
	}
	once := bytes.Replace(bytes.Replace(seed, []byte("name: bq-write-01"), []byte("name: once"), 1), []byte("dev/city"), []byte("dev/once"), 1)
	put := func(text []byte) {
		t.Helper()
		if err := l.cloud.Upload(t.Context(), fstest.MapFS{"workflows/once.yaml": {Data: text}}); err != nil {
			t.Fatal(err)
		}
	}
	asked := func() string {
		t.Helper()
		var out strings.Builder
		if err := publish(t.Context(), &out, l.app); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(out.String(), "\n"); n != 1 || !strings.HasPrefix(out.String(), "once: ") {
			t.Fatalf("asked for:\n%s", &out)
		}
		return out.String()
	}
	ran := func() ledger.Outcome {
		t.Helper()
		attrs, err := l.app.Storage.Stat(t.Context(), "gs://glint-root/workflows/once.yaml")
		if err != nil {
			t.Fatal(err)
		}
		slot, err := generationTime(attrs)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := follow(t.Context(), l.app, ledger.Key{Workflow: "once", Slot: slot}, time.Now(), newProgress(io.Discard))
		if err != nil || seen.Outcome.Status != ledger.Succeeded {
			t.Fatalf("%+v, %v", seen.Outcome, err)
		}
		return *seen.Outcome
	}
	put(once)
	asked()
	first := ran()
	asked()
	asked()
	time.Sleep(300 * time.Millisecond) // for what must not happen
	if again := ran(); !again.Ended.Equal(first.Ended) {
		t.Errorf("the same version ran twice: %+v, %+v", first, again)
	}
	put(append(once, "# a new version\n"...))
	asked()
	if second := ran(); second.Ended.Equal(first.Ended) {
		t.Error("a new version did not run")
	}
	if _, err := generationTime(object.Attrs{URI: "file:///x.yaml", Version: "12-34"}); err == nil {
		t.Error("a version that is no generation is a time")
	}
}
