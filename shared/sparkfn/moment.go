package sparkfn

import (
	"errors"
	"fmt"
	"math"

	"github.com/glint-data/glint/shared/sparktime"
)

// errRange ends a query where a moment is beyond what is counted here. Spark
// counts on in a few of these cases, with years no data have.
var errRange = errors.New("a timestamp beyond the years -290308 to 294246")

func init() {
	register(
		zoned("spark_local", func(z sparktime.Zone, us int64) (int64, bool) { return z.Local(us) }),
		zoned("spark_instant", func(z sparktime.Zone, us int64) (int64, bool) { return z.Global(us) }),
		&Func{Name: "spark_add_months", Args: list(Long, Int, String), Result: Long, Call: addMonths},
		&Func{Name: "spark_add_days", Args: list(Long, Long, String), Result: Long, Call: addDays},
		&Func{Name: "spark_date_text", Args: list(Int), Result: String, Call: func(a []any) (any, error) {
			return sparktime.DateText(int64(a[0].(int32))), nil
		}},
		&Func{Name: "spark_stamp_text", Args: list(Long), Result: String, Call: func(a []any) (any, error) {
			return sparktime.StampText(a[0].(int64)), nil
		}},
		&Func{Name: "spark_to_date", Args: list(String), Result: Int, Call: func(a []any) (any, error) {
			days, ok := sparktime.ParseDate([]byte(a[0].(string)))
			return orNull(int32(days), ok), nil
		}},
		&Func{Name: "spark_to_stamp", Args: list(String, String, Long), Result: Long, Call: toStamp},
		&Func{Name: "spark_to_clock", Args: list(String), Result: Long, Call: toClock},
		&Func{Name: "spark_make_date", Args: list(Int, Int, Int), Result: Int, Call: func(a []any) (any, error) {
			days, ok := sparktime.Civil{Year: wide(a[0]), Month: wide(a[1]), Day: wide(a[2])}.Days()
			if y := wide(a[0]); ok && y <= maxYear && y >= -maxYear && days != int64(int32(days)) {
				return nil, fmt.Errorf("make_date: the year %d is beyond those of dates", y)
			}
			return orNull(int32(days), ok && days == int64(int32(days))), nil
		}},
		&Func{Name: "spark_make_stamp", Args: list(Int, Int, Int, Int, Int, Long), Result: Long, Call: makeStamp},
		&Func{Name: "spark_next_day", Args: list(Int, String), Result: Int, Call: nextDay},
		&Func{Name: "spark_months_between", Args: list(Long, Long, Bool, String), Result: Double, Call: monthsBetween},
		&Func{Name: "spark_stamp_diff", Args: list(String, Long, Long), Result: Long, Call: stampDiff},
		&Func{Name: "spark_trunc", Args: list(Long, String, String), Result: Long, Call: truncate},
	)
}

// maxYear is the last year that Java knows, on either side: what is beyond it is
// no date for Spark, and what is before it but no date is a failure.
const maxYear = 999_999_999

func wide(v any) int64 { return int64(v.(int32)) }

func orNull(v any, ok bool) any {
	if !ok {
		return nil
	}
	return v
}

// zoneNamed is a zone that a query names.
func zoneNamed(name string) (sparktime.Zone, error) {
	z, ok := sparktime.ZoneOf(name)
	if !ok {
		return z, fmt.Errorf("there is no time zone %q", name)
	}
	return z, nil
}

// zoned is a function of microseconds and a zone.
func zoned(name string, f func(sparktime.Zone, int64) (int64, bool)) *Func {
	return &Func{Name: name, Args: list(Long, String), Result: Long, Call: func(a []any) (any, error) {
		z, err := zoneNamed(a[1].(string))
		if err != nil {
			return nil, err
		}
		us, ok := f(z, a[0].(int64))
		if !ok {
			return nil, errRange
		}
		return us, nil
	}}
}

// inZone computes on the wall clock of an instant. Of a clock's time that occurs
// twice, the one with the offset of before is taken.
func inZone(us int64, zone string, f func(sparktime.Civil) (int64, bool)) (any, error) {
	z, err := zoneNamed(zone)
	if err != nil {
		return nil, err
	}
	sec := sparktime.FloorDiv(us, sparktime.Second)
	ahead := z.At(sec)
	local, ok := sparktime.Micros(sec+ahead, us-sec*sparktime.Second)
	if ok {
		local, ok = f(sparktime.CivilAt(local))
	}
	if !ok {
		return nil, errRange
	}
	sec = sparktime.FloorDiv(local, sparktime.Second)
	at := z.Instant(sec)
	if z.At(sec-ahead) == ahead {
		at = sec - ahead
	}
	if us, ok = sparktime.Micros(at, local-sec*sparktime.Second); !ok {
		return nil, errRange
	}
	return us, nil
}

// plusMonths clamps the day to the length of the month, as Java does.
func plusMonths(c sparktime.Civil, n int64) sparktime.Civil {
	m := c.Year*12 + c.Month - 1 + n
	c.Year = sparktime.FloorDiv(m, 12)
	c.Month = m - c.Year*12 + 1
	c.Day = min(c.Day, sparktime.MonthLen(c.Year, c.Month))
	return c
}

func addMonths(a []any) (any, error) {
	return inZone(a[0].(int64), a[2].(string), func(c sparktime.Civil) (int64, bool) { return plusMonths(c, wide(a[1])).Micros() })
}

// addDays adds a day-time interval: its days to the clock, the rest to the instant.
func addDays(a []any) (any, error) {
	span := a[1].(int64)
	days := span / sparktime.Day
	v, err := inZone(a[0].(int64), a[2].(string), func(c sparktime.Civil) (int64, bool) {
		us, ok := c.Micros()
		return us + days*sparktime.Day, ok && !overflows(us, days*sparktime.Day)
	})
	if err != nil {
		return nil, err
	}
	us, rest := v.(int64), span-days*sparktime.Day
	if overflows(us, rest) {
		return nil, errRange
	}
	return us + rest, nil
}

func overflows(a, b int64) bool { return b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b }

// toStamp reads a text as an instant in a zone; the last argument is now, for
// texts that are only a time of day.
func toStamp(a []any) (any, error) {
	st, ok := sparktime.ParseStamp([]byte(a[0].(string)))
	if !ok {
		return nil, nil
	}
	z, err := zoneNamed(a[1].(string))
	if err != nil {
		return nil, err
	}
	sec, micro, ok := st.Instant(z, sparktime.FloorDiv(a[2].(int64), sparktime.Second))
	if !ok {
		return nil, nil
	}
	us, ok := sparktime.Micros(sec, micro)
	if !ok {
		return nil, nil
	}
	return us, nil
}

// toClock reads a text as a timestamp without a zone; one that is there is ignored.
func toClock(a []any) (any, error) {
	st, ok := sparktime.ParseStamp([]byte(a[0].(string)))
	if !ok || st.TimeOnly {
		return nil, nil
	}
	us, ok := st.Micros()
	return orNull(us, ok), nil
}

// makeStamp takes the seconds as microseconds; 60 is the next minute's 0.
func makeStamp(a []any) (any, error) {
	us := a[5].(int64)
	c := sparktime.Civil{Year: wide(a[0]), Month: wide(a[1]), Day: wide(a[2]), Hour: wide(a[3]), Minute: wide(a[4])}
	start, ok := c.Micros()
	switch {
	case !ok || us < 0 || us > 60*sparktime.Second:
		return nil, nil
	case overflows(start, us):
		return nil, errRange
	}
	return start + us, nil
}
