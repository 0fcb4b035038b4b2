//go:build !windows

package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/setup"
)

func TestFromEnv(t *testing.T) {
	env := map[string]string{
		"GLINT_PROJECT": "p", "GLINT_ROOT": "gs://m/", "GLINT_STATE": "gs://s/x",
		"GLINT_TOPIC": "projects/p/topics/t", "GLINT_DEAD_LETTER_TOPIC": "projects/p/topics/d",
		"STORAGE_EMULATOR_HOST": "127.0.0.1:1", "GLINT_MEMORY": "1024",
	}
	c, err := setup.FromEnv(func(n string) string { return env[n] })
	if err != nil {
		t.Fatal(err)
	}
	if c.Root != "gs://m" || c.Deadline != 540*time.Second || c.StorageEndpoint != "http://127.0.0.1:1" || c.Memory != 1<<30 || c.Port != "8080" {
		t.Errorf("FromEnv = %+v", c)
	}
}

// TestFromEnvSaysAll: every mistake is named in one go, with what is wanted.
func TestFromEnvSaysAll(t *testing.T) {
	env := map[string]string{"GLINT_ROOT": "/tmp", "GLINT_DEADLINE": "nine minutes", "GLINT_TOPIC": "t", "GLINT_QUIET": "0s", "GLINT_EVENT_KEY": "hunter2"}
	_, err := setup.FromEnv(func(n string) string { return env[n] })
	for _, want := range []string{"GLINT_PROJECT is not set", `GLINT_ROOT="/tmp"`, "GLINT_STATE is not set", "GLINT_DEADLINE", "GLINT_TOPIC", "GLINT_QUIET", "GLINT_EVENT_KEY"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("FromEnv error %q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("FromEnv error %q shows a secret", err)
	}
}

// TestJSONLog: lines are what Cloud Logging reads, at a level that a run may change.
func TestJSONLog(t *testing.T) {
	var out strings.Builder
	log := setup.JSONLog(&out, slog.LevelInfo)
	log.Debug("unseen")
	log.With("run", "r").Warn("seen")
	slog.New(log.Handler().(interface{ WithLevel(slog.Level) slog.Handler }).WithLevel(slog.LevelDebug)).Debug("asked for")
	for _, want := range []string{`"severity":"WARNING","message":"seen","run":"r"`, `"severity":"DEBUG","message":"asked for"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s does not have %s", &out, want)
		}
	}
	if strings.Contains(out.String(), "unseen") {
		t.Errorf("%s has what is below its level", &out)
	}
}
