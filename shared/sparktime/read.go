package sparktime

import (
	"errors"
	"math"
	"strings"
)

// ErrUnknown is the error of a text that Java may read by a name that is not
// known here.
var ErrUnknown = errors.New("it may have the name of a zone that Glint does not know")

// ErrUpgrade is the error of a text that Spark 3 does not read and Spark 2 did:
// under its default spark.sql.legacy.timeParserPolicy Spark fails on it.
var ErrUpgrade = errors.New("what Spark 2 read and Spark 3 does not, so that Spark 3 fails here; set spark.sql.legacy.timeParserPolicy to CORRECTED for NULL, or to LEGACY")

// A Reading is what a pattern found in a text.
type Reading struct {
	Civil
	Zone  Zone
	Zoned bool
}

// Parse reads s. ok is false where Spark gives NULL; the error is one that ends
// the query.
func (p *Pattern) Parse(s string) (r Reading, ok bool, err error) {
	r, ok, err = p.Read(s)
	if err == nil && !ok && p.oldOK && oldReads(p.old, s) {
		err = ErrUpgrade
	}
	return r, ok, err
}

// Read is Parse without regard to what Spark 2 read.
func (p *Pattern) Read(s string) (r Reading, ok bool, err error) {
	var found parsed
	end := found.items(p.items, s, 0)
	if found.unknown {
		return r, false, ErrUnknown
	}
	if end != len(s) {
		return r, false, nil
	}
	r.Civil, ok = found.resolve()
	r.Zone, r.Zoned = found.zone, found.zoned
	if found.has(zoneOffset) && !r.Zoned {
		r.Zone, r.Zoned = OffsetZone(found.value[zoneOffset]), true
	}
	return r, ok, nil
}

// A parsed is what a pattern found; a bit of set for each field it did.
type parsed struct {
	value   [fields]int64
	set     uint
	zone    Zone
	zoned   bool
	unknown bool // the text is at a name of a zone that is not known
}

func (p *parsed) put(field int, v int64) bool {
	if p.has(field) {
		return p.value[field] == v
	}
	p.value[field], p.set = v, p.set|1<<field
	return true
}

func (p *parsed) has(field int) bool { return p.set&(1<<field) != 0 }

// items reads s from i and returns where it came, or -1.
func (p *parsed) items(items []item, s string, i int) int {
	for k := range items {
		switch it := &items[k]; it.kind {
		case group:
			saved := *p
			if end := p.items(it.items, s, i); end >= 0 {
				i = end
			} else {
				saved.unknown = saved.unknown || p.unknown
				*p = saved
			}
			continue
		case literal:
			i = after(s, i, it.text)
		case name:
			i = p.name(it, s, i)
		case number, reduced:
			i = p.number(it, s, i)
		case fraction:
			i = p.fraction(it, s, i)
		case offset:
			i = p.offset(it, s, i)
		case localOffset:
			i = p.localOffset(it, s, i)
		case zoneID, zoneName:
			i = p.zoneID(it, s, i)
		}
		if i < 0 {
			return -1
		}
	}
	return i
}

// after is where text ends that begins at s[i], in any case, or -1.
func after(s string, i int, text string) int {
	if foldPrefix(s[i:], text) {
		return i + len(text)
	}
	return -1
}

func foldPrefix(s, text string) bool {
	return len(s) >= len(text) && strings.EqualFold(s[:len(text)], text)
}

func (p *parsed) name(it *item, s string, i int) int {
	found := -1
	for v, text := range it.texts {
		if foldPrefix(s[i:], text) && (found < 0 || len(text) > len(it.texts[found])) {
			found = v
		}
	}
	if found < 0 || !p.put(it.field, int64(found)+it.base) {
		return -1
	}
	return i + len(it.texts[found])
}

func (p *parsed) number(it *item, s string, i int) int {
	sign := byte(0)
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		sign = s[i]
		if it.signed == unsigned || it.signed == minus && sign == '+' {
			return -1
		}
		i++
	}
	n := 0
	for n < it.high+it.after && i+n < len(s) && digit(s[i+n]) {
		n++
	}
	if n < it.low {
		return -1
	}
	if it.after > 0 {
		n = max(it.low, n-it.after)
	}
	n = min(n, max(it.high, it.low))
	v := int64(0)
	for _, c := range []byte(s[i : i+n]) {
		if v > (math.MaxInt64-9)/10 {
			return -1
		}
		v = v*10 + int64(c-'0')
	}
	switch {
	case sign == '-':
		if v == 0 {
			return -1
		}
		v = -v
	case it.signed == padded && (sign == '+') != (n > it.low):
		return -1
	}
	if !p.put(it.field, v+it.base) {
		return -1
	}
	return i + n
}

func (p *parsed) fraction(it *item, s string, i int) int {
	v, n := int64(0), 0
	for ; n < it.high && i+n < len(s) && digit(s[i+n]); n++ {
		v = v*10 + int64(s[i+n]-'0')
	}
	if n < it.low {
		return -1
	}
	for k := n; k < 9; k++ {
		v *= 10
	}
	if !p.put(it.field, v) {
		return -1
	}
	return i + n
}

func (p *parsed) offset(it *item, s string, i int) int {
	if i == len(s) {
		return -1
	}
	if end := after(s, i, it.text); end >= 0 {
		if !p.put(it.field, 0) {
			return -1
		}
		return end
	}
	v, end := readOffset(it, s, i)
	if end < 0 || !p.put(it.field, v) {
		return -1
	}
	return end
}

// readOffset reads +hh[[:]mm[[:]ss]] as far as it has these parts.
func readOffset(it *item, s string, i int) (int64, int) {
	if i+3 > len(s) || s[i] != '+' && s[i] != '-' {
		return 0, -1
	}
	h, ok := twoDigits(s, i+1)
	if !ok {
		return 0, -1
	}
	end, v := i+3, h*3600
	for k, part := range [...]part{it.minutes, it.seconds} {
		if part == absent {
			break
		}
		at := end
		if it.colon && at < len(s) && s[at] == ':' {
			at++
		} else if it.colon {
			at = len(s)
		}
		two, ok := twoDigits(s, at)
		if ok && two > 59 {
			ok = false
		}
		if !ok {
			if part == always {
				return 0, -1
			}
			break
		}
		v += two * [...]int64{60, 1}[k]
		end = at + 2
	}
	if v > 18*3600 {
		return 0, -1
	}
	if s[i] == '-' {
		v = -v
	}
	return v, end
}

func twoDigits(s string, i int) (int64, bool) {
	if i+2 > len(s) || !digit(s[i]) || !digit(s[i+1]) {
		return 0, false
	}
	return int64(s[i]-'0')*10 + int64(s[i+1]-'0'), true
}

// localOffset reads GMT and +h[:mm[:ss]], or in full +hh:mm[:ss].
func (p *parsed) localOffset(it *item, s string, i int) int {
	if i = after(s, i, "GMT"); i < 0 {
		return -1
	}
	if i == len(s) || s[i] != '+' && s[i] != '-' {
		if !p.put(it.field, 0) {
			return -1
		}
		return i
	}
	if it.full {
		v, end := readOffset(&item{colon: true, minutes: always, seconds: asNeeded}, s, i)
		if end < 0 || !p.put(it.field, v) {
			return -1
		}
		return end
	}
	j := i + 1
	for j < len(s) && j < i+3 && digit(s[j]) {
		j++
	}
	padded := s[i:i+1] + strings.Repeat("0", i+3-j) + s[i+1:]
	v, end := readOffset(&item{colon: true, minutes: asNeeded, seconds: asNeeded}, padded, 0)
	if j == i+1 || end < 0 || !p.put(it.field, v) {
		return -1
	}
	return i + end - (i + 3 - j)
}

// isoOffset is the offset of a zone's id: +hh:mm[:ss].
var isoOffset = item{colon: true, minutes: always, seconds: asNeeded}

// zoneID reads an offset, UTC, UT or GMT with an offset or without, or a region.
func (p *parsed) zoneID(it *item, s string, i int) int {
	if i == len(s) {
		return -1
	}
	if s[i] == '+' || s[i] == '-' {
		v, end := readOffset(&isoOffset, s, i)
		if end < 0 {
			return -1
		}
		return p.in(OffsetZone(v), end)
	}
	for _, prefix := range []string{"UTC", "UT", "GMT"} {
		end := after(s, i, prefix)
		if end < 0 {
			continue
		}
		if prefix == "GMT" && strings.HasPrefix(s[end:], "0") {
			return p.in(Zone{}, end+1)
		}
		if v, offsetEnd := readOffset(&isoOffset, s, end); offsetEnd >= 0 {
			return p.in(OffsetZone(v), offsetEnd)
		}
		return p.in(Zone{}, end)
	}
	end := i
	for end < len(s) && (isLetter(s[end]) || end > i && (digit(s[end]) || strings.IndexByte("/_+-", s[end]) >= 0)) {
		end++
	}
	if it.kind == zoneName && end == i+3 {
		if region, ok := american[strings.ToUpper(s[i:end])]; ok {
			loc, _ := location(region)
			return p.in(Zone{loc: loc}, end)
		}
	}
	for k := end; k > i+1; k-- {
		if loc, ok := location(s[i:k]); ok {
			// A longer name in other words may begin with this one.
			p.unknown = p.unknown || it.kind == zoneName && k < len(s) && s[k] == ' '
			return p.in(Zone{loc: loc}, k)
		}
	}
	if end > i+1 {
		p.unknown = true
	} else if end == i+1 && (s[i] == 'Z' || s[i] == 'z') {
		return p.in(Zone{}, end)
	}
	return -1
}

// american are the short names of zones that an American locale reads so.
var american = map[string]string{"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "MST": "America/Denver", "MDT": "America/Denver",
	"CST": "America/Chicago", "CDT": "America/Chicago", "EST": "America/New_York", "EDT": "America/New_York"}

func (p *parsed) in(z Zone, end int) int {
	if p.zoned && p.zone != z {
		return -1
	}
	p.zone, p.zoned = z, true
	return end
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
