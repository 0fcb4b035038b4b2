package sparkfn

import (
	"errors"
	"math"
	"slices"
	"sort"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	doubles := relation.ArrayOf(Double)
	register(
		&Func{Name: "spark_percentile", Args: list(doubles, relation.ArrayOf(Long), Double), Result: Double, Nulls: true, Call: weighted},
		&Func{Name: "spark_percentile_approx", Args: list(doubles, doubles, Long), Result: doubles, Nulls: true, Call: approximated},
	)
}

// ascending sorts as Spark does: NaN is the largest.
func ascending(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b, a != a && b != b:
		return 0
	case a != a:
		return 1
	}
	return -1
}

// weighted is percentile of values that count as often as is said.
func weighted(args []any) (any, error) {
	values, _ := args[0].([]any)
	counts, _ := args[1].([]any)
	share, _ := args[2].(float64)
	type entry struct {
		value float64
		upTo  int64
	}
	var list []entry
	for i := range values {
		n := counts[i].(int64)
		if n < 0 {
			return nil, errors.New("percentile: a frequency is negative")
		}
		if n > 0 {
			list = append(list, entry{values[i].(float64), n})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(list, func(a, b entry) int { return ascending(a.value, b.value) })
	var total int64
	for i := range list {
		total += list[i].upTo
		list[i].upTo = total
	}
	at := float64(total-1) * share
	low, high := math.Floor(at), math.Ceil(at)
	find := func(n float64) float64 {
		return list[sort.Search(len(list), func(i int) bool { return list[i].upTo >= int64(n)+1 })].value
	}
	a, b := find(low), find(high)
	if low == high || a == b {
		return a, nil
	}
	return (high-at)*a + (at-low)*b, nil
}

// approximated is percentile_approx: the sketch of Greenwald and Khanna as Spark
// builds it over the rows of one partition.
func approximated(args []any) (any, error) {
	values, _ := args[0].([]any)
	shares, _ := args[1].([]any)
	accuracy, _ := args[2].(int64)
	if len(values) == 0 {
		return nil, nil
	}
	k := &sketch{tolerance: 1 / float64(accuracy)}
	for _, v := range values {
		if k.head = append(k.head, v.(float64)); len(k.head) >= sketchHead {
			k.insert()
			if len(k.samples) >= sketchThreshold {
				k.compress()
			}
		}
	}
	k.insert()
	k.compress()
	out := make([]any, len(shares))
	for i, s := range shares {
		out[i] = k.at(s.(float64))
	}
	return out, nil
}

const (
	sketchHead      = 50000 // values that wait to be inserted
	sketchThreshold = 10000 // samples that are compressed
)

type sample struct {
	value    float64
	g, delta int64
}

type sketch struct {
	tolerance float64
	count     int64
	samples   []sample
	head      []float64
}

// insert merges the waiting values into the samples.
func (k *sketch) insert() {
	if len(k.head) == 0 {
		return
	}
	slices.SortFunc(k.head, ascending)
	var out []sample
	i := 0
	for n, v := range k.head {
		for i < len(k.samples) && ascending(k.samples[i].value, v) <= 0 {
			out = append(out, k.samples[i])
			i++
		}
		k.count++
		var delta int64
		if len(out) > 0 && !(i == len(k.samples) && n == len(k.head)-1) {
			delta = int64(math.Floor(2 * k.tolerance * float64(k.count)))
		}
		out = append(out, sample{v, 1, delta})
	}
	k.samples, k.head = append(out, k.samples[i:]...), nil
}

// compress merges neighbours while the error stays in bounds.
func (k *sketch) compress() {
	if len(k.samples) == 0 {
		return
	}
	bound := 2 * k.tolerance * float64(k.count)
	last := len(k.samples) - 1
	head := k.samples[last]
	var out []sample
	for i := last - 1; i >= 1; i-- {
		s := k.samples[i]
		if float64(s.g+head.g+head.delta) < bound {
			head.g += s.g
		} else {
			out = append(out, head)
			head = s
		}
	}
	out = append(out, head)
	if first := k.samples[0]; first.value <= head.value && len(k.samples) > 1 {
		out = append(out, first)
	}
	slices.Reverse(out)
	k.samples = out
}

// at is the value at a share of the rows.
func (k *sketch) at(share float64) float64 {
	last := len(k.samples) - 1
	if share <= k.tolerance || last == 0 {
		return k.samples[0].value
	}
	if share >= 1-k.tolerance {
		return k.samples[last].value
	}
	var widest int64 = math.MinInt64
	for _, s := range k.samples {
		widest = max(widest, s.delta+s.g)
	}
	target := float64(widest) / 2
	rank := int64(math.Ceil(share * float64(k.count)))
	low := k.samples[0].g
	for i := 0; i < last; i++ {
		high := low + k.samples[i].delta
		if float64(high)-target <= float64(rank) && float64(rank) <= float64(low)+target {
			return k.samples[i].value
		}
		low += k.samples[i+1].g
	}
	return k.samples[last].value
}
