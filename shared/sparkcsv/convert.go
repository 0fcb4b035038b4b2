package sparkcsv

import (
	"bytes"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/relation"
)

// convert appends the canonical text of s read as column c. ok is false if
// Spark cannot read it so. A value that equals nullValue never gets here.
func (n *Normalizer) convert(dst []byte, c *column, s []byte) (out []byte, ok bool) {
	if c.kind != relation.String && n.fast {
		// A record that is slow for one field's sake has others that are canonical.
		n.probe = append(append(n.probe[:0], s...), '\n')
		if n.plainField(n.probe, 0, c) == len(s) {
			return append(dst, s...), true
		}
	}
	switch c.kind {
	case relation.Byte:
		return integer(dst, s, 8)
	case relation.Short:
		return integer(dst, s, 16)
	case relation.Int:
		return integer(dst, s, 32)
	case relation.Long:
		return integer(dst, s, 64)
	case relation.Float, relation.Double:
		switch string(s) {
		case n.d.NaN:
			return append(dst, "NaN"...), true
		case n.d.NegInf:
			return append(dst, "-Infinity"...), true
		case n.d.PosInf:
			return append(dst, "Infinity"...), true
		}
		if c.kind == relation.Float {
			return float(dst, s, 32)
		}
		return float(dst, s, 64)
	case relation.Decimal:
		return decimal(dst, s, c.precision, c.scale)
	case relation.Boolean:
		switch {
		case equalFold(s, "true"):
			return append(dst, "true"...), true
		case equalFold(s, "false"):
			return append(dst, "false"...), true
		}
		return dst, false
	case relation.Date:
		if n.dates != nil {
			return n.dateBy(dst, s)
		}
		return date(dst, s)
	case relation.Timestamp:
		if n.stamps != nil {
			return n.stampBy(dst, s)
		}
		return n.timestamp(dst, s)
	case relation.TimestampNTZ:
		return n.wallClock(dst, s)
	}
	if !utf8.Valid(s) {
		s = replaced(nil, s)
	}
	return appendText(dst, s), true
}

// appendText appends a string, in quotes where the canonical dialect needs them.
func appendText(dst, s []byte) []byte {
	if len(s) > 0 && !quotes(s) {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	for {
		at := bytes.IndexByte(s, '"')
		if at < 0 {
			return append(append(dst, s...), '"')
		}
		dst = append(append(dst, s[:at+1]...), '"')
		s = s[at+1:]
	}
}

// special are the bytes for whose sake a field is quoted.
var special = [256]bool{',': true, '"': true, '\r': true, '\n': true}

func quotes(s []byte) bool {
	for _, c := range s {
		if special[c] {
			return true
		}
	}
	return false
}

// equalFold compares s with lower, which is lower-case ASCII.
func equalFold(s []byte, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i, c := range s {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
