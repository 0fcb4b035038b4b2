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

// oldReads reports whether SimpleDateFormat reads the beginning of s.
func oldReads(items []oldItem, s string) bool {
	i := 0
	value := map[byte]int64{}
	for _, it := range items {
		if it.letter == 0 {
			if !strings.HasPrefix(s[i:], it.text) {
				return false
			}
			i += len(it.text)
			continue
		}
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
		if i >= len(s) {
			return false
		}
		if !it.numeric() {
			if i = oldWord(it, s, i, value); i < 0 {
				return false
			}
			continue
		}
		v, end := oldNumber(it, s, i)
		if end < 0 {
			return false
		}
		if r, ok := oldRanges[it.letter]; ok && (v < r[0] || v > r[1]) {
			return false
		}
		value[it.letter] = v
		i = end
	}
	m := value['M'] + value['L']
	d, dayKnown := value['d']
	y, yearKnown := value['y']
	if !yearKnown {
		y = 1970
	}
	if m == 0 {
		m = 1
	}
	if y < 1 || y > lastYear {
		return false
	}
	// The old calendar has a 29 February 1900 and before 1582 one every four years.
	leap := y%4 == 0 && (y <= 1582 || y%100 != 0 || y%400 == 0)
	longest := MonthLen(2001, m)
	if m == 2 && leap {
		longest = 29
	}
	if n, known := value['D']; known {
		first, _ := Civil{Year: y, Month: 1, Day: 1}.Days()
		c := CivilOf(first + n - 1)
		monthKnown := value['M']+value['L'] > 0
		return c.Year == y && (!monthKnown || c.Month == m) && (!dayKnown || c.Day == d)
	}
	return !dayKnown || d <= longest
}

func oldNumber(it oldItem, s string, i int) (int64, int) {
	if it.glued {
		if len(s) < i+it.n {
			return 0, -1
		}
		s = s[:i+it.n]
	}
	from := i
	if i < len(s) && s[i] == '-' {
		i++
	}
	v, n := int64(0), 0
	for ; i < len(s) && digit(s[i]); i, n = i+1, n+1 {
		v = min(v*10+int64(s[i]-'0'), 1<<40)
	}
	if n == 0 {
		return 0, -1
	}
	if s[from] == '-' {
		v = -v
	}
	if it.letter == 'y' && it.n <= 2 && n == 2 && s[from] != '-' {
		v += 2000
	}
	return v, i
}

// oldWord reads a name or a zone and returns its end, or -1.
func oldWord(it oldItem, s string, i int, value map[byte]int64) int {
	switch it.letter {
	case 'M', 'L':
		for _, list := range [][]string{months, shortMonths} {
			for v, name := range list {
				if end := after(s, i, name); end >= 0 {
					value['M'] = int64(v) + 1
					return end
				}
			}
		}
		return -1
	case 'E':
		for _, name := range append(append([]string{}, days...), shortDays...) {
			if end := after(s, i, name); end >= 0 {
				return end
			}
		}
		return -1
	case 'G':
		return max(after(s, i, "AD"), after(s, i, "BC"))
	case 'a':
		return max(after(s, i, "AM"), after(s, i, "PM"))
	}
	return oldZone(it, s, i)
}

func oldZone(it oldItem, s string, i int) int {
	if it.letter == 'X' {
		if s[i] == 'Z' {
			return i + 1
		}
		o := item{colon: it.n == 3, minutes: always}
		if it.n == 1 {
			o.minutes = absent
		}
		_, end := readOffset(&o, s, i)
		return end
	}
	end := i
	for end < len(s) && (isLetter(s[end]) || digit(s[end]) || strings.IndexByte("+-:/_ ", s[end]) >= 0) {
		end++
	}
	if end == i {
		return -1
	}
	if s[i] == '+' || s[i] == '-' || isLetter(s[i]) {
		return end
	}
	return -1
}
