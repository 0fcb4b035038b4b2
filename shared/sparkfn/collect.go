package sparkfn

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

func init() {
	texts := relation.ArrayOf(String)
	register(
		&Func{Name: "spark_mode", Args: list(String, texts), Result: Long, Nulls: true, Call: modeOf},
		&Func{Name: "spark_set_order", Args: list(String, texts, Bool), Result: relation.ArrayOf(Long), Nulls: true, Call: setOrder},
	)
}

// javaHash is Java's hash code of a value of a kind, of which text is the text.
func javaHash(kind, text string) (int32, bool) {
	ofLong := func(n uint64) int32 { return int32(uint32(n ^ n>>32)) }
	switch kind {
	case "bool":
		if text == "true" {
			return 1231, true
		}
		return 1237, true
	case "int", "long":
		n, err := strconv.ParseInt(text, 10, 64)
		if kind == "int" {
			return int32(n), err == nil
		}
		return ofLong(uint64(n)), err == nil
	case "float":
		f, err := strconv.ParseFloat(text, 32)
		if f != f {
			return 0x7fc00000, err == nil
		}
		return int32(math.Float32bits(float32(f))), err == nil
	case "double":
		f, err := strconv.ParseFloat(text, 64)
		if f != f {
			return 0x7ff80000, err == nil
		}
		return ofLong(math.Float64bits(f)), err == nil
	case "decimal":
		return decimalHash(text)
	case "string":
		return murmurText(text), true
	}
	return 0, false
}

// decimalHash is the hash code of Scala's decimals, which is that of the number
// of another type that is equal. Of more than 15 digits it is not known.
func decimalHash(text string) (int32, bool) {
	whole, part, _ := strings.Cut(text, ".")
	if len(strings.Trim(whole+part, "-0")) > 15 || len(whole) > 16 {
		return 0, false
	}
	if strings.Trim(part, "0") == "" {
		n, err := strconv.ParseInt(whole, 10, 64)
		if n == int64(int32(n)) {
			return int32(n), err == nil
		}
		return int32(uint64(n) ^ uint64(n)>>32), err == nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if f == float64(float32(f)) {
		return int32(math.Float32bits(float32(f))), err == nil
	}
	b := math.Float64bits(f)
	return int32(uint32(b ^ b>>32)), err == nil
}

func mixKey(k uint32) uint32 {
	return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593
}

func mixHash(h, k uint32) uint32 {
	return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64
}

func finishHash(h, length uint32) uint32 {
	h ^= length
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// murmurText is the hash code of Spark's strings: Murmur3 with the seed 42, the
// bytes of an incomplete last word mixed in as words of their own.
func murmurText(s string) int32 {
	h := uint32(42)
	whole := len(s) &^ 3
	for i := 0; i < whole; i += 4 {
		h = mixHash(h, mixKey(uint32(s[i])|uint32(s[i+1])<<8|uint32(s[i+2])<<16|uint32(s[i+3])<<24))
	}
	for i := whole; i < len(s); i++ {
		h = mixHash(h, mixKey(uint32(int32(int8(s[i])))))
	}
	return int32(finishHash(h, uint32(len(s))))
}

// modeOf gives the place of the most frequent value, from 1. Of several it is the
// one that comes first in the hash table in which Spark counts them.
func modeOf(args []any) (any, error) {
	kind, _ := args[0].(string)
	values, _ := args[1].([]any)
	if len(values) == 0 {
		return nil, nil
	}
	counts := map[string]int{}
	var order []string
	first := map[string]int{}
	most := 0
	for i, v := range values {
		s := v.(string)
		if counts[s]++; counts[s] == 1 {
			order, first[s] = append(order, s), i
		}
		most = max(most, counts[s])
	}
	var best []string
	for _, s := range order {
		if counts[s] == most {
			best = append(best, s)
		}
	}
	if len(best) == 1 {
		return int64(first[best[0]] + 1), nil
	}
	slots, ok := countingTable(kind, order)
	// Counts that are merged go from one table into another, in its order.
	if ok {
		slots, ok = countingTable(kind, slots)
	}
	if !ok {
		return nil, errors.New("mode: several values are the most frequent, and which of them Spark takes is not known for this type")
	}
	for _, s := range slots {
		if counts[s] == most {
			return int64(first[s] + 1), nil
		}
	}
	return nil, nil
}

// countingTable is the order of an open hash table with triangular probing that
// begins with 64 slots and doubles when seven tenths are taken.
func countingTable(kind string, keys []string) ([]string, bool) {
	size := 64
	slots := make([]*string, size)
	put := func(slots []*string, key *string) bool {
		h, ok := javaHash(kind, *key)
		spread := finishHash(mixHash(0, mixKey(uint32(h))), 4)
		pos := int(spread) & (len(slots) - 1)
		for delta := 1; slots[pos] != nil; delta++ {
			pos = (pos + delta) & (len(slots) - 1)
		}
		slots[pos] = key
		return ok
	}
	for i := range keys {
		if !put(slots, &keys[i]) {
			return nil, false
		}
		if i+1 > int(0.7*float64(size)) {
			size *= 2
			grown := make([]*string, size)
			for _, k := range slots {
				if k != nil {
					put(grown, k)
				}
			}
			slots = grown
		}
	}
	out := make([]string, 0, len(keys))
	for _, k := range slots {
		if k != nil {
			out = append(out, *k)
		}
	}
	return out, true
}

// setOrder gives the places of the distinct values, in the order of Scala's hash
// set. Groups are merged through two more sets; windows are not.
func setOrder(args []any) (any, error) {
	kind, _ := args[0].(string)
	values, _ := args[1].([]any)
	window, _ := args[2].(bool)
	first := map[string]int{}
	var order []string
	for i, v := range values {
		s := v.(string)
		if _, seen := first[s]; !seen {
			first[s] = i
			order = append(order, s)
		}
	}
	sets := 3
	if window {
		sets = 1
	}
	for range sets {
		var ok bool
		if order, ok = flatSet(kind, order); !ok {
			return nil, errors.New("collect_set: the order in which Spark has these values is not known")
		}
	}
	out := make([]any, len(order))
	for i, s := range order {
		out[i] = int64(first[s] + 1)
	}
	return out, nil
}

// flatSet is the order of a hash set with linear probing that begins with 32
// slots and doubles when 45 % are taken.
func flatSet(kind string, keys []string) ([]string, bool) {
	slots := make([]*string, 32)
	known := true
	put := func(slots []*string, key *string) {
		h, ok := javaHash(kind, *key)
		known = known && ok
		ones := len(slots) - 1
		width := bits.OnesCount(uint(ones))
		mixed := bits.ReverseBytes32(uint32(h)*0x9e3775cd) * 0x9e3775cd
		pos := int(bits.RotateLeft32(mixed, -(width%32))>>(32-width)) & ones
		for slots[pos] != nil {
			pos = (pos + 1) & ones
		}
		slots[pos] = key
	}
	for i := range keys {
		put(slots, &keys[i])
		if i+1 >= len(slots)*450/1000 {
			grown := make([]*string, len(slots)*2)
			for _, k := range slots {
				if k != nil {
					put(grown, k)
				}
			}
			slots = grown
		}
	}
	out := make([]string, 0, len(keys))
	for _, k := range slots {
		if k != nil {
			out = append(out, *k)
		}
	}
	return out, known
}
