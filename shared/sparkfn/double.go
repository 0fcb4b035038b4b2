package sparkfn

import (
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// FormatDouble prints v as Java 17 does. Up to Java 18 that is not always the
// shortest text that reads back as v, so its way of finding digits is followed
// step by step.
func FormatDouble(v float64) string {
	b := math.Float64bits(v)
	fraction, exponent := b&(1<<52-1), int(b>>52&0x7ff)
	significant := 53
	switch {
	case exponent == 0x7ff || v == 0:
		return special(v)
	case exponent == 0:
		shift := bits.LeadingZeros64(fraction) - 11
		significant -= shift
		fraction, exponent = fraction<<shift, 1-shift
	default:
		fraction |= 1 << 52
	}
	return signed(v, binaryDigits(fraction, exponent-1023, significant))
}

// FormatFloat prints v as Java 17 does.
func FormatFloat(v float32) string {
	b := math.Float32bits(v)
	fraction, exponent := uint64(b&(1<<23-1)), int(b>>23&0xff)
	significant := 24
	switch {
	case exponent == 0xff || v == 0:
		return special(float64(v))
	case exponent == 0:
		shift := bits.LeadingZeros32(uint32(fraction)) - 8
		significant -= shift
		fraction, exponent = fraction<<shift, 1-shift
	default:
		fraction |= 1 << 23
	}
	return signed(float64(v), binaryDigits(fraction<<29, exponent-127, significant))
}

func special(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case v == 0 && math.Signbit(v):
		return "-0.0"
	case v == 0:
		return "0.0"
	case v < 0:
		return "-Infinity"
	}
	return "Infinity"
}

func signed(v float64, d digits) string {
	s := d.text()
	if v < 0 {
		return "-" + s
	}
	return s
}

// digits are decimal digits behind a point: 0.ddd × 10^exponent.
type digits struct {
	d        []byte
	exponent int
}

// text has an exponent from 10^7 up and below 10^-3, and always a point with a
// digit on both sides.
func (n digits) text() string {
	b := make([]byte, 0, 26)
	switch e := n.exponent; {
	case e > 0 && e < 8:
		whole := min(e, len(n.d))
		b = append(b, n.d[:whole]...)
		for range e - whole {
			b = append(b, '0')
		}
		if b = append(b, '.'); whole == len(n.d) {
			return string(append(b, '0'))
		}
		return string(append(b, n.d[whole:]...))
	case e <= 0 && e > -3:
		b = append(b, "0."...)
		for range -e {
			b = append(b, '0')
		}
		return string(append(b, n.d...))
	}
	b = append(b, n.d[0], '.')
	if len(n.d) > 1 {
		b = append(b, n.d[1:]...)
	} else {
		b = append(b, '0')
	}
	return string(strconv.AppendInt(append(b, 'E'), int64(n.exponent-1), 10))
}

// binaryDigits finds the digits of fraction × 2^(exponent-52), whose highest
// bit is bit 52 and of which significant bits count.
func binaryDigits(fraction uint64, exponent, significant int) digits {
	tail := bits.TrailingZeros64(fraction)
	count := 53 - tail
	tiny := max(0, count-exponent-1)
	if tiny == 0 && exponent >= -21 && exponent <= 62 {
		return wholeDigits(fraction, exponent, significant)
	}
	e := estimate(fraction, exponent)
	// The value is B/S, and M is half of the distance to its neighbours, as
	// powers of five and two.
	b5, s5 := max(0, -e), max(0, e)
	b2, s2 := b5+tiny+exponent, s5+tiny
	m5, m2 := b5, b2-significant
	fraction >>= tail
	b2 -= count - 1
	common := min(b2, s2)
	b2, s2, m2 = b2-common, s2-common, m2-common
	if count == 1 {
		m2-- // below a power of two the next number is half as far
	}
	if m2 < 0 {
		b2, s2, m2 = b2-m2, s2-m2, 0
	}
	if count+b2+fiveBits(b5) < 64 && s2+1+fiveBits(s5+1) < 64 {
		return smallDigits(fraction*fivePower(b5)<<b2, fivePower(s5)<<s2, fivePower(m5)<<m2, e)
	}
	return bigDigits(fraction, b5, b2, s5, s2, m5, m2, e)
}

// wholeDigits are those of a whole number; what a float or double does not hold
// is rounded away.
func wholeDigits(v uint64, exponent, significant int) digits {
	zeros := 0
	if p := exponent - significant - 1; p > 1 {
		zeros = int(float64(p) * math.Log10(2))
	}
	if exponent >= 52 {
		v <<= exponent - 52
	} else {
		v >>= 52 - exponent
	}
	if zeros > 0 {
		ten := fivePower(zeros) << zeros
		half := v%ten >= ten/2
		if v /= ten; half {
			v++
		}
	}
	d := strconv.AppendUint(nil, v, 10)
	e := len(d) + zeros
	for len(d) > 1 && d[len(d)-1] == '0' {
		d = d[:len(d)-1]
	}
	return digits{d, e}
}

// estimate is the decimal exponent, or one more.
func estimate(fraction uint64, exponent int) int {
	d := math.Float64frombits(1023<<52 | fraction&(1<<52-1))
	// Java rounds each product: no fused multiplication.
	x := float64((d-1.5)*0.289529654) + 0.176091259 + float64(float64(exponent)*0.301029995663981)
	return int(math.Floor(x))
}

func fivePower(n int) uint64 {
	v := uint64(1)
	for range n {
		v *= 5
	}
	return v
}

// fiveBits is how many bits a factor 5^n adds, as Java counts them.
func fiveBits(n int) int {
	switch {
	case n == 0:
		return 0
	case n < 27:
		return bits.Len64(fivePower(n))
	}
	return 3 * n
}

// smallDigits divides in 64 bits.
func smallDigits(b, s, m uint64, e int) digits {
	ten := s * 10
	q := b / s
	b = 10 * (b % s)
	m *= 10
	low, high := b < m, b+m > ten
	var d []byte
	if q == 0 && !high {
		e--
	} else {
		d = append(d, byte('0'+q))
	}
	if e < -3 || e >= 8 {
		low, high = false, false // two digits at least before an exponent
	}
	for !low && !high {
		q = b / s
		b = 10 * (b % s)
		m *= 10
		if int64(m) > 0 {
			low, high = b < m, b+m > ten
		} else {
			low, high = true, true
		}
		d = append(d, byte('0'+q))
	}
	return settle(d, e+1, low, high, func() int {
		switch b *= 2; {
		case b < ten:
			return -1
		case b > ten:
			return 1
		}
		return 0
	})
}

// bigDigits divides in as many bits as it takes.
func bigDigits(fraction uint64, b5, b2, s5, s2, m5, m2, e int) digits {
	power := func(five, two int) *big.Int {
		v := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(five)), nil)
		return v.Lsh(v, uint(two))
	}
	b := power(b5, b2)
	b.Mul(b, new(big.Int).SetUint64(fraction))
	s, m, ten := power(s5, s2), power(m5+1, m2+1), power(s5+1, s2+1)
	var q, sum big.Int
	tenth := big.NewInt(10)
	next := func() byte {
		q.QuoRem(b, s, b)
		b.Mul(b, tenth)
		return '0' + byte(q.Uint64())
	}
	var d []byte
	first := next()
	low, high := b.Cmp(m) < 0, ten.Cmp(sum.Add(b, m)) <= 0
	if first == '0' && !high {
		e--
	} else {
		d = append(d, first)
	}
	if e < -3 || e >= 8 {
		low, high = false, false
	}
	for !low && !high {
		d = append(d, next())
		m.Mul(m, tenth)
		low, high = b.Cmp(m) < 0, ten.Cmp(sum.Add(b, m)) <= 0
	}
	return settle(d, e+1, low, high, func() int { return b.Lsh(b, 1).Cmp(ten) })
}

// settle rounds the last digit: half is what remains against a half.
func settle(d []byte, exponent int, low, high bool, half func() int) digits {
	up := high
	if high && low {
		h := half()
		up = h > 0 || h == 0 && d[len(d)-1]&1 == 1
	}
	if !up {
		return digits{d, exponent}
	}
	i := len(d) - 1
	for ; i > 0 && d[i] == '9'; i-- {
		d[i] = '0'
	}
	if d[i] == '9' {
		d[0] = '1'
		return digits{d, exponent + 1}
	}
	d[i]++
	return digits{d, exponent}
}
