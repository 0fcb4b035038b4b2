// Package sparktime is the calendar and the clock as Spark 3.5 has them on
// Java's: days and microseconds since 1970, zones, the texts that it reads as
// dates and timestamps, the patterns it reads and prints them with, and
// intervals. Plain values; nothing here knows what time it is.
package sparktime

import (
	"math"
	"strconv"
)

// A Civil is a date and time on a wall clock, in the proleptic Gregorian calendar.
type Civil struct {
	Year, Month, Day     int64
	Hour, Minute, Second int64
	Micro                int64
}

// Microseconds in longer units.
const (
	Second = int64(1_000_000)
	Minute = 60 * Second
	Hour   = 60 * Minute
	Day    = 24 * Hour
)

// Days returns the days since 1970-01-01, or false if there is no such day.
func (c Civil) Days() (int64, bool) {
	if c.Month < 1 || c.Month > 12 || c.Day < 1 || c.Day > MonthLen(c.Year, c.Month) {
		return 0, false
	}
	y, m := c.Year, c.Month
	if m <= 2 {
		y--
	}
	era := FloorDiv(y, 400)
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + c.Day - 1
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468, true
}

// Seconds returns the seconds since the epoch on a clock that shows c.
func (c Civil) Seconds() (int64, bool) {
	d, ok := c.Days()
	if !ok || c.Hour < 0 || c.Hour > 23 || c.Minute < 0 || c.Minute > 59 || c.Second < 0 || c.Second > 59 {
		return 0, false
	}
	return d*86400 + c.Hour*3600 + c.Minute*60 + c.Second, true
}

// MonthLen is how many days a month has.
func MonthLen(year, month int64) int64 {
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

// FloorDiv is a / b rounded down, for b > 0.
func FloorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// CivilOf is the reverse of Days.
func CivilOf(days int64) Civil {
	days += 719468
	era := FloorDiv(days, 146097)
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	c := Civil{Year: yoe + era*400, Day: doy - (153*mp+2)/5 + 1, Month: mp + 3}
	if c.Month > 12 {
		c.Month -= 12
		c.Year++
	}
	return c
}

// CivilAt is what a clock shows micros microseconds after it showed the epoch.
func CivilAt(micros int64) Civil {
	day := FloorDiv(micros, Day)
	rest := micros - day*Day
	c := CivilOf(day)
	c.Hour, c.Minute, c.Second, c.Micro = rest/Hour, rest/Minute%60, rest/Second%60, rest%Second
	return c
}

// Micros returns the microseconds since the epoch on a clock that shows c, or
// false if there is no such time or 64 bits do not hold it.
func (c Civil) Micros() (int64, bool) {
	s, ok := c.Seconds()
	if !ok {
		return 0, false
	}
	return Micros(s, c.Micro)
}

// Micros joins seconds and the microseconds after them, or false if 64 bits do
// not hold the sum.
func Micros(sec, micro int64) (int64, bool) {
	const last = math.MaxInt64 / 1_000_000
	const first = math.MinInt64/1_000_000 - 1
	switch {
	case sec > last || sec < first:
		return 0, false
	case sec == last && micro > math.MaxInt64%1_000_000:
		return 0, false
	case sec == first:
		if micro < 1_000_000+math.MinInt64%1_000_000 {
			return 0, false
		}
		return (sec+1)*Second + (micro - Second), true
	}
	return sec*Second + micro, true
}

// DayOfWeek is 1 for Monday to 7 for Sunday.
func DayOfWeek(days int64) int64 { return (days + 3) - FloorDiv(days+3, 7)*7 + 1 }

// AppendDate appends yyyy-MM-dd; years beyond four digits have a sign.
func AppendDate(dst []byte, c Civil) []byte {
	if c.Year > 9999 {
		dst = append(dst, '+')
	}
	return AppendPlainDate(dst, c)
}

// AppendPlainDate appends yyyy-MM-dd, with a sign for years before 0 only.
func AppendPlainDate(dst []byte, c Civil) []byte {
	dst = append(appendYear(dst, c.Year), '-')
	dst = append(append2(dst, c.Month), '-')
	return append2(dst, c.Day)
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

// AppendClock appends HH:mm:ss and a fraction where there is one: all of its
// six digits, or none of the zeros at its end.
func AppendClock(dst []byte, c Civil, six bool) []byte {
	dst = append(append2(dst, c.Hour), ':')
	dst = append(append2(dst, c.Minute), ':')
	dst = append2(dst, c.Second)
	if c.Micro == 0 {
		return dst
	}
	dst = append2(append2(append2(append(dst, '.'), c.Micro/10000), c.Micro/100%100), c.Micro%100)
	for !six && dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// DateText is the text of a date as Spark casts it.
func DateText(days int64) string { return string(AppendDate(nil, CivilOf(days))) }

// StampText is the text of a timestamp as Spark casts it: micros are those of a
// wall clock.
func StampText(micros int64) string {
	c := CivilAt(micros)
	return string(AppendClock(append(AppendDate(nil, c), ' '), c, false))
}
