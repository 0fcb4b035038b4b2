package sparktime

import (
	"fmt"
	"strconv"
	"strings"
)

// Spark 2's reading and printing, with Java's SimpleDateFormat in UTC: what
// spark.sql.legacy.timeParserPolicy = LEGACY asks for.

// An OldPattern is a pattern of SimpleDateFormat.
type OldPattern struct {
	text  string
	items []oldItem
}

// Old compiles a pattern of SimpleDateFormat.
func Old(text string) (*OldPattern, error) {
	items, ok := oldPattern(text)
	if !ok {
		return nil, fmt.Errorf("%q is no pattern of Java's SimpleDateFormat", text)
	}
	return &OldPattern{text, items}, nil
}

func (p *OldPattern) unknown(what string) error {
	return fmt.Errorf("the pattern %q: Glint does not read or print %s as SimpleDateFormat does", p.text, what)
}

// gregorian is the first day of the calendar that SimpleDateFormat has after its
// older one, in days: 1582-10-15.
const gregorian = -141427

// Format prints an instant in UTC.
func (p *OldPattern) Format(micros int64) (string, error) {
	days := FloorDiv(micros, Day)
	w := printer{c: CivilAt(micros), days: days, zone: "UTC", utc: true}
	var dst []byte
	for _, it := range p.items {
		if days < gregorian && strings.IndexByte("DEFuwWY", it.letter) >= 0 && it.letter != 0 {
			return "", p.unknown("days before 1582-10-15 by letter " + string(it.letter))
		}
		switch it.letter {
		case 0:
			dst = append(dst, it.text...)
		case 'G':
			dst = append(dst, shortEras[w.value(era)]...)
		case 'y':
			y := w.value(yearOfEra)
			if it.n == 2 {
				dst = append2(dst, y%100)
			} else {
				dst = padded0(dst, y, it.n)
			}
		case 'M', 'L':
			switch {
			case it.n >= 4:
				dst = append(dst, months[w.c.Month-1]...)
			case it.n == 3:
				dst = append(dst, shortMonths[w.c.Month-1]...)
			default:
				dst = padded0(dst, w.c.Month, it.n)
			}
		case 'E':
			if d := w.value(dayOfWeek) - 1; it.n >= 4 {
				dst = append(dst, longDays[d]...)
			} else {
				dst = append(dst, shortDays[d]...)
			}
		case 'a':
			dst = append(dst, halves[w.value(half)]...)
		case 'S':
			dst = padded0(dst, w.c.Micro/1000, it.n)
		case 'F':
			dst = padded0(dst, (w.c.Day-1)/7+1, it.n)
		case 'u':
			dst = padded0(dst, w.value(dayOfWeek), it.n)
		case 'z':
			if it.n >= 4 {
				dst = append(dst, "Coordinated Universal Time"...)
			} else {
				dst = append(dst, "UTC"...)
			}
		case 'Z':
			dst = append(dst, "+0000"...)
		case 'X':
			dst = append(dst, 'Z')
		case 'w', 'W', 'Y':
			dst = w.appendWeek(dst, it)
		default:
			dst = padded0(dst, w.value(oldFields[it.letter]), it.n)
		}
	}
	return string(dst), nil
}

// appendWeek prints America's weeks: they begin on Sunday, and the first of a
// year or of a month is the one in which it begins.
func (w *printer) appendWeek(dst []byte, it oldItem) []byte {
	saturday := w.days + 6 - w.value(dayOfWeek)%7
	c := CivilOf(saturday)
	switch first, _ := (Civil{Year: c.Year, Month: 1, Day: 1}).Days(); {
	case it.letter == 'w':
		return padded0(dst, (saturday-first)/7+1, it.n)
	case it.letter == 'W':
		return padded0(dst, (w.c.Day-1+DayOfWeek(w.days-w.c.Day+1)%7)/7+1, it.n)
	case it.n == 2:
		return append2(dst, c.Year%100)
	}
	return padded0(dst, c.Year, it.n)
}

// oldFields are the letters of plain numbers.
var oldFields = map[byte]int{'d': day, 'D': dayOfYear, 'H': hour, 'k': hour24, 'K': halfHour, 'h': hour12, 'm': minute, 's': second}

func padded0(dst []byte, v int64, n int) []byte {
	s := strconv.FormatInt(v, 10)
	for k := len(s); k < n; k++ {
		dst = append(dst, '0')
	}
	return append(dst, s...)
}

// Parse reads the beginning of s as an instant, in microseconds; ok is false
// where Spark gives NULL. now decides the century of a year in two digits.
func (p *OldPattern) Parse(s string, now int64) (micros int64, ok bool, err error) {
	for _, it := range p.items {
		if it.letter != 0 && strings.IndexByte("GwWFYu", it.letter) >= 0 {
			return 0, false, p.unknown("the letter " + string(it.letter))
		}
	}
	f, ok := oldRead(p.items, s)
	if !ok {
		return 0, false, nil
	}
	if f.twoDigits {
		f.year(now)
	}
	c, ok := f.civil()
	days, exists := c.Days()
	switch {
	case f.value['y'] > lastYear:
		return 0, false, fmt.Errorf("the pattern %q: a year beyond %d", p.text, lastYear)
	case !ok:
		return 0, false, nil
	case !exists || days >= gregorian-10 && days < gregorian:
		return 0, false, p.unknown("a day that only one of the two calendars has")
	case f.zone != "" && !f.zoned:
		return 0, false, p.unknown("the zone " + strconv.Quote(f.zone))
	case f.weekday && !f.value.has('d') && !f.value.has('D'):
		return 0, false, p.unknown("a day of the week without a date")
	}
	if f.weekday && days < gregorian {
		return 0, false, p.unknown("days of the week before 1582-10-15")
	}
	if f.weekday && DayOfWeek(days) != f.value['E'] {
		return 0, false, nil
	}
	sec, ok := c.Seconds()
	if !ok {
		return 0, false, nil
	}
	micros, ok = Micros(f.in.Instant(sec), c.Micro)
	return micros, ok, nil
}
