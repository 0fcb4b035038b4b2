package main

import (
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
	env := map[string]string{"GLINT_ROOT": "/tmp", "GLINT_DEADLINE": "nine minutes", "GLINT_TOPIC": "t"}
	_, err := setup.FromEnv(func(n string) string { return env[n] })
	for _, want := range []string{"GLINT_PROJECT is not set", `GLINT_ROOT="/tmp"`, "GLINT_STATE is not set", "GLINT_DEADLINE", "GLINT_TOPIC"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("FromEnv error %q does not say %q", err, want)
		}
	}
}
