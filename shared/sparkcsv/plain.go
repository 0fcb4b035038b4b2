package sparkcsv

import (
	"bytes"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/relation"
)

// What plain says of a record.
const (
	slow   = iota // it needs the exact rules
	passed        // its bytes are canonical
	copied        // its fields are, in n.cells, but not what is between them
)

// Classes of bytes within an unquoted string.
const (
	inside = iota // nothing special
	high          // beyond ASCII: the text may be no UTF-8
	stop          // a delimiter, a line's end, a quote
)

// tables prepares what plain looks at.
func (n *Normalizer) tables() {
	d := &n.d
	n.tok.delim, n.tok.quote, n.tok.escape, n.tok.left, n.tok.right = n.delim, d.Quote, d.Escape, d.TrimLeft, d.TrimRight
	n.same = n.delim == ','
	// Records are told apart by their first bytes; a delimiter that could be
	// part of a number or a date would be taken for one.
	n.fast = n.delim > ' ' && n.delim < '0' && n.delim != '-' && n.delim != '.' && n.delim != '+' || n.delim > '9' && n.delim < 'A' && n.delim != ':' || n.delim == '|' || n.delim == '~' || n.delim == '^' || n.delim == '\t'
	for c := range n.class {
		if c >= utf8.RuneSelf {
			n.class[c] = high
		}
	}
	for _, c := range []byte{n.delim, '\n', '\r', '"', d.Quote} {
		n.class[c] = stop
	}
	// A name of NaN or infinity that looks like a number is read first.
	for _, s := range []string{d.NaN, d.PosInf, d.NegInf} {
		if len(s) > 0 && plainFloat([]byte(s+"\n"), 0, 200) == len(s) {
			n.fast = false
		}
	}
	for _, c := range []byte{d.Quote, d.Escape, d.Comment} {
		if digit(c) || c == '-' || c == '.' {
			n.fast = false
		}
	}
}

// A cell is the canonical text of a field: b[from:to] of the file, or of side.
type cell struct {
	from, to int
	side     bool
}

// plain looks at the record at b[i:], which ends with a line's end, and
// returns its end and what is to be done with it. It takes records whose
// fields are told apart by their first and last bytes: without quotes, or with
// quotes around text that has none. A field that is not plainly canonical is
// converted into side; one that cannot be makes the record slow, so that bad
// ones are counted in one place.
func (n *Normalizer) plain(b []byte, i int) (int, int) {
	if b[i] <= ' ' || b[i] == n.d.Comment {
		return 0, slow
	}
	n.side, n.changed = n.side[:0], false
	last := len(n.columns) - 1
	for k := range n.columns {
		c := &n.columns[k]
		switch first := b[i]; {
		case first == n.delim || first == '\n' || first == '\r':
			n.cells[k] = cell{from: i, to: i} // NULL
		case first == n.d.Quote:
			i = n.quotedCell(b, i, k, c)
		default:
			end := n.plainField(b, i, c)
			if end > i && (b[end] == n.delim || b[end] == '\n' || b[end] == '\r') && (len(n.null) == 0 || !bytes.Equal(b[i:end], n.null)) {
				n.cells[k] = cell{from: i, to: end}
				i = end
			} else {
				i = n.otherCell(b, i, k, c)
			}
		}
		if k < last {
			if i < 0 || b[i] != n.delim {
				return 0, slow
			}
			i++
		}
	}
	switch {
	case i < 0:
		return 0, slow
	case b[i] == '\n' && n.tok.ends[0] != '\r':
		if n.changed || !n.same {
			return i + 1, copied
		}
		return i + 1, passed
	case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n' && (!n.d.MultiLine || n.tok.ends == [2]byte{'\r', '\n'}):
		return i + 2, copied
	}
	return 0, slow
}

// otherCell converts the unquoted field at b[i:] and returns its end, or -1.
func (n *Normalizer) otherCell(b []byte, i, k int, c *column) int {
	end := i
	for b[end] != n.delim && b[end] != '\n' && b[end] != '\r' {
		end++
	}
	s := b[i:end]
	for n.d.TrimLeft && len(s) > 0 && s[0] <= ' ' {
		s = s[1:]
	}
	for n.d.TrimRight && len(s) > 0 && s[len(s)-1] <= ' ' {
		s = s[:len(s)-1]
	}
	if len(s) == 0 || s[0] == n.d.Quote || !n.converted(s, k, c) {
		return -1
	}
	return end
}

// quotedCell takes the quoted field at b[i:] and returns its end, or -1 if
// there is more to it than its two quotes.
func (n *Normalizer) quotedCell(b []byte, i, k int, c *column) int {
	from, end, seen := i+1, i+1, byte(inside)
	for b[end] != n.d.Quote {
		if b[end] == '\n' || b[end] == '\r' || b[end] == n.d.Escape || b[end] == '"' {
			return -1
		}
		seen |= n.class[b[end]]
		end++
	}
	if end == from || end+1 >= len(b) || b[end+1] != n.delim && b[end+1] != '\n' && b[end+1] != '\r' {
		return -1
	}
	s := b[from:end]
	canonical := false
	if c.kind == relation.String {
		canonical = n.d.Quote == '"' && (seen&high == 0 || utf8.Valid(s))
	} else {
		canonical = n.plainField(b, from, c) == end
	}
	switch {
	case !canonical || len(n.null) > 0 && bytes.Equal(s, n.null):
		if !n.converted(s, k, c) {
			return -1
		}
	case n.d.Quote == '"':
		n.cells[k] = cell{from: i, to: end + 1}
	default:
		n.cells[k] = cell{from: from, to: end}
		n.changed = true
	}
	return end + 1
}

// converted puts the canonical text of s into side, if it has one.
func (n *Normalizer) converted(s []byte, k int, c *column) bool {
	n.changed = true
	at := len(n.side)
	if bytes.Equal(s, n.null) {
		n.cells[k] = cell{from: at, to: at, side: true}
		return true
	}
	side, ok := n.convert(n.side, c, s)
	n.side = side
	n.cells[k] = cell{from: at, to: len(side), side: true}
	return ok
}

// plainField returns the end of the canonical text of c that begins at b[i],
// or -1.
func (n *Normalizer) plainField(b []byte, i int, c *column) int {
	switch c.kind {
	case relation.String:
		return n.plainString(b, i)
	case relation.Int, relation.Long, relation.Short, relation.Byte:
		return plainInt(b, i, c.kind)
	case relation.Double:
		return plainFloat(b, i, 200)
	case relation.Float:
		return plainFloat(b, i, 37)
	case relation.Decimal:
		return plainDecimal(b, i, c)
	case relation.Date:
		if n.dates == nil {
			return plainDate(b, i)
		}
	case relation.Timestamp:
		if n.stamps == nil && n.zone == utc {
			return plainStamp(b, i)
		}
	case relation.TimestampNTZ:
		return plainStamp(b, i)
	case relation.Boolean:
		if bytes.HasPrefix(b[i:], []byte("true")) {
			return i + 4
		}
		if bytes.HasPrefix(b[i:], []byte("false")) {
			return i + 5
		}
	}
	return -1
}

func (n *Normalizer) plainString(b []byte, i int) int {
	from, seen := i, byte(inside)
	for {
		c := n.class[b[i]]
		if c == stop {
			break
		}
		seen |= c
		i++
	}
	if seen == high && !utf8.Valid(b[from:i]) ||
		n.d.TrimLeft && b[from] <= ' ' || n.d.TrimRight && i > from && b[i-1] <= ' ' {
		return -1
	}
	return i
}

func plainInt(b []byte, i int, k relation.Kind) int {
	neg := b[i] == '-'
	if neg {
		i++
	}
	from := i
	var v uint64
	for d := b[i] - '0'; d <= 9; d = b[i] - '0' {
		v = v*10 + uint64(d)
		i++
	}
	bound := uint64(1) << 63
	switch k {
	case relation.Int:
		bound = 1 << 31
	case relation.Short:
		bound = 1 << 15
	case relation.Byte:
		bound = 1 << 7
	}
	if !neg {
		bound--
	}
	if i == from || i-from > 19 || v > bound {
		return -1
	}
	return i
}

// plainFloat takes -?d+(.d+)?([eE][+-]?d{1,2})? with no more digits in a row
// than cannot overflow. The type with the few, float, has no exponent.
func plainFloat(b []byte, i, most int) int {
	if b[i] == '-' {
		i++
	}
	from := i
	for digit(b[i]) {
		i++
	}
	if i == from || i-from > most {
		return -1
	}
	if b[i] == '.' {
		i++
		from = i
		for digit(b[i]) {
			i++
		}
		if i == from || i-from > most {
			return -1
		}
	}
	if b[i]|0x20 == 'e' && most > 37 {
		i++
		if b[i] == '-' || b[i] == '+' {
			i++
		}
		from = i
		for digit(b[i]) {
			i++
		}
		if i == from || i-from > 2 {
			return -1
		}
	}
	return i
}

// plainDecimal takes -?d+(.d+)? that fits without rounding.
func plainDecimal(b []byte, i int, c *column) int {
	if b[i] == '-' {
		i++
	}
	from := i
	for digit(b[i]) {
		i++
	}
	whole := i - from
	if whole == 0 || whole > c.precision-c.scale && (whole > 1 || b[from] != '0') {
		return -1
	}
	if b[i] == '.' {
		i++
		from = i
		for digit(b[i]) {
			i++
		}
		if i == from || i-from > c.scale {
			return -1
		}
	}
	return i
}

// plainDate takes yyyy-MM-dd of the years 0001 to 9999.
func plainDate(b []byte, i int) int {
	if len(b)-i < 11 {
		return -1
	}
	s := b[i : i+11]
	if s[4] != '-' || s[7] != '-' {
		return -1
	}
	y, ok1 := two(s[0], s[1])
	z, ok2 := two(s[2], s[3])
	m, ok3 := two(s[5], s[6])
	d, ok4 := two(s[8], s[9])
	if !(ok1 && ok2 && ok3 && ok4) || m < 1 || m > 12 || d < 1 || d > 28 && int64(d) > monthLen(int64(y*100+z), int64(m)) || y+z == 0 {
		return -1
	}
	return i + 10
}

func two(a, b byte) (int, bool) {
	a, b = a-'0', b-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// plainStamp takes yyyy-MM-dd HH:mm:ss[.f{1,6}].
func plainStamp(b []byte, i int) int {
	if i = plainDate(b, i); i < 0 || len(b)-i < 10 {
		return -1
	}
	s := b[i : i+9]
	h, ok1 := two(s[1], s[2])
	m, ok2 := two(s[4], s[5])
	sec, ok3 := two(s[7], s[8])
	if !(ok1 && ok2 && ok3) || s[0] != ' ' || s[3] != ':' || s[6] != ':' || h > 23 || m > 59 || sec > 59 {
		return -1
	}
	if i += 9; b[i] != '.' {
		return i
	}
	i++
	from := i
	for digit(b[i]) {
		i++
	}
	if i == from || i-from > 6 {
		return -1
	}
	return i
}

// appendPlain writes the record that plain has just called copied.
func (n *Normalizer) appendPlain(b []byte) {
	for k, c := range n.cells {
		if k > 0 {
			n.out = append(n.out, ',')
		}
		switch {
		case c.side:
			n.out = append(n.out, n.side[c.from:c.to]...)
		case n.same || c.from == c.to || n.columns[k].kind != relation.String || b[c.from] == '"':
			n.out = append(n.out, b[c.from:c.to]...)
		default:
			n.out = appendText(n.out, b[c.from:c.to])
		}
	}
	n.out = append(n.out, '\n')
}
