package manifest

import (
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// Placed is a text all of which comes from one place.
func Placed(value string, p fault.Pos) Text {
	return Text{Value: value, file: p.File, marks: []mark{{line: p.Line, column: p.Column, fixed: true}}}
}

// Join is texts of one file one after the other, each with its places.
func Join(parts ...Text) Text {
	var all Text
	for _, t := range parts {
		if all.file == "" {
			all.file = t.file
		}
		for _, m := range t.marks {
			m.offset += len(all.Value)
			all.marks = append(all.marks, m)
		}
		all.Value += t.Value
	}
	return all
}

// Part is the text from one byte to another.
func (t Text) Part(from, to int) Text {
	line, column := place(t.marks, t.Value, from)
	p := Text{Value: t.Value[from:to], file: t.file, marks: []mark{{line: line, column: column}}}
	for _, m := range t.marks {
		switch {
		case m.offset > from && m.offset < to:
			m.offset -= from
			p.marks = append(p.marks, m)
		case m.offset <= from:
			p.marks[0].fixed = m.fixed
		}
	}
	return p
}

// Statement is a text of SQL without the semicolon at its end.
func (t Text) Statement() Text {
	if trimmed := strings.TrimRight(t.Value, "; \t\r\n"); trimmed != t.Value {
		return t.Part(0, len(trimmed))
	}
	return t
}
