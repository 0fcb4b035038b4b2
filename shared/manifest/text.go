package manifest

import (
	"sort"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/fault"
)

// A Text is a value whose every byte has a place in the file: SQL, above all.
type Text struct {
	Value string
	file  string
	marks []mark
}

// A mark says that from offset on, the value stands at line and column. Between
// two marks columns count on, a character each.
type mark struct {
	offset       int
	line, column int
}

// At is the place of a byte offset of Value in the file, whatever the style of
// the scalar: plain, quoted, literal or folded.
func (t Text) At(offset int) fault.Pos {
	i := sort.Search(len(t.marks), func(i int) bool { return t.marks[i].offset > offset }) - 1
	if i < 0 {
		return fault.Pos{File: t.file}
	}
	m := t.marks[i]
	return fault.Pos{File: t.file, Line: m.line, Column: m.column + utf8.RuneCountInString(t.Value[m.offset:min(offset, len(t.Value))])}
}

// align walks through a scalar as it was written, from line and column on, and
// through the value that YAML made of it, and marks where they part: at folded
// lines, indentation, escapes.
func align(src *source, value string, line, column int) []mark {
	w := walker{text: src.text, at: src.offset(line, column), line: line, column: column}
	w.open()
	var marks []mark
	line, column = 0, 0 // where the next character stands if nothing parts
	for v := 0; v < len(value); {
		r, size := utf8.DecodeRuneInString(value[v:])
		w.skipTo(r)
		if w.line != line || w.column != column {
			marks = append(marks, mark{v, w.line, src.pos(w.line, w.column).Column})
		}
		line, column = w.line, w.column+1
		w.take(r)
		v += size
	}
	return marks
}

// A walker reads a scalar's source.
type walker struct {
	text         []byte
	at           int
	line, column int
	style        byte // | > ' " or 0 for plain
	indent       int  // of a block scalar
}

// open steps over the scalar's indicator.
func (w *walker) open() {
	if w.at >= len(w.text) {
		return
	}
	switch c := w.text[w.at]; c {
	case '\'', '"':
		w.style = c
		w.next()
	case '|', '>':
		w.style = c
		for w.at < len(w.text) && w.text[w.at] != '\n' {
			w.next()
		}
		w.next()
		w.measure()
	}
}

// measure finds a block scalar's indentation: that of its first line with text.
func (w *walker) measure() {
	for at := w.at; at < len(w.text); {
		n := 0
		for at+n < len(w.text) && w.text[at+n] == ' ' {
			n++
		}
		if at+n < len(w.text) && w.text[at+n] != '\n' && w.text[at+n] != '\r' {
			w.indent = n
			break
		}
		for at < len(w.text) && w.text[at] != '\n' {
			at++
		}
		at++
	}
	w.dedent()
}

func (w *walker) dedent() {
	for n := 0; n < w.indent && w.at < len(w.text) && w.text[w.at] == ' '; n++ {
		w.next()
	}
}

func (w *walker) next() {
	if w.at >= len(w.text) {
		return
	}
	r, size := decodeRune(w.text[w.at:])
	w.at += size
	w.column++
	if r == '\n' {
		w.line++
		w.column = 1
	}
}

// newline steps over a line's end and what indents the next line.
func (w *walker) newline() {
	for w.at < len(w.text) && (w.text[w.at] == ' ' || w.text[w.at] == '\t' || w.text[w.at] == '\r') && w.style != '|' {
		w.next()
	}
	w.next()
	if w.style == '|' || w.style == '>' {
		w.dedent()
		return
	}
	for w.at < len(w.text) && (w.text[w.at] == ' ' || w.text[w.at] == '\t') {
		w.next()
	}
}

// skipTo moves to where the value's next character r comes from.
func (w *walker) skipTo(r rune) {
	for w.at < len(w.text) && w.text[w.at] == '\r' {
		w.next()
	}
	if r != '\n' && r != ' ' && w.style != '"' {
		for w.at < len(w.text) && w.text[w.at] == '\n' { // an empty line that was folded away
			w.newline()
		}
	}
}

// take steps over the source of the value's character r.
func (w *walker) take(r rune) {
	if w.at >= len(w.text) {
		return
	}
	c := w.text[w.at]
	switch {
	case c == '\n':
		w.newline()
	case r == ' ' && c == ' ' && w.style != '|' && w.endsLine():
		w.newline()
	case w.style == '\'' && c == '\'':
		w.next()
		w.next()
	case w.style == '"' && c == '\\':
		w.escape()
	default:
		w.next()
	}
}

// endsLine reports whether only blanks stand before the line's end: in a plain
// or quoted scalar they and the end are folded into one space.
func (w *walker) endsLine() bool {
	if w.style == '>' {
		return false
	}
	for _, c := range w.text[w.at:] {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return true
		default:
			return false
		}
	}
	return false
}

func (w *walker) escape() {
	w.next()
	if w.at >= len(w.text) {
		return
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[w.text[w.at]]
	w.next()
	for range digits {
		w.next()
	}
}

func decodeRune(b []byte) (rune, int) {
	r, size := utf8.DecodeRune(b)
	return r, max(1, size)
}
