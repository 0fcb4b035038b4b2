package sparkfn

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// A decimal is v / 10^scale; like Java's, its scale may be negative.
type decimal struct {
	v     *big.Int
	scale int
}

// A rounding says what becomes of the digits that are cut off.
type rounding uint8

const (
	halfUp rounding = iota
	halfEven
	down
	floor
	ceiling
)

func init() {
	for name, f := range map[string]func(a, b decimal) (decimal, error){
		"add":      func(a, b decimal) (decimal, error) { return a.plus(b), nil },
		"subtract": func(a, b decimal) (decimal, error) { return a.plus(decimal{new(big.Int).Neg(b.v), b.scale}), nil },
		"multiply": func(a, b decimal) (decimal, error) {
			return decimal{new(big.Int).Mul(a.v, b.v), a.scale + b.scale}, nil
		},
		"divide":    divide,
		"remainder": remainder,
		"pmod":      pmod,
	} {
		register(&Func{Name: "spark_decimal_" + name, Args: list(String, String, Int, Int), Result: String, Call: func(a []any) (any, error) {
			x, _ := parseDecimal(a[0].(string))
			y, _ := parseDecimal(a[1].(string))
			d, err := f(x, y)
			if err == errZero {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			return d.fit(int(a[2].(int32)), int(a[3].(int32)), halfUp), nil
		}})
	}
	register(
		&Func{Name: "spark_decimal_div", Args: list(String, String, Int), Result: Long, Call: func(a []any) (any, error) {
			x, _ := parseDecimal(a[0].(string))
			y, _ := parseDecimal(a[1].(string))
			n, _, err := quotient(x, y)
			if err == errZero || err == nil && n.CmpAbs(power10(int(a[2].(int32)))) >= 0 {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			return wrap64(n), nil
		}},
		&Func{Name: "spark_decimal_round", Args: list(String, Int, String, Int, Int), Result: String, Call: func(a []any) (any, error) {
			d, _ := parseDecimal(a[0].(string))
			how := map[string]rounding{"even": halfEven, "floor": floor, "ceil": ceiling}[a[2].(string)]
			return d.round(int(a[1].(int32)), how).fit(int(a[3].(int32)), int(a[4].(int32)), halfUp), nil
		}},
		&Func{Name: "spark_decimal_text", Args: list(String), Result: String, Call: func(a []any) (any, error) {
			d, _ := parseDecimal(a[0].(string))
			return FormatDecimal(d.v, d.scale), nil
		}},
		&Func{Name: "spark_to_decimal", Args: list(String, Int, Int), Result: String, Call: func(a []any) (any, error) {
			d, ok := readDecimal(a[0].(string))
			if !ok {
				return nil, nil
			}
			return d.fit(int(a[1].(int32)), int(a[2].(int32)), halfUp), nil
		}},
		&Func{Name: "spark_double_decimal", Args: list(Double, Int, Int), Result: String, Call: func(a []any) (any, error) {
			d, ok := parseDecimal(FormatDouble(a[0].(float64)))
			if !ok {
				return nil, nil
			}
			return d.fit(int(a[1].(int32)), int(a[2].(int32)), halfUp), nil
		}},
	)
}

// parseDecimal reads digits with an optional sign, point and exponent.
func parseDecimal(s string) (decimal, bool) {
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil {
			return decimal{}, false
		}
		s, exponent = s[:i], e
	}
	whole, fraction, _ := strings.Cut(s, ".")
	digits := strings.TrimPrefix(whole, "+") + fraction
	if strings.IndexByte(digits, '_') >= 0 || strings.HasPrefix(whole, "+-") || strings.ContainsAny(fraction, "+-") {
		return decimal{}, false
	}
	v, ok := new(big.Int).SetString(digits, 10)
	return decimal{v, len(fraction) - exponent}, ok
}

// readDecimal reads a decimal from text as a cast does: what Java trims around
// it does not count, and digits of any script do.
func readDecimal(s string) (decimal, bool) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	d, ok := parseDecimal(asciiDigits(s))
	if !ok {
		return d, false
	}
	// Spark counts the digits before the point, also of zero.
	if len(new(big.Int).Abs(d.v).Text(10))-d.scale > 38 || d.scale > 1<<14 {
		return decimal{new(big.Int), 0}, d.scale > 0
	}
	return d, true
}

func power10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// round gives d the scale places.
func (d decimal) round(places int, how rounding) decimal {
	if places >= d.scale {
		return decimal{new(big.Int).Mul(d.v, power10(places-d.scale)), places}
	}
	cut := d.scale - places
	if cut > len(d.v.Text(10))+1 {
		cut = len(d.v.Text(10)) + 1 // all digits are cut, however far
	}
	unit := power10(cut)
	q, r := new(big.Int).QuoRem(d.v, unit, new(big.Int))
	half := r.CmpAbs(new(big.Int).Rsh(unit, 1)) // ten to a positive power is even
	away := false
	switch how {
	case halfUp:
		away = half >= 0
	case halfEven:
		away = half > 0 || half == 0 && q.Bit(0) == 1
	case floor:
		away = d.v.Sign() < 0 && r.Sign() != 0
	case ceiling:
		away = d.v.Sign() > 0 && r.Sign() != 0
	}
	if away {
		q.Add(q, big.NewInt(int64(d.v.Sign())))
	}
	return decimal{q, places}
}

// fit is the text of d as decimal(precision, scale), or nil where it has too
// many digits.
func (d decimal) fit(precision, scale int, how rounding) any {
	r := d.round(scale, how)
	if r.v.CmpAbs(power10(precision)) >= 0 {
		return nil
	}
	return r.String()
}

// whole is d without its fraction.
func (d decimal) whole() *big.Int { return d.round(0, down).v }

// String prints all digits, never an exponent.
func (d decimal) String() string {
	if d.scale <= 0 {
		return d.round(0, down).v.String()
	}
	s := new(big.Int).Abs(d.v).String()
	if len(s) <= d.scale {
		s = strings.Repeat("0", d.scale-len(s)+1) + s
	}
	s = s[:len(s)-d.scale] + "." + s[len(s)-d.scale:]
	if d.v.Sign() < 0 {
		return "-" + s
	}
	return s
}

// FormatDecimal prints v / 10^scale as Java's BigDecimal does: with an exponent
// where there are more than five zeros after the point.
func FormatDecimal(v *big.Int, scale int) string {
	digits := new(big.Int).Abs(v).String()
	exponent := len(digits) - 1 - scale
	if scale >= 0 && exponent >= -6 {
		return decimal{v, scale}.String()
	}
	s := digits[:1]
	if len(digits) > 1 {
		s += "." + digits[1:]
	}
	if exponent != 0 {
		s += "E" + map[bool]string{true: "+"}[exponent > 0] + strconv.Itoa(exponent)
	}
	if v.Sign() < 0 {
		return "-" + s
	}
	return s
}

func (d decimal) plus(b decimal) decimal {
	x, y := aligned(d, b)
	return decimal{x.Add(x, y), max(d.scale, b.scale)}
}

// aligned are two decimals as whole numbers of the same unit.
func aligned(a, b decimal) (x, y *big.Int) {
	scale := max(a.scale, b.scale)
	return a.round(scale, down).v, b.round(scale, down).v
}

// errZero is a division by zero, which is NULL.
var errZero = errors.New("division by zero")

// divide keeps more digits than any decimal has; the last ones are cut off.
func divide(a, b decimal) (decimal, error) {
	if b.v.Sign() == 0 {
		return a, errZero
	}
	const places = 80
	n := new(big.Int).Mul(a.v, power10(places))
	return decimal{n.Quo(n, b.v), a.scale - b.scale + places}, nil
}

// quotient divides to a whole number and what remains. As Java's does, it ends
// with an error where the number has more than 39 digits that count.
func quotient(a, b decimal) (whole, rest *big.Int, err error) {
	if b.v.Sign() == 0 {
		return nil, nil, errZero
	}
	x, y := aligned(a, b)
	whole, rest = new(big.Int).QuoRem(x, y, new(big.Int))
	if d := new(big.Int).Abs(whole).String(); len(d) > 39 && strings.Trim(d[39:], "0") != "" {
		return nil, nil, errors.New("division impossible: the quotient of two decimals has more than 39 digits")
	}
	return whole, rest, nil
}

func remainder(a, b decimal) (decimal, error) {
	_, rest, err := quotient(a, b)
	return decimal{rest, max(a.scale, b.scale)}, err
}

func pmod(a, b decimal) (decimal, error) {
	r, err := remainder(a, b)
	if err != nil || r.v.Sign() >= 0 {
		return r, err
	}
	return remainder(r.plus(b), b)
}
