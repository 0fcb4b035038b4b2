package sparktime

import (
	"fmt"
	"strings"
	"sync"
)

// A Pattern is a Java date and time pattern as Spark 3 compiles it: for
// printing, or for strict parsing without regard to case, with fractions of a
// second of any length up to the one written.
type Pattern struct {
	text    string
	parsing bool
	items   []item
	old     []oldItem // SimpleDateFormat's reading of the same pattern, for parsing
	oldOK   bool      // it has one
}

// What an item of a pattern is.
const (
	literal = iota
	group   // [optional]
	number
	reduced // the last two digits of a year
	fraction
	name        // a text of a field
	offset      // from UTC
	localOffset // GMT+1
	zoneID
	zoneName
)

// The fields that a pattern has.
const (
	era = iota
	year
	yearOfEra
	quarter
	month
	day
	dayOfYear
	dayOfWeek
	weekdayOfMonth // which of the month's Mondays a Monday is
	hour           // 0-23
	hour24         // 1-24
	halfHour       // 0-11
	hour12         // 1-12
	half           // 0 AM, 1 PM
	minute
	second
	nano
	zoneOffset
	fields
)

type item struct {
	kind      int
	text      string // of a literal; the name of UTC of an offset
	items     []item // of a group
	field     int
	low, high int // digits
	signed    int // what sign a number may have
	base      int64
	after     int  // digits of fixed-width numbers that follow at once
	colon     bool // an offset is hh:mm
	minutes   part // of an offset
	seconds   part
	full      bool // the long form
	texts     []string
}

// A part of an offset is left out, there where it is not zero, or always there.
type part uint8

const (
	absent part = iota
	asNeeded
	always
)

// Which signs a number may have: none, minus, or minus and plus where it is
// longer than its width.
const (
	unsigned = iota
	minus
	padded
)

var (
	months      = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	shortMonths = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
	longDays    = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	shortDays   = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	eras        = []string{"Before Christ", "Anno Domini"}
	shortEras   = []string{"BC", "AD"}
	quarters    = []string{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"}
	shortQuart  = []string{"Q1", "Q2", "Q3", "Q4"}
	halves      = []string{"AM", "PM"}
)

var patterns struct {
	sync.RWMutex
	known map[patternKey]*Pattern
}

type patternKey struct {
	text    string
	parsing bool
}

const maxPatterns = 512

// Printer compiles a pattern for printing. Its error says what Spark 3 refuses in it.
func Printer(text string) (*Pattern, error) { return compiled(text, false) }

// Parser compiles a pattern for parsing.
func Parser(text string) (*Pattern, error) { return compiled(text, true) }

func compiled(text string, parsing bool) (*Pattern, error) {
	key := patternKey{text, parsing}
	patterns.RLock()
	p := patterns.known[key]
	patterns.RUnlock()
	if p != nil {
		return p, nil
	}
	p, err := compile(text, parsing)
	if err != nil {
		return nil, err
	}
	patterns.Lock()
	defer patterns.Unlock()
	if patterns.known == nil || len(patterns.known) >= maxPatterns {
		patterns.known = map[patternKey]*Pattern{}
	}
	patterns.known[key] = p
	return p, nil
}

// ReadsNames reports whether p reads zones by their names.
func (p *Pattern) ReadsNames() bool { return readsNames(p.items) }

func readsNames(items []item) bool {
	for _, it := range items {
		if it.kind == zoneID || it.kind == zoneName || readsNames(it.items) {
			return true
		}
	}
	return false
}

func compile(text string, parsing bool) (*Pattern, error) {
	eraIn, err := allowed(text, parsing)
	if err != nil {
		return nil, err
	}
	c := compiler{text: text, parsing: parsing, era: eraIn, open: [][]item{nil}, adjacent: []int{-1}}
	if parsing && strings.Contains(text, "S") {
		err = c.bySplit()
	} else {
		err = c.whole(text)
	}
	if err != nil {
		return nil, err
	}
	for len(c.open) > 1 { // Java closes what is left open
		c.close()
	}
	p := &Pattern{text: text, parsing: parsing, items: c.open[0]}
	if parsing {
		p.old, p.oldOK = oldPattern(text)
	}
	return p, nil
}

// allowed refuses the letters that Spark does not hand on to Java, and says
// whether there is an era, without which a year counts from 0 on downwards.
func allowed(text string, parsing bool) (eraIn bool, err error) {
	for i, part := range strings.Split(text, "'") {
		if i%2 == 1 {
			continue
		}
		if at := strings.IndexAny(part, "YWwuec"); at >= 0 {
			return false, fmt.Errorf("the pattern %q has the letter %c, for dates by week, which Spark 3 refuses", text, part[at])
		}
		letters := "ABnNp"
		if parsing {
			letters += "EFqQ"
		}
		if at := strings.IndexAny(part, letters); at >= 0 {
			return false, fmt.Errorf("the pattern %q has the letter %c, which Spark 3 refuses here", text, part[at])
		}
		for _, long := range []string{"GGGGG", "MMMMM", "LLLLL", "EEEEE", "QQQQQ", "qqqqq", "yyyyyyy"} {
			if strings.Contains(part, long) {
				return false, fmt.Errorf("the pattern %q has %s, which Spark 3 refuses", text, long)
			}
		}
		eraIn = eraIn || strings.Contains(part, "G")
	}
	return eraIn, nil
}

type compiler struct {
	text         string
	parsing, era bool
	open         [][]item // the groups that are open
	adjacent     []int    // of each group, the index of the number that others may follow at once, or -1
}

func (c *compiler) top() *[]item { return &c.open[len(c.open)-1] }

func (c *compiler) add(it item) {
	*c.top() = append(*c.top(), it)
	c.adjacent[len(c.adjacent)-1] = -1
}

func (c *compiler) begin() {
	c.adjacent[len(c.adjacent)-1] = -1
	c.open, c.adjacent = append(c.open, nil), append(c.adjacent, -1)
}

func (c *compiler) close() {
	g := item{kind: group, items: *c.top()}
	c.open, c.adjacent = c.open[:len(c.open)-1], c.adjacent[:len(c.adjacent)-1]
	if len(g.items) > 0 {
		c.add(g)
	}
}

func (c *compiler) refuse(what string) error { return fmt.Errorf("the pattern %q: %s", c.text, what) }

// bySplit reads a pattern with fractions: there Spark splits at the apostrophes
// itself, every other part being literal; so it loses those at the end.
func (c *compiler) bySplit() error {
	parts := strings.Split(c.text, "'")
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	for i, part := range parts {
		switch {
		case part == "" && i > 0:
			c.add(item{kind: literal, text: "'"})
		case i%2 == 1:
			c.add(item{kind: literal, text: part})
		default:
			for part != "" {
				at := strings.IndexByte(part, 'S')
				if at < 0 {
					at = len(part)
				}
				if err := c.whole(part[:at]); err != nil {
					return err
				}
				n := at
				for n < len(part) && part[n] == 'S' {
					n++
				}
				if n-at > 9 {
					return c.refuse("a fraction has at most nine digits")
				}
				if n > at {
					c.fraction(1, n-at)
				}
				part = part[n:]
			}
		}
	}
	return nil
}

// fraction adds a fraction of a second; one of fixed width is a number that may
// follow another at once.
func (c *compiler) fraction(low, high int) {
	it := item{kind: fraction, field: nano, low: low, high: high}
	if low == high {
		c.number(it)
	} else {
		c.add(it)
	}
}

// whole reads a pattern as Java's appendPattern does.
func (c *compiler) whole(s string) error {
	for i := 0; i < len(s); {
		ch, n := s[i], 1
		for i+n < len(s) && s[i+n] == ch {
			n++
		}
		switch {
		case ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z':
			if !c.letters(ch, n) {
				return c.refuse("Spark 3 does not know the letters " + s[i:i+n])
			}
			i += n
			continue
		case ch == '\'':
			end, text := quotedLiteral(s, i)
			if end < 0 {
				return c.refuse("an apostrophe opens a literal that nothing closes")
			}
			c.add(item{kind: literal, text: text})
			i = end
			continue
		case ch == '[':
			c.begin()
		case ch == ']':
			if len(c.open) == 1 {
				return c.refuse("] without [")
			}
			c.close()
		case ch == '{' || ch == '}' || ch == '#':
			return c.refuse("Java reserves " + string(ch))
		default:
			c.add(item{kind: literal, text: s[i : i+1]})
		}
		i++
	}
	return nil
}

// quotedLiteral reads 'text', where ” is an apostrophe, and returns its end or -1.
func quotedLiteral(s string, i int) (int, string) {
	var b strings.Builder
	for j := i + 1; j < len(s); j++ {
		if s[j] != '\'' {
			b.WriteByte(s[j])
			continue
		}
		if j+1 < len(s) && s[j+1] == '\'' {
			b.WriteByte('\'')
			j++
			continue
		}
		if j == i+1 {
			return j + 1, "'"
		}
		return j + 1, b.String()
	}
	return -1, ""
}

// number adds a number. A number of fixed width that follows another at once
// is kept free by it: in yyyyMMdd the year leaves four digits.
func (c *compiler) number(it item) {
	items := c.top()
	at := &c.adjacent[len(c.adjacent)-1]
	*items = append(*items, it)
	if *at >= 0 && it.low == it.high && it.signed == unsigned {
		(*items)[*at].after += it.high
		return
	}
	*at = len(*items) - 1
}
