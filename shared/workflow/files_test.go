package workflow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
)

// TestFilesPinned: what a manifest names is pinned with it, so that each
// delivery runs the same.
func TestFilesPinned(t *testing.T) {
	c := newCloud(t)
	c.store.past = map[string][]byte{}
	c.put("gs://root/parts/sql/final.sql", "SELECT * FROM raw")
	c.replace("gs://root/workflows/city.yaml", "sql: SELECT * FROM raw", "sqlFile: sql/final.sql")
	c.engine.exporting = func(_ context.Context, n int) error {
		if n == 1 {
			c.put("gs://root/parts/sql/final.sql", "SELECT nothing FROM nowhere")
			return errDown
		}
		return nil
	}
	if err := c.deliver(1); !errors.Is(err, fault.Transient) {
		t.Fatalf("first delivery: %v", err)
	}
	if err := c.deliver(2); err != nil {
		t.Fatal(err)
	}
	c.wantPublished()
}

// TestFileMissing: a manifest that names what is not there is put aside, with
// where to put it.
func TestFileMissing(t *testing.T) {
	for name, path := range map[string]string{"never uploaded": "sql/final.sql", "outside": "../secret.sql", "of another machine": "/home/me/final.sql"} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.put("gs://root/parts/secret.sql", "SELECT * FROM raw")
			c.replace("gs://root/workflows/city.yaml", "sql: SELECT * FROM raw", "sqlFile: "+path)
			if err := c.deliver(1); err != nil {
				t.Fatal(err)
			}
			c.wantDead("not found", path, "glint upload")
			if strings.Contains(c.log.String(), "run ended") {
				t.Error("the run began")
			}
		})
	}
}
