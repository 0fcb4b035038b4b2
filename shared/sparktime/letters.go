package sparktime

// numbers are the letters of fields that are written in one or two digits.
var numbers = map[byte]int{'d': day, 'H': hour, 'k': hour24, 'K': halfHour, 'h': hour12, 'm': minute, 's': second}

// letters adds the field of n letters ch and reports whether Java knows it.
func (c *compiler) letters(ch byte, n int) bool {
	switch ch {
	case 'y':
		c.year(n)
	case 'M', 'L':
		return c.named(n, month, shortMonths, months)
	case 'Q', 'q':
		return c.named(n, quarter, shortQuart, quarters)
	case 'E':
		if n > 4 {
			return false
		}
		c.words(n, dayOfWeek, shortDays, longDays, 1)
	case 'G':
		if n > 4 {
			return false
		}
		c.words(n, era, shortEras, eras, 0)
	case 'a':
		if n > 1 {
			return false
		}
		c.words(1, half, halves, halves, 0)
	case 'D':
		switch {
		case n == 1:
			c.number(item{kind: number, field: dayOfYear, low: 1, high: 19, signed: minus})
		case n <= 3:
			c.number(item{kind: number, field: dayOfYear, low: n, high: 3})
		default:
			return false
		}
	case 'F':
		if n > 1 {
			return false
		}
		c.number(item{kind: number, field: weekdayOfMonth, low: 1, high: 19, signed: minus})
	case 'S':
		if n > 9 {
			return false
		}
		c.fraction(n, n)
	case 'X', 'x', 'Z', 'O', 'V', 'z', 'v':
		return c.zone(ch, n)
	default:
		f, ok := numbers[ch]
		if !ok || n > 2 {
			return false
		}
		it := item{kind: number, field: f, low: 1, high: 19, signed: minus}
		if n == 2 {
			it = item{kind: number, field: f, low: 2, high: 2}
		}
		c.number(it)
	}
	return true
}

func (c *compiler) year(n int) {
	f := year
	if c.era {
		f = yearOfEra
	}
	switch {
	case n == 2:
		c.number(item{kind: reduced, field: f, low: 2, high: 2, base: 2000})
	case n < 4:
		c.number(item{kind: number, field: f, low: n, high: 19, signed: minus})
	default:
		c.number(item{kind: number, field: f, low: n, high: 19, signed: padded})
	}
}

// named adds a field that is a number in one or two letters and a word in more.
func (c *compiler) named(n, field int, short, long []string) bool {
	switch {
	case n == 1:
		c.number(item{kind: number, field: field, low: 1, high: 19, signed: minus})
	case n == 2:
		c.number(item{kind: number, field: field, low: 2, high: 2})
	case n <= 4:
		c.words(n, field, short, long, 1)
	default:
		return false
	}
	return true
}

func (c *compiler) words(n, field int, short, long []string, base int64) {
	it := item{kind: name, field: field, texts: short, base: base}
	if n == 4 {
		it.texts = long
	}
	c.add(it)
}

func (c *compiler) zone(ch byte, n int) bool {
	it := item{kind: offset, field: zoneOffset, text: "Z"}
	switch {
	case (ch == 'X' || ch == 'x') && n <= 5:
		it.colon = n == 3 || n == 5
		it.minutes, it.seconds = always, absent
		if n == 1 {
			it.minutes = asNeeded
		}
		if n > 3 {
			it.seconds = asNeeded
		}
		if ch == 'x' {
			it.text = [...]string{"+00", "+0000", "+00:00", "+0000", "+00:00"}[n-1]
		}
	case ch == 'Z' && n < 4:
		it.text, it.minutes = "+0000", always
	case ch == 'Z' && n == 5:
		it.colon, it.minutes, it.seconds = true, always, asNeeded
	case ch == 'Z' && n == 4, ch == 'O' && (n == 1 || n == 4):
		it = item{kind: localOffset, field: zoneOffset, full: n == 4}
	case ch == 'V' && n == 2:
		it = item{kind: zoneID, field: zoneOffset}
	case ch == 'z' && n <= 4:
		it = item{kind: zoneName, field: zoneOffset, full: n == 4}
	default:
		return false
	}
	c.add(it)
	return true
}
