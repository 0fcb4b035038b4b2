package sparksql

import "strings"

// A Statement is one of several in a text.
type Statement struct {
	Text   string // without the semicolon, and the blanks and comments before it
	Offset int    // in the text, in bytes
}

// Statements cuts text at the semicolons that are not in strings, names or
// comments. What holds nothing but comments is left out. It never fails: a
// quote that is not closed takes the rest of the text.
func Statements(text string) []Statement {
	var all []Statement
	start := -1 // of the statement, once there is something of it
	for i := 0; i < len(text); {
		n := blankAt(text[i:])
		switch c := text[i]; {
		case n > 0:
			i += n
		case c == ';':
			if start >= 0 {
				all = append(all, Statement{strings.TrimSpace(text[start:i]), start})
			}
			start = -1
			i++
		default:
			if start < 0 {
				start = i
			}
			i += pieceAt(text, i)
		}
	}
	if start >= 0 {
		all = append(all, Statement{strings.TrimSpace(text[start:]), start})
	}
	return all
}

// blankAt is the length of the blank or comment that text begins with, or 0.
func blankAt(text string) int {
	switch {
	case strings.IndexByte(" \t\r\n", text[0]) >= 0:
		return 1
	case strings.HasPrefix(text, "--"):
		if n := strings.IndexByte(text, '\n'); n >= 0 {
			return n
		}
		return len(text)
	case strings.HasPrefix(text, "/*"):
		depth := 0
		for i := 0; i < len(text); i++ {
			switch {
			case strings.HasPrefix(text[i:], "/*"):
				depth++
				i++
			case strings.HasPrefix(text[i:], "*/"):
				depth--
				i++
				if depth == 0 {
					return i + 1
				}
			}
		}
		return len(text)
	}
	return 0
}

// pieceAt is the length of the string or quoted name at i, or 1.
func pieceAt(text string, i int) int {
	q := text[i]
	if q != '\'' && q != '"' && q != '`' {
		return 1
	}
	escapes := q != '`' && !rawBefore(text, i)
	for j := i + 1; j < len(text); j++ {
		switch {
		case text[j] == '\\' && escapes:
			j++
		case text[j] == q: // a doubled quote is two strings, which is the same to us
			return j + 1 - i
		}
	}
	return len(text) - i
}

// rawBefore reports whether the string at i is one in which a backslash is a
// character as any other: r'…'.
func rawBefore(text string, i int) bool {
	return i > 0 && (text[i-1] == 'r' || text[i-1] == 'R') && (i == 1 || !isWord(text[i-2]))
}
