package plan

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Repair does what a program can do about the first problem of a text that it
// can mend, and reports whether there was one: lint again for the next, since
// places have moved and names are taken. Whatever does not stand where a problem
// says is left alone.
func Repair(text []byte, problems []Problem) (repaired []byte, ok bool) {
	lines := bytes.SplitAfter(bytes.Clone(text), []byte("\n"))
	for _, p := range problems {
		switch {
		case p.Edit.Old == "\t":
			untab(lines)
			return bytes.Join(lines, nil), true
		case p.Edit.Old == "" || p.Line < 1 || p.Line > len(lines):
			continue
		}
		line := lines[p.Line-1]
		at := column(line, p.Column)
		if at < len(line) && (line[at] == '"' || line[at] == '\'') {
			at++
		}
		if bytes.HasPrefix(line[at:], []byte(p.Edit.Old)) {
			lines[p.Line-1] = slices.Concat(line[:at], []byte(p.Edit.New), line[at+len(p.Edit.Old):])
			return bytes.Join(lines, nil), true
		}
	}
	return text, false
}

// untab indents with spaces.
func untab(lines [][]byte) {
	for i, line := range lines {
		rest := bytes.TrimLeft(line, " \t")
		if indent := line[:len(line)-len(rest)]; bytes.Contains(indent, []byte("\t")) {
			lines[i] = append(bytes.ReplaceAll(indent, []byte("\t"), []byte("  ")), rest...)
		}
	}
}

// column is the offset of a column, which counts characters from one.
func column(line []byte, column int) int {
	at := 0
	for i := 1; i < column && at < len(line); i++ {
		_, size := utf8.DecodeRune(line[at:])
		at += size
	}
	return at
}

// Diff shows the lines that differ between two texts of as many lines.
func Diff(w io.Writer, file string, before, after []byte) {
	a, b := strings.Split(string(before), "\n"), strings.Split(string(after), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			fmt.Fprintf(w, "%s:%d:\n- %s\n+ %s\n", file, i+1, a[i], b[i])
		}
	}
}
