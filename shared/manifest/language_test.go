package manifest_test

import (
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
)

// find follows a path of names.
func find(a manifest.Attribute, path string) *manifest.Attribute {
	for name := range strings.SplitSeq(path, ".") {
		var next *manifest.Attribute
		for i := range a.Attributes {
			if a.Attributes[i].Name == name {
				next = &a.Attributes[i]
			}
		}
		if next == nil {
			return nil
		}
		a = *next
	}
	return &a
}

func TestLanguage(t *testing.T) {
	all := manifest.Language()
	job := "workflow.dag.spec.stackSpec.job."
	for _, c := range []struct {
		path   string
		typ    plug.FieldType
		many   bool
		status plug.Status
		value  string
	}{
		{"name", plug.Text, false, plug.Honoured, ""},
		{"workflow.dag", "", true, plug.Honoured, ""},
		{"workflow.schedule.timezone", plug.Text, false, plug.Honoured, ""},
		{"workflow.dag.dependencies", plug.List, false, plug.Honoured, ""},
		{"workflow.dag.spec.dryRun", plug.Bool, false, plug.Honoured, ""},
		{job + "logLevel", plug.Enum, false, plug.Honoured, "DEBUG"},
		{job + "showPreviewLines", plug.Int, false, plug.Honoured, ""},
		{job + "inputs", "", true, plug.Honoured, ""},
		{job + "inputs.dataset", plug.Text, false, plug.Honoured, ""},
		{job + "inputs.driver", "", false, plug.Accepted, ""},
		{job + "inputs.options", "", false, plug.Honoured, ""},
		{job + "steps.sequence", "", true, plug.Honoured, ""},
		{job + "steps.sequence.sql", plug.Text, false, plug.Honoured, ""},
		{job + "steps.sequence.functions", "", true, plug.Honoured, ""},
		{job + "udfs", "", false, plug.Refused, ""},
	} {
		a := find(all, c.path)
		if a == nil {
			t.Errorf("%s is not in the language", c.path)
			continue
		}
		if a.Type != c.typ || a.Many != c.many || a.Status != c.status || c.value != "" && a.Values[0] != c.value {
			t.Errorf("%s is %+v", c.path, a)
		}
		if a.Status != plug.Honoured && a.Doc == "" {
			t.Errorf("%s: nothing says why it has no effect or what to do instead", c.path)
		}
	}
}
