package sparkfn

import (
	"math"
	"testing"
)

func TestReadFloating(t *testing.T) {
	for _, c := range []struct {
		in   string
		want float64
		ok   bool
	}{
		{"1e3", 1000, true}, {" 1.5\t", 1.5, true}, {"1d", 1, true}, {"1.5F", 1.5, true}, {"1e400", math.Inf(1), true}, {"-INF", math.Inf(-1), true},
		{"0x1p3", 8, true}, {"0x1p3d", 8, true}, {".5", 0.5, true}, {"5.", 5, true}, {"5.d", 5, true},
		{"", 0, false}, {".", 0, false}, {"1e", 0, false}, {"1_0", 0, false}, {"0x1f", 0, false}, {"1L", 0, false}, {"-nan", 0, false}, {"1dd", 0, false}, {"d", 0, false},
	} {
		if got, ok := readFloating(c.in, 64); got != c.want || ok != c.ok {
			t.Errorf("readFloating(%q) = %v, %v, want %v, %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestReadDecimal(t *testing.T) {
	for _, c := range []struct {
		in               string
		precision, scale int
		want             any
	}{
		{"1e3", 10, 0, "1000"}, {"1.5e-3", 10, 5, "0.00150"}, {" 12.55 ", 5, 1, "12.6"}, {"-12.55", 5, 1, "-12.6"}, {"999.95", 4, 1, nil}, {"abc", 10, 0, nil},
		{"", 5, 1, nil}, {"1e1000000", 5, 1, nil}, {"1e-1000000", 5, 1, "0.0"}, {"0e37", 5, 1, "0.0"}, {"0e38", 5, 1, nil}, {".5", 5, 1, "0.5"}, {"5.", 5, 1, "5.0"}, {"１２", 5, 1, "12.0"},
		{"--5", 5, 1, nil}, {"+-5", 5, 1, nil}, {"5.-5", 5, 1, nil}, {"1_0", 5, 1, nil},
	} {
		var got any
		if d, ok := readDecimal(c.in); ok {
			got = d.fit(c.precision, c.scale, halfUp)
		}
		if got != c.want {
			t.Errorf("%q as decimal(%d,%d) = %v, want %v", c.in, c.precision, c.scale, got, c.want)
		}
	}
}

func TestRoundDouble(t *testing.T) {
	for _, c := range []struct {
		in     float64
		places int
		how    rounding
		want   float64
	}{
		{2.5, 0, halfUp, 3}, {2.5, 0, halfEven, 2}, {2.675, 2, halfUp, 2.68}, {1e300, 2, halfUp, 1e300}, {12345.6, -2, halfUp, 12300}, {4e-320, 300, halfUp, 0}, {5, -1, halfUp, 10}, {4, -3, halfUp, 0},
	} {
		if got := roundDouble(c.in, c.places, c.how); got != c.want {
			t.Errorf("roundDouble(%v, %d) = %v, want %v", c.in, c.places, got, c.want)
		}
	}
}
