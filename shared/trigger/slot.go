package trigger

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/glint-data/glint/shared/fault"
)

// Early is how much a clock may be slow: a tick that was published so much
// before its time is still that tick, and not the one before it.
const Early = 30 * time.Second

// slot is the logical time that a message means: what it says, else its cron's
// tick at or before its publishing, else the publishing itself.
func (m *Message) slot(said *time.Time) (time.Time, error) {
	switch {
	case said != nil:
		if y := said.UTC().Year(); y < 1970 || y > 9999 { // a slot is four digits of year in every path
			return time.Time{}, fault.Errorf(fault.Invalid, "the message's slot is in the year %d", y)
		}
		return said.UTC().Truncate(time.Millisecond), nil
	case m.Published.IsZero():
		return time.Time{}, fault.Errorf(fault.Invalid, "the message has neither a slot nor a time of publishing")
	case m.Cron == "":
		return m.Published.UTC().Truncate(time.Millisecond), nil
	}
	return Tick(m.Cron, m.TimeZone, m.Published.Add(Early))
}

// Tick is the latest tick of a cron expression at or before t.
func Tick(expr, zone string, t time.Time) (time.Time, error) {
	if zone == "" {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" { // Local is another on every machine
		return time.Time{}, fault.Errorf(fault.Invalid, "unknown time zone %q", zone)
	}
	// A zone inside the expression would contradict the other (and makes the
	// parser panic if it is cut short); @every counts from when it was started,
	// so every message would be a slot of its own.
	if strings.Contains(expr, "=") || strings.HasPrefix(expr, "@every") {
		return time.Time{}, fault.Errorf(fault.Invalid, "cron %q: write five fields, and the zone beside them", expr)
	}
	schedule, err := cron.ParseStandard(expr)
	if err != nil {
		return time.Time{}, fault.Errorf(fault.Invalid, "cron %q: %v", expr, err)
	}
	t = t.In(loc)
	// A library of cron expressions knows the next tick only: step back until
	// one lies before t, then forward to the last.
	for back := time.Minute; back < 5*366*24*time.Hour; back *= 2 {
		tick := schedule.Next(t.Add(-back))
		if tick.IsZero() || tick.After(t) {
			continue
		}
		for {
			next := schedule.Next(tick)
			if next.IsZero() || next.After(t) {
				return tick.UTC(), nil
			}
			tick = next
		}
	}
	return time.Time{}, fault.Errorf(fault.Invalid, "cron %q has no tick in five years", expr)
}
