//go:build !windows

package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// TestPlanCommand: what a plan says is tested in its room; this is how it is asked.
func TestPlanCommand(t *testing.T) {
	manifest := filepath.Join("..", "..", "infra", "workflows", demoWorkflow+".yaml")
	code, out := ran(t, planCommand(), "", manifest)
	for _, want := range []string{"│ city-write-bq-01 │", "gs://acme-thirdparty01/city", "acme-data.dev.city", "guards     counts"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("ends with %d, no %q in\n%s", code, want, out)
		}
	}
	var got struct {
		Workflow string
		Jobs     []struct{ Inputs []struct{ Address string } }
		Problems []struct{ Message string }
	}
	code, out = ran(t, planCommand(), "", manifest, "--json")
	if err := json.Unmarshal([]byte(out), &got); code != 0 || err != nil || got.Workflow != demoWorkflow || len(got.Jobs[0].Inputs) != 1 || len(got.Problems) != 0 {
		t.Errorf("ends with %d, %v:\n%s", code, err, out)
	}
	code, out = ran(t, planCommand(), "name: [", "-", "--json")
	if err := json.Unmarshal([]byte(out), &got); code != 2 || err != nil || len(got.Problems) != 1 {
		t.Errorf("ends with %d, %v:\n%s", code, err, out)
	}
	refused := manifestOf("              - {name: orders, dataset: 'dataos://lake:sales/orders', format: iceberg}", "SELECT 1 AS a", bigOutput)
	if code, out := ran(t, planCommand(), refused, "-"); code != 1 || !strings.Contains(out, "format iceberg is not read yet") {
		t.Errorf("ends with %d:\n%s", code, out)
	}
}
