package sparkcsv

import (
	"math"
	"strings"
)

// A pattern is a Java date and time pattern as Spark 3 reads with it: strict,
// without regard to case, fractions of a second of any length up to the one
// written.
type pattern struct{ items []item }

// What an item of a pattern reads.
const (
	literal = iota
	group   // [optional]
	number
	fraction
	name   // one of texts
	offset // from UTC
)

// The fields that a pattern can set.
const (
	year = iota
	month
	day
	hour     // 0-23
	hour24   // 1-24
	halfHour // 0-11
	hour12   // 1-12
	half     // 0 AM, 1 PM
	minute
	second
	nano
	zoneOffset
	fields
)

type item struct {
	kind      int
	text      string // of a literal; the name of UTC of an offset
	items     []item // of a group
	field     int
	low, high int // digits
	signed    int // what sign a number may have
	base      int64
	after     int  // digits of fixed-width numbers that follow at once
	colon     bool // an offset is hh:mm
	hoursOnly bool // an offset may leave out the minutes
	texts     []string
}

// Which signs a number may have: none, minus, or minus and plus where it is
// longer than its width.
const (
	unsigned = iota
	minus
	padded
)

var (
	months      = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	shortMonths = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// A parsed is what a pattern found; a bit of set for each field it did.
type parsed struct {
	value [fields]int64
	set   uint
}

func (p *parsed) put(field int, v int64) bool {
	if p.has(field) {
		return p.value[field] == v
	}
	p.value[field], p.set = v, p.set|1<<field
	return true
}

func (p *parsed) has(field int) bool { return p.set&(1<<field) != 0 }

// read parses all of s and resolves the time of day and the date.
func (pt *pattern) read(s []byte) (civil, *parsed, bool) {
	var p parsed
	if end := readItems(pt.items, s, 0, &p); end != len(s) {
		return civil{}, nil, false
	}
	c := civil{year: 1970, month: 1, day: 1}
	for _, f := range [...]struct {
		field int
		to    *int64
	}{{year, &c.year}, {month, &c.month}, {day, &c.day}, {minute, &c.minute}, {second, &c.second}} {
		if p.has(f.field) {
			*f.to = p.value[f.field]
		}
	}
	for _, r := range [...]struct {
		field     int
		low, high int64
	}{{hour, 0, 23}, {hour24, 1, 24}, {halfHour, 0, 11}, {hour12, 1, 12}, {minute, 0, 59}, {second, 0, 59}} {
		if p.has(r.field) && (p.value[r.field] < r.low || p.value[r.field] > r.high) {
			return civil{}, nil, false
		}
	}
	if p.has(hour12) && !p.put(halfHour, p.value[hour12]%12) || p.has(hour24) && !p.put(hour, p.value[hour24]%24) {
		return civil{}, nil, false
	}
	switch {
	case p.has(halfHour) && p.has(half):
		if !p.put(hour, p.value[half]*12+p.value[halfHour]) {
			return civil{}, nil, false
		}
	case p.has(hour) && (p.has(half) && p.value[half] != p.value[hour]/12 || p.has(halfHour) && p.value[halfHour] != p.value[hour]%12):
		return civil{}, nil, false
	}
	switch {
	case p.has(hour):
		c.hour = p.value[hour]
	case p.has(halfHour):
		c.hour = p.value[halfHour]
	case p.has(half):
		c.hour = p.value[half] * 12
	}
	c.micro = p.value[nano] / 1000
	if _, ok := c.seconds(); !ok || c.year > 999999999 || c.year < -999999999 {
		return civil{}, nil, false
	}
	return c, &p, true
}

// readItems reads s from i and returns where it came, or -1.
func readItems(items []item, s []byte, i int, p *parsed) int {
	for k := range items {
		it := &items[k]
		switch it.kind {
		case group:
			saved := *p
			if end := readItems(it.items, s, i, p); end >= 0 {
				i = end
			} else {
				*p = saved
			}
			continue
		case literal:
			if !foldPrefix(s[i:], it.text) {
				return -1
			}
			i += len(it.text)
			continue
		case name:
			found := -1
			for v, text := range it.texts {
				if foldPrefix(s[i:], text) && (found < 0 || len(text) > len(it.texts[found])) {
					found = v
				}
			}
			if found < 0 || !p.put(it.field, int64(found)+it.base) {
				return -1
			}
			i += len(it.texts[found])
			continue
		case number:
			i = readNumber(it, s, i, p)
		case fraction:
			i = readFraction(it, s, i, p)
		case offset:
			i = readOffset(it, s, i, p)
		}
		if i < 0 {
			return -1
		}
	}
	return i
}

func foldPrefix(s []byte, text string) bool {
	return len(s) >= len(text) && strings.EqualFold(string(s[:len(text)]), text)
}

func readNumber(it *item, s []byte, i int, p *parsed) int {
	sign := byte(0)
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		sign = s[i]
		if it.signed == unsigned || it.signed == minus && sign == '+' {
			return -1
		}
		i++
	}
	n := 0
	for n < it.high+it.after && i+n < len(s) && digit(s[i+n]) {
		n++
	}
	if n < it.low {
		return -1
	}
	if it.after > 0 {
		n = max(it.low, n-it.after)
	}
	n = min(n, max(it.high, it.low))
	v := int64(0)
	for _, c := range s[i : i+n] {
		if v > (math.MaxInt64-9)/10 {
			return -1
		}
		v = v*10 + int64(c-'0')
	}
	switch {
	case sign == '-':
		if v == 0 {
			return -1
		}
		v = -v
	case it.signed == padded && (sign == '+') != (n > it.low):
		return -1
	}
	if !p.put(it.field, v+it.base) {
		return -1
	}
	return i + n
}

func readFraction(it *item, s []byte, i int, p *parsed) int {
	v, n := int64(0), 0
	for ; n < it.high && i+n < len(s) && digit(s[i+n]); n++ {
		v = v*10 + int64(s[i+n]-'0')
	}
	if n < it.low {
		return -1
	}
	for k := n; k < 9; k++ {
		v *= 10
	}
	if !p.put(it.field, v) {
		return -1
	}
	return i + n
}

func readOffset(it *item, s []byte, i int, p *parsed) int {
	if foldPrefix(s[i:], it.text) {
		if !p.put(it.field, 0) {
			return -1
		}
		return i + len(it.text)
	}
	if i+3 > len(s) || s[i] != '+' && s[i] != '-' {
		return -1
	}
	h, ok := two(s[i+1], s[i+2])
	if !ok {
		return -1
	}
	end, m := i+3, 0
	rest := s[end:]
	if it.colon {
		if len(rest) == 0 || rest[0] != ':' {
			return -1
		}
		rest = rest[1:]
		end++
	}
	more := false
	if len(rest) >= 2 {
		if v, ok := two(rest[0], rest[1]); ok && v <= 59 {
			m, more = v, true
			end += 2
		}
	}
	if !more && !it.hoursOnly {
		return -1
	}
	v := int64(h)*3600 + int64(m)*60
	if v > 18*3600 {
		return -1
	}
	if s[i] == '-' {
		v = -v
	}
	if !p.put(it.field, v) {
		return -1
	}
	return end
}

// date appends s read with the pattern as a date.
func (pt *pattern) date(dst, s []byte) ([]byte, bool) {
	c, _, ok := pt.read(s)
	if !ok {
		return dst, false
	}
	return checkedDate(dst, c)
}

// timestamp appends s read with the pattern as an instant; without an offset
// in it, in the normalizer's zone.
func (pt *pattern) timestamp(dst, s []byte, n *Normalizer) ([]byte, bool) {
	c, p, ok := pt.read(s)
	if !ok {
		return dst, false
	}
	local, _ := c.seconds()
	z := n.zone
	if p.has(zoneOffset) {
		z = zone{offset: p.value[zoneOffset]}
	}
	return appendStamp(dst, z.instant(local), c.micro)
}
