package sparktime

import "strings"

// What Spark 2 read, with Java's SimpleDateFormat: where Spark 3 reads nothing,
// whether Spark 2 read something decides between NULL and a failed query. Only
// that matters here, not what it read. In doubt the answer is yes: a query that
// fails is better than a NULL in the place of a failure.

// An oldItem is a literal or a field of n letters.
type oldItem struct {
	letter byte // 0 is a literal
	n      int
	text   string
	glued  bool // a number follows at once, so that this one has n digits
}

// oldPattern compiles a pattern; false if SimpleDateFormat refuses it.
func oldPattern(s string) ([]oldItem, bool) {
	var items []oldItem
	literalText := func(t string) { items = append(items, oldItem{text: t}) }
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\'':
			end, text := quotedLiteral(s, i)
			if end < 0 {
				return nil, false
			}
			literalText(text)
			i = end
		case isLetter(c):
			n := 1
			for i+n < len(s) && s[i+n] == c {
				n++
			}
			if strings.IndexByte("GyMwWDdEaFHhKkmsSzZYuXL", c) < 0 || c == 'X' && n > 3 {
				return nil, false
			}
			items = append(items, oldItem{letter: c, n: n})
			i += n
		default:
			literalText(s[i : i+1])
			i++
		}
	}
	for i := range items {
		items[i].glued = i+1 < len(items) && items[i].numeric() && items[i+1].numeric()
	}
	return items, true
}

func (it oldItem) numeric() bool {
	switch it.letter {
	case 'M', 'L':
		return it.n < 3
	case 0, 'G', 'E', 'a', 'z', 'Z', 'X':
		return false
	}
	return true
}

// oldRanges are what a calendar that is not lenient takes.
var oldRanges = map[byte][2]int64{'M': {1, 12}, 'L': {1, 12}, 'd': {1, 31}, 'H': {0, 23}, 'k': {1, 24}, 'K': {0, 11}, 'h': {1, 12},
	'm': {0, 59}, 's': {0, 59}, 'S': {0, 999}, 'D': {1, 366}}

// lastYear is the last of which microseconds fit 64 bits.
const lastYear = 294246

// oldValues are the numbers that were read, by letter; L is M.
type oldValues map[byte]int64

func (v oldValues) has(letter byte) bool { _, ok := v[letter]; return ok }

// An oldReading is what SimpleDateFormat found.
type oldReading struct {
	value     oldValues
	twoDigits bool // the year had two digits where two were asked for
	weekday   bool
	zone      string // as it was written
	in        Zone
	zoned     bool // zone is known: it is in
}

// oldReads reports whether SimpleDateFormat reads the beginning of s. A year in
// two digits is some year of this century.
func oldReads(items []oldItem, s string) bool {
	f, ok := oldRead(items, s)
	if !ok {
		return false
	}
	if f.twoDigits {
		f.value['y'] += 2000
	}
	_, ok = f.civil()
	return ok
}

// oldRead reads the fields of the beginning of s.
func oldRead(items []oldItem, s string) (f oldReading, ok bool) {
	i := 0
	f.value = oldValues{}
	for _, it := range items {
		if it.letter == 0 {
			if !strings.HasPrefix(s[i:], it.text) {
				return f, false
			}
			i += len(it.text)
			continue
		}
		start := i
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
		if i >= len(s) {
			return f, false
		}
		if it.numeric() {
			i = f.number(it, s, start, i)
		} else {
			i = f.word(it, s, i)
		}
		if i < 0 {
			return f, false
		}
	}
	return f, true
}

// year puts a year in two digits into the century that begins 80 years ago.
func (f *oldReading) year(now int64) {
	start := CivilAt(now)
	start.Year -= 80
	v := f.value['y'] + start.Year/100*100
	if f.value['y'] < start.Year%100 {
		v += 100
	}
	f.value['y'] = v
	if c, ok := f.civil(); v == start.Year && ok {
		at, _ := c.Seconds()
		if begin, _ := start.Seconds(); at < begin {
			f.value['y'] += 100
		}
	}
}

// civil makes a date and a time of the fields, as a calendar that is not
// lenient does.
func (f *oldReading) civil() (Civil, bool) {
	v := f.value
	c := Civil{Year: 1970, Month: 1, Day: 1, Minute: v['m'], Second: v['s'], Micro: v['S'] * 1000}
	if v.has('y') {
		c.Year = v['y']
	}
	if v.has('M') {
		c.Month = v['M']
	}
	if v.has('d') {
		c.Day = v['d']
	}
	if c.Year < 1 || c.Year > lastYear {
		return c, false
	}
	if v.has('D') {
		first, _ := Civil{Year: c.Year, Month: 1, Day: 1}.Days()
		d := CivilOf(first + v['D'] - 1)
		if d.Year != c.Year || v.has('M') && d.Month != c.Month || v.has('d') && d.Day != c.Day {
			return c, false
		}
		c.Month, c.Day = d.Month, d.Day
	}
	// The old calendar has a 29 February every four years before 1582.
	longest := MonthLen(c.Year, c.Month)
	if c.Month == 2 && c.Year%4 == 0 && c.Year <= 1582 {
		longest = 29
	}
	switch {
	case v.has('H'):
		c.Hour = v['H']
	case v.has('k'):
		c.Hour = v['k'] % 24
	case v.has('h'):
		c.Hour = v['h']%12 + 12*v['a']
	case v.has('K'):
		c.Hour = v['K'] + 12*v['a']
	default:
		c.Hour = 12 * v['a']
	}
	return c, c.Day <= longest && (!v.has('a') || c.Hour/12 == v['a'])
}

// number reads a number at i, behind the white space that begins at start:
// where another number follows at once, that counts to its digits.
func (f *oldReading) number(it oldItem, s string, start, i int) int {
	if it.glued {
		if len(s) < start+it.n {
			return -1
		}
		s = s[:start+it.n]
	}
	if i >= len(s) {
		return -1
	}
	from := i
	if s[i] == '-' {
		i++
	}
	v, n := int64(0), 0
	for ; i < len(s) && digit(s[i]); i, n = i+1, n+1 {
		v = min(v*10+int64(s[i]-'0'), 1<<40)
	}
	if n == 0 {
		return -1
	}
	if s[from] == '-' {
		v = -v
	}
	if r, ok := oldRanges[it.letter]; ok && (v < r[0] || v > r[1]) {
		return -1
	}
	letter := it.letter
	if letter == 'L' {
		letter = 'M'
	}
	if letter == 'y' {
		f.twoDigits = it.n <= 2 && n == 2 && s[from] != '-'
	}
	f.value[letter] = v
	return i
}

// word reads a name or a zone and returns its end, or -1.
func (f *oldReading) word(it oldItem, s string, i int) int {
	var lists [][]string
	letter, base := it.letter, int64(0)
	switch it.letter {
	case 'M', 'L':
		lists, letter, base = [][]string{months, shortMonths}, 'M', 1
	case 'E':
		lists, base = [][]string{longDays, shortDays}, 1
		f.weekday = true
	case 'G':
		lists = [][]string{shortEras}
	case 'a':
		lists = [][]string{halves}
	default:
		return f.zoneAt(it, s, i)
	}
	for _, list := range lists {
		for v, name := range list {
			if end := after(s, i, name); end >= 0 {
				f.value[letter] = int64(v) + base
				return end
			}
		}
	}
	return -1
}

func (f *oldReading) zoneAt(it oldItem, s string, i int) int {
	o := item{minutes: always}
	if it.letter == 'X' {
		if s[i] == 'Z' {
			f.zone, f.zoned = "Z", true
			return i + 1
		}
		if o.colon = it.n == 3; it.n == 1 {
			o.minutes = absent
		}
	}
	if s[i] == '+' || s[i] == '-' {
		v, end := readOffset(&o, s, i)
		if end >= 0 {
			f.zone, f.in, f.zoned = s[i:end], OffsetZone(v), true
		}
		return end
	}
	end := i
	for end < len(s) && (isLetter(s[end]) || digit(s[end]) || strings.IndexByte("+-:/_", s[end]) >= 0) {
		end++
	}
	if end == i || it.letter == 'X' || !isLetter(s[i]) {
		return -1
	}
	f.zone = s[i:end]
	f.zoned = f.zone == "UTC" || f.zone == "GMT"
	return end
}
