package sparktime

import (
	"regexp"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones mean the same on an image that has no database of them
)

// A Zone is a time zone as Java's ZoneId.of reads it: an offset or a region. The
// zero Zone is UTC.
type Zone struct {
	loc    *time.Location // nil: the offset
	offset int64          // seconds east
}

// shortIDs are Java's old three-letter names (ZoneId.SHORT_IDS).
var shortIDs = map[string]string{
	"ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo",
	"BST": "Asia/Dhaka", "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris",
	"IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland", "PLT": "Asia/Karachi",
	"PNT": "America/Phoenix", "PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh", "EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
}

var (
	oneHour   = regexp.MustCompile(`[+-]\d:`)
	oneMinute = regexp.MustCompile(`[+-]\d\d:\d$`)
	region    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9~/._+-]+$`)
)

var zones struct {
	sync.RWMutex
	byName map[string]*Zone
}

// maxZones bounds the cache against data that spell every offset.
const maxZones = 4096

// ZoneOf is the zone called name as Spark's getZoneId reads it: also +h:mm and
// +hh:m, as Spark did before version 3. Names are remembered: there are few, in
// every row.
func ZoneOf(name string) (Zone, bool) {
	zones.RLock()
	z, known := zones.byName[name]
	zones.RUnlock()
	if known {
		return *z, true
	}
	found, ok := sparkZone(name)
	if !ok || len(name) > 64 {
		return found, ok
	}
	zones.Lock()
	defer zones.Unlock()
	if zones.byName == nil || len(zones.byName) >= maxZones {
		zones.byName = map[string]*Zone{}
	}
	zones.byName[name] = &found
	return found, true
}

// OffsetZone is the zone that is always seconds ahead of UTC.
func OffsetZone(seconds int64) Zone { return Zone{offset: seconds} }

func sparkZone(name string) (Zone, bool) {
	if at := oneHour.FindStringIndex(name); at != nil {
		name = name[:at[0]+1] + "0" + name[at[0]+1:]
	}
	if at := oneMinute.FindStringIndex(name); at != nil {
		name = name[:at[1]-1] + "0" + name[at[1]-1:]
	}
	return javaZone(name)
}

// javaZone is ZoneId.of with the short names.
func javaZone(name string) (Zone, bool) {
	if full, ok := shortIDs[name]; ok {
		name = full
	}
	if len(name) <= 1 || name[0] == '+' || name[0] == '-' {
		off, ok := javaOffset(name)
		return Zone{offset: off}, ok
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if rest == "" {
			return Zone{}, true
		}
		if rest[0] == '+' || rest[0] == '-' {
			off, ok := javaOffset(rest)
			return Zone{offset: off}, ok
		}
		break
	}
	loc, ok := location(name)
	return Zone{loc: loc}, ok
}

// javaOffset is ZoneOffset.of: Z, +h, +hh, +hhmm, +hh:mm, +hhmmss, +hh:mm:ss.
func javaOffset(s string) (int64, bool) {
	var form string
	switch len(s) {
	case 1:
		return 0, s == "Z"
	case 2:
		s = s[:1] + "0" + s[1:]
		form = "+hh"
	default:
		for _, f := range []string{"+hh", "+hhmm", "+hh:mm", "+hhmmss", "+hh:mm:ss"} {
			if len(f) == len(s) {
				form = f
			}
		}
	}
	if form == "" || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	var v [3]int64
	for i, n := 1, 0; i < len(form); n++ {
		if form[i] == ':' {
			if s[i] != ':' {
				return 0, false
			}
			i++
		}
		if !digit(s[i]) || !digit(s[i+1]) {
			return 0, false
		}
		v[n] = int64(s[i]-'0')*10 + int64(s[i+1]-'0')
		i += 2
	}
	off := v[0]*3600 + v[1]*60 + v[2]
	if v[1] > 59 || v[2] > 59 || off > 18*3600 {
		return 0, false
	}
	if s[0] == '-' {
		off = -off
	}
	return off, true
}

var locations sync.Map // string → *time.Location; nil is none

// location loads a region of the time zone database, by its exact name. Java
// has no ROC, and none of what the database keeps beside the regions.
func location(name string) (*time.Location, bool) {
	if !region.MatchString(name) || name == "ROC" || name == "Local" || name == "Factory" || name == "posixrules" || name == "localtime" ||
		strings.HasPrefix(name, "posix/") || strings.HasPrefix(name, "right/") {
		return nil, false
	}
	if l, ok := locations.Load(name); ok {
		return l.(*time.Location), true
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	locations.Store(name, l)
	return l, true
}

// Instant returns the seconds since the epoch at which clocks in z show local
// (seconds since the epoch by that clock). As in Java, a time that occurs twice
// is the earlier one, and one that does not occur is moved on by the gap: both
// are the offset before the transition.
func (z Zone) Instant(local int64) int64 {
	if z.loc == nil {
		return local - z.offset
	}
	before, after := z.At(local-86400), z.At(local+86400)
	if before != after && z.At(local-before) != before && z.At(local-after) == after {
		return local - after
	}
	return local - before
}

// At is how many seconds z is ahead of UTC at an instant.
func (z Zone) At(sec int64) int64 {
	if z.loc == nil {
		return z.offset
	}
	_, off := time.Unix(sec, 0).In(z.loc).Zone()
	return int64(off)
}

// UTC reports whether z is UTC at all times.
func (z Zone) UTC() bool { return z == Zone{} }

// Local is what a clock in z shows at an instant, in microseconds; false if
// 64 bits do not hold it.
func (z Zone) Local(micros int64) (int64, bool) {
	sec := FloorDiv(micros, Second)
	return Micros(sec+z.At(sec), micros-sec*Second)
}

// Global is the instant at which a clock in z shows local, in microseconds;
// false if 64 bits do not hold it.
func (z Zone) Global(local int64) (int64, bool) {
	sec := FloorDiv(local, Second)
	return Micros(z.Instant(sec), local-sec*Second)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
