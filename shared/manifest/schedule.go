package manifest

import (
	"strings"
	"time"
	_ "time/tzdata" // a small image may have no zones of its own

	"github.com/robfig/cron/v3"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

func (d *decoder) schedule(r plug.Raw) *Schedule {
	s := &Schedule{TimeZone: "UTC", Pos: r.Pos, ConcurrencyPolicy: "Allow"}
	d.attributes("schedule", r, []attribute{
		{name: "cron", read: d.into("schedule.cron", &s.Cron)},
		{name: "timezone", read: d.into("schedule.timezone", &s.TimeZone)},
		{name: "concurrencyPolicy", read: func(v plug.Raw) {
			d.intoEnum("schedule.concurrencyPolicy", &s.ConcurrencyPolicy, "Allow", "Forbid", "Replace")(v)
		}},
		{name: "startOn", read: d.instant("schedule.startOn", &s.StartOn)},
		{name: "endOn", read: d.instant("schedule.endOn", &s.EndOn)},
		{name: "completeOn", read: func(v plug.Raw) {
			d.instant("schedule.completeOn", &s.CompleteOn)(v)
			d.undeployable(v.Pos, "write endOn, after which no run begins", "schedule.completeOn, which stops runs that go on, is not supported yet")
		}},
	})
	if s.Cron == "" {
		d.invalid(r.Pos, "write cron: \"0 2 * * *\", or leave the schedule out", "the schedule has no cron")
		return s
	}
	s.Cron = d.cron(s.Cron, s.TimeZone, r)
	return s
}

// instant reads a time with its offset.
func (d *decoder) instant(what string, field *time.Time) func(plug.Raw) {
	return func(r plug.Raw) {
		t, err := time.Parse(time.RFC3339, strings.TrimSpace(r.Text))
		if r.Shape != plug.Scalar || err != nil {
			d.invalid(r.Pos, "write it as in 2030-01-31T18:00:00+01:00", "%s: %q is not a time with its offset from UTC (RFC 3339)", what, r.Text)
			return
		}
		*field = t
	}
}

// cron checks an expression and returns its five fields.
func (d *decoder) cron(expr, zone string, r plug.Raw) string {
	p := r.Get("cron").Pos
	if p.IsZero() {
		p = r.Pos
	}
	five, err := CheckCron(expr, zone)
	if err != nil {
		d.add(&fault.Error{Kind: fault.Invalid, Pos: p, Err: err})
	}
	return five
}

// CheckCron checks a cron expression of five fields, or six of which the first,
// the seconds, is 0, and a zone; it returns the five fields.
func CheckCron(expr, zone string) (string, error) {
	fields := strings.Fields(expr)
	if len(fields) == 6 {
		if fields[0] != "0" {
			return "", fault.Errorf(fault.Invalid, "cron %q: the first of six fields is the second and must be 0", expr).
				WithHint("Cloud Scheduler fires on whole minutes")
		}
		fields = fields[1:]
	}
	if len(fields) != 5 {
		return "", fault.Errorf(fault.Invalid, "cron %q has %d fields, not five", expr, len(fields)).
			WithHint("minute hour day-of-month month day-of-week, as in \"0 2 * * *\"")
	}
	five := strings.Join(fields, " ")
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		return "", fault.Errorf(fault.Invalid, "unknown time zone %q", zone).WithHint("write an IANA name, as in Europe/Berlin")
	}
	if _, err := cron.ParseStandard(five); err != nil {
		return "", fault.Errorf(fault.Invalid, "cron %q: %w", expr, err)
	}
	return five, nil
}
