package sink_test

import (
	"context"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/sink/sinktest"
)

func TestMem(t *testing.T) {
	sinktest.Test(t, func(t *testing.T) sinktest.Bed {
		lose, fail := 0, 0
		m := &sink.Mem{
			Step: func(_ context.Context, s sink.Step, _ sink.Intent) error {
				if s != sink.Inserted || lose == 0 {
					return nil
				}
				lose--
				return fault.Errorf(fault.Transient, "the answer is lost")
			},
			Fail: func(sink.Intent) error {
				if fail == 0 {
					return nil
				}
				fail--
				return fault.Errorf(fault.Invalid, "the job failed")
			},
		}
		target := sink.Target{System: "mem", Address: "p.d.city"}
		return sinktest.Bed{
			Writer: m,
			Output: sink.Output{
				Name: "final", Location: depot.Location{Path: []string{"p", "d", "city"}}, Mode: sink.Append,
				ID: "id", Run: "w/s.0/j", Slot: time.Date(2024, 2, 29, 2, 0, 0, 0, time.UTC),
			},
			Relation: relation.Relation{Rows: 3, Files: []relation.File{{URI: "gs://tmp/a.parquet"}}},
			Rows:     func() int64 { return m.Rows(target) },
			Lose:     func(n int) { lose = n },
			Fail:     func(n int) { fail = n },
		}
	})
}
