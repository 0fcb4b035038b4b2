package sparktime

import (
	"fmt"
	"strconv"
	"strings"
)

// Format prints an instant as a clock in z shows it; zone is the name of z.
func (p *Pattern) Format(micros int64, z Zone, zone string) (string, error) {
	sec := FloorDiv(micros, Second)
	ahead := z.At(sec)
	local := sec + ahead
	c := CivilOf(FloorDiv(local, 86400))
	rest := local - FloorDiv(local, 86400)*86400
	c.Hour, c.Minute, c.Second, c.Micro = rest/3600, rest/60%60, rest%60, micros-sec*Second
	w := printer{c: c, days: FloorDiv(local, 86400), ahead: ahead, zone: zone, utc: z.UTC()}
	out, err := w.items(nil, p.items)
	return string(out), err
}

type printer struct {
	c     Civil
	days  int64
	ahead int64
	zone  string
	utc   bool
}

func (w *printer) items(dst []byte, items []item) ([]byte, error) {
	var err error
	for i := range items {
		switch it := &items[i]; it.kind {
		case literal:
			dst = append(dst, it.text...)
		case group:
			dst, err = w.items(dst, it.items)
		case number:
			dst, err = w.number(dst, it)
		case reduced:
			v := w.value(it.field)
			dst = append2(dst, max(v, -v)%100)
		case fraction:
			dst = append(dst, fmt.Sprintf("%09d", w.c.Micro*1000)[:it.high]...)
		case name:
			dst = append(dst, it.texts[w.value(it.field)-it.base]...)
		case offset:
			dst = appendOffset(dst, it, w.ahead)
		case localOffset:
			dst = w.localOffset(dst, it)
		case zoneID:
			dst = append(dst, w.zone...)
		case zoneName:
			dst, err = w.zoneName(dst, it)
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func (w *printer) value(field int) int64 {
	c := &w.c
	switch field {
	case era:
		if c.Year > 0 {
			return 1
		}
		return 0
	case year:
		return c.Year
	case yearOfEra:
		if c.Year > 0 {
			return c.Year
		}
		return 1 - c.Year
	case quarter:
		return (c.Month + 2) / 3
	case month:
		return c.Month
	case day:
		return c.Day
	case dayOfYear:
		first, _ := Civil{Year: c.Year, Month: 1, Day: 1}.Days()
		return w.days - first + 1
	case dayOfWeek:
		return DayOfWeek(w.days)
	case weekdayOfMonth:
		return (c.Day-1)%7 + 1
	case hour:
		return c.Hour
	case hour24:
		if c.Hour == 0 {
			return 24
		}
		return c.Hour
	case halfHour:
		return c.Hour % 12
	case hour12:
		return (c.Hour+11)%12 + 1
	case half:
		return c.Hour / 12
	case minute:
		return c.Minute
	case second:
		return c.Second
	}
	panic("sparktime: a field without a value")
}

func (w *printer) number(dst []byte, it *item) ([]byte, error) {
	v := w.value(it.field)
	digits := strconv.FormatInt(max(v, -v), 10)
	switch {
	case len(digits) > it.high || v < 0 && it.signed == unsigned:
		return dst, fmt.Errorf("%d does not fit its place in the pattern", v)
	case v < 0:
		dst = append(dst, '-')
	case it.signed == padded && len(digits) > it.low:
		dst = append(dst, '+')
	}
	for n := len(digits); n < it.low; n++ {
		dst = append(dst, '0')
	}
	return append(dst, digits...), nil
}

func appendOffset(dst []byte, it *item, ahead int64) []byte {
	if ahead == 0 {
		return append(dst, it.text...)
	}
	from := len(dst)
	abs, sign := ahead, byte('+')
	if ahead < 0 {
		abs, sign = -ahead, '-'
	}
	h, m, s := abs/3600, abs/60%60, abs%60
	shown := h
	dst = append2(append(dst, sign), h)
	if it.minutes == always || it.minutes == asNeeded && m > 0 {
		if it.colon {
			dst = append(dst, ':')
		}
		dst = append2(dst, m)
		shown += m
		if it.seconds == asNeeded && s > 0 {
			if it.colon {
				dst = append(dst, ':')
			}
			dst = append2(dst, s)
			shown += s
		}
	}
	if shown == 0 {
		return append(dst[:from], it.text...)
	}
	return dst
}

// localOffset prints GMT, GMT+1, GMT+1:30 or, in full, GMT+01:00.
func (w *printer) localOffset(dst []byte, it *item) []byte {
	dst = append(dst, "GMT"...)
	if w.ahead == 0 {
		return dst
	}
	abs, sign := w.ahead, byte('+')
	if abs < 0 {
		abs, sign = -abs, '-'
	}
	h, m, s := abs/3600, abs/60%60, abs%60
	dst = append(dst, sign)
	if it.full || h > 9 {
		dst = append2(dst, h)
	} else {
		dst = append(dst, '0'+byte(h))
	}
	if it.full || m != 0 || s != 0 {
		dst = append2(append(dst, ':'), m)
		if s != 0 {
			dst = append2(append(dst, ':'), s)
		}
	}
	return dst
}

// zoneName prints the name of a zone. Those of regions are Java's own words.
func (w *printer) zoneName(dst []byte, it *item) ([]byte, error) {
	switch {
	case w.utc && (w.zone == "UTC" || w.zone == "Etc/UTC"):
		if it.full {
			return append(dst, "Coordinated Universal Time"...), nil
		}
		return append(dst, "UTC"...), nil
	case w.zone == "Z" || strings.HasPrefix(w.zone, "+") || strings.HasPrefix(w.zone, "-"):
		return append(dst, w.zone...), nil
	}
	return dst, fmt.Errorf("the name that Java gives to the zone %s is not known here: use VV, O or XXX in the pattern instead of z", w.zone)
}
