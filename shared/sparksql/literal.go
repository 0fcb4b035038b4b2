package sparksql

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/glint-data/glint/shared/relation"
)

// quotedString reads a string with Spark's escapes.
func (l *lexer) quotedString() (token, error) {
	at, quote := l.i, l.text[l.i]
	j := at + 1
	for j < len(l.text) && l.text[j] != quote {
		if l.text[j] == '\\' {
			j++
		}
		j++
	}
	if j >= len(l.text) {
		return token{}, invalid(at, "the string that begins here does not end")
	}
	l.i = j + 1
	s, ok := unescape(l.text[at+1 : j])
	if !ok {
		return token{}, refused(at, "a string with an escape that is no character")
	}
	if strings.IndexByte(s, 0) >= 0 || !utf8.ValidString(s) {
		return token{}, refused(at, "a string that holds a zero character or bytes that are not UTF-8")
	}
	return token{kind: stringToken, at: at, end: l.i, text: s}, nil
}

// escapes are the letters that mean another character after a backslash. Any
// other character means itself, but \% and \_ keep their backslash, for LIKE.
var escapes = map[byte]string{'0': "\x00", 'b': "\b", 'n': "\n", 'r': "\r", 't': "\t", 'Z': "\x1a", '%': `\%`, '_': `\_`}

func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		rest := s[i+1:]
		if rest == "" {
			return "", false
		}
		n, code, coded := coded(rest)
		if coded {
			if code >= 0xD800 && code < 0xE000 || code > utf8.MaxRune {
				return "", false
			}
			b.WriteRune(rune(code))
			i += n
			continue
		}
		if e, ok := escapes[rest[0]]; ok {
			b.WriteString(e)
		} else {
			b.WriteByte(rest[0])
		}
		i++
	}
	return b.String(), true
}

// coded reads \uXXXX, \UXXXXXXXX or an octal \ooo, given what follows the backslash.
func coded(s string) (n int, code uint64, ok bool) {
	digits, base := 3, 8
	skip := 0
	switch {
	case s[0] == 'u':
		digits, base, skip = 4, 16, 1
	case s[0] == 'U':
		digits, base, skip = 8, 16, 1
	case s[0] != '0' && s[0] != '1':
		return 0, 0, false
	}
	if len(s) < skip+digits {
		return 0, 0, false
	}
	code, err := strconv.ParseUint(s[skip:skip+digits], base, 32)
	return skip + digits, code, err == nil
}

// hexLiteral is X'0aff': bytes. An odd digit is the first one's low half.
func (p *parser) hexLiteral(t token, digits string) expr {
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic(invalid(t.at, "X%s holds other characters than hexadecimal digits", quoteText(digits)))
	}
	return &literal{place: place(t.at), t: relation.Of(relation.Binary), text: string(b)}
}

// numberValue gives a number its Spark type. negative is a sign that was part
// of the literal: it matters for the smallest integers.
func numberValue(t token, negative bool) (*literal, error) {
	text := strings.ToUpper(t.text)
	body := text
	for len(body) > 0 && !isDigit(body[len(body)-1]) && body[len(body)-1] != '.' {
		body = body[:len(body)-1]
	}
	suffix := text[len(body):]
	if strings.Trim(body, "0123456789.E+-") != "" {
		return nil, invalid(t.at, "%q is neither a number nor a name", t.text).because("quote a name that begins with a digit in backticks")
	}
	if negative {
		body = "-" + body
	}
	lit := &literal{place: place(t.at), text: body}
	whole := strings.Trim(body, "-0123456789") == ""
	switch {
	case suffix == "" && whole:
		return lit, lit.integer(t)
	case suffix == "" && strings.Contains(body, "E"), suffix == "D":
		lit.t = relation.Of(relation.Double)
		return lit, lit.floating(t, 64)
	case suffix == "F":
		lit.t = relation.Of(relation.Float)
		return lit, lit.floating(t, 32)
	case suffix == "" || suffix == "BD":
		return lit, lit.decimal(t)
	case whole && (suffix == "L" || suffix == "S" || suffix == "Y"):
		kind, bits := relation.Long, 64
		if suffix == "S" {
			kind, bits = relation.Short, 16
		} else if suffix == "Y" {
			kind, bits = relation.Byte, 8
		}
		v, err := strconv.ParseInt(body, 10, bits)
		if err != nil {
			return nil, invalid(t.at, "%s is out of the range of %s", t.text, kind)
		}
		lit.t, lit.text = relation.Of(kind), strconv.FormatInt(v, 10)
		return lit, nil
	}
	return nil, invalid(t.at, "%q is neither a number nor a name", t.text).because("quote a name that begins with a digit in backticks")
}

// integer is an int, else a bigint, else a decimal.
func (l *literal) integer(t token) error {
	v, err := strconv.ParseInt(l.text, 10, 64)
	if err != nil {
		return l.decimal(t)
	}
	l.t, l.text = relation.Of(relation.Long), strconv.FormatInt(v, 10)
	if int64(int32(v)) == v {
		l.t = relation.Of(relation.Int)
	}
	return nil
}

func (l *literal) floating(t token, bits int) error {
	v, err := strconv.ParseFloat(l.text, bits)
	if exact, _ := strconv.ParseFloat(l.text, 64); err != nil || bits == 32 && math.Abs(exact) > math.MaxFloat32 {
		return invalid(t.at, "%s is out of the range of %s", t.text, l.t)
	}
	l.text = strconv.FormatFloat(v, 'e', -1, bits)
	return nil
}

// decimal gives a literal the smallest decimal type that holds all its digits.
func (l *literal) decimal(t token) error {
	body, exponent := l.text, 0
	if i := strings.IndexByte(body, 'E'); i >= 0 {
		e, err := strconv.Atoi(body[i+1:])
		if err != nil || e > 100 || e < -100 {
			return invalid(t.at, "%s is out of the range of decimal", t.text)
		}
		body, exponent = body[:i], e
	}
	whole, fraction, _ := strings.Cut(body, ".")
	v, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return invalid(t.at, "%s is not a number", t.text)
	}
	scale := len(fraction) - exponent
	if scale < 0 {
		v.Mul(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	digits := new(big.Int).Abs(v).String()
	precision := max(len(digits), scale)
	if precision > maxPrecision {
		return invalid(t.at, "%s has more than %d digits", t.text, maxPrecision)
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	l.text = digits
	if scale > 0 {
		l.text = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if v.Sign() < 0 {
		l.text = "-" + l.text
	}
	l.t = relation.DecimalOf(precision, scale)
	return nil
}
