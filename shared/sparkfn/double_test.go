package sparkfn

import (
	"math"
	"testing"
)

// What Java 17 prints, the digits that are not the shortest among it.
func TestFormatDouble(t *testing.T) {
	for _, c := range []struct {
		in   float64
		want string
	}{
		{0, "0.0"}, {math.Copysign(0, -1), "-0.0"}, {1, "1.0"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {100, "100.0"},
		{9999999, "9999999.0"}, {1e7, "1.0E7"}, {12345678.9, "1.23456789E7"}, {0.001, "0.001"}, {0.0001, "1.0E-4"}, {0.002, "0.002"},
		{2.0e23, "1.9999999999999998E23"}, {1.0e23, "9.999999999999999E22"}, {2.98023223876953125e-8, "2.9802322387695312E-8"},
		{math.MaxFloat64, "1.7976931348623157E308"}, {math.SmallestNonzeroFloat64, "4.9E-324"}, {2.2250738585072014e-308, "2.2250738585072014E-308"},
		{123456789012345680, "1.2345678901234568E17"}, {9223372036854775807, "9.223372036854776E18"},
		{math.NaN(), "NaN"}, {math.Inf(1), "Infinity"}, {math.Inf(-1), "-Infinity"}, {1.0 / 3, "0.3333333333333333"},
	} {
		if got := FormatDouble(c.in); got != c.want {
			t.Errorf("FormatDouble(%v) = %s, want %s", c.in, got, c.want)
		}
	}
}
