package sparkcsv

import (
	"fmt"
	"math"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sparktime"
)

// appendDay appends a day whose number is an int, without the outermost: those
// are infinities to an engine.
func appendDay(dst []byte, days int64) ([]byte, bool) {
	if days >= math.MaxInt32 || days <= math.MinInt32+1 {
		return dst, false
	}
	return sparktime.AppendPlainDate(dst, sparktime.CivilOf(days)), true
}

// appendStamp appends sec and micro since the epoch as a clock in UTC shows
// them; false if that is beyond the microseconds that 64 bits count. The
// outermost of those are infinities to an engine, so they are not taken: some
// four hours of the year -290308, and one microsecond of 294247.
func appendStamp(dst []byte, sec, micro int64) ([]byte, bool) {
	const first = -106751991 * 86400 // -290308-12-22
	us, ok := sparktime.Micros(sec, micro)
	if !ok || sec < first || us == math.MaxInt64 {
		return dst, false
	}
	c := sparktime.CivilAt(us)
	return sparktime.AppendClock(append(sparktime.AppendPlainDate(dst, c), ' '), c, true), true
}

// date appends s as Spark casts text to a date.
func date(dst, s []byte) ([]byte, bool) {
	days, ok := sparktime.ParseDate(s)
	if !ok {
		return dst, false
	}
	return appendDay(dst, days)
}

// timestamp appends s as an instant in UTC; a text without a zone is in the
// normalizer's.
func (n *Normalizer) timestamp(dst, s []byte) ([]byte, bool) {
	st, ok := sparktime.ReadStamp(s)
	if !ok {
		return dst, false
	}
	now := int64(0)
	if st.TimeOnly {
		now = n.Now().Unix()
	}
	sec, micro, ok := st.Instant(n.zone, now)
	if !ok {
		return dst, false
	}
	return appendStamp(dst, sec, micro)
}

// wallClock appends s as a timestamp without a zone; a text that has one is not.
func (n *Normalizer) wallClock(dst, s []byte) ([]byte, bool) {
	st, ok := sparktime.ParseStamp(s)
	if !ok || st.Zoned || st.TimeOnly {
		return dst, false
	}
	local, ok := st.Seconds()
	if !ok {
		return dst, false
	}
	return appendStamp(dst, local, st.Micro)
}

// dateBy appends s as the pattern of dates reads it.
func (n *Normalizer) dateBy(dst, s []byte) ([]byte, bool) {
	r, ok, err := n.dates.Read(string(s))
	if !ok || err != nil {
		return dst, false
	}
	days, ok := r.Days()
	if !ok {
		return dst, false
	}
	return appendDay(dst, days)
}

// stampBy appends s as the pattern of timestamps reads it; without an offset in
// it, in the normalizer's zone.
func (n *Normalizer) stampBy(dst, s []byte) ([]byte, bool) {
	r, ok, err := n.stamps.Read(string(s))
	if !ok || err != nil {
		return dst, false
	}
	z := n.zone
	if r.Zoned {
		z = r.Zone
	}
	local, ok := r.Seconds()
	if !ok {
		return dst, false
	}
	return appendStamp(dst, z.Instant(local), r.Micro)
}

// compile reads the pattern of an option. Patterns that read the names of zones
// are refused: there are more of them in Java than are known here.
func compile(option, text string) (*sparktime.Pattern, error) {
	p, err := sparktime.Parser(text)
	if err == nil && !p.ReadsNames() {
		return p, nil
	}
	if err == nil {
		err = fmt.Errorf("the pattern %q reads the names of zones", text)
	}
	return nil, fault.Errorf(fault.Refused, "csv: option %s: %w", option, err).
		WithHint("read the column as string and convert it in a step with to_date or to_timestamp")
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
