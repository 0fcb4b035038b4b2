package sparktime

// ranges are what the fields of a time of day can be.
var ranges = [...]struct {
	field     int
	low, high int64
}{{hour, 0, 23}, {hour24, 1, 24}, {halfHour, 0, 11}, {hour12, 1, 12}, {minute, 0, 59}, {second, 0, 59}, {era, 0, 1}, {yearOfEra, 1, 1_000_000_000}}

// resolve makes a date and a time of day of the fields that were found, in
// Java's strict style; missing ones are those of 1970-01-01 00:00:00, as Spark
// fills them in.
func (p *parsed) resolve() (Civil, bool) {
	for _, r := range ranges {
		if p.has(r.field) && (p.value[r.field] < r.low || p.value[r.field] > r.high) {
			return Civil{}, false
		}
	}
	c := Civil{Year: 1970, Month: 1, Day: 1}
	if !p.time(&c) || !p.date(&c) {
		return Civil{}, false
	}
	_, ok := c.Seconds()
	return c, ok
}

func (p *parsed) time(c *Civil) bool {
	if p.has(hour12) && !p.put(halfHour, p.value[hour12]%12) || p.has(hour24) && !p.put(hour, p.value[hour24]%24) {
		return false
	}
	switch {
	case p.has(halfHour) && p.has(half):
		if !p.put(hour, p.value[half]*12+p.value[halfHour]) {
			return false
		}
	case p.has(hour) && (p.has(half) && p.value[half] != p.value[hour]/12 || p.has(halfHour) && p.value[halfHour] != p.value[hour]%12):
		return false
	}
	switch {
	case p.has(hour):
		c.Hour = p.value[hour]
	case p.has(halfHour):
		c.Hour = p.value[halfHour]
	case p.has(half):
		c.Hour = p.value[half] * 12
	}
	if p.has(minute) {
		c.Minute = p.value[minute]
	}
	if p.has(second) {
		c.Second = p.value[second]
	}
	c.Micro = p.value[nano] / 1000
	return true
}

func (p *parsed) date(c *Civil) bool {
	if p.has(era) && p.has(yearOfEra) {
		y := p.value[yearOfEra]
		if p.value[era] == 0 {
			y = 1 - y
		}
		if !p.put(year, y) {
			return false
		}
	}
	if p.has(year) {
		c.Year = p.value[year]
	}
	if c.Year > 999_999_999 || c.Year < -999_999_999 {
		return false
	}
	if p.has(month) {
		c.Month = p.value[month]
	}
	if p.has(day) {
		c.Day = p.value[day]
	}
	if !p.has(dayOfYear) {
		return true
	}
	first, _ := Civil{Year: c.Year, Month: 1, Day: 1}.Days()
	d := CivilOf(first + p.value[dayOfYear] - 1)
	if d.Year != c.Year || p.has(month) && d.Month != c.Month || p.has(day) && d.Day != c.Day {
		return false
	}
	c.Month, c.Day = d.Month, d.Day
	return true
}
