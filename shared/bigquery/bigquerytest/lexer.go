package bigquerytest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A token of GoogleSQL. For names and strings text is what they stand for.
type token struct {
	kind tokenKind
	text string
	pos  int
}

type tokenKind uint8

const (
	end     tokenKind = iota
	word              // a bare name or keyword
	quoted            // `a name`
	text              // 'a string'
	octets            // b'bytes'
	number            // 1, 1.5e3, 0xff
	param             // @name, ?
	punctum           // everything else
)

// is reports whether t is one of the keywords or marks.
func (t token) is(words ...string) bool {
	for _, w := range words {
		if (t.kind == word || t.kind == punctum) && strings.EqualFold(t.text, w) {
			return true
		}
	}
	return false
}

var (
	blanks  = regexp.MustCompile(`^(?:\s+|--[^\n]*|#[^\n]*|/\*(?s:.*?)\*/)+`)
	words   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	numbers = regexp.MustCompile(`^(?:0[xX][0-9A-Fa-f]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)`)
	opening = regexp.MustCompile(`^(?i:(rb|br|r|b)?)("""|'''|"|')`)
	marks   = regexp.MustCompile(`^(?:<=|>=|<>|!=|\|\||<<|>>|=>|@@|.)`)
	dashed  = regexp.MustCompile(`^(?:-[A-Za-z0-9]+)+\.`)
)

func invalidQuery(format string, args ...any) *problem {
	return problemf(400, "invalidQuery", format, args...)
}

func lex(s string) ([]token, error) {
	var out []token
	for at := 0; ; {
		at += len(blanks.FindString(s[at:]))
		rest := s[at:]
		if rest == "" {
			return append(out, token{kind: end, pos: at}), nil
		}
		t := token{pos: at}
		n := 0
		switch {
		case rest[0] == '`':
			close := strings.IndexByte(rest[1:], '`')
			if close < 0 {
				return nil, invalidQuery("Syntax error: Unclosed identifier literal at [%s]", place2(s, at))
			}
			t.kind, t.text, n = quoted, rest[1:close+1], close+2
		case opening.MatchString(rest):
			var wrong string
			if t.kind, t.text, n, wrong = str(rest); wrong != "" {
				return nil, invalidQuery("Syntax error: %s at [%s]", wrong, place2(s, at))
			}
		case words.MatchString(rest):
			t.kind, t.text = word, words.FindString(rest)
			n = len(t.text)
			if prev := len(out) - 1; prev >= 0 && out[prev].is("FROM", "JOIN", ",") { // a project's name may hold dashes
				t.text += strings.TrimSuffix(dashed.FindString(rest[n:]), ".")
				n = len(t.text)
			}
		case numbers.MatchString(rest):
			t.kind, t.text = number, numbers.FindString(rest)
			n = len(t.text)
		case rest[0] == '?':
			t.kind, t.text, n = param, "?", 1
		case rest[0] == '@' && words.MatchString(rest[1:]):
			t.kind, t.text = param, words.FindString(rest[1:])
			n = len(t.text) + 1
		default:
			t.kind, t.text = punctum, marks.FindString(rest)
			n = max(len(t.text), 1)
		}
		out = append(out, t)
		at += n
	}
}

// place2 is line:column of an offset.
func place2(s string, at int) string {
	line := 1 + strings.Count(s[:at], "\n")
	return fmt.Sprintf("%d:%d", line, at-strings.LastIndexByte(s[:at], '\n'))
}

// str reads a string or bytes literal and what it stands for, or says what is wrong.
func str(s string) (kind tokenKind, value string, length int, wrong string) {
	m := opening.FindStringSubmatch(s)
	prefix, mark := strings.ToLower(m[1]), m[2]
	raw := strings.Contains(prefix, "r")
	kind = text
	if strings.Contains(prefix, "b") {
		kind = octets
	}
	var b strings.Builder
	for i := len(m[0]); i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], mark):
			return kind, b.String(), i + len(mark), ""
		case s[i] == '\n' && len(mark) == 1:
			return 0, "", 0, "Unclosed string literal"
		case s[i] == '\\' && i+1 < len(s) && raw:
			b.WriteString(s[i : i+2])
			i += 2
		case s[i] == '\\' && i+1 < len(s):
			c, n := escape(s[i:], kind == octets)
			if n == 0 {
				return 0, "", 0, "Illegal escape sequence: " + s[i:min(i+4, len(s))]
			}
			b.WriteString(c)
			i += n
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return 0, "", 0, "Unclosed string literal"
}

var simple = map[byte]string{'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '\\': `\`, '?': "?", '"': `"`, '\'': "'", '`': "`"}

// escape is what a sequence stands for and its length, 0 if there is no such sequence.
func escape(s string, bytes bool) (string, int) {
	if c, ok := simple[s[1]]; ok {
		return c, 2
	}
	base, from, to := 16, 2, 0
	switch s[1] {
	case 'x', 'X':
		to = 4
	case 'u':
		to = 6
	case 'U':
		to = 10
	default:
		base, from, to = 8, 1, 4
	}
	if to > len(s) {
		return "", 0
	}
	n, err := strconv.ParseUint(s[from:to], base, 32)
	if err != nil {
		return "", 0
	}
	if bytes {
		return string([]byte{byte(n)}), to
	}
	return string(utf8.AppendRune(nil, rune(n))), to
}
