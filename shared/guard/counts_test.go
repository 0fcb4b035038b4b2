package guard_test

import (
	"errors"
	"testing"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/guard"
	"github.com/glint-data/glint/shared/relation"
)

func TestCounts(t *testing.T) {
	written := engine.Output{Output: "o", Files: []relation.File{{Size: 3}, {Size: 4}}, Rows: 2, Bytes: 7}
	for _, c := range []struct {
		name  string
		facts guard.Facts
		want  error
	}{
		{"agree", guard.Facts{Exported: written, Reads: []engine.Read{{Complete: true, Bytes: 9, Total: 9}}}, nil},
		{"ended by a LIMIT", guard.Facts{Exported: written, Reads: []engine.Read{{Bytes: 2, Total: 9}}}, nil},
		{"input cut short", guard.Facts{Exported: written, Reads: []engine.Read{{Complete: true, Bytes: 8, Total: 9}}}, fault.Transient},
		{"a part is short", guard.Facts{Exported: engine.Output{Files: written.Files, Bytes: 8}}, fault.Transient},
		{"nothing written", guard.Facts{}, fault.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := (guard.Counts{}).Check(t.Context(), c.facts); !errors.Is(err, c.want) {
				t.Errorf("Check = %v, want %v", err, c.want)
			}
		})
	}
}
