package sparkfn

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/araddon/dateparse"

	"github.com/glint-data/glint/shared/sparktime"
)

func init() {
	register(
		&Func{Name: "glint_any_date", Args: list(String, String), Result: Int, Call: func(a []any) (any, error) {
			t, ok, err := anyTime(a[0].(string), a[1].(string))
			if err != nil || !ok {
				return nil, err
			}
			y, m, d := t.Date() // as it is written, in its own zone
			return int32(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400), nil
		}},
		&Func{Name: "glint_any_timestamp", Args: list(String, String, String), Result: Long, Call: func(a []any) (any, error) {
			t, ok, err := anyTime(a[0].(string), a[1].(string))
			if err != nil || !ok {
				return nil, err
			}
			z, known := sparktime.ZoneOf(a[2].(string))
			if !known {
				return nil, fmt.Errorf("any_timestamp: there is no time zone %q", a[2])
			}
			return t.UnixMicro() + z.At(t.Unix())*1_000_000, nil
		}},
	)
}

var anyRules sync.Map // the rules of a call → []*regexp.Regexp

func rulesOf(text string) ([]*regexp.Regexp, error) {
	if text == "" {
		return nil, nil
	}
	if list, ok := anyRules.Load(text); ok {
		return list.([]*regexp.Regexp), nil
	}
	var list []*regexp.Regexp
	for _, rule := range strings.Split(text, "\n") {
		re, err := regexp.Compile(rule)
		if err != nil {
			return nil, err
		}
		list = append(list, re)
	}
	anyRules.Store(text, list)
	return list, nil
}

// anyTime finds a moment in a text: by the rules, by the forms that Flare's
// documentation lists, then by any that people write. Days come before months
// where a text leaves it open.
func anyTime(s, rules string) (t time.Time, ok bool, err error) {
	list, err := rulesOf(rules)
	if err != nil {
		return t, false, err
	}
	s = strings.TrimSpace(s)
	for _, re := range list {
		if m := re.FindStringSubmatch(s); m != nil {
			if t, ok := byGroups(re.SubexpNames(), m); ok {
				return t, true, nil
			}
		}
	}
	if t, ok := digitsOnly(s); ok {
		return t, true, nil
	}
	for _, form := range forms {
		if m := form.FindStringSubmatch(s); m != nil {
			if t, ok := byGroups(form.SubexpNames(), m); ok {
				return t, true, nil
			}
		}
	}
	defer func() { // of a library that indexes what people type
		if recover() != nil {
			t, ok, err = time.Time{}, false, nil
		}
	}()
	t, parseErr := dateparse.ParseIn(s, time.UTC, dateparse.PreferMonthFirst(false), dateparse.RetryAmbiguousDateWithSwap(true))
	return t, parseErr == nil && s != "", nil
}

var forms = []*regexp.Regexp{
	regexp.MustCompile(`^(?P<year>[0-9]{4})[^\w](?P<month>[0-9]{1,2})$`),
	regexp.MustCompile(`^(?P<year>[0-9]{4})[^\w](?P<month>[0-9]{1,2})[^\w](?P<day>[0-9]{1,2})$`),
	regexp.MustCompile(`^(?P<dayOrMonth>[0-9]{1,2}[/.-][0-9]{1,2})[/.-](?P<year>[0-9]{4}|[0-9]{2})$`),
}

// digitsOnly reads a number by how many digits it has.
func digitsOnly(s string) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strings.Trim(s, "0123456789") != "" {
		return time.Time{}, false
	}
	layout := map[int]string{4: "2006", 6: "200601", 8: "20060102", 14: "20060102150405"}[len(s)]
	switch {
	case layout != "":
		t, err := time.Parse(layout, s)
		return t, err == nil
	case len(s) == 17:
		t, err := time.Parse("20060102150405.000", s[:14]+"."+s[14:])
		return t, err == nil
	case len(s) == 10:
		return time.Unix(n, 0).UTC(), true
	case len(s) == 13:
		return time.UnixMilli(n).UTC(), true
	case len(s) == 16:
		return time.UnixMicro(n).UTC(), true
	case len(s) == 19:
		return time.Unix(n/1e9, n%1e9).UTC(), true
	}
	return time.Time{}, false
}

// byGroups makes a moment of the named groups of a match.
func byGroups(names, match []string) (time.Time, bool) {
	at := map[string]int{"month": 1, "day": 1}
	zone := time.UTC
	for i, name := range names {
		s := match[i]
		if name == "" || s == "" {
			continue
		}
		if name == "dayOrMonth" {
			parts := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
			if len(parts) != 2 {
				return time.Time{}, false
			}
			day, _ := strconv.Atoi(parts[0])
			month, _ := strconv.Atoi(parts[1])
			if month > 12 {
				day, month = month, day
			}
			at["day"], at["month"] = day, month
			continue
		}
		if name == "zoneOffset" {
			t, err := time.Parse("-0700", strings.ReplaceAll(strings.Replace(s, "Z", "+0000", 1), ":", ""))
			if err != nil {
				return t, false
			}
			zone = t.Location()
			continue
		}
		n, err := strconv.Atoi(s)
		if name == "month" && err != nil {
			month, err := time.Parse("Jan", s[:min(3, len(s))])
			if err != nil {
				return month, false
			}
			n = int(month.Month())
		} else if err != nil && name != "zoneName" && name != "zero" {
			return time.Time{}, false
		}
		if name == "ns" {
			n, _ = strconv.Atoi((s + "000000000")[:9])
		}
		if name == "year" && len(s) == 2 {
			if n += 2000; n > 2050 {
				n -= 100
			}
		}
		at[name] = n
	}
	if s, ok := at["unixsecond"]; ok {
		return time.Unix(int64(s), int64(at["millisecond"])*1e6).UTC(), true
	}
	if _, ok := at["year"]; !ok || at["month"] > 12 || at["month"] < 1 {
		return time.Time{}, false
	}
	t := time.Date(at["year"], time.Month(at["month"]), at["day"], at["hour"], at["minute"], at["second"], at["ns"], zone)
	return t, t.Day() == at["day"]
}
