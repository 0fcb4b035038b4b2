package sparkfn

import (
	"fmt"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

func init() {
	register(&Func{Name: "spark_sequence", Args: list(Long, Long, Long, Long), Result: relation.ArrayOf(Long), Call: sequence})
}

// maxSequence bounds an array that a few numbers can ask for. It is Spark's.
const maxSequence = 1<<31 - 1 - 15

// sequence gives the instants from start to stop, in microseconds, a step of
// months and microseconds apart: months are counted from the start each time,
// so that the end of January is followed by the ends of all other months.
func sequence(a []any) (any, error) {
	start, stop, months, micros := a[0].(int64), a[1].(int64), a[2].(int64), a[3].(int64)
	up := months > 0 || months == 0 && micros > 0
	if start == stop {
		return []any{start}, nil
	}
	if months == 0 && micros == 0 || up != (start < stop) {
		return nil, fmt.Errorf("sequence: a step that does not lead from the start to the stop")
	}
	out := []any{}
	first := sparktime.CivilAt(start)
	for i := int64(0); ; i++ {
		at := start
		if months != 0 {
			var ok bool
			if at, ok = plusMonths(first, i*months).Micros(); !ok {
				return nil, fmt.Errorf("sequence: out of the range of timestamps")
			}
		}
		at += i * micros
		if up && at > stop || !up && at < stop {
			return out, nil
		}
		if len(out) == 1<<24 || len(out) == maxSequence {
			return nil, fmt.Errorf("sequence: more than %d elements", len(out))
		}
		out = append(out, at)
	}
}
