package sparkcsv

import (
	"bytes"
	"math"
)

// sparkTrim is UTF8String.trimAll: white space and control characters of ASCII.
func sparkTrim(s []byte) []byte {
	for len(s) > 0 && (s[0] <= ' ' || s[0] == 0x7f) {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] <= ' ' || s[len(s)-1] == 0x7f) {
		s = s[:len(s)-1]
	}
	return s
}

// date appends s as Spark casts text to a date: yyyy[-m[m][-d[d][ |T…]]], with
// a sign and up to seven digits of year.
func date(dst, s []byte) ([]byte, bool) {
	s = sparkTrim(s)
	if len(s) == 0 {
		return dst, false
	}
	sign := int64(1)
	j := 0
	if s[0] == '-' || s[0] == '+' {
		if s[0] == '-' {
			sign = -1
		}
		j++
	}
	part := [3]int64{1, 1, 1}
	i, n, v := 0, 0, int64(0)
	for ; j < len(s) && s[j] != ' ' && s[j] != 'T'; j++ {
		switch {
		case i < 2 && s[j] == '-':
			if !dateDigits(i, n) {
				return dst, false
			}
			part[i], v, n = v, 0, 0
			i++
		case digit(s[j]):
			if n++; n > 7 {
				return dst, false
			}
			v = v*10 + int64(s[j]-'0')
		default:
			return dst, false
		}
	}
	if !dateDigits(i, n) || i < 2 && j < len(s) {
		return dst, false
	}
	part[i] = v
	c := civil{year: sign * part[0], month: part[1], day: part[2]}
	return checkedDate(dst, c)
}

// checkedDate appends c if it is a day whose number is an int, without the
// outermost: those are infinities to an engine.
func checkedDate(dst []byte, c civil) ([]byte, bool) {
	if d, ok := c.days(); !ok || d >= math.MaxInt32 || d <= math.MinInt32+1 {
		return dst, false
	}
	return appendDate(dst, c), true
}

func dateDigits(part, n int) bool {
	return part == 0 && n >= 4 && n <= 7 || part > 0 && n > 0 && n <= 2
}

// A stamp is what a text says of an instant.
type stamp struct {
	civil
	zone     zone
	zoned    bool
	timeOnly bool // hh:mm without a date, which Spark takes as of today
}

// parseStamp reads s as Spark casts text to a timestamp:
// [+-]yyyy[-m[m][-d[d][ |T[h]h[:[m]m[:[s]s[.f…]]]]]][zone], or T?hh:mm… alone.
func (z zoneCache) parseStamp(s []byte) (stamp, bool) {
	var st stamp
	s = sparkTrim(s)
	if len(s) == 0 {
		return st, false
	}
	part := [9]int64{1, 1, 1}
	i, n, v, fraction := 0, 0, int64(0), 0
	end := func() bool { // of a part
		if !stampDigits(i, n) {
			return false
		}
		part[i], v, n = v, 0, 0
		i++
		return true
	}
	sign, signed := int64(1), false
	j := 0
	if s[0] == '-' || s[0] == '+' {
		signed = true
		if s[0] == '-' {
			sign = -1
		}
		j++
	}
	name := ""
	for ; j < len(s); j++ {
		c := s[j]
		if digit(c) {
			if i == 6 {
				fraction++
			}
			if i != 6 || n < 6 { // beyond microseconds it is cut
				v = v*10 + int64(c-'0')
			}
			if n++; n > 6 && i != 6 {
				return st, false
			}
			continue
		}
		ok := false
		switch {
		case j == 0 && c == 'T':
			st.timeOnly, ok = true, true
			i += 3
		case i < 2 && c == '-':
			ok = end()
		case i == 0 && c == ':' && !signed:
			st.timeOnly = true
			i = 3
			ok = end()
		case i < 2:
		case i == 2 && (c == ' ' || c == 'T'):
			ok = end()
		case i == 2:
		case i < 5 && c == ':':
			ok = end()
		case i < 5:
		case i == 5 && c == '.':
			ok = end()
		case i < 7:
			ok = end()
			name = string(s[j:])
			j = len(s)
			if i == 6 {
				i++
			}
		}
		if !ok {
			return st, false
		}
	}
	if !stampDigits(i, n) {
		return st, false
	}
	part[i] = v
	for ; fraction < 6; fraction++ {
		part[6] *= 10
	}
	if name != "" {
		st.zoned = true
		var ok bool
		if st.zone, ok = z.get(string(javaTrim([]byte(name)))); !ok {
			return st, false
		}
	}
	st.civil = civil{sign * part[0], part[1], part[2], part[3], part[4], part[5], part[6]}
	return st, true
}

func stampDigits(part, n int) bool {
	switch part {
	case 0:
		return n >= 4 && n <= 6
	case 6:
		return true
	case 7:
		return n <= 2
	}
	return n > 0 && n <= 2
}

// timestamp appends s as an instant in UTC; a text without a zone is in the
// normalizer's.
func (n *Normalizer) timestamp(dst, s []byte) ([]byte, bool) {
	st, ok := n.zones.parseStamp(s)
	if !ok {
		// Spark 2 wrote 2000-01-01T00:00GMT+01:00; its successor still reads it.
		short := bytes.ReplaceAll(s, []byte("GMT"), nil)
		if len(short) == len(s) {
			return dst, false
		}
		if st, ok = n.zones.parseStamp(short); !ok {
			return dst, false
		}
	}
	if !st.zoned {
		st.zone = n.zone
	}
	if st.timeOnly {
		now := n.Now().Unix()
		if st.zone.loc != nil {
			now += st.zone.at(now)
		} else {
			now += st.zone.offset
		}
		today := civilOf(floorDiv(now, 86400))
		st.year, st.month, st.day = today.year, today.month, today.day
	}
	local, ok := st.seconds()
	if !ok {
		return dst, false
	}
	return appendStamp(dst, st.zone.instant(local), st.micro)
}

// wallClock appends s as a timestamp without a zone; a text that has one is not.
func (n *Normalizer) wallClock(dst, s []byte) ([]byte, bool) {
	st, ok := n.zones.parseStamp(s)
	if !ok || st.zoned || st.timeOnly {
		return dst, false
	}
	local, ok := st.seconds()
	if !ok {
		return dst, false
	}
	return appendStamp(dst, local, st.micro)
}
