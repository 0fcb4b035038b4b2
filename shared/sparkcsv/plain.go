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
	n.direct = n.same && d.Quote == '"' && len(n.null) == 0
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
	for _, c := range []byte{d.Quote, d.Escape} {
		if digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || bytes.IndexByte([]byte("+-.: "), c) >= 0 {
			n.fast = false
		}
	}
}

// A cell is the canonical text of a field: b[from:to] of the file, or of side.
type cell struct {
	from, to int
	side     bool
}

// canonical returns the end of the record at b[i:] if its bytes may be passed
// on as they are, else 0. It is plain without the bookkeeping, for the files
// that need none.
func (n *Normalizer) canonical(b []byte, i int) int {
	if b[i] <= ' ' || b[i] == n.d.Comment {
		return 0
	}
	sep, delim, quote := n.delim, n.delim, n.d.Quote
	for k := range n.columns {
		c := &n.columns[k]
		if k == len(n.columns)-1 {
			sep = '\n'
		}
		if first := b[i]; first != sep {
			from := i
			switch {
			case first == delim || first == '\n' || first == '\r':
				return 0
			case first == quote:
				if i = n.quotedEnd(b, i+1, c); i < 0 {
					return 0
				}
				i++
			default:
				if i = n.plainField(b, i, c); i <= from {
					return 0
				}
			}
			if b[i] != sep {
				return 0
			}
		}
		i++
	}
	return i
}

// quotedEnd returns where the closing quote is of a canonical field whose text
// begins at b[from], or -1.
func (n *Normalizer) quotedEnd(b []byte, from int, c *column) int {
	if c.kind != relation.String {
		end := n.plainField(b, from, c)
		if end <= from || b[end] != n.d.Quote {
			return -1
		}
		return end
	}
	end, seen := from, byte(inside)
	for b[end] != n.d.Quote {
		if b[end] == '\n' || b[end] == '\r' || b[end] == n.d.Escape {
			return -1
		}
		seen |= n.class[b[end]]
		end++
	}
	if end == from || seen&high != 0 && !utf8.Valid(b[from:end]) {
		return -1
	}
	return end
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
