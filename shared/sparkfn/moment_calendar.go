package sparkfn

import (
	"fmt"
	"math"
	"strings"

	"github.com/glint-data/glint/shared/sparktime"
)

var weekdays = map[string]int64{"SU": 7, "SUN": 7, "SUNDAY": 7, "MO": 1, "MON": 1, "MONDAY": 1, "TU": 2, "TUE": 2, "TUESDAY": 2,
	"WE": 3, "WED": 3, "WEDNESDAY": 3, "TH": 4, "THU": 4, "THURSDAY": 4, "FR": 5, "FRI": 5, "FRIDAY": 5, "SA": 6, "SAT": 6, "SATURDAY": 6}

// nextDay is the first such day of the week after a date.
func nextDay(a []any) (any, error) {
	day, ok := weekdays[strings.ToUpper(a[1].(string))]
	if !ok {
		return nil, nil
	}
	from := wide(a[0])
	ahead := (day - sparktime.DayOfWeek(from) + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	return int32(from + ahead), nil
}

// monthsBetween counts a month as 31 days where the days of month differ. The
// time of day is what passed since midnight, not what a clock shows.
func monthsBetween(a []any) (any, error) {
	z, err := zoneNamed(a[3].(string))
	if err != nil {
		return nil, err
	}
	x, xSeconds, ok := dayAndSeconds(z, a[0].(int64))
	y, ySeconds, ok2 := dayAndSeconds(z, a[1].(int64))
	if !ok || !ok2 {
		return nil, errRange
	}
	months := float64((x.Year*12 + x.Month) - (y.Year*12 + y.Month))
	last := func(c sparktime.Civil) bool { return c.Day == sparktime.MonthLen(c.Year, c.Month) }
	if x.Day == y.Day || last(x) && last(y) {
		return months, nil
	}
	diff := months + float64((x.Day-y.Day)*86400+xSeconds-ySeconds)/(31*86400)
	if a[2].(bool) {
		diff = math.Floor(diff*1e8+0.5) / 1e8
	}
	return diff, nil
}

func dayAndSeconds(z sparktime.Zone, us int64) (c sparktime.Civil, seconds int64, ok bool) {
	local, ok := z.Local(us)
	if !ok {
		return c, 0, false
	}
	days := sparktime.FloorDiv(local, sparktime.Day)
	midnight, ok := z.Global(days * sparktime.Day)
	return sparktime.CivilOf(days), (us - midnight) / sparktime.Second, ok
}

var stampUnits = map[string]int64{"MICROSECOND": 1, "MILLISECOND": 1000, "SECOND": sparktime.Second, "MINUTE": sparktime.Minute,
	"HOUR": sparktime.Hour, "DAY": sparktime.Day, "WEEK": 7 * sparktime.Day}

var monthUnits = map[string]int64{"MONTH": 1, "QUARTER": 3, "YEAR": 12}

// stampDiff counts the whole units from one clock's time to another.
func stampDiff(a []any) (any, error) {
	unit := strings.ToUpper(a[0].(string))
	from, to := a[1].(int64), a[2].(int64)
	if n, ok := stampUnits[unit]; ok {
		if overflows(to, -from) || from == math.MinInt64 {
			return nil, errRange
		}
		return (to - from) / n, nil
	}
	n, ok := monthUnits[unit]
	if !ok {
		return nil, fmt.Errorf("timestampdiff does not know the unit %s", unit)
	}
	// As Java counts: an end that its time of day keeps short of a whole day is
	// on the day before, and then only days of the month are compared.
	start, end := sparktime.FloorDiv(from, sparktime.Day), sparktime.FloorDiv(to, sparktime.Day)
	fromTime, toTime := from-start*sparktime.Day, to-end*sparktime.Day
	if end > start && toTime < fromTime {
		end--
	} else if end < start && toTime > fromTime {
		end++
	}
	x, y := sparktime.CivilOf(start), sparktime.CivilOf(end)
	months := ((y.Year*12+y.Month)*32 + y.Day - (x.Year*12+x.Month)*32 - x.Day) / 32
	return months / n, nil
}

// truncUnits are the names of what a timestamp is cut off at.
var truncUnits = map[string]string{"YEAR": "year", "YYYY": "year", "YY": "year", "QUARTER": "quarter", "MONTH": "month", "MON": "month", "MM": "month",
	"WEEK": "week", "DAY": "day", "DD": "day", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second", "MILLISECOND": "millisecond", "MICROSECOND": "microsecond"}

// TruncUnit is what a format of date_trunc or trunc cuts off at, or "".
func TruncUnit(format string) string { return truncUnits[strings.ToUpper(format)] }

// truncate is date_trunc in a zone; NULL for a format that is none.
func truncate(a []any) (any, error) {
	us, unit := a[0].(int64), TruncUnit(a[1].(string))
	switch unit {
	case "":
		return nil, nil
	case "microsecond":
		return us, nil
	case "millisecond":
		return sparktime.FloorDiv(us, 1000) * 1000, nil
	case "second":
		return sparktime.FloorDiv(us, sparktime.Second) * sparktime.Second, nil
	}
	return inZone(us, a[2].(string), func(c sparktime.Civil) (int64, bool) {
		c.Micro, c.Second = 0, 0
		if unit != "minute" {
			c.Minute = 0
			if unit != "hour" {
				c.Hour = 0
			}
		}
		switch unit {
		case "year":
			c.Month, c.Day = 1, 1
		case "quarter":
			c.Month, c.Day = (c.Month-1)/3*3+1, 1
		case "month":
			c.Day = 1
		case "week":
			days, _ := c.Days()
			c = sparktime.CivilOf(days - sparktime.DayOfWeek(days) + 1)
		}
		return c.Micros()
	})
}
