package sparkfn

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A jsonKind is what a JSON value is.
type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonTrue
	jsonFalse
	jsonInt
	jsonFloat
	jsonString
	jsonArray
	jsonObject
)

// A jsonValue is a value as Jackson reads it: text is a number's or a string's.
type jsonValue struct {
	kind   jsonKind
	text   string
	items  []jsonValue
	fields []jsonField
}

type jsonField struct {
	name  string
	value jsonValue
}

var errJSON = errors.New("malformed JSON")

// maxJSONDepth bounds the recursion that a text can ask for. It is Jackson's.
const maxJSONDepth = 1000

// readJSON reads the first value of a text, and leaves what follows it alone.
// Strings may stand in single quotes, as Spark lets them.
func readJSON(s string) (jsonValue, error) {
	r := jsonReader{s: s}
	return r.value(0)
}

type jsonReader struct {
	s string
	i int
}

func (r *jsonReader) blank() {
	for r.i < len(r.s) && strings.IndexByte(" \t\r\n", r.s[r.i]) >= 0 {
		r.i++
	}
}

func (r *jsonReader) value(depth int) (v jsonValue, err error) {
	r.blank()
	if r.i == len(r.s) || depth > maxJSONDepth {
		return v, errJSON
	}
	switch c := r.s[r.i]; {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '"' || c == '\'':
		v.kind = jsonString
		v.text, err = r.quoted()
		return v, err
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	for _, w := range []struct {
		word string
		v    jsonValue
	}{{"true", jsonValue{kind: jsonTrue}}, {"false", jsonValue{kind: jsonFalse}}, {"null", jsonValue{kind: jsonNull}},
		{"NaN", jsonValue{kind: jsonFloat, text: "NaN"}}, {"Infinity", jsonValue{kind: jsonFloat, text: "Infinity"}},
		{"INF", jsonValue{kind: jsonFloat, text: "Infinity"}}, {"+INF", jsonValue{kind: jsonFloat, text: "Infinity"}},
		{"+Infinity", jsonValue{kind: jsonFloat, text: "Infinity"}}} {
		if strings.HasPrefix(r.s[r.i:], w.word) {
			r.i += len(w.word)
			if !r.ends() {
				return v, errJSON
			}
			return w.v, nil
		}
	}
	return v, errJSON
}

// ends reports whether a word or a number is over here.
func (r *jsonReader) ends() bool {
	return r.i == len(r.s) || strings.IndexByte(" \t\r\n,]}:", r.s[r.i]) >= 0
}

func (r *jsonReader) object(depth int) (jsonValue, error) {
	v := jsonValue{kind: jsonObject}
	r.i++
	for first := true; ; first = false {
		r.blank()
		if r.i == len(r.s) {
			return v, errJSON
		}
		if r.s[r.i] == '}' && first {
			r.i++
			return v, nil
		}
		if c := r.s[r.i]; c != '"' && c != '\'' {
			return v, errJSON
		}
		name, err := r.quoted()
		if err != nil {
			return v, err
		}
		r.blank()
		if r.i == len(r.s) || r.s[r.i] != ':' {
			return v, errJSON
		}
		r.i++
		inner, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.fields = append(v.fields, jsonField{name, inner})
		if more, err := r.next('}'); err != nil || !more {
			return v, err
		}
	}
}

func (r *jsonReader) array(depth int) (jsonValue, error) {
	v := jsonValue{kind: jsonArray}
	r.i++
	if r.blank(); r.i < len(r.s) && r.s[r.i] == ']' {
		r.i++
		return v, nil
	}
	for {
		inner, err := r.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, inner)
		if more, err := r.next(']'); err != nil || !more {
			return v, err
		}
	}
}

// next takes the comma after which there is more, or the bracket that ends it.
func (r *jsonReader) next(end byte) (bool, error) {
	r.blank()
	if r.i == len(r.s) {
		return false, errJSON
	}
	c := r.s[r.i]
	r.i++
	switch c {
	case ',':
		return true, nil
	case end:
		return false, nil
	}
	return false, errJSON
}

func (r *jsonReader) number() (jsonValue, error) {
	v, at := jsonValue{kind: jsonInt}, r.i
	if strings.HasPrefix(r.s[r.i:], "-INF") || strings.HasPrefix(r.s[r.i:], "-Infinity") {
		if r.i += len("-INF"); strings.HasPrefix(r.s[at:], "-Infinity") {
			r.i = at + len("-Infinity")
		}
		v.kind, v.text = jsonFloat, "-Infinity"
		if !r.ends() {
			return v, errJSON
		}
		return v, nil
	}
	if r.s[r.i] == '-' {
		r.i++
	}
	whole := r.digits()
	if whole == 0 || whole > 1 && r.s[r.i-whole] == '0' {
		return v, errJSON
	}
	if r.i < len(r.s) && r.s[r.i] == '.' {
		r.i++
		v.kind = jsonFloat
		if r.digits() == 0 {
			return v, errJSON
		}
	}
	if r.i < len(r.s) && (r.s[r.i] == 'e' || r.s[r.i] == 'E') {
		r.i++
		v.kind = jsonFloat
		if r.i < len(r.s) && (r.s[r.i] == '+' || r.s[r.i] == '-') {
			r.i++
		}
		if r.digits() == 0 {
			return v, errJSON
		}
	}
	v.text = r.s[at:r.i]
	if !r.ends() {
		return v, errJSON
	}
	return v, nil
}

func (r *jsonReader) digits() int {
	at := r.i
	for r.i < len(r.s) && r.s[r.i] >= '0' && r.s[r.i] <= '9' {
		r.i++
	}
	return r.i - at
}

func (r *jsonReader) quoted() (string, error) {
	quote := r.s[r.i]
	r.i++
	at := r.i
	for r.i < len(r.s) && r.s[r.i] != quote && r.s[r.i] != '\\' && r.s[r.i] >= ' ' {
		r.i++
	}
	if r.i < len(r.s) && r.s[r.i] == quote {
		r.i++
		return r.s[at : r.i-1], nil
	}
	b := []byte(r.s[at:r.i])
	for r.i < len(r.s) {
		c := r.s[r.i]
		r.i++
		switch {
		case c == quote:
			return string(b), nil
		case c < ' ':
			return "", errJSON
		case c != '\\':
			b = append(b, c)
			continue
		}
		if r.i == len(r.s) {
			return "", errJSON
		}
		c = r.s[r.i]
		r.i++
		switch k := strings.IndexByte(`bfnrt"\/`, c); {
		case k >= 0:
			b = append(b, "\b\f\n\r\t\"\\/"[k])
		case c == '\'' && quote == '\'':
			b = append(b, c)
		case c == 'u':
			u, err := r.unicode()
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, u)
		default:
			return "", errJSON
		}
	}
	return "", errJSON
}

// unicode reads the four digits after \u, and a second half of a pair.
func (r *jsonReader) unicode() (rune, error) {
	u, err := r.hex()
	if err != nil || u < 0xd800 || u >= 0xdc00 || !strings.HasPrefix(r.s[r.i:], `\u`) {
		return u, err
	}
	at := r.i
	r.i += 2
	low, err := r.hex()
	if err != nil {
		return 0, err
	}
	if low < 0xdc00 || low > 0xdfff {
		r.i = at
		return u, nil
	}
	return (u-0xd800)<<10 + (low - 0xdc00) + 0x10000, nil
}

func (r *jsonReader) hex() (rune, error) {
	if len(r.s)-r.i < 4 {
		return 0, errJSON
	}
	v, err := strconv.ParseUint(r.s[r.i:r.i+4], 16, 32)
	if err != nil {
		return 0, errJSON
	}
	r.i += 4
	return rune(v), nil
}

// appendJSON writes v as Jackson does.
func appendJSON(b []byte, v jsonValue) []byte {
	switch v.kind {
	case jsonNull:
		return append(b, "null"...)
	case jsonTrue:
		return append(b, "true"...)
	case jsonFalse:
		return append(b, "false"...)
	case jsonInt:
		if v.text == "-0" {
			return append(b, '0')
		}
		return append(b, v.text...)
	case jsonFloat:
		d, err := strconv.ParseFloat(v.text, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return appendJSONString(b, v.text)
		}
		if s := FormatDouble(d); d-d != 0 { // what is not finite is written in quotes
			return appendJSONString(b, s)
		} else {
			return append(b, s...)
		}
	case jsonString:
		return appendJSONString(b, v.text)
	case jsonArray:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i, f := range v.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSONString(b, f.name), ':')
		b = appendJSON(b, f.value)
	}
	return append(b, '}')
}

func appendJSONString(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case strings.IndexByte("\b\f\n\r\t", c) >= 0:
			b = append(b, '\\', "bfnrt"[strings.IndexByte("\b\f\n\r\t", c)])
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(b, '"')
}
