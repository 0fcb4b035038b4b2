package sparksql

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// A tokenKind is the class of a token.
type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	quotedToken // an identifier in backticks
	stringToken
	numberToken
	symbolToken
)

// A token is a piece of the text. text is the value: of a word as written, of
// a string or a quoted identifier without quotes and escapes.
type token struct {
	kind  tokenKind
	at    int
	end   int
	text  string
	upper string // of a word
}

// symbols are Spark's operators, the longer ones first.
var symbols = []string{"<=>", "<=", ">=", "<>", "!=", "==", "||", "::", "->", "=>", "<<", ">>",
	"(", ")", ",", ".", ";", "+", "-", "*", "/", "%", "=", "<", ">", "!", "~", "^", "&", "|", "[", "]", ":", "?"}

// lex cuts text into tokens; the last one is an endToken.
func lex(text string) ([]token, error) {
	if strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
		return nil, invalid(0, "the text is not UTF-8, or holds a zero character")
	}
	if i := strings.Index(text, "${"); i >= 0 && strings.IndexByte(text[i:], '}') > 0 {
		return nil, refused(i, "a variable ${…}").because("Spark puts the value of a setting there; write the value")
	}
	tokens := make([]token, 0, len(text)/3+8)
	l := lexer{text: text}
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == endToken {
			return tokens, nil
		}
	}
}

type lexer struct {
	text string
	i    int
}

func (l *lexer) next() (token, error) {
	if err := l.blank(); err != nil {
		return token{}, err
	}
	if l.i >= len(l.text) {
		return token{kind: endToken, at: l.i, end: l.i}, nil
	}
	switch c := l.text[l.i]; {
	case c == '\'' || c == '"':
		return l.quotedString()
	case c == '`':
		return l.quotedName()
	case isDigit(c) || c == '.' && l.i+1 < len(l.text) && isDigit(l.text[l.i+1]) && !l.afterName():
		return l.number()
	case isWord(c):
		return l.word()
	}
	for _, s := range symbols {
		if l.text[l.i] == s[0] && strings.HasPrefix(l.text[l.i:], s) {
			l.i += len(s)
			return token{kind: symbolToken, at: l.i - len(s), end: l.i, text: s}, nil
		}
	}
	r, _ := utf8.DecodeRuneInString(l.text[l.i:])
	return token{}, invalid(l.i, "unexpected character %q", r).
		because("quote names with characters other than letters, digits and _ in backticks")
}

// blank skips white space and comments. Hints are comments too: they say how
// Spark should run a query, never what it means.
func (l *lexer) blank() error {
	for l.i < len(l.text) {
		rest := l.text[l.i:]
		switch {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			l.i++
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			if n > 0 && rest[n-1] == '\\' {
				return refused(l.i, "a comment that is continued on the next line with \\")
			}
			l.i += n
		case strings.HasPrefix(rest, "/*"):
			if err := l.bracketed(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// bracketed skips a comment in /* */; such comments nest.
func (l *lexer) bracketed() error {
	at, depth := l.i, 0
	for l.i < len(l.text) {
		switch {
		case strings.HasPrefix(l.text[l.i:], "/*"):
			depth++
			l.i += 2
		case strings.HasPrefix(l.text[l.i:], "*/"):
			depth--
			l.i += 2
			if depth == 0 {
				return nil
			}
		default:
			l.i++
		}
	}
	return invalid(at, "the comment that begins here does not end")
}

func (l *lexer) word() (token, error) {
	at := l.i
	for l.i < len(l.text) && isWord(l.text[l.i]) {
		l.i++
	}
	w := l.text[at:l.i]
	if (w == "r" || w == "R") && l.i < len(l.text) && (l.text[l.i] == '\'' || l.text[l.i] == '"') {
		quote := l.text[l.i]
		n := strings.IndexByte(l.text[l.i+1:], quote)
		if n < 0 {
			return token{}, invalid(at, "the string that begins here does not end")
		}
		s := l.text[l.i+1 : l.i+1+n]
		l.i += n + 2
		return token{kind: stringToken, at: at, end: l.i, text: s}, nil
	}
	return token{kind: wordToken, at: at, end: l.i, text: w, upper: strings.ToUpper(w)}, nil
}

// number reads digits with what belongs to them; the parser gives it a value.
func (l *lexer) number() (token, error) {
	at := l.i
	l.digits()
	if l.i < len(l.text) && l.text[l.i] == '.' {
		l.i++
		l.digits()
	}
	if rest := l.text[l.i:]; len(rest) > 1 && (rest[0] == 'e' || rest[0] == 'E') {
		n := 1
		if rest[1] == '+' || rest[1] == '-' {
			n = 2
		}
		if len(rest) > n && isDigit(rest[n]) {
			l.i += n
			l.digits()
		}
	}
	for l.i < len(l.text) && isWord(l.text[l.i]) {
		l.i++
	}
	s := l.text[at:l.i]
	if strings.Trim(s, "0123456789") != "" && !numeral.MatchString(s) {
		return token{kind: wordToken, at: at, end: l.i, text: s, upper: strings.ToUpper(s)}, nil
	}
	return token{kind: numberToken, at: at, end: l.i, text: s}, nil
}

// numeral is what is a number, or is meant to be one: a word of letters and
// digits that is none is a name, also where it begins with a digit.
var numeral = regexp.MustCompile(`^(?:[0-9]+(?:[eE][0-9]+)?(?:[lLsSyYdDfF]|[bB][dD])?|.*[^0-9A-Za-z_].*)$`)

func (l *lexer) digits() {
	for l.i < len(l.text) && isDigit(l.text[l.i]) {
		l.i++
	}
}

// afterName reports whether a dot here follows a name, so that it is a path.
func (l *lexer) afterName() bool {
	return l.i > 0 && (isWord(l.text[l.i-1]) || l.text[l.i-1] == '`' || l.text[l.i-1] == ')' || l.text[l.i-1] == ']')
}

func (l *lexer) quotedName() (token, error) {
	at := l.i
	for j := l.i + 1; j < len(l.text); j++ {
		if l.text[j] != '`' {
			continue
		}
		if j+1 < len(l.text) && l.text[j+1] == '`' {
			j++
			continue
		}
		l.i = j + 1
		name := strings.ReplaceAll(l.text[at+1:j], "``", "`")
		if name == "" {
			return token{}, invalid(at, "a name in backticks is empty")
		}
		return token{kind: quotedToken, at: at, end: l.i, text: name}, nil
	}
	return token{}, invalid(at, "the name that begins here does not end")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
