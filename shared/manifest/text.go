package manifest

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A Text is a value whose every byte has a place in the file: SQL, above all.
type Text struct {
	Value string
	file  string
	marks []mark
}

// A mark says that from offset on, the value stands at line and column. Between
// two marks columns count on, a character each, unless the mark is fixed: then
// all of it comes from that one place, where a variable is named.
type mark struct {
	offset       int
	line, column int
	fixed        bool
}

// At is the place of a byte offset of Value in the file, whatever the style of
// the scalar: plain, quoted, literal or folded.
func (t Text) At(offset int) fault.Pos {
	line, column := place(t.marks, t.Value, offset)
	return fault.Pos{File: t.file, Line: line, Column: column}
}

func place(marks []mark, value string, offset int) (line, column int) {
	i := sort.Search(len(marks), func(i int) bool { return marks[i].offset > offset }) - 1
	if i < 0 {
		return 0, 0
	}
	m := marks[i]
	if m.fixed {
		return m.line, m.column
	}
	return m.line, m.column + utf8.RuneCountInString(value[m.offset:min(offset, len(value))])
}

// text reads a plain value and keeps where each part of it stands.
func (d *decoder) text(what string, r plug.Raw) Text {
	t := Text{file: r.Pos.File}
	d.into(what, &t.Value)(r)
	if r.Shape != plug.Scalar {
		return t
	}
	line, column := r.Pos.Line, r.Pos.Column
	written, changed := d.source.written[r.Pos]
	if !changed {
		written = t.Value
	}
	t.marks = align(d.source, written, line, column+min(d.source.tabs[line], column-1))
	if len(t.marks) == 0 { // an alias, or nothing
		t.marks = []mark{{line: line, column: column}}
	}
	if changed {
		_, edits := substitute(written, d.source.vars)
		t.marks = move(t.marks, written, edits)
	}
	return t
}

// move carries marks of the text as written over to the text with its variables replaced.
func move(marks []mark, written string, edits []edit) []mark {
	var moved []mark
	shift, i := 0, 0
	keep := func(until int) {
		for ; i < len(marks) && marks[i].offset < until; i++ {
			m := marks[i]
			m.offset += shift
			moved = append(moved, m)
		}
	}
	for _, e := range edits {
		keep(e.from + 1)
		for i < len(marks) && marks[i].offset < e.to {
			i++
		}
		line, column := place(marks, written, e.from)
		moved = append(moved, mark{offset: e.from + shift, line: line, column: column, fixed: true})
		shift += len(e.with) - (e.to - e.from)
		line, column = place(marks, written, e.to)
		moved = append(moved, mark{offset: e.to + shift, line: line, column: column})
	}
	keep(len(written) + 1)
	return moved
}

// An aligner walks through a scalar as it was written and through the value
// that YAML made of it, and marks where they part: at folded lines,
// indentation, escapes.
type aligner struct {
	src          *source
	text         []byte
	at           int
	line, column int // of at
	value        string
	v            int // offset in value
	marks        []mark
	nextLine     int // where the value's next character stands if nothing parts
	nextColumn   int
}

// align begins at line and column, where YAML says that the scalar begins: its
// anchor or tag, if it has one.
func align(src *source, value string, line, column int) []mark {
	a := aligner{src: src, text: src.text, at: src.offset(line, column), line: line, column: column, value: value}
	for c := a.peek(); c == '&' || c == '!'; c = a.peek() {
		for !strings.ContainsRune(" \t\r\n", rune(a.peek())) && a.at < len(a.text) {
			a.step()
		}
		for strings.ContainsRune(" \t\r\n", rune(a.peek())) && a.at < len(a.text) {
			a.step()
		}
	}
	switch c := a.peek(); c {
	case '|', '>':
		a.block()
	case '\'', '"':
		a.step()
		a.flow(c)
	default:
		a.flow(0)
	}
	return refine(a.marks, value)
}

// stride bounds how far apart marks are, and so what a place costs in a text
// that is one line.
const stride = 512

func refine(marks []mark, value string) []mark {
	var fine []mark
	for i, m := range marks {
		end := len(value)
		if i+1 < len(marks) {
			end = marks[i+1].offset
		}
		fine = append(fine, m)
		runes := 0
		for at := range value[m.offset:end] {
			if last := fine[len(fine)-1].offset; m.offset+at-last >= stride {
				fine = append(fine, mark{offset: m.offset + at, line: m.line, column: m.column + runes})
			}
			runes++
		}
	}
	return fine
}

// peek is the next byte, 0 at the end.
func (a *aligner) peek() byte { return a.ahead(0) }

func (a *aligner) ahead(n int) byte {
	if a.at+n >= len(a.text) {
		return 0
	}
	return a.text[a.at+n]
}

// step moves over one character of the source.
func (a *aligner) step() {
	if a.at >= len(a.text) {
		return
	}
	r, size := decodeRune(a.text[a.at:])
	a.at += size
	a.column++
	if r == '\n' {
		a.line, a.column = a.line+1, 1
	}
}

// emit says that the value's next character stands here, if it is one of want.
func (a *aligner) emit(want rune) bool {
	r, size := utf8.DecodeRuneInString(a.value[a.v:])
	if size == 0 || want >= 0 && r != want {
		return false
	}
	if a.line != a.nextLine || a.column != a.nextColumn {
		a.marks = append(a.marks, mark{offset: a.v, line: a.line, column: a.src.pos(a.line, a.column).Column})
	}
	a.nextLine, a.nextColumn = a.line, a.column+1
	a.v += size
	return true
}

func decodeRune(b []byte) (rune, int) {
	r, size := utf8.DecodeRune(b)
	return r, max(1, size)
}
