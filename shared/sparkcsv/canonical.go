package sparkcsv

import (
	"bytes"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// plainField returns the end of the canonical text of c that begins at b[i],
// or -1.
func (n *Normalizer) plainField(b []byte, i int, c *column) int {
	switch c.kind {
	case relation.String:
		return n.plainString(b, i)
	case relation.Int, relation.Long, relation.Short, relation.Byte:
		return plainInt(b, i, c.kind)
	case relation.Double:
		return plainFloat(b, i, 200)
	case relation.Float:
		return plainFloat(b, i, 37)
	case relation.Decimal:
		return plainDecimal(b, i, c)
	case relation.Date:
		if n.dates == nil {
			return plainDate(b, i)
		}
	case relation.Timestamp:
		if n.stamps != nil {
			return -1
		}
		switch end := plainStamp(b, i); {
		case end > 0 && b[end] == 'Z':
			return end + 1
		case n.zone.UTC():
			return end
		}
	case relation.TimestampNTZ:
		return plainStamp(b, i)
	case relation.Boolean:
		if bytes.HasPrefix(b[i:], []byte("true")) {
			return i + 4
		}
		if bytes.HasPrefix(b[i:], []byte("false")) {
			return i + 5
		}
	}
	return -1
}

func (n *Normalizer) plainString(b []byte, i int) int {
	from, seen := i, byte(inside)
	for {
		c := n.class[b[i]]
		if c == stop {
			break
		}
		seen |= c
		i++
	}
	if seen == high && !utf8.Valid(b[from:i]) ||
		n.d.TrimLeft && b[from] <= ' ' || n.d.TrimRight && i > from && b[i-1] <= ' ' {
		return -1
	}
	return i
}

func plainInt(b []byte, i int, k relation.Kind) int {
	neg := b[i] == '-'
	if neg {
		i++
	}
	from := i
	var v uint64
	for d := b[i] - '0'; d <= 9; d = b[i] - '0' {
		v = v*10 + uint64(d)
		i++
	}
	bound := uint64(1) << 63
	switch k {
	case relation.Int:
		bound = 1 << 31
	case relation.Short:
		bound = 1 << 15
	case relation.Byte:
		bound = 1 << 7
	}
	if !neg {
		bound--
	}
	if i == from || i-from > 19 || v > bound {
		return -1
	}
	return i
}

// plainFloat takes -?d+(.d+)?([eE][+-]?d{1,2})? with no more digits in a row
// than cannot overflow. The type with the few, float, has no exponent.
func plainFloat(b []byte, i, most int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	for digit(b[i]) {
		i++
	}
	if i == from || i-from > most {
		return -1
	}
	if b[i] == '.' {
		i++
		from = i
		for digit(b[i]) {
			i++
		}
		if i == from || i-from > most {
			return -1
		}
	}
	if b[i]|0x20 == 'e' && most > 37 {
		i++
		if b[i] == '-' || b[i] == '+' {
			i++
		}
		from = i
		for digit(b[i]) {
			i++
		}
		if i == from || i-from > 2 {
			return -1
		}
	}
	return i
}

// plainDecimal takes -?d+(.d+)? that fits without rounding.
func plainDecimal(b []byte, i int, c *column) int {
	if b[i] == '-' {
		i++
	}
	from := i
	for digit(b[i]) {
		i++
	}
	whole := i - from
	if whole == 0 || whole > c.precision-c.scale && (whole > 1 || b[from] != '0') {
		return -1
	}
	if b[i] == '.' {
		i++
		from = i
		for digit(b[i]) {
			i++
		}
		if i == from || i-from > c.scale {
			return -1
		}
	}
	return i
}

// plainDate takes yyyy-MM-dd of the years 0001 to 9999.
func plainDate(b []byte, i int) int {
	if len(b)-i < 11 {
		return -1
	}
	s := b[i : i+11]
	if s[4] != '-' || s[7] != '-' {
		return -1
	}
	y, ok1 := two(s[0], s[1])
	z, ok2 := two(s[2], s[3])
	m, ok3 := two(s[5], s[6])
	d, ok4 := two(s[8], s[9])
	if !(ok1 && ok2 && ok3 && ok4) || m < 1 || m > 12 || d < 1 || d > 28 && int64(d) > sparktime.MonthLen(int64(y*100+z), int64(m)) || y+z == 0 {
		return -1
	}
	return i + 10
}

func two(a, b byte) (int, bool) {
	a, b = a-'0', b-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// plainStamp takes yyyy-MM-dd HH:mm:ss[.f{1,6}], also with a T.
func plainStamp(b []byte, i int) int {
	if i = plainDate(b, i); i < 0 || len(b)-i < 10 {
		return -1
	}
	s := b[i : i+9]
	h, ok1 := two(s[1], s[2])
	m, ok2 := two(s[4], s[5])
	sec, ok3 := two(s[7], s[8])
	if !(ok1 && ok2 && ok3) || s[0] != ' ' && s[0] != 'T' || s[3] != ':' || s[6] != ':' || h > 23 || m > 59 || sec > 59 {
		return -1
	}
	if i += 9; b[i] != '.' {
		return i
	}
	i++
	from := i
	for digit(b[i]) {
		i++
	}
	if i == from || i-from > 6 {
		return -1
	}
	return i
}
