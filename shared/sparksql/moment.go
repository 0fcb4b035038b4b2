package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// The text of a constant of a date or a timestamp is what Spark prints of it:
// yyyy-MM-dd[ HH:mm:ss[.ffffff]], of an instant in UTC.

// specialDays are the words that Spark takes for days in literals, as days from today.
var specialDays = map[string]int{"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}

// special is the word in a text that stands for a moment, without its zone.
func special(s string) string {
	word, zone, zoned := strings.Cut(strings.ToLower(strings.TrimSpace(s)), " ")
	if _, ok := specialDays[word]; !ok && word != "epoch" {
		return ""
	}
	if _, ok := sparktime.ZoneOf(strings.TrimSpace(s)[len(word):]); zoned && !ok && strings.TrimSpace(zone) == "" {
		return ""
	}
	return word
}

// momentText is the text of a constant of kind k that is written s in a session
// in zone. known is false where only the engine can tell.
func momentText(s string, k relation.Kind, zone string) (text string, known bool) {
	if special(s) == "epoch" {
		if k == relation.Date {
			return "1970-01-01", true
		}
		return "1970-01-01 00:00:00", true
	}
	if k == relation.Date {
		days, ok := sparktime.ParseDate([]byte(s))
		return sparktime.DateText(days), ok
	}
	st, ok := sparktime.ParseStamp([]byte(s))
	if !ok || st.TimeOnly {
		return "", false
	}
	local, ok := st.Micros()
	if ok && k == relation.Timestamp {
		z, _ := sparktime.ZoneOf(zoneID(zone))
		if st.Zoned {
			z = st.Zone
		}
		local, ok = z.Global(local)
	}
	return sparktime.StampText(local), ok
}

// momentCount is the number that a constant's text stands for: days, or
// microseconds of a clock in UTC.
func momentCount(c *constant) int64 {
	if c.t.Kind == relation.Date {
		days, _ := sparktime.ParseDate([]byte(c.text))
		return days
	}
	st, _ := sparktime.ParseStamp([]byte(c.text))
	micros, _ := st.Micros()
	return micros
}

// stampTitle is an instant as a clock of the session shows it.
func stampTitle(text, zone string) string {
	st, _ := sparktime.ParseStamp([]byte(text))
	micros, _ := st.Micros()
	z, _ := sparktime.ZoneOf(zoneID(zone))
	if local, ok := z.Local(micros); ok {
		return sparktime.StampText(local)
	}
	return text
}

// plainYear reports whether a constant's text has a year that DuckDB writes as
// Spark does.
func plainYear(text string) bool {
	return text != "" && isDigit(text[0]) && !strings.HasPrefix(text, "0000")
}

func writeMoment(c *constant) string {
	n := strconv.FormatInt(momentCount(c), 10)
	switch {
	case plainYear(c.text):
		return "CAST(" + quoteText(c.text) + " AS " + duckType(c.t) + ")"
	case c.t.Kind == relation.Date:
		return "CAST((DATE '1970-01-01' + (" + n + ")) AS DATE)"
	}
	return "make_timestamp(CAST(" + n + " AS BIGINT))"
}

// wholeNumber reads the text of an integer literal.
func wholeNumber(s string) (n int64, negative bool) {
	n, _ = strconv.ParseInt(s, 10, 64)
	return n, n < 0
}
