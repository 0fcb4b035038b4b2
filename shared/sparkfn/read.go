package sparkfn

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

func init() {
	register(
		&Func{Name: "spark_to_double", Args: list(String), Result: Double, Call: func(a []any) (any, error) {
			if v, ok := readFloating(a[0].(string), 64); ok {
				return v, nil
			}
			return nil, nil
		}},
		&Func{Name: "spark_to_float", Args: list(String), Result: Float, Call: func(a []any) (any, error) {
			if v, ok := readFloating(a[0].(string), 32); ok {
				return float32(v), nil
			}
			return nil, nil
		}},
	)
}

// readFloating reads what Java reads as a floating point number, a suffix and
// hexadecimal digits among it, and Spark's own names of what is not finite.
func readFloating(s string, bits int) (float64, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	switch strings.ToLower(s) {
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	case "nan":
		return math.NaN(), true
	}
	if s == "+NaN" || s == "-NaN" {
		return math.NaN(), true
	}
	hexadecimal := strings.ContainsAny(s, "xX")
	if n := len(s); n > 1 && strings.IndexByte("dDfF", s[n-1]) >= 0 && (!hexadecimal || strings.ContainsAny(s, "pP")) {
		s = s[:n-1]
	}
	if s == "" || strings.IndexByte("0123456789.", s[len(s)-1]) < 0 || strings.ContainsAny(s, "_iInN") {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, bits)
	return v, err == nil || errors.Is(err, strconv.ErrRange)
}
