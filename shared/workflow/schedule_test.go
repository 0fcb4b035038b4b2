package workflow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/workflow"
)

func TestSchedules(t *testing.T) {
	c := newCloud(t)
	list := func() []workflow.Scheduled {
		t.Helper()
		all, err := workflow.Schedules(t.Context(), &c.store, "gs://root")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := list(); len(got) != 0 {
		t.Errorf("scheduled without a schedule: %+v", got)
	}
	c.put("gs://root/schedules.yaml", "city:\n  cron: 0 2 * * *\n  timezone: Europe/Berlin\n  paused: true\n")
	c.put("gs://root/workflows/README.md", "not a manifest")
	want := []workflow.Scheduled{{
		Workflow: "city", Cron: "0 2 * * *", TimeZone: "Europe/Berlin", Paused: true, Data: `{"workflow":"city"}`,
		Attributes: map[string]string{"glint_cron": "0 2 * * *", "glint_timezone": "Europe/Berlin"},
	}}
	if diff := cmp.Diff(want, list()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	c.put("gs://root/schedules.yaml", "town:\n  cron: 0 2 * * *\n")
	if _, err := workflow.Schedules(t.Context(), &c.store, "gs://root"); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), `"town"`) {
		t.Errorf("a schedule of no workflow: %v", err)
	}
	c.put("gs://root/workflows/bad.yaml", "name: [")
	if _, err := workflow.Schedules(t.Context(), &c.store, "gs://root"); err == nil || !strings.Contains(err.Error(), "bad.yaml") || !strings.Contains(err.Error(), "town") {
		t.Errorf("two mistakes: %v", err)
	}
}

func TestCheck(t *testing.T) {
	c := newCloud(t)
	if err := c.runner.Check(t.Context(), "city"); err != nil {
		t.Error(err)
	}
	c.replace("gs://root/workflows/city.yaml", "stack: flare:6.0", "stack: banana:1")
	if err := c.runner.Check(t.Context(), "city"); err == nil || !strings.Contains(err.Error(), "city.yaml:8:") {
		t.Errorf("Check = %v", err)
	}
	if err := c.runner.Check(t.Context(), "town"); !errors.Is(err, fault.NotFound) || !strings.Contains(err.Error(), "there is no manifest") || len(fault.Hints(err)) == 0 {
		t.Errorf("Check of none = %v, %v", err, fault.Hints(err))
	}
}
