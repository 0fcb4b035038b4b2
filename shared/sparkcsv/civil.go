package sparkcsv

import (
	"math"
	"strconv"
)

// A civil is a date and time as parsed: a wall clock.
type civil struct {
	year, month, day     int64
	hour, minute, second int64
	micro                int64
}

// days returns the days since 1970-01-01 in the proleptic Gregorian calendar,
// or false if there is no such day.
func (c civil) days() (int64, bool) {
	if c.month < 1 || c.month > 12 || c.day < 1 || c.day > monthLen(c.year, c.month) {
		return 0, false
	}
	y, m := c.year, c.month
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + c.day - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468, true
}

// seconds returns the seconds since the epoch on a clock that shows c.
func (c civil) seconds() (int64, bool) {
	d, ok := c.days()
	if !ok || c.hour > 23 || c.minute > 59 || c.second > 59 {
		return 0, false
	}
	return d*86400 + c.hour*3600 + c.minute*60 + c.second, true
}

func monthLen(year, month int64) int64 {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// civilOf is the reverse of days.
func civilOf(days int64) civil {
	days += 719468
	era := floorDiv(days, 146097)
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	c := civil{year: yoe + era*400, day: doy - (153*mp+2)/5 + 1, month: mp + 3}
	if c.month > 12 {
		c.month -= 12
		c.year++
	}
	return c
}

func appendDate(dst []byte, c civil) []byte {
	dst = append(appendYear(dst, c.year), '-')
	dst = append(append2(dst, c.month), '-')
	return append2(dst, c.day)
}

func appendYear(dst []byte, y int64) []byte {
	if y < 0 || y > 9999 {
		if y < 0 {
			dst, y = append(dst, '-'), -y
		}
		for w := int64(1000); w > 1 && y < w; w /= 10 {
			dst = append(dst, '0')
		}
		return strconv.AppendInt(dst, y, 10)
	}
	return append2(append2(dst, y/100), y%100)
}

func append2(dst []byte, v int64) []byte { return append(dst, '0'+byte(v/10), '0'+byte(v%10)) }

// appendStamp appends sec and micro since the epoch as a clock in UTC shows
// them; false if that is beyond the microseconds that 64 bits count. The
// outermost of those are infinities to an engine, so they are not taken: some
// four hours of the year -290308, and one microsecond of 294247.
func appendStamp(dst []byte, sec, micro int64) ([]byte, bool) {
	const last = math.MaxInt64 / 1_000_000
	const first = -106751991 * 86400 // -290308-12-22
	if sec > last || sec < first || sec == last && micro >= math.MaxInt64%1_000_000 {
		return dst, false
	}
	day := floorDiv(sec, 86400)
	s := sec - day*86400
	dst = append(appendDate(dst, civilOf(day)), ' ')
	dst = append(append2(dst, s/3600), ':')
	dst = append(append2(dst, s/60%60), ':')
	dst = append2(dst, s%60)
	if micro != 0 {
		dst = append2(append2(append2(append(dst, '.'), micro/10000), micro/100%100), micro%100)
	}
	return dst, true
}
