package sparksql

import (
	"math"
	"math/bits"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
)

// limits of each integer kind.
var limits = map[relation.Kind][2]int64{
	relation.Byte: {math.MinInt8, math.MaxInt8}, relation.Short: {math.MinInt16, math.MaxInt16},
	relation.Int: {math.MinInt32, math.MaxInt32}, relation.Long: {math.MinInt64, math.MaxInt64},
}

// bounds are the least and the greatest value that an integer can have, as far
// as its type and the arithmetic below it tell: what cannot overflow needs no
// care about overflow.
func bounds(n node) (low, high int64, known bool) {
	own, ok := limits[n.typ().Kind]
	if !ok {
		return 0, 0, false
	}
	switch n := n.(type) {
	case *constant:
		if v, err := strconv.ParseInt(n.text, 10, 64); err == nil {
			return v, v, true
		}
	case *convert:
		if from := n.arg.typ().Kind; from.Integral() && from < n.t.Kind {
			return bounds(n.arg)
		}
	case *apply:
		if low, high, ok := resultBounds(n); ok && low >= own[0] && high <= own[1] {
			return low, high, true
		}
	}
	return own[0], own[1], true
}

// resultBounds are those of an operator's result before it is cut to its type.
// It is not known where it leaves 64 bits.
func resultBounds(a *apply) (low, high int64, known bool) {
	op := a.fn.name
	if len(a.args) != 2 || op != "+" && op != "-" && op != "*" {
		return 0, 0, false
	}
	xl, xh, ok := bounds(a.args[0])
	yl, yh, fine := bounds(a.args[1])
	if !ok || !fine {
		return 0, 0, false
	}
	switch op {
	case "+":
		return span([2]int64{xl, yl}, [2]int64{xh, yh}, sum64)
	case "-":
		return span([2]int64{xl, yh}, [2]int64{xh, yl}, func(a, b int64) (int64, bool) {
			if b == math.MinInt64 {
				return 0, false
			}
			return sum64(a, -b)
		})
	}
	low, high, known = math.MaxInt64, math.MinInt64, true
	for _, x := range []int64{xl, xh} {
		for _, y := range []int64{yl, yh} {
			v, ok := product64(x, y)
			low, high, known = min(low, v), max(high, v), known && ok
		}
	}
	return low, high, known
}

func span(l, h [2]int64, f func(a, b int64) (int64, bool)) (low, high int64, known bool) {
	low, ok := f(l[0], l[1])
	high, fine := f(h[0], h[1])
	return low, high, ok && fine
}

func sum64(a, b int64) (int64, bool) {
	s := a + b
	return s, (a >= 0) != (b >= 0) || (s >= 0) == (a >= 0)
}

func product64(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	return a * b, hi == 0 && lo <= math.MaxInt64
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}
