package sparksql

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var moment = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?(?:Z| ?UTC)?)?)?)?)?)?$`)

// dateText is the text of a DATE literal as yyyy-MM-dd.
func dateText(s string) (string, bool) {
	t, ok := momentOf(s)
	return t.Format("2006-01-02"), ok
}

// timestampText is the text of a TIMESTAMP literal as yyyy-MM-dd HH:mm:ss[.ffffff] in UTC.
func timestampText(s string) (string, bool) {
	t, ok := momentOf(s)
	return t.Format("2006-01-02 15:04:05.999999"), ok
}

func momentOf(s string) (time.Time, bool) {
	m := moment.FindStringSubmatch(strings.Trim(s, " \t\r\n"))
	if m == nil {
		return time.Time{}, false
	}
	part := func(i, missing int) int {
		n, err := strconv.Atoi(m[i])
		if err != nil {
			return missing
		}
		return n
	}
	micros, _ := strconv.Atoi((m[7] + "000000")[:6])
	year, month, day, hour, minute, second := part(1, 0), part(2, 1), part(3, 1), part(4, 0), part(5, 0), part(6, 0)
	t := time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, time.UTC)
	same := t.Year() == year && int(t.Month()) == month && t.Day() == day && hour < 24 && minute < 60 && second < 60
	return t, same && year >= 1
}

// wholeNumber reads the text of an integer literal.
func wholeNumber(s string) (n int64, negative bool) {
	n, _ = strconv.ParseInt(s, 10, 64)
	return n, n < 0
}
