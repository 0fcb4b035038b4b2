package sparktime

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// An interval is a count: of months, or of microseconds. Its type says which of
// its fields are shown and read.

// IntervalText is the text of an interval of type t as Spark casts it:
// INTERVAL '1 02:03:04.5' DAY TO SECOND.
func IntervalText(count int64, t relation.Type) string {
	sign, abs := "", uint64(count)
	if count < 0 {
		sign, abs = "-", -uint64(count)
	}
	body := ""
	switch {
	case t.Kind == relation.YearMonthInterval && t.From == relation.Month:
		body = strconv.FormatUint(abs, 10)
	case t.Kind == relation.YearMonthInterval && t.To == relation.Year:
		body = strconv.FormatUint(abs/12, 10)
	case t.Kind == relation.YearMonthInterval:
		body = strconv.FormatUint(abs/12, 10) + "-" + strconv.FormatUint(abs%12, 10)
	default:
		body = dayTimeText(abs, t)
	}
	fields := t.From.String()
	if t.To != t.From {
		fields += " to " + t.To.String()
	}
	return "INTERVAL '" + sign + body + "' " + strings.ToUpper(fields)
}

var unitMicros = map[relation.Unit]uint64{relation.Day: uint64(Day), relation.Hour: uint64(Hour), relation.Minute: uint64(Minute), relation.Second: uint64(Second)}

func dayTimeText(rest uint64, t relation.Type) string {
	var b strings.Builder
	for u := t.From; u <= t.To; u++ {
		if u > t.From {
			b.WriteByte(map[bool]byte{true: ' ', false: ':'}[u == relation.Hour])
		}
		v := rest / unitMicros[u]
		rest %= unitMicros[u]
		if v < 10 && u != relation.Day {
			b.WriteByte('0')
		}
		b.WriteString(strconv.FormatUint(v, 10))
	}
	if t.To == relation.Second && rest > 0 {
		b.WriteString(strings.TrimRight("."+strconv.FormatUint(rest+1_000_000, 10)[1:], "0"))
	}
	return b.String()
}

// limits are how many digits the first field of an interval can have, and what
// the others can be.
var limits = map[relation.Unit]struct{ digits, most int }{relation.Day: {9, 0}, relation.Hour: {10, 23}, relation.Minute: {12, 59}, relation.Second: {13, 59},
	relation.Year: {10, 0}, relation.Month: {10, 11}}

// ParseInterval reads the text of an interval of type t as a cast does: the
// fields alone, or all of INTERVAL [sign]'fields' UNITS. False is an error.
func ParseInterval(s string, t relation.Type) (int64, bool) {
	s = string(Trim([]byte(s)))
	sign := int64(1)
	if rest, ok := cutWord(s, "INTERVAL"); ok {
		end := strings.LastIndexByte(rest, '\'')
		if end < 0 {
			return 0, false
		}
		units := strings.Fields(strings.ToLower(rest[end+1:]))
		want := strings.Fields(strings.TrimPrefix(t.String(), "interval "))
		if strings.Join(units, " ") != strings.Join(want, " ") || end+1 < len(rest) && rest[end+1] > ' ' {
			return 0, false
		}
		rest = rest[:end]
		if rest != "" && (rest[0] == '-' || rest[0] == '+') {
			if rest[0] == '-' {
				sign = -1
			}
			rest = rest[1:]
		}
		if s = strings.TrimPrefix(rest, "'"); len(s) == len(rest) {
			return 0, false
		}
	}
	return ParseFields(s, sign, t)
}

func cutWord(s, word string) (string, bool) {
	if !foldPrefix(s, word) || len(s) == len(word) || s[len(word)] > ' ' {
		return s, false
	}
	return strings.TrimLeft(s[len(word):], " \t\r\n"), true
}

// ParseFields reads the fields of an interval of type t, as in 1 02:03:04.5;
// sign multiplies the one that they have.
func ParseFields(s string, sign int64, t relation.Type) (int64, bool) {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -sign
		}
		s = s[1:]
	}
	var total uint64
	for u := t.From; u <= t.To; u++ {
		if u > t.From {
			separator := map[relation.Unit]string{relation.Month: "-", relation.Hour: " "}[u]
			if separator == "" {
				separator = ":"
			}
			rest, ok := strings.CutPrefix(s, separator)
			if !ok {
				return 0, false
			}
			s = rest
		}
		n := 0
		for n < len(s) && digit(s[n]) {
			n++
		}
		v, err := strconv.ParseUint(s[:n], 10, 63)
		if err != nil || u == t.From && u > relation.Month && n > limits[u].digits || u > t.From && (v > uint64(limits[u].most) || u > relation.Month && n > 2) {
			return 0, false
		}
		unit := unitMicros[u]
		if u <= relation.Month {
			unit = map[relation.Unit]uint64{relation.Year: 12, relation.Month: 1}[u]
		}
		high, low := bits.Mul64(v, unit)
		sum, carry := bits.Add64(total, low, 0)
		if high != 0 || carry != 0 {
			return 0, false
		}
		total, s = sum, s[n:]
	}
	if t.To == relation.Second && strings.HasPrefix(s, ".") {
		micros, ok := fractionMicros(s[1:])
		if !ok {
			return 0, false
		}
		total, s = total+micros, ""
	}
	most := uint64(1<<63 - 1)
	if t.Kind == relation.YearMonthInterval {
		most = 1<<31 - 1
	}
	switch {
	case s != "", sign > 0 && total > most, total > most+1:
		return 0, false
	case sign < 0:
		return -int64(total), true
	}
	return int64(total), true
}

// fractionMicros cuts one to nine decimal places off after the sixth.
func fractionMicros(s string) (uint64, bool) {
	v, err := strconv.ParseUint((s + "000000")[:6], 10, 32)
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	return v, err == nil
}
