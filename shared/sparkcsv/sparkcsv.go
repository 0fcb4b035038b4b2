// Package sparkcsv is Spark's CSV reader, byte for byte: what a field of a CSV
// file means under a declared schema in Spark 3.5, and nothing else.
//
// Its one job is to stand between a file and an engine that reads CSV fast but
// means something else by it. A [Normalizer] lets through unchanged what the
// engine reads as Spark would, rewrites what Spark reads otherwise to the one
// canonical text, and makes NULL, and counts, what Spark makes NULL.
//
// It differs from Spark on purpose where Spark gives up on the whole query: a
// date that only Spark 2 could read (Spark's time parser policy EXCEPTION) is
// NULL, as it is with the policy CORRECTED.
package sparkcsv

import (
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// A Normalizer turns CSV as Spark reads it into canonical CSV.
//
// The canonical dialect has no header, the delimiter ',', fields quoted by '"'
// where they must be with '"' doubled inside, and records ended by '\n'. An
// unquoted empty field is NULL, "" is the empty string (of a string column
// only). Integers are -?[0-9]+, doubles and floats are decimal text that reads
// back to the same bits, or NaN, Infinity, -Infinity; decimals have at most
// their precision and scale; dates are yyyy-MM-dd, timestamps yyyy-MM-dd
// HH:mm:ss[.f…] in UTC (of timestamp_ntz the wall clock) with one to six digits
// of fraction, perhaps a T for the space and, of an instant, a Z at the end;
// booleans are true or false. Years beyond 9999 have more digits,
// those before 0000 a minus sign. Every record has exactly as many fields as
// there are columns. Text is UTF-8.
//
// It is for one goroutine at a time.
type Normalizer struct {
	// Now gives the date of a timestamp that is only a time of day, which Spark
	// takes as of today.
	Now func() time.Time

	columns []column
	d       relation.CSVDecode
	delim   byte
	zone    sparktime.Zone
	dates   *sparktime.Pattern // nil: Spark's default reader
	stamps  *sparktime.Pattern
	tok     tokenizer
	fast    bool // whether plain records can be recognised at all
	same    bool // whether the file's delimiter is the canonical one
	direct  bool // whether a record can be canonical as it is
	null    []byte
	class   [256]byte // of bytes within an unquoted string: what ends or spoils it
	cells   []cell    // the fields of the record in hand
	probe   []byte    // a field with an end that the recognisers see
	side    []byte    // what those were converted to that are not in the file
	changed bool      // whether any is not

	most  int // bytes that are kept to find a record's end
	out   []byte
	line  int64 // of the record in hand, from 1
	uri   string
	stats Stats
	watch func() // is shown every record in place of its being written
}

type column struct {
	name             string
	kind             relation.Kind
	text             relation.Type
	precision, scale int
}

// Stats is what a Normalizer has seen so far.
type Stats struct {
	Records int64            // written
	Bad     map[string]int64 // fields that became NULL because they did not fit, by column; "" counts records with too few or too many fields
	First   string           // where the first bad one is, and its column and type; never the value
	// HeaderMismatch says how the first header that differs from the columns'
	// names differs; columns are bound by position all the same, as Spark does.
	HeaderMismatch string
}

// New makes a normalizer for files that have these columns, by position.
// What it cannot do is fault.Refused, by the option's or the column's name.
func New(columns []relation.Column, d relation.CSVDecode) (*Normalizer, error) {
	n := &Normalizer{Now: time.Now, d: d, most: maxRecord, null: []byte(d.NullValue), stats: Stats{Bad: map[string]int64{}}}
	if len(columns) == 0 {
		return nil, fault.Errorf(fault.Invalid, "csv: no columns")
	}
	for _, c := range columns {
		switch k := c.Type.Kind; k {
		case relation.Boolean, relation.Byte, relation.Short, relation.Int, relation.Long, relation.Float, relation.Double, relation.String, relation.Date, relation.Timestamp, relation.TimestampNTZ:
		case relation.Decimal:
			if c.Type.Precision < 1 || c.Type.Precision > 38 || c.Type.Scale < 0 || c.Type.Scale > c.Type.Precision {
				return nil, fault.Errorf(fault.Invalid, "csv: column %s: %s is no decimal that Spark has", c.Name, c.Type)
			}
		default:
			return nil, fault.Errorf(fault.Refused, "csv: column %s: a CSV file cannot hold %s", c.Name, c.Type).
				WithHint("declare it string and convert it in a step, e.g. with from_json or unbase64")
		}
		n.columns = append(n.columns, column{c.Name, c.Type.Kind, c.Type, c.Type.Precision, c.Type.Scale})
	}
	if err := n.options(); err != nil {
		return nil, err
	}
	n.cells = make([]cell, len(columns))
	n.tables()
	return n, nil
}

func (n *Normalizer) options() error {
	d := &n.d
	var err error
	if n.delim, err = Delimiter(d.Delimiter); err != nil {
		return err
	}
	for _, c := range []struct {
		name string
		c    byte
	}{{"quote", d.Quote}, {"escape", d.Escape}, {"comment", d.Comment}} {
		if c.c >= 0x80 {
			return fault.Errorf(fault.Refused, "csv: option %s: only ASCII characters", c.name)
		}
		if c.c == n.delim || c.c == '\n' || c.c == '\r' {
			return fault.Errorf(fault.Invalid, "csv: option %s: %q is the delimiter or ends lines", c.name, c.c)
		}
	}
	switch d.Mode {
	case relation.Permissive, relation.DropMalformed, relation.FailFast:
	case "":
		d.Mode = relation.Permissive
	default:
		return fault.Errorf(fault.Invalid, "csv: option mode: %q", d.Mode).WithHint("PERMISSIVE, DROPMALFORMED or FAILFAST")
	}
	if _, ok := charsets[normal(d.Encoding)]; !ok {
		return fault.Errorf(fault.Refused, "csv: option encoding: %q", d.Encoding).WithHint("UTF-8, ISO-8859-1 and US-ASCII are read; convert the file")
	}
	if d.TimeZone == "" {
		d.TimeZone = "UTC"
	}
	var ok bool
	if n.zone, ok = sparktime.ZoneOf(d.TimeZone); !ok {
		return fault.Errorf(fault.Invalid, "csv: option timeZone: no zone %q", d.TimeZone).WithHint("a name such as Europe/Berlin, or an offset such as +01:00")
	}
	if d.DateFormat != "" {
		if n.dates, err = compile("dateFormat", d.DateFormat); err != nil {
			return err
		}
	}
	if d.TimestampFormat != "" {
		if n.stamps, err = compile("timestampFormat", d.TimestampFormat); err != nil {
			return err
		}
	}
	return nil
}

// Delimiter reads the option sep as Spark does: one character, or one of the
// escapes \t \b \f \\ \" \'.
func Delimiter(s string) (byte, error) {
	escapes := map[string]byte{`\t`: '\t', `\b`: '\b', `\f`: '\f', `\\`: '\\', `\"`: '"', `\'`: '\'', "\u0000": 0, `\u0000`: 0}
	switch c, escaped := escapes[s]; {
	case s == "":
		return 0, fault.Errorf(fault.Invalid, "csv: option sep: it is empty")
	case escaped:
		return c, nil
	case s == `\`:
		return 0, fault.Errorf(fault.Invalid, "csv: option sep: a single backslash begins an escape").WithHint(`write \\ for a backslash, \t for a tab`)
	case s == "\n" || s == "\r":
		return 0, fault.Errorf(fault.Invalid, "csv: option sep: the delimiter cannot end lines")
	case len(s) == 1 && s[0] < 0x80:
		return s[0], nil
	}
	return 0, fault.Errorf(fault.Refused, "csv: option sep: %q is not one ASCII character", s).WithHint("files with such a delimiter must be converted")
}

// Stats returns what has been seen so far. Between two calls of File only.
func (n *Normalizer) Stats() Stats { return n.stats }
