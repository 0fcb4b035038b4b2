package sparkcsv

import (
	"bytes"
	"io"
	"strconv"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// An Inferrer finds the types of a CSV file's columns as Spark's option
// inferSchema does: from all records, each field against what its column was
// taken for so far.
type Inferrer struct {
	n     *Normalizer
	types []relation.Type
	date  *sparktime.Pattern
}

// NewInferrer makes one for files whose columns have these names.
func NewInferrer(names []string, d relation.CSVDecode) (*Inferrer, error) {
	cols := make([]relation.Column, len(names))
	for i, name := range names {
		cols[i] = relation.Column{Name: name, Type: relation.Of(relation.String), Nullable: true}
	}
	n, err := New(cols, d)
	if err != nil {
		return nil, err
	}
	in := &Inferrer{n: n, types: make([]relation.Type, len(names)), date: n.dates}
	if in.date == nil {
		if in.date, err = sparktime.Parser("yyyy-MM-dd"); err != nil {
			return nil, err
		}
	}
	n.fast = false // every record is looked at
	n.watch = in.record
	return in, nil
}

// File takes the records of r, called uri in errors, into account.
func (in *Inferrer) File(uri string, r io.Reader) error { return in.n.File(uri, io.Discard, r) }

// Columns are the columns as far as they are known; one without a value is a
// string.
func (in *Inferrer) Columns() []relation.Column {
	cols := make([]relation.Column, len(in.types))
	for i, t := range in.types {
		if t.Kind == relation.Null {
			t = relation.Of(relation.String)
		}
		cols[i] = relation.Column{Name: in.n.columns[i].name, Type: t, Nullable: true}
	}
	return cols
}

// record looks at the record that the tokenizer has found. What is beyond the
// columns is not looked at.
func (in *Inferrer) record() {
	n := in.n
	for i, f := range n.tok.fields[:min(len(n.tok.fields), len(in.types))] {
		if f.null || in.types[i].Kind == relation.String {
			continue
		}
		s := n.tok.text[f.from:f.to]
		if len(s) == 0 {
			s = []byte(n.d.EmptyValue)
		}
		if len(s) == 0 || bytes.Equal(s, n.null) {
			continue
		}
		in.types[i] = in.merged(in.types[i], in.field(in.types[i], s))
	}
}

// field is the type of s in a column that was taken for t: what is narrower
// than that is not tried.
func (in *Inferrer) field(t relation.Type, s []byte) relation.Type {
	n := in.n
	switch t.Kind {
	case relation.Null, relation.Int:
		if _, ok := integer(nil, s, 32); ok {
			return relation.Of(relation.Int)
		}
		fallthrough
	case relation.Long:
		if _, ok := integer(nil, s, 64); ok {
			return relation.Of(relation.Long)
		}
		fallthrough
	case relation.Decimal:
		if t, ok := wholeDecimal(s); ok {
			return t
		}
		fallthrough
	case relation.Double:
		if in.isDouble(s) {
			return relation.Of(relation.Double)
		}
		fallthrough
	case relation.Date:
		if _, ok := n.inferredDate(in.date, s); ok {
			return relation.Of(relation.Date)
		}
		fallthrough
	case relation.Timestamp:
		if n.inferredStamp(s) {
			return relation.Of(relation.Timestamp)
		}
		fallthrough
	case relation.Boolean:
		if equalFold(s, "true") || equalFold(s, "false") {
			return relation.Of(relation.Boolean)
		}
	}
	return relation.Of(relation.String)
}

// isDouble reports whether Java reads s as a double, or the options do.
func (in *Inferrer) isDouble(s []byte) bool {
	switch string(s) {
	case in.n.d.NaN, in.n.d.NegInf, in.n.d.PosInf:
		return true
	}
	_, ok := float(nil, s, 64)
	return ok
}

// wholeDecimal is the decimal of a number with neither fraction nor a positive
// scale, as BigDecimal reads it: without white space, with an exponent perhaps.
func wholeDecimal(s []byte) (relation.Type, bool) {
	digits, scale, ok := bigDecimal(s)
	if !ok || scale > 0 || digits > 38 {
		return relation.Type{}, false
	}
	if scale < 0 {
		// Spark makes no type of a negative scale, and takes the number for a double then.
		return relation.Type{}, false
	}
	return relation.DecimalOf(digits, 0), true
}

// bigDecimal is the precision and the scale of s as java.math.BigDecimal reads it.
func bigDecimal(s []byte) (precision, scale int, ok bool) {
	i, all, leading := 0, 0, true
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	point := false
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case digit(c):
			all++
			if leading = leading && c == '0'; !leading {
				precision++
			}
			if point {
				scale++
			}
			continue
		case c == '.' && !point:
			point = true
			continue
		}
		break
	}
	if all == 0 {
		return 0, 0, false
	}
	if i < len(s) {
		if s[i]|0x20 != 'e' {
			return 0, 0, false
		}
		exponent, err := strconv.ParseInt(string(s[i+1:]), 10, 32)
		if err != nil {
			return 0, 0, false
		}
		scale -= int(exponent)
	}
	return max(precision, 1), scale, true
}

// merged is the type that holds values of both, as Spark merges them in CSV.
func (in *Inferrer) merged(a, b relation.Type) relation.Type {
	if a.Kind == relation.Null || a.Equal(b) {
		return b
	}
	if a.Kind == relation.Date && b.Kind == relation.Timestamp && in.n.stamps == nil {
		return b // what reads timestamps reads dates too, unless a pattern does
	}
	if wide[a.Kind] == 0 || wide[b.Kind] == 0 {
		return relation.Of(relation.String)
	}
	if wide[a.Kind] > wide[b.Kind] {
		a, b = b, a
	}
	if b.Kind != relation.Decimal {
		return b
	}
	least := map[relation.Kind]int{relation.Int: 10, relation.Long: 20, relation.Decimal: a.Precision}[a.Kind]
	return relation.DecimalOf(max(least, b.Precision), 0)
}

// wide orders the numbers.
var wide = map[relation.Kind]int{relation.Int: 1, relation.Long: 2, relation.Decimal: 3, relation.Double: 4}

// inferredDate reads s by the pattern of dates, strictly: what Spark only casts
// to a date is none here. A text that Spark 2 read otherwise fails the run in
// Spark 3, and is no date either.
func (n *Normalizer) inferredDate(p *sparktime.Pattern, s []byte) (int64, bool) {
	r, ok, err := p.Read(string(s))
	if !ok || err != nil {
		return 0, false
	}
	return r.Days()
}

// inferredStamp reports whether s is a timestamp, by the pattern if there is one.
func (n *Normalizer) inferredStamp(s []byte) bool {
	if n.stamps != nil {
		_, ok := n.stampBy(nil, s)
		return ok
	}
	_, ok := n.timestamp(nil, s)
	return ok
}
