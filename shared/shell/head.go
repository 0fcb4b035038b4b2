package shell

import (
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// A header reads the words with which a statement begins.
type header struct {
	text  string
	words []word
}

type word struct {
	text   string // without backticks
	at     int
	end    int
	quoted bool
}

// head cuts text into words and symbols, as far as statements other than queries
// need it.
func head(text string) *header {
	h := &header{text: text}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.HasPrefix(text[i:], "--"):
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				return h
			}
			i += n
		case strings.HasPrefix(text[i:], "/*"):
			n := strings.Index(text[i+2:], "*/")
			if n < 0 {
				return h
			}
			i += n + 4
		case c == '`' || c == '\'' || c == '"':
			j := i + 1
			for j < len(text) && text[j] != c {
				if text[j] == '\\' && c != '`' {
					j++
				}
				j++
			}
			h.words = append(h.words, word{text[i+1 : min(j, len(text))], i, min(j+1, len(text)), true})
			i = j + 1
		case letter(c):
			j := i
			for j < len(text) && letter(text[j]) {
				j++
			}
			h.words = append(h.words, word{text[i:j], i, j, false})
			i = j
		default:
			h.words = append(h.words, word{text[i : i+1], i, i + 1, false})
			i++
		}
	}
	return h
}

func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

func (h *header) word(i int) string {
	if i < len(h.words) {
		return h.words[i].text
	}
	return ""
}

// is reports whether the i-th word is w, a word or a symbol that is not quoted.
func (h *header) is(i int, w string) bool {
	return i < len(h.words) && !h.words[i].quoted && strings.EqualFold(h.words[i].text, w)
}

// starts reports whether the statement begins with these words.
func (h *header) starts(words string) bool {
	for i, w := range strings.Fields(words) {
		if !h.is(i, w) {
			return false
		}
	}
	return true
}

func (h *header) isQuery() bool {
	for _, w := range []string{"SELECT", "WITH", "FROM", "VALUES", "TABLE", "(", "MAP", "REDUCE"} {
		if h.is(0, w) {
			return true
		}
	}
	return false
}

// A cursor reads a header from left to right.
type cursor struct {
	*header
	i int
}

func (c *cursor) accept(words string) bool {
	for k, w := range strings.Fields(words) {
		if !c.is(c.i+k, w) {
			return false
		}
	}
	c.i += len(strings.Fields(words))
	return true
}

// name reads a.b.c.
func (c *cursor) name() string {
	var parts []string
	for c.i < len(c.words) {
		parts = append(parts, c.words[c.i].text)
		c.i++
		if !c.accept(".") {
			break
		}
	}
	return strings.Join(parts, ".")
}

// parenthesis reads (…) and returns what is inside, and where it begins.
func (c *cursor) parenthesis() (inside string, at int, ok bool) {
	if !c.is(c.i, "(") {
		return "", 0, false
	}
	depth, from := 0, c.words[c.i].end
	for ; c.i < len(c.words); c.i++ {
		if c.is(c.i, "(") {
			depth++
		} else if c.is(c.i, ")") {
			if depth--; depth == 0 {
				to := c.words[c.i].at
				c.i++
				return c.text[from:to], from, true
			}
		}
	}
	return "", from, false
}

// rest is what is left of the text, and where it begins.
func (c *cursor) rest() (string, int) {
	if c.i >= len(c.words) {
		return "", len(c.text)
	}
	return c.text[c.words[c.i].at:], c.words[c.i].at
}

// shifted are places of a part of a text that begins at an offset of it, with
// so many bytes put before that part.
func shifted(at func(int) fault.Pos, offset, before int) func(int) fault.Pos {
	if at == nil {
		return nil
	}
	return func(i int) fault.Pos { return at(max(0, i-before) + offset) }
}
