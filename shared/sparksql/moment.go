package sparksql

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// The text of a constant of a date or a timestamp is what Spark prints of it:
// yyyy-MM-dd[ HH:mm:ss[.ffffff]], of an instant in UTC.

// specialDays are the words that Spark takes for days in literals, as days from today.
var specialDays = map[string]int{"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1}

// special is the word in a text that stands for a moment, and the zone after it;
// "" is none.
func special(s string) (word, zone string) {
	s = strings.TrimSpace(s)
	end := strings.IndexFunc(s, func(c rune) bool { return !unicode.IsLetter(c) })
	if end < 0 {
		end = len(s)
	}
	word, zone = strings.ToLower(s[:end]), strings.TrimLeft(s[end:], " \t")
	if _, ok := specialDays[word]; !ok && word != "epoch" {
		return "", ""
	}
	if _, ok := sparktime.ZoneOf(zone); zone != "" && (!ok || word == "now") {
		return "", ""
	}
	return word, zone
}

// specialMoment is what a text that is written out stands for where Spark casts
// it to a moment, if it is such a word; nil if not.
func (r *resolver) specialMoment(c *constant, t relation.Type) node {
	word, zone := special(c.text)
	days, ok := specialDays[word]
	switch {
	case !ok:
		return nil
	case zone != "":
		return r.note(refused(c.at, "%s, which depends on the day of the run in a zone,", quoteText(c.text)).because("use current_date()"))
	case word == "now" && t.Kind != relation.Date:
		return r.to(r.apply(c.at, "current_timestamp"), t)
	}
	n := &constant{typed: typed{t: relation.Of(relation.Int), at: c.at}, text: strconv.Itoa(days)}
	return r.to(r.apply(c.at, "date_add", r.apply(c.at, "current_date"), n), t)
}

// momentText is the text of a constant of kind k that is written s in a session
// in zone. known is false where only the engine can tell.
func momentText(s string, k relation.Kind, zone string) (text string, known bool) {
	if word, _ := special(s); word == "epoch" {
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
