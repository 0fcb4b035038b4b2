package sparkcsv

import (
	"bytes"
	"math"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// digits returns s with the digits of other scripts as ASCII, as Java's
// parsers of integers and decimals take them, or nil if s has anything else
// beyond ASCII. Java looks at UTF-16 units, so only the basic plane counts.
func digits(s []byte) []byte {
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r <= 0xFFFF && unicode.Is(unicode.Nd, r):
			for _, block := range unicode.Nd.R16 {
				// Each block is runs of ten digits, from zero.
				if lo := rune(block.Lo); lo <= r && r <= rune(block.Hi) {
					out = append(out, '0'+byte((r-lo)%10))
				}
			}
		default:
			return nil
		}
		s = s[size:]
	}
	return out
}

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// integer appends s as an integer of the given bits, as Java's parseInt and
// its like read it: a sign, digits, nothing else.
func integer(dst, s []byte, bits int) ([]byte, bool) {
	if !isASCII(s) {
		if s = digits(s); s == nil {
			return dst, false
		}
	}
	for i, c := range s {
		if (c < '0' || c > '9') && (i > 0 || c != '+' && c != '-') {
			return dst, false
		}
	}
	v, err := strconv.ParseInt(string(s), 10, bits)
	if err != nil {
		return dst, false
	}
	return strconv.AppendInt(dst, v, 10), true
}

// float appends s as Java's parseDouble (bits 64) or parseFloat (32) reads it:
// white space around it, a sign, NaN, Infinity, decimal or hexadecimal digits,
// and one letter f or d at the end.
func float(dst, s []byte, bits int) ([]byte, bool) {
	s = javaTrim(s)
	body := s
	if len(body) > 0 && (body[0] == '+' || body[0] == '-') {
		body = body[1:]
	}
	switch string(body) {
	case "NaN":
		return append(dst, "NaN"...), true
	case "Infinity":
		return appendFloat(dst, math.Inf(1-2*b2i(s[0] == '-')), bits), true
	}
	if !floatGrammar(body) {
		return dst, false
	}
	if c := s[len(s)-1] | 0x20; c == 'd' || c == 'f' {
		if !isHex(body) || bytes.ContainsAny(body, "pP") {
			s = s[:len(s)-1]
		}
	}
	v, err := strconv.ParseFloat(string(s), bits)
	if err != nil && !math.IsInf(v, 0) { // out of range is infinity to Java, too
		return dst, false
	}
	return appendFloat(dst, v, bits), true
}

// floatGrammar reports whether s, without its sign, is a number to Java. Go's
// parser takes more: names of infinity in any case, underscores.
func floatGrammar(s []byte) bool {
	hex := isHex(s)
	if hex {
		s = s[2:]
	}
	i, n := 0, 0
	for dot := false; i < len(s); i++ {
		c := s[i]
		if c == '.' && !dot {
			dot = true
		} else if c >= '0' && c <= '9' || hex && (c|0x20 >= 'a' && c|0x20 <= 'f') {
			n++
		} else {
			break
		}
	}
	if n == 0 {
		return false
	}
	e := byte('e')
	if hex {
		e = 'p'
	}
	if i < len(s) && s[i]|0x20 == e {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i == from {
			return false
		}
	} else if hex {
		return false
	}
	if i < len(s) && (s[i]|0x20 == 'd' || s[i]|0x20 == 'f') {
		i++
	}
	return i == len(s)
}

func isHex(s []byte) bool { return len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' }

func appendFloat(dst []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(dst, "NaN"...)
	case math.IsInf(v, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(v, -1):
		return append(dst, "-Infinity"...)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, bits)
}

// maxShift is about where 10^n no longer fits into Java's BigInteger, so that
// even a cut to zero fails.
const maxShift = 1 << 29

// decimal appends s as a decimal(precision, scale): commas removed wherever
// they are, what java.math.BigDecimal reads, rounded half up; false if it has
// more digits than the precision then.
func decimal(dst, s []byte, precision, scale int) ([]byte, bool) {
	if !isASCII(s) {
		if s = digits(s); s == nil {
			return dst, false
		}
	}
	if bytes.IndexByte(s, ',') >= 0 {
		s = bytes.ReplaceAll(s, []byte{','}, nil)
	}
	neg := false
	if len(s) > 0 && (s[0] == '+' || s[0] == '-') {
		neg = s[0] == '-'
		s = s[1:]
	}
	var room [64]byte
	ds := room[:0] // the digits, without leading zeros
	point, seen, dot := 0, false, false
	i := 0
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			seen = true
			if c != '0' || len(ds) > 0 {
				ds = append(ds, c)
			}
			if dot {
				point++ // digits after the point
			}
			continue
		case c == '.' && !dot:
			dot = true
			continue
		}
		break
	}
	if !seen {
		return dst, false
	}
	exp := int64(0)
	if i < len(s) {
		if s[i]|0x20 != 'e' {
			return dst, false
		}
		e := s[i+1:]
		// BigDecimal takes at most ten digits after leading zeros, within an int.
		for j, c := range e {
			if (c < '0' || c > '9') && (j > 0 || c != '+' && c != '-') {
				return dst, false
			}
		}
		v, err := strconv.ParseInt(string(e), 10, 64)
		if err != nil {
			return dst, false
		}
		if full := int64(point) - v; full > math.MaxInt32 || full < -math.MaxInt32 {
			return dst, false // the scale is no int
		}
		exp = v
	}
	// The value is ds * 10^(exp-point); shift is how many zeros (or, negative,
	// how many digits to cut) make it an integer count of 10^-scale.
	shift := exp - int64(point) + int64(scale)
	if shift < -maxShift && len(ds) > 0 {
		return dst, false
	}
	if len(ds) == 0 {
		shift = 0
	}
	switch {
	case shift > 0:
		if int64(len(ds))+shift > int64(precision) {
			return dst, false
		}
		ds = append(ds, bytes.Repeat([]byte{'0'}, int(shift))...)
	case shift < 0:
		cut := int64(len(ds)) + shift
		switch {
		case cut < 0:
			ds = ds[:0]
		default:
			up := ds[cut] >= '5'
			ds = ds[:cut]
			if up {
				ds = increment(ds)
			}
		}
	}
	if len(ds) > precision {
		return dst, false
	}
	if neg && len(ds) > 0 {
		dst = append(dst, '-')
	}
	whole := len(ds) - scale
	if whole <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, ds[:whole]...)
		ds = ds[whole:]
		whole = 0
	}
	if scale > 0 {
		dst = append(dst, '.')
		for ; whole < 0; whole++ {
			dst = append(dst, '0')
		}
		dst = append(dst, ds...)
	}
	return dst, true
}

// increment adds one to the digits.
func increment(ds []byte) []byte {
	for i := len(ds) - 1; i >= 0; i-- {
		if ds[i] != '9' {
			ds[i]++
			return ds
		}
		ds[i] = '0'
	}
	return append([]byte{'1'}, ds...)
}

// javaTrim is Java's String.trim: everything up to a space is white.
func javaTrim(s []byte) []byte {
	for len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	return s
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
