package sparksql

import (
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// zone is the session's time zone, "" where it is UTC at all times.
func (s Settings) zone() (string, error) {
	if s.ANSI {
		return "", fault.Errorf(fault.Refused, "spark.sql.ansi.enabled = true is not supported").
			WithHint("leave it false, and use the functions that check what ANSI mode would")
	}
	switch s.TimeParser {
	case "", "EXCEPTION", "CORRECTED":
	case "LEGACY":
		if !utc(s.TimeZone) {
			return "", fault.Errorf(fault.Refused, "spark.sql.legacy.timeParserPolicy = LEGACY in a time zone other than UTC is not supported")
		}
	default:
		return "", fault.Errorf(fault.Invalid, "spark.sql.legacy.timeParserPolicy: %q", s.TimeParser).WithHint("EXCEPTION, CORRECTED or LEGACY")
	}
	if s.TimeZone == "" {
		return "", nil
	}
	z, ok := sparktime.ZoneOf(s.TimeZone)
	if !ok {
		return "", fault.Errorf(fault.Invalid, "spark.sql.session.timeZone: no zone %q", s.TimeZone).
			WithHint("a name such as Europe/Berlin, or an offset such as +01:00")
	}
	if z.UTC() && s.TimeZone == "UTC" {
		return "", nil
	}
	return s.TimeZone, nil
}

// utc reports whether the session's clocks show UTC.
func utc(zone string) bool {
	z, _ := sparktime.ZoneOf(zone)
	return zone == "" || z.UTC()
}

// zoneID is the name of the session's zone.
func zoneID(zone string) string {
	if zone == "" {
		return "UTC"
	}
	return zone
}

// local writes what a clock of the session shows at an instant; instant is the
// reverse.
func (w *writer) local(s string) string {
	if utc(w.zone) {
		return s
	}
	return "make_timestamp(spark_local(epoch_us(" + s + "), " + quoteText(w.zone) + "))"
}

func (w *writer) instant(s string) string {
	if utc(w.zone) {
		return s
	}
	return "make_timestamp(spark_instant(epoch_us(" + s + "), " + quoteText(w.zone) + "))"
}

// clock writes the wall clock of a value: of a timestamp in the session's zone,
// of a date or a timestamp without a zone as it is.
func (w *writer) clock(n node, s string) string {
	if n.typ().Kind == relation.Timestamp {
		return w.local(s)
	}
	return s
}

// TimeZone is the zone of the session in which q was resolved.
func (q *Query) TimeZone() string { return zoneID(q.zone) }
