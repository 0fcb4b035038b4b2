package sparksql

import (
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// onlyValues are settings of Spark that change what a query means and have one value
// here, by their names in small letters.
var onlyValues = map[string]string{
	"spark.sql.ansi.doublequotedidentifiers": "false", "spark.sql.ansi.enforcereservedkeywords": "false",
	"spark.sql.ansi.relationprecedence": "false", "spark.sql.casesensitive": "false", "spark.sql.function.concatbinaryasstring": "false",
	"spark.sql.function.eltoutputasstring": "false", "spark.sql.lateralcolumnalias.enableimplicitresolution": "true",
	"spark.sql.legacy.nullinemptylistbehavior": "true", "spark.sql.mapkeydeduppolicy": "exception", "spark.sql.parser.escapedstringliterals": "false",
	"spark.sql.parser.quotedregexcolumnnames": "false", "spark.sql.runsqlonfiles": "true", "spark.sql.storeassignmentpolicy": "ansi",
	"spark.sql.timestamptype": "timestamp_ltz",
}

// Set gives the setting of Spark called name a value. It reports whether the
// setting changes what a query means; a value that would mean what is not done
// here is refused, and changes nothing.
func (s *Settings) Set(name, value string) (meaningful bool, err error) {
	key, value := strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
	off := strings.EqualFold(value, "false")
	set := *s
	switch want, one := onlyValues[key]; {
	case key == "spark.sql.session.timezone":
		if set.TimeZone = value; strings.EqualFold(value, "UTC") {
			set.TimeZone = ""
		}
	case key == "spark.sql.ansi.enabled":
		set.ANSI = strings.EqualFold(value, "true")
	case key == "spark.sql.legacy.timeparserpolicy":
		set.TimeParser = strings.ToUpper(value)
	case key == "spark.sql.decimaloperations.allowprecisionloss":
		set.KeepScale = off
	case key == "spark.sql.groupbyordinal":
		set.NoGroupNumbers = off
	case key == "spark.sql.orderbyordinal":
		set.NoOrderNumbers = off
	case key == "spark.sql.groupbyaliases":
		set.NoGroupAliases = off
	case one && !strings.EqualFold(value, want):
		return true, fault.Errorf(fault.Refused, "%s = %s is not supported", name, value).WithHint("it is %s here", want)
	case one:
	case strings.HasPrefix(key, "spark.sql.legacy."):
		if !off {
			return true, fault.Errorf(fault.Refused, "%s = %s is not supported", name, value).WithHint("what Spark did before 3.0 is not done here")
		}
	default:
		return false, nil
	}
	if _, err := set.zone(); err != nil {
		return true, err
	}
	*s = set
	return true, nil
}

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
