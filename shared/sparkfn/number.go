package sparkfn

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

func init() {
	for name, f := range map[string]func(float64) float64{
		"expm1": math.Expm1, "log1p": math.Log1p, "rint": math.RoundToEven, "cbrt": math.Cbrt, "asinh": javaAsinh, "acosh": javaAcosh,
		"atanh": func(x float64) float64 { return 0.5 * (math.Log1p(x) - math.Log1p(-x)) },
		"sinh":  math.Sinh, "cosh": math.Cosh,
	} {
		register(&Func{Name: "spark_" + name, Args: list(Double), Result: Double, Call: func(a []any) (any, error) { return f(a[0].(float64)), nil }})
	}
	register(
		&Func{Name: "spark_double_text", Args: list(Double), Result: String, Call: func(a []any) (any, error) { return FormatDouble(a[0].(float64)), nil }},
		&Func{Name: "spark_float_text", Args: list(Float), Result: String, Call: func(a []any) (any, error) { return FormatFloat(a[0].(float32)), nil }},
		&Func{Name: "spark_hypot", Args: list(Double, Double), Result: Double, Call: func(a []any) (any, error) { return math.Hypot(a[0].(float64), a[1].(float64)), nil }},
		&Func{Name: "spark_pow", Args: list(Double, Double), Result: Double, Call: func(a []any) (any, error) { return javaPow(a[0].(float64), a[1].(float64)), nil }},
		&Func{Name: "spark_conv", Args: list(String, Int, Int), Result: String, Call: conv},
		&Func{Name: "spark_width_bucket", Args: list(Double, Double, Double, Long), Result: Long, Call: widthBucket},
		&Func{Name: "spark_round_double", Args: list(Double, Int, Bool), Result: Double, Call: func(a []any) (any, error) {
			return roundDouble(a[0].(float64), int(a[1].(int32)), mode(a[2].(bool))), nil
		}},
		&Func{Name: "spark_round_long", Args: list(Long, Int, Bool), Result: Long, Call: func(a []any) (any, error) {
			d := decimal{big.NewInt(a[0].(int64)), 0}.round(int(a[1].(int32)), mode(a[2].(bool)))
			return wrap64(d.whole()), nil
		}},
	)
}

func mode(even bool) rounding {
	if even {
		return halfEven
	}
	return halfUp
}

// javaAsinh is Spark's formula, which loses all digits of large negative numbers.
func javaAsinh(x float64) float64 {
	if math.IsInf(x, -1) {
		return x
	}
	return math.Log(x + math.Sqrt(float64(x*x)+1))
}

func javaAcosh(x float64) float64 { return math.Log(x + math.Sqrt(float64(x*x)-1)) }

// javaPow differs from C's pow where the exponent is no number, or infinite.
func javaPow(x, y float64) float64 {
	if math.IsNaN(y) || math.Abs(x) == 1 && math.IsInf(y, 0) {
		return math.NaN()
	}
	return math.Pow(x, y)
}

// roundDouble rounds the digits that Java prints.
func roundDouble(v float64, places int, how rounding) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	d, _ := parseDecimal(FormatDouble(v))
	r, _ := strconv.ParseFloat(d.round(places, how).String(), 64)
	return r
}

// wrap64 is the low 64 bits of v.
func wrap64(v *big.Int) int64 {
	low := new(big.Int).And(v, new(big.Int).SetUint64(math.MaxUint64))
	return int64(low.Uint64())
}

// conv reads the digits at the start of a number in one base and writes them in
// another; a negative base to means a signed result. What does not fit 64 bits
// is all ones.
func conv(a []any) (any, error) {
	s, from, to := strings.Trim(a[0].(string), " "), int(a[1].(int32)), int(a[2].(int32))
	base := to
	if base < 0 {
		base = -base
	}
	if from < 2 || from > 36 || base < 2 || base > 36 || s == "" {
		return nil, nil
	}
	s, negative := strings.CutPrefix(s, "-")
	v := leading(s, uint64(from))
	if negative && to > 0 {
		if int64(v) < 0 {
			v = math.MaxUint64
		} else {
			v = -v
		}
	}
	if to < 0 && int64(v) < 0 {
		v, negative = -v, true
	}
	out := strings.ToUpper(strconv.FormatUint(v, base))
	if negative && to < 0 {
		out = "-" + out
	}
	return out, nil
}

// leading is the number at the start of s, or all ones where that is too large.
func leading(s string, base uint64) uint64 {
	var v uint64
	for i := range len(s) {
		d, err := strconv.ParseUint(s[i:i+1], 36, 8)
		if err != nil || d >= base {
			break
		}
		if v > (math.MaxUint64-d)/base {
			return math.MaxUint64
		}
		v = v*base + d
	}
	return v
}

// widthBucket is NULL where there are no buckets.
func widthBucket(a []any) (any, error) {
	v, from, to, n := a[0].(float64), a[1].(float64), a[2].(float64), a[3].(int64)
	if n <= 0 || n == math.MaxInt64 || math.IsNaN(v) || from == to ||
		math.IsNaN(from) || math.IsInf(from, 0) || math.IsNaN(to) || math.IsInf(to, 0) {
		return nil, nil
	}
	low, high := min(from, to), max(from, to)
	at := v - low
	below, above := v < low, v >= high
	if from > to {
		at, below, above = high-v, v > high, v <= low
	}
	switch {
	case below:
		return int64(0), nil
	case above:
		return n + 1, nil
	}
	return int64(float64(n)*at/(high-low)) + 1, nil
}
