package sparkcsv

import "errors"

// A tokenizer takes one record apart as Spark's CSV parser does, oddities
// included: what an unescaped quote inside a quoted field means, what follows
// a closing quote, how a file ends within a field. It is exact and slow; most
// records never reach it.
//
// The rules, as observed: a field that begins with the quote is quoted, any
// other is taken as it is up to the delimiter. Within a quoted field the escape
// before a quote gives the quote. A quote followed by anything but white space
// and a delimiter was none: the field is then its raw text, opening quote
// included, up to the next delimiter. White space after a closing quote is
// dropped. A field that is still open where the text ends, ends there.
type tokenizer struct {
	delim, quote, escape byte
	left, right          bool // trim

	b     []byte
	i     int
	from  int     // where the record begins
	final bool    // b ends where the text ends
	ends  [2]byte // the line's end: one or two characters that read as '\n'; zero: b is one line

	ch, prev  byte
	unescaped bool
	trim      bool
	eof       bool // there is no next character
	short     bool // there may be one, beyond b
	deep      int
	err       error

	text   []byte // of all fields
	fields []span
	start  int // of the field that is being read, in text
}

// A span is a field's text; null is a field with none, not even quotes.
type span struct {
	from, to int
	null     bool
}

// maxFields is how many fields a record may have, as in Spark (maxColumns).
const maxFields = 20480

var (
	errFields = errors.New("a record has more than 20480 fields")
	errQuotes = errors.New("a field has more than 10000 escaped quotes after a closing quote")
)

// record reads the record at b[i:] and reports whether there is one. When
// short is set it could not see the end and must be asked again with more of b.
func (t *tokenizer) record(b []byte, i int, final bool) bool {
	t.b, t.i, t.from, t.final = b, i, i, final
	t.text, t.fields, t.start = t.text[:0], t.fields[:0], 0
	t.eof, t.short, t.err, t.deep, t.trim = false, false, nil, 0, false
	t.prev, t.unescaped = 0, false
	t.next()
	if !t.eof {
		t.parse()
	}
	if t.short || t.err != nil {
		return false
	}
	if t.eof {
		t.atEnd()
	}
	return len(t.fields) > 0
}

// next reads a character. At the end ch stays what it was: the rules of the
// end look at it.
func (t *tokenizer) next() {
	if t.eof {
		return
	}
	if t.i >= len(t.b) {
		t.eof, t.short = true, !t.final
		return
	}
	c := t.b[t.i]
	t.i++
	if c == t.ends[0] && c != 0 {
		if t.ends[1] == 0 {
			c = '\n'
		} else if t.i >= len(t.b) {
			if !t.final {
				t.eof, t.short = true, true
				return
			}
		} else if t.b[t.i] == t.ends[1] {
			t.i++
			c = '\n'
		}
	}
	t.ch = c
}

func (t *tokenizer) parse() {
	if t.white(); t.eof {
		return
	}
	for t.ch != '\n' {
		if t.white(); t.eof {
			return
		}
		switch {
		case t.ch == t.delim || t.ch == '\n':
			t.empty()
		default:
			t.unescaped, t.prev = false, 0
			switch {
			case t.ch != t.quote:
				t.trim = t.right
				t.plain()
			case t.simple():
			default:
				t.trim = false
				t.quoted()
			}
			if t.eof || t.err != nil {
				return
			}
			if t.trim && t.prev == 0 && blank(t.text[t.start:]) {
				t.text = t.text[:t.start]
				t.empty() // trimmed to nothing, with more to come: as if nothing had been there
			} else {
				t.value()
			}
		}
		if len(t.fields) > maxFields {
			t.err = errFields
		}
		if t.err != nil {
			return
		}
		if t.ch != '\n' {
			if t.next(); t.eof {
				return
			}
			if t.ch == '\n' {
				t.empty()
			}
		}
	}
}

// white passes over white space before a field, if that is asked for.
func (t *tokenizer) white() {
	for t.left && !t.eof && t.ch <= ' ' && t.ch != t.delim && t.ch != '\n' && t.ch != t.quote {
		t.next()
	}
}

// plain takes a field without quotes. As long as a delimiter or a line's end
// follows, only these end it; in the last field of the text a '\n' does, too,
// even where lines end otherwise.
func (t *tokenizer) plain() {
	from := t.i - 1
	for i := from; i < len(t.b); i++ {
		c := t.b[i]
		if c != t.delim && (c != t.ends[0] || c == 0 || i+1 >= len(t.b) || t.ends[1] != 0 && t.b[i+1] != t.ends[1]) {
			continue
		}
		t.text = append(t.text, t.b[from:i]...)
		t.i = i
		t.next()
		return
	}
	if !t.final {
		t.eof, t.short = true, true
		return
	}
	t.until()
}

// simple takes a quoted field that needs no rules, or nothing. It is not only
// faster: where the escape is off, the rules find an escape in every quote.
func (t *tokenizer) simple() bool {
	for i := t.i; i+1 < len(t.b); i++ {
		c, next := t.b[i], t.b[i+1]
		switch {
		case c == t.quote:
			if t.b[i-1] == t.escape || next != t.delim && next != '\n' {
				return false
			}
			t.text = append(t.text, t.b[t.i:i]...)
			t.i = i + 1
			t.trim = false
			t.next()
			return true
		case c == t.escape:
			if next == t.quote || next == t.escapeEscape() {
				return false
			}
		case c == t.ends[0] && c != 0 && (t.ends[1] == 0 || next == t.ends[1]):
			return false
		}
	}
	return false
}

// until takes everything up to the delimiter. At the end of the text ch stays
// the first character.
func (t *tokenizer) until() {
	first := t.ch
	for t.ch != t.delim && t.ch != '\n' {
		t.text = append(t.text, t.ch)
		if t.next(); t.eof {
			t.ch = first
			return
		}
	}
}

// raw turns the field into its raw text: the quote that opened it, what was
// read, and the rest up to the delimiter.
func (t *tokenizer) raw() {
	t.text = append(t.text, 0)
	copy(t.text[t.start+1:], t.text[t.start:])
	t.text[t.start] = t.quote
	if t.next(); t.eof {
		return
	}
	t.trim = t.right
	t.until()
}

func (t *tokenizer) quoted() {
	if t.next(); t.eof {
		return
	}
	for {
		if t.prev == t.quote && (t.ch <= ' ' || t.ch == t.delim || t.ch == '\n') {
			break
		}
		if t.ch != t.quote && t.ch != t.escape {
			if t.prev == t.quote {
				t.unescaped = true
				t.text = append(t.text, t.quote, t.ch)
				t.prev = t.ch
				t.raw()
				return
			}
			if t.prev == t.escape && t.escape != 0 {
				t.text = append(t.text, t.escape)
			}
			first := t.ch
			for t.ch != t.quote && t.ch != t.escape && t.ch != t.escapeEscape() {
				t.text = append(t.text, t.ch)
				if t.next(); t.eof {
					t.ch = first
					return
				}
			}
		} else if t.escaping(); t.eof || t.err != nil {
			return
		}
		t.prev = t.ch
		if t.next(); t.eof {
			return
		}
		if t.unescaped && (t.ch == t.delim || t.ch == '\n') {
			return
		}
	}
	if t.ch == t.delim || t.ch == '\n' || t.ch > ' ' {
		return
	}
	from := t.i - 1
	for {
		if t.next(); t.eof || t.ch == '\n' {
			return
		}
		if t.ch > ' ' {
			break
		}
	}
	if t.ch == t.delim {
		return
	}
	t.text = append(t.text, t.quote)
	t.text = append(t.text, t.b[from:t.i-1]...)
	t.text = append(t.text, t.ch)
	t.prev = t.ch
	t.raw()
}

func (t *tokenizer) escapeEscape() byte {
	if t.escape == t.quote {
		return 0
	}
	return t.escape
}

// escaping looks at a quote or an escape within a field.
func (t *tokenizer) escaping() {
	ee := t.escapeEscape()
	switch {
	case t.ch == t.escape && t.prev == ee && ee != 0:
		t.text = append(t.text, t.escape)
		t.ch = 0
	case t.prev == t.escape:
		if t.ch == t.quote {
			t.text = append(t.text, t.quote)
			t.ch = 0
		} else {
			t.text = append(t.text, t.prev)
		}
	case t.ch == t.quote && t.prev == t.quote:
		t.text = append(t.text, t.quote)
	case t.prev == t.quote:
		t.text = append(t.text, t.quote)
		t.prev = t.ch
		t.afterQuote()
	}
}

// afterQuote reads on after a quote that turned out to close nothing and was
// followed by an escape.
func (t *tokenizer) afterQuote() {
	if t.deep++; t.deep > 10000 {
		t.err = errQuotes // Spark's stack overflows about here
		return
	}
	for t.ch != t.delim && t.ch != '\n' {
		if t.ch != t.quote && t.ch != t.escape {
			if t.prev == t.quote {
				t.text = append(t.text, t.quote)
				t.prev = t.ch
				continue
			}
			t.text = append(t.text, t.ch)
		} else if t.escaping(); t.eof || t.err != nil {
			return
		}
		t.prev = t.ch
		if t.next(); t.eof {
			return
		}
	}
}

// atEnd ends the last field where the text ends.
func (t *tokenizer) atEnd() {
	some := false
	if t.ch == t.quote && t.prev == t.quote && t.i > 0 {
		some = true
	} else {
		if t.ch == t.quote && !t.unescaped {
			t.text = append(t.text, t.quote)
		}
		some = t.prev != 0 && t.ch != t.delim && t.ch != '\n'
	}
	if some || len(t.text) > t.start {
		t.value()
	} else if len(t.fields) > 0 || t.i > t.from {
		t.empty()
	}
}

func (t *tokenizer) empty() {
	t.fields = append(t.fields, span{t.start, t.start, true})
	t.start = len(t.text)
}

func (t *tokenizer) value() {
	to := len(t.text)
	if t.trim {
		for to > t.start && t.text[to-1] <= ' ' {
			to--
		}
	}
	t.fields = append(t.fields, span{from: t.start, to: to})
	t.start = len(t.text)
}

func blank(s []byte) bool { return len(javaTrim(s)) == 0 }
