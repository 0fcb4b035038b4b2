package bigquery

import (
	"testing"

	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/sink/sinktest"
)

// TestSuite holds the writer to what every writer promises.
func TestSuite(t *testing.T) {
	sinktest.Test(t, func(t *testing.T) sinktest.Bed {
		f, w := serve(t)
		f.polls = 3
		return sinktest.Bed{
			Writer:   w,
			Output:   output(func(o *sink.Output) { o.Mode = sink.Append }),
			Relation: staged(),
			Rows: func() int64 {
				f.mu.Lock()
				defer f.mu.Unlock()
				var n int64
				for _, j := range f.jobs {
					if j.Statistics != nil && j.Statistics.Load != nil && j.Status.ErrorResult == nil {
						n += j.Statistics.Load.OutputRows
					}
				}
				return n
			},
			Lose: func(times int) {
				f.mu.Lock()
				defer f.mu.Unlock()
				f.lose = times
			},
		}
	})
}
