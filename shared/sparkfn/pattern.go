package sparkfn

import (
	"fmt"

	"github.com/glint-data/glint/shared/sparktime"
)

func init() {
	register(
		&Func{Name: "spark_format_stamp", Args: list(Long, String, String), Result: String, Call: formatStamp},
		&Func{Name: "spark_parse_stamp", Args: list(String, String, String), Result: Long, Call: parseStamp},
		&Func{Name: "spark_parse_clock", Args: list(String, String), Result: Long, Call: parseClock},
	)
}

// formatStamp prints an instant by a pattern in a zone.
func formatStamp(a []any) (any, error) {
	p, err := sparktime.Printer(a[1].(string))
	if err != nil {
		return nil, err
	}
	zone := a[2].(string)
	z, err := zoneNamed(zone)
	if err != nil {
		return nil, err
	}
	return p.Format(a[0].(int64), z, zone)
}

func parse(text, pattern string) (r sparktime.Reading, ok bool, err error) {
	p, err := sparktime.Parser(pattern)
	if err != nil {
		return r, false, err
	}
	if r, ok, err = p.Parse(text); err != nil {
		err = fmt.Errorf("reading a timestamp by the pattern %q: %w", pattern, err)
	}
	return r, ok, err
}

// parseStamp reads an instant by a pattern; a text without a zone is in the one given.
func parseStamp(a []any) (any, error) {
	r, ok, err := parse(a[0].(string), a[1].(string))
	if !ok || err != nil {
		return nil, err
	}
	z, err := zoneNamed(a[2].(string))
	if err != nil {
		return nil, err
	}
	if r.Zoned {
		z = r.Zone
	}
	sec, _ := r.Seconds()
	us, ok := sparktime.Micros(z.Instant(sec), r.Micro)
	if !ok {
		return nil, errRange
	}
	return us, nil
}

// parseClock reads a timestamp without a zone by a pattern; one in the text is
// read and ignored.
func parseClock(a []any) (any, error) {
	r, ok, err := parse(a[0].(string), a[1].(string))
	if !ok || err != nil {
		return nil, err
	}
	us, ok := r.Micros()
	if !ok {
		return nil, errRange
	}
	return us, nil
}
