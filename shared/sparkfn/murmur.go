package sparkfn

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The hashes that Spark computes of a row: each value's hash is the seed of the next.

func init() {
	for _, h := range []struct {
		name   string
		int4   func(v int32, seed int64) int64
		int8   func(v, seed int64) int64
		binary func(b []byte, seed int64) int64
	}{
		{"spark_hash", func(v int32, s int64) int64 { return int64(murmurInt(v, int32(s))) }, func(v, s int64) int64 { return int64(murmurLong(v, int32(s))) }, func(b []byte, s int64) int64 { return int64(murmurBytes(b, int32(s))) }},
		{"spark_xxhash64", xxInt, xxLong, xxBytes},
	} {
		register(
			&Func{Name: h.name + "_int", Args: list(Int, Long), Result: Long, Call: func(a []any) (any, error) { return h.int4(a[0].(int32), a[1].(int64)), nil }},
			&Func{Name: h.name + "_long", Args: list(Long, Long), Result: Long, Call: func(a []any) (any, error) { return h.int8(a[0].(int64), a[1].(int64)), nil }},
			&Func{Name: h.name + "_float", Args: list(Float, Long), Result: Long, Call: func(a []any) (any, error) {
				v := a[0].(float32)
				if v == 0 {
					v = 0 // and not -0
				}
				b := int32(math.Float32bits(v))
				if v != v {
					b = 0x7fc00000
				}
				return h.int4(b, a[1].(int64)), nil
			}},
			&Func{Name: h.name + "_double", Args: list(Double, Long), Result: Long, Call: func(a []any) (any, error) {
				v := a[0].(float64)
				if v == 0 {
					v = 0
				}
				b := int64(math.Float64bits(v))
				if v != v {
					b = 0x7ff8000000000000
				}
				return h.int8(b, a[1].(int64)), nil
			}},
			&Func{Name: h.name + "_text", Args: list(String, Long), Result: Long, Call: func(a []any) (any, error) { return h.binary([]byte(a[0].(string)), a[1].(int64)), nil }},
			&Func{Name: h.name + "_binary", Args: list(Binary, Long), Result: Long, Call: func(a []any) (any, error) { return h.binary(a[0].([]byte), a[1].(int64)), nil }},
			&Func{Name: h.name + "_decimal", Args: list(String, Long), Result: Long, Call: func(a []any) (any, error) { return h.binary(twosComplement(a[0].(string)), a[1].(int64)), nil }},
		)
	}
}

func mixK1(k uint32) uint32 { return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593 }
func mixH1(h, k uint32) uint32 {
	return bits.RotateLeft32(h^k, 13)*5 + 0xe6546b64
}

func fmix(h, length uint32) int32 {
	h ^= length
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	h ^= h >> 16
	return int32(h)
}

func murmurInt(v, seed int32) int32 { return fmix(mixH1(uint32(seed), mixK1(uint32(v))), 4) }

func murmurLong(v int64, seed int32) int32 {
	h := mixH1(uint32(seed), mixK1(uint32(v)))
	return fmix(mixH1(h, mixK1(uint32(uint64(v)>>32))), 8)
}

// murmurBytes is Spark's own: what is left after the words is mixed byte by byte.
func murmurBytes(b []byte, seed int32) int32 {
	h := uint32(seed)
	aligned := len(b) - len(b)%4
	for i := 0; i < aligned; i += 4 {
		h = mixH1(h, mixK1(binary.LittleEndian.Uint32(b[i:])))
	}
	for _, c := range b[aligned:] {
		h = mixH1(h, mixK1(uint32(int32(int8(c)))))
	}
	return fmix(h, uint32(len(b)))
}

const (
	xx1 = 0x9E3779B185EBCA87
	xx2 = 0xC2B2AE3D27D4EB4F
	xx3 = 0x165667B19E3779F9
	xx4 = 0x85EBCA77C2B2AE63
	xx5 = 0x27D4EB2F165667C5
)

func xxMix(h uint64) int64 {
	h ^= h >> 33
	h *= xx2
	h ^= h >> 29
	h *= xx3
	return int64(h ^ h>>32)
}

func xxInt(v int32, seed int64) int64 {
	h := uint64(seed) + xx5 + 4
	h ^= uint64(uint32(v)) * xx1
	return xxMix(bits.RotateLeft64(h, 23)*xx2 + xx3)
}

func xxLong(v, seed int64) int64 {
	h := uint64(seed) + xx5 + 8
	h ^= bits.RotateLeft64(uint64(v)*xx2, 31) * xx1
	return xxMix(bits.RotateLeft64(h, 27)*xx1 + xx4)
}

func xxBytes(b []byte, seed int64) int64 {
	s, n, i := uint64(seed), len(b), 0
	var h uint64
	if n >= 32 {
		v := [4]uint64{s, s, s, s}
		v[0] += uint64(xx1)
		v[0] += uint64(xx2)
		v[1] += uint64(xx2)
		v[3] -= uint64(xx1)
		for ; i <= n-32; i += 32 {
			for k := range v {
				v[k] = bits.RotateLeft64(v[k]+binary.LittleEndian.Uint64(b[i+8*k:])*xx2, 31) * xx1
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for k := range v {
			h = (h^bits.RotateLeft64(v[k]*xx2, 31)*xx1)*xx1 + xx4
		}
	} else {
		h = s + xx5
	}
	h += uint64(n)
	for ; i <= n-8; i += 8 {
		h = bits.RotateLeft64(h^bits.RotateLeft64(binary.LittleEndian.Uint64(b[i:])*xx2, 31)*xx1, 27)*xx1 + xx4
	}
	if i <= n-4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b[i:]))*xx1, 23)*xx2 + xx3
		i += 4
	}
	for ; i < n; i++ {
		h = bits.RotateLeft64(h^uint64(b[i])*xx5, 11) * xx1
	}
	return xxMix(h)
}
