package sparkfn

import (
	"slices"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	doubles := relation.ArrayOf(Double)
	register(&Func{Name: "spark_histogram", Args: list(doubles, Long), Result: doubles, Nulls: true, Call: histogram})
}

// histogram is histogram_numeric: the bins, each its place and its height, one
// after the other. Values come one by one; where there is a bin too many the two
// that are nearest become one, and of several such pairs one is drawn, from a
// generator that always begins the same.
func histogram(args []any) (any, error) {
	values, _ := args[0].([]any)
	most, _ := args[1].(int64)
	if len(values) == 0 {
		return nil, nil
	}
	type bin struct{ x, y float64 }
	var bins []bin
	draw := newJavaRandom(31183)
	for _, v := range values {
		x := v.(float64)
		i, found := slices.BinarySearchFunc(bins, x, func(b bin, x float64) int {
			switch {
			case b.x > x:
				return 1
			case b.x < x:
				return -1
			}
			return 0
		})
		if found {
			bins[i].y++
			continue
		}
		bins = slices.Insert(bins, i, bin{x, 1})
		if int64(len(bins)) <= most {
			continue
		}
		near, at, ties := bins[1].x-bins[0].x, 0, 1
		for k := 1; k+1 < len(bins); k++ {
			switch gap := bins[k+1].x - bins[k].x; {
			case gap < near:
				near, at, ties = gap, k, 1
			case gap == near:
				ties++
				if draw.double() <= 1/float64(ties) {
					at = k
				}
			}
		}
		total := bins[at].y + bins[at+1].y
		bins[at] = bin{bins[at].x*(bins[at].y/total) + bins[at+1].x/total*bins[at+1].y, total}
		bins = slices.Delete(bins, at+1, at+2)
	}
	out := make([]any, 0, 2*len(bins))
	for _, b := range bins {
		out = append(out, b.x, b.y)
	}
	return out, nil
}

// A javaRandom draws what java.util.Random does.
type javaRandom struct{ state uint64 }

func newJavaRandom(seed uint64) *javaRandom {
	return &javaRandom{(seed ^ 0x5DEECE66D) & (1<<48 - 1)}
}

func (r *javaRandom) next(bits int) uint64 {
	r.state = (r.state*0x5DEECE66D + 0xB) & (1<<48 - 1)
	return r.state >> (48 - bits)
}

func (r *javaRandom) double() float64 {
	high := r.next(26) << 27
	return float64(high+r.next(27)) / (1 << 53)
}
