package sparkcsv

import (
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// compile reads a pattern; option names it in errors.
func compile(option, text string) (*pattern, error) {
	c := compiler{option: option, text: text, open: [][]item{nil}, adjacent: -1}
	// Where there are fractions Spark splits at the apostrophes itself, every
	// other part being literal; so it loses those at the end.
	parts := strings.Split(text, "'")
	for strings.Contains(text, "S") && len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	if len(parts)%2 == 0 && !strings.Contains(text, "S") {
		return nil, fault.Errorf(fault.Invalid, "csv: option %s: %q: an apostrophe opens a literal that nothing closes", option, text)
	}
	for i, part := range parts {
		switch {
		case part == "" && i > 0 && i < len(parts)-1:
			c.add(item{kind: literal, text: "'"})
		case i%2 == 1:
			c.add(item{kind: literal, text: part})
		default:
			if err := c.part(part); err != nil {
				return nil, err
			}
		}
	}
	for len(c.open) > 1 { // Java closes what is left open
		c.close()
	}
	return &pattern{c.open[0]}, nil
}

type compiler struct {
	option, text string
	open         [][]item // the groups that are open
	adjacent     int      // index of the number that others may follow at once, or -1
}

func (c *compiler) top() *[]item { return &c.open[len(c.open)-1] }

func (c *compiler) add(it item) {
	*c.top() = append(*c.top(), it)
	c.adjacent = -1
}

func (c *compiler) close() {
	g := item{kind: group, items: *c.top()}
	c.open = c.open[:len(c.open)-1]
	c.add(g)
}

func (c *compiler) refuse(what string) error {
	return fault.Errorf(fault.Refused, "csv: option %s: %q: %s", c.option, c.text, what).
		WithHint("read the column as string and convert it in a step with to_date or to_timestamp")
}

func (c *compiler) part(s string) error {
	for i := 0; i < len(s); {
		ch, n := s[i], 1
		for i+n < len(s) && s[i+n] == ch {
			n++
		}
		switch {
		case ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z':
			if !c.letters(ch, n) {
				return c.refuse("the letters " + s[i:i+n] + " are not supported")
			}
			i += n
			continue
		case ch == '[':
			c.open = append(c.open, nil)
			c.adjacent = -1
		case ch == ']':
			if len(c.open) == 1 {
				return c.refuse("] without [")
			}
			c.close()
		case ch == '{' || ch == '}' || ch == '#':
			return c.refuse("Java reserves " + string(ch))
		default:
			c.add(item{kind: literal, text: string(ch)})
		}
		i++
	}
	return nil
}

// letters adds the field of n letters ch and reports whether it is known.
func (c *compiler) letters(ch byte, n int) bool {
	two := map[byte]int{'d': day, 'H': hour, 'k': hour24, 'K': halfHour, 'h': hour12, 'm': minute, 's': second}
	f, short := two[ch]
	switch {
	case ch == 'y' && n == 1:
		c.number(item{kind: number, field: year, low: 1, high: 19, signed: minus})
	case ch == 'y' && n == 2:
		c.number(item{kind: number, field: year, low: 2, high: 2, base: 2000})
	case ch == 'y' && n == 4:
		c.number(item{kind: number, field: year, low: 4, high: 19, signed: padded})
	case ch == 'M' && n == 3:
		c.add(item{kind: name, field: month, texts: shortMonths, base: 1})
	case ch == 'M' && n == 4:
		c.add(item{kind: name, field: month, texts: months, base: 1})
	case ch == 'M' && n <= 2, short && n <= 2:
		if ch == 'M' {
			f = month
		}
		it := item{kind: number, field: f, low: 1, high: 19, signed: minus}
		if n == 2 {
			it = item{kind: number, field: f, low: 2, high: 2}
		}
		c.number(it)
	case ch == 'a' && n == 1:
		c.add(item{kind: name, field: half, texts: []string{"AM", "PM"}})
	case ch == 'S' && n <= 9 && c.adjacent < 0:
		c.add(item{kind: fraction, field: nano, low: 1, high: n})
	case ch == 'X' && n <= 3:
		c.add(item{kind: offset, field: zoneOffset, text: "Z", colon: n == 3, hoursOnly: n == 1})
	case ch == 'x' && n <= 3:
		c.add(item{kind: offset, field: zoneOffset, text: []string{"+00", "+0000", "+00:00"}[n-1], colon: n == 3, hoursOnly: n == 1})
	case ch == 'Z' && n <= 3:
		c.add(item{kind: offset, field: zoneOffset, text: "+0000"})
	default:
		return false
	}
	return true
}

// number adds a number. A number of fixed width that follows another at once
// is kept free by it: in yyyyMMdd the year leaves four digits.
func (c *compiler) number(it item) {
	items := c.top()
	at := c.adjacent
	*items = append(*items, it)
	switch {
	case at >= 0 && it.low == it.high && it.signed == unsigned:
		(*items)[at].after += it.high
	default:
		at = len(*items) - 1
	}
	c.adjacent = at
}
