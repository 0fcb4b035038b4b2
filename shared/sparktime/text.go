package sparktime

import (
	"bytes"
	"strings"
)

// Trim is UTF8String.trimAll: white space and control characters of ASCII.
func Trim(s []byte) []byte {
	for len(s) > 0 && (s[0] <= ' ' || s[0] == 0x7f) {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] <= ' ' || s[len(s)-1] == 0x7f) {
		s = s[:len(s)-1]
	}
	return s
}

// ParseDate reads s as Spark casts text to a date, in days: yyyy[-m[m][-d[d][ |T…]]], with
// a sign and up to seven digits of year.
func ParseDate(s []byte) (int64, bool) {
	s = Trim(s)
	if len(s) == 0 {
		return 0, false
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
				return 0, false
			}
			part[i], v, n = v, 0, 0
			i++
		case digit(s[j]):
			if n++; n > 7 {
				return 0, false
			}
			v = v*10 + int64(s[j]-'0')
		default:
			return 0, false
		}
	}
	if !dateDigits(i, n) || i < 2 && j < len(s) {
		return 0, false
	}
	part[i] = v
	days, ok := Civil{Year: sign * part[0], Month: part[1], Day: part[2]}.Days()
	return days, ok && days == int64(int32(days))
}

func dateDigits(part, n int) bool {
	return part == 0 && n >= 4 && n <= 7 || part > 0 && n > 0 && n <= 2
}

// A Stamp is what a text says of an instant.
type Stamp struct {
	Civil
	Zone     Zone
	Zoned    bool
	TimeOnly bool // hh:mm without a date, which Spark takes as of today
}

// ParseStamp reads s as Spark casts text to a timestamp:
// [+-]yyyy[-m[m][-d[d][ |T[h]h[:[m]m[:[s]s[.f…]]]]]][zone], or T?hh:mm… alone.
func ParseStamp(s []byte) (Stamp, bool) {
	var st Stamp
	s = Trim(s)
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
			st.TimeOnly, ok = true, true
			i += 3
		case i < 2 && c == '-':
			ok = end()
		case i == 0 && c == ':' && !signed:
			st.TimeOnly = true
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
		st.Zoned = true
		var ok bool
		if st.Zone, ok = ZoneOf(javaTrim(name)); !ok {
			return st, false
		}
	}
	st.Civil = Civil{sign * part[0], part[1], part[2], part[3], part[4], part[5], part[6]}
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

// javaTrim is Java's String.trim: everything up to a space is white.
func javaTrim(s string) string {
	return strings.TrimFunc(s, func(c rune) bool { return c <= ' ' })
}

// ReadStamp is [ParseStamp] for CSV: Spark 2 wrote 2000-01-01T00:00GMT+01:00,
// and its successor still reads that from files.
func ReadStamp(s []byte) (Stamp, bool) {
	st, ok := ParseStamp(s)
	if short := bytes.ReplaceAll(s, []byte("GMT"), nil); !ok && len(short) != len(s) {
		return ParseStamp(short)
	}
	return st, ok
}

// Instant is st in microseconds since the epoch. Where st says no zone it is in
// z, and where it is only a time of day it is on the day of now, in seconds.
func (st Stamp) Instant(z Zone, now int64) (sec, micro int64, ok bool) {
	if st.Zoned {
		z = st.Zone
	}
	if st.TimeOnly {
		today := CivilOf(FloorDiv(now+z.At(now), 86400))
		st.Year, st.Month, st.Day = today.Year, today.Month, today.Day
	}
	local, ok := st.Seconds()
	return z.Instant(local), st.Micro, ok
}
