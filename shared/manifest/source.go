package manifest

import (
	"bytes"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A source is the text that a manifest was read from.
type source struct {
	file   string
	text   []byte
	tabs   map[int]int // leading tabs, by line, that untab replaced
	tabbed int         // the first such line
	starts []int       // offset of each line
	notes  []plug.Note

	vars     map[string]string
	written  map[fault.Pos]string // scalars in which variables were replaced, as they were written
	unfilled map[fault.Pos]bool   // scalars with a placeholder or an unset variable, which were complained of

	mistakes []error // found while the tree was made
}

func (s *source) note(p fault.Pos, message, hint string) {
	s.notes = append(s.notes, plug.Note{Pos: p, Message: message, Hint: hint})
}

// pos is a place in the file as the user has it: a column counts a tab as one.
func (s *source) pos(line, column int) fault.Pos {
	if n := s.tabs[line]; n > 0 {
		column = max(1, column-min(n, (column-1)/2))
	}
	return fault.Pos{File: s.file, Line: line, Column: column}
}

// untab replaces each tab of indentation by two spaces, and each no-break space by
// one, and says whether there was one.
func (s *source) untab() bool {
	s.tabs = map[int]int{}
	lines := bytes.SplitAfter(s.text, []byte("\n"))
	for i, line := range lines {
		rest := bytes.TrimLeft(line, " \t\u00a0")
		indent := line[:len(line)-len(rest)]
		if bytes.ContainsRune(indent, '\u00a0') { // as pages of documentation are copied
			indent = bytes.ReplaceAll(indent, []byte("\u00a0"), []byte(" "))
			lines[i] = append(slices.Clone(indent), rest...)
			if s.tabbed == 0 {
				s.tabbed = i + 1
			}
		}
		if n := bytes.Count(indent, []byte("\t")); n > 0 {
			s.tabs[i+1] = n
			if s.tabbed == 0 {
				s.tabbed = i + 1
			}
			lines[i] = append(bytes.ReplaceAll(indent, []byte("\t"), []byte("  ")), rest...)
		}
	}
	s.text, s.starts = bytes.Join(lines, nil), nil
	return s.tabbed > 0
}

// offset is the place of line and column, both from one, in the text. The
// column counts characters, as the YAML library does.
func (s *source) offset(line, column int) int {
	if s.starts == nil {
		s.starts = []int{0}
		for i, c := range s.text {
			if c == '\n' {
				s.starts = append(s.starts, i+1)
			}
		}
	}
	if line < 1 || line > len(s.starts) {
		return len(s.text)
	}
	at := s.starts[line-1]
	for column > 1 && at < len(s.text) {
		_, size := decodeRune(s.text[at:])
		at += size
		column--
	}
	return at
}

// line returns a line without its end, "" if there is none.
func (s *source) line(n int) string {
	from, to := s.offset(n, 1), s.offset(n+1, 1)
	if n < 1 || from >= to {
		return ""
	}
	return strings.TrimRight(string(s.text[from:to]), "\r\n")
}
