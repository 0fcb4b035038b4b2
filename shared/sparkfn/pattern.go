package sparkfn

import (
	"fmt"

	"github.com/glint-data/glint/shared/sparktime"
)

func init() {
	register(
		&Func{Name: "spark_format_stamp", Args: list(Long, String, String), Result: String, Call: formatStamp},
		&Func{Name: "spark_parse_stamp", Args: list(String, String, String, Bool), Result: Long, Call: parseStamp},
		&Func{Name: "spark_old_format", Args: list(Long, String), Result: String, Call: func(a []any) (any, error) {
			p, err := sparktime.Old(a[1].(string))
			if err != nil {
				return nil, err
			}
			return p.Format(a[0].(int64))
		}},
		// The last argument is now, which decides the century of a year in two digits.
		&Func{Name: "spark_old_parse", Args: list(String, String, Long), Result: Long, Call: func(a []any) (any, error) {
			p, err := sparktime.Old(a[1].(string))
			if err != nil {
				return nil, err
			}
			us, ok, err := p.Parse(a[0].(string), a[2].(int64))
			return orNull(us, ok), err
		}},
		&Func{Name: "spark_parse_clock", Args: list(String, String, Bool), Result: Long, Call: parseClock},
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

// parse reads by a pattern. Where it is strict, text that only Spark 2 read is
// an error.
func parse(text, pattern string, strict bool) (r sparktime.Reading, ok bool, err error) {
	p, err := sparktime.Parser(pattern)
	if err != nil {
		return r, false, err
	}
	read := p.Read
	if strict {
		read = p.Parse
	}
	if r, ok, err = read(text); err != nil {
		err = fmt.Errorf("reading a time by the pattern %q: %w", pattern, err)
	}
	return r, ok, err
}

// parseStamp reads an instant by a pattern; a text without a zone is in the one given.
func parseStamp(a []any) (any, error) {
	r, ok, err := parse(a[0].(string), a[1].(string), a[3].(bool))
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
	r, ok, err := parse(a[0].(string), a[1].(string), a[2].(bool))
	if !ok || err != nil {
		return nil, err
	}
	us, ok := r.Micros()
	if !ok {
		return nil, errRange
	}
	return us, nil
}
