package sparktime

import (
	"errors"
	"testing"

	"github.com/glint-data/glint/shared/relation"
)

// What is wanted here is what Spark 3.5 answered.

func TestFormat(t *testing.T) {
	us, _ := Civil{Year: 2024, Month: 2, Day: 9, Hour: 3, Minute: 4, Second: 5, Micro: 6007}.Micros()
	for _, c := range []struct{ pattern, zone, want string }{
		{"yyyy-MM-dd HH:mm:ss.SSS", "UTC", "2024-02-09 03:04:05.006"},
		{"E EEEE F D DDD Q QQQ QQQQ L LLL a h K k", "UTC", "Fri Friday 2 40 040 1 Q1 1st quarter 2 Feb AM 3 3 3"},
		{"G GGGG yy y yyyyy", "UTC", "AD Anno Domini 24 2024 02024"},
		{"X XXX x xxx Z ZZZZ O VV z", "UTC", "Z Z +00 +00:00 +0000 GMT GMT UTC UTC"},
		{"HH XXX VV O Z", "Asia/Kolkata", "08 +05:30 Asia/Kolkata GMT+5:30 +0530"},
		{"HH'h' [mm] ''", "UTC", "03h 04 '"},
		{"yyyy年", "UTC", "2024年"},
	} {
		p, err := Printer(c.pattern)
		if err != nil {
			t.Errorf("Printer(%q): %v", c.pattern, err)
			continue
		}
		z, _ := ZoneOf(c.zone)
		if got, err := p.Format(us, z, c.zone); got != c.want || err != nil {
			t.Errorf("%q in %s = %q, %v, want %q", c.pattern, c.zone, got, err, c.want)
		}
	}
}

func TestRefusedPatterns(t *testing.T) {
	for _, pattern := range []string{"Y", "w", "u", "MMMMM", "ddd", "'open", "]", "{", "T", "SSSSSSSSSS", "V", "A", "yyyyyyy"} {
		if _, err := Printer(pattern); err == nil {
			t.Errorf("Printer(%q) was taken, and Spark refuses it", pattern)
		}
	}
	for _, pattern := range []string{"E", "Q", "F"} {
		if _, err := Parser(pattern); err == nil {
			t.Errorf("Parser(%q) was taken, and Spark refuses it", pattern)
		}
	}
}

func TestParse(t *testing.T) {
	const null, fails = "NULL", "fails"
	for _, c := range []struct{ text, pattern, want string }{
		{"2024-02-29", "yyyy-MM-dd", "2024-02-29 00:00:00"},
		{"2024-02-30", "yyyy-MM-dd", null},
		{"2024-13-01", "yyyy-MM-dd", null},
		{"2024-2-9", "yyyy-MM-dd", fails},
		{"2024-02-29 1", "yyyy-MM-dd", fails},
		{"abc", "yyyy-MM-dd", null},
		{"9/2/24", "d/M/yy", "2024-02-09 00:00:00"},
		{"20240229101112", "yyyyMMddHHmmss", "2024-02-29 10:11:12"},
		{"29-feb-2024", "dd-MMM-yyyy", "2024-02-29 00:00:00"},
		{"12:00 AM", "hh:mm a", "1970-01-01 00:00:00"},
		{"2024-02-29T10:11:12.5+01", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "2024-02-29 09:11:12.5"},
		{"2024-060", "yyyy-DDD", "2024-02-29 00:00:00"},
		{"2023-366", "yyyy-DDD", null},
		{"44 BC", "y G", "-0043-01-01 00:00:00"},
		{"2024-02-29 Europe/Berlin", "yyyy-MM-dd VV", "2024-02-28 23:00:00"},
	} {
		p, err := Parser(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		r, ok, err := p.Parse(c.text)
		got := null
		switch {
		case errors.Is(err, ErrUpgrade):
			got = fails
		case err != nil:
			got = err.Error()
		case ok:
			sec, _ := r.Seconds()
			us, _ := Micros(r.Zone.Instant(sec), r.Micro)
			got = StampText(us)
		}
		if got != c.want {
			t.Errorf("%q by %q = %s, want %s", c.text, c.pattern, got, c.want)
		}
	}
}

func TestIntervals(t *testing.T) {
	second := relation.Of(relation.DayTimeInterval)
	month := relation.Of(relation.YearMonthInterval)
	for _, c := range []struct {
		text string
		t    relation.Type
		want string
	}{
		{"1 2:3:4.5", second, "INTERVAL '1 02:03:04.5' DAY TO SECOND"},
		{"-106751991 04:00:54.775808", second, "INTERVAL '-106751991 04:00:54.775808' DAY TO SECOND"},
		{"106751991 04:00:54.775808", second, ""},
		{"INTERVAL -'1-2' YEAR TO MONTH", month, "INTERVAL '-1-2' YEAR TO MONTH"},
		{"1-12", month, ""},
		{"100", relation.IntervalOf(relation.Hour, relation.Hour), "INTERVAL '100' HOUR"},
		{"9", relation.IntervalOf(relation.Second, relation.Second), "INTERVAL '09' SECOND"},
		{"1 24", relation.IntervalOf(relation.Day, relation.Hour), ""},
	} {
		got := ""
		if n, ok := ParseInterval(c.text, c.t); ok {
			got = IntervalText(n, c.t)
		}
		if got != c.want {
			t.Errorf("%q as %s = %q, want %q", c.text, c.t, got, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		text   string
		months int64
		micros int64
		ok     bool
	}{
		{"1 day 2 hours", 0, 26 * Hour, true},
		{"interval\t-1 year +2 months", -10, 0, true},
		{"- 1.5 seconds", 0, -1_500_000, true},
		{"1.5 days", 0, 0, false},
		{"1 quarter", 0, 0, false},
		{"", 0, 0, false},
	} {
		sp, _, _, ok := ParseSpan(c.text)
		us, _ := sp.Duration()
		if ok != c.ok || ok && (sp.Months != c.months || us != c.micros) {
			t.Errorf("ParseSpan(%q) = %+v, %v", c.text, sp, ok)
		}
	}
}
