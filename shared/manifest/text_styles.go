package manifest

import (
	"bytes"
	"strings"
)

// block aligns a literal or folded scalar. Each of its lines that is not empty
// stands in the value as it is, less the indentation; between two lines the
// value has a space or line ends.
func (a *aligner) block() {
	a.skipLine()
	indent := a.indentation()
	for a.at < len(a.text) && a.v < len(a.value) {
		end := a.at + lineEnd(a.text[a.at:])
		line := a.text[a.at:end]
		content := string(line[min(indent, spaces(line)):])
		if content != "" && !a.content(content, indent) {
			return
		}
		a.skipLine()
	}
}

// content finds a line's text in the value.
func (a *aligner) content(text string, indent int) bool {
	rest := strings.TrimLeft(a.value[a.v:], "\n")
	if !strings.HasPrefix(rest, text) {
		rest = strings.TrimPrefix(rest, " ")
	}
	if !strings.HasPrefix(rest, text) {
		return false
	}
	a.v = len(a.value) - len(rest)
	for range indent {
		a.step()
	}
	a.nextLine = 0
	a.emit(-1)
	a.v = len(a.value) - len(rest) + len(text)
	return true
}

// indentation is how many spaces of each line do not belong to the value: the
// first line with text tells, in the file and in the value. So an indentation
// indicator need not be understood.
func (a *aligner) indentation() int {
	return spaces(firstText(a.text[a.at:])) - spaces(firstText([]byte(a.value)))
}

// firstText is the first line that is more than blanks.
func firstText(text []byte) []byte {
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		if len(bytes.TrimRight(line, " \r")) > 0 {
			return line
		}
		text = rest
	}
	return nil
}

func spaces(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// lineEnd is the length of text's first line without its end.
func lineEnd(text []byte) int {
	n := bytes.IndexByte(text, '\n')
	if n < 0 {
		n = len(text)
	}
	return len(bytes.TrimSuffix(text[:n], []byte("\r")))
}

func (a *aligner) skipLine() {
	for a.at < len(a.text) && a.peek() != '\n' {
		a.step()
	}
	a.step()
}

// flow aligns a plain or quoted scalar, after its opening quote.
func (a *aligner) flow(quote byte) {
	for a.at < len(a.text) && a.v < len(a.value) {
		c := a.peek()
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0 && a.lineBreaks():
			if !a.fold(false) {
				return
			}
		case quote == '\'' && c == '\'':
			if a.ahead(1) != '\'' || !a.emit('\'') {
				return
			}
			a.step()
			a.step()
		case quote == '"' && c == '"':
			return
		case quote == '"' && c == '\\':
			if !a.escape() {
				return
			}
		case c == ' ' || c == '\t':
			if !a.blanks(a.emit) {
				return
			}
		default:
			r, _ := decodeRune(a.text[a.at:])
			if !a.emit(r) {
				return
			}
			a.step()
		}
	}
}

// lineBreaks reports whether nothing but blanks stands before the line's end.
func (a *aligner) lineBreaks() bool {
	for n := 0; ; n++ {
		switch a.ahead(n) {
		case ' ', '\t', '\r':
		case '\n':
			return true
		default:
			return false
		}
	}
}

// fold steps over line ends and the blanks around them: one is a space in the
// value, more are one line end fewer. The first may be escaped, and is nothing.
func (a *aligner) fold(escaped bool) bool {
	before, breaks := *a, 0
	for a.lineBreaks() {
		a.skipLine()
		breaks++
	}
	a.blanks(func(rune) bool { return true })
	folded := strings.Repeat("\n", breaks-1)
	if folded == "" && !escaped {
		folded = " "
	}
	after := *a
	a.line, a.column = before.line, before.column // all of it stands where the line ended
	for _, r := range folded {
		if !a.emit(r) {
			return false
		}
	}
	a.line, a.column = after.line, after.column
	return true
}

// blanks steps over spaces and tabs.
func (a *aligner) blanks(each func(r rune) bool) bool {
	for c := a.peek(); c == ' ' || c == '\t'; c = a.peek() {
		if !each(rune(c)) {
			return false
		}
		a.step()
	}
	return true
}

// escape steps over \ and what it escapes.
func (a *aligner) escape() bool {
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[a.ahead(1)]
	if c := a.ahead(1); c == '\n' || c == '\r' {
		a.step()
		return a.fold(true)
	}
	if !a.emit(-1) {
		return false
	}
	for range 2 + digits {
		a.step()
	}
	return true
}
