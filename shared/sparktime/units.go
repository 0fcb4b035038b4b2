package sparktime

import (
	"math"
	"math/big"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// A Span is an interval by units: months, days and microseconds apart.
type Span struct {
	Months, Days int64
	Micros       int64
}

var spanUnits = []struct {
	name   string
	months int64
	days   int64
	micros int64
	unit   relation.Unit
}{
	{"year", 12, 0, 0, relation.Year}, {"month", 1, 0, 0, relation.Month}, {"week", 0, 7, 0, relation.Day}, {"day", 0, 1, 0, relation.Day},
	{"hour", 0, 0, Hour, relation.Hour}, {"minute", 0, 0, Minute, relation.Minute}, {"second", 0, 0, Second, relation.Second},
	{"millisecond", 0, 0, 1000, relation.Second}, {"microsecond", 0, 0, 1, relation.Second},
}

// ParseSpan reads [interval] 1 year -2 days 3.5 seconds, as in the text of an
// interval, and returns the units that it names. False is no interval.
func ParseSpan(s string) (sp Span, from, to relation.Unit, ok bool) {
	fields := strings.Fields(strings.ToLower(string(Trim([]byte(s)))))
	if len(fields) > 0 && fields[0] == "interval" {
		fields = fields[1:]
	}
	// A sign may stand apart from its number.
	joined := fields[:0]
	for i := 0; i < len(fields); i++ {
		if (fields[i] == "-" || fields[i] == "+") && i+1 < len(fields) {
			fields[i+1] = fields[i] + fields[i+1]
			continue
		}
		joined = append(joined, fields[i])
	}
	if fields = joined; len(fields) == 0 || len(fields)%2 != 0 {
		return sp, 0, 0, false
	}
	for i := 0; i < len(fields); i += 2 {
		u, ok := sp.add(fields[i], fields[i+1])
		if !ok {
			return sp, 0, 0, false
		}
		if from == 0 || u < from {
			from = u
		}
		to = max(to, u)
	}
	return sp, from, to, true
}

func (sp *Span) add(value, unit string) (relation.Unit, bool) {
	unit = strings.TrimSuffix(unit, "s")
	for _, u := range spanUnits {
		if u.name != unit {
			continue
		}
		whole, fraction, fractional := strings.Cut(value, ".")
		digits := strings.TrimLeft(whole, "+-")
		if len(whole)-len(digits) > 1 || digits == "" || strings.Trim(digits, "0123456789") != "" || fractional && u.name != "second" {
			return 0, false
		}
		n, _ := new(big.Int).SetString(digits, 10)
		if !n.IsInt64() {
			return 0, false
		}
		micros := new(big.Int).Mul(n, big.NewInt(u.micros))
		if fraction != "" {
			f, ok := fractionMicros(fraction)
			if !ok {
				return 0, false
			}
			micros.Add(micros, new(big.Int).SetUint64(f))
		}
		months, days := new(big.Int).Mul(n, big.NewInt(u.months)), new(big.Int).Mul(n, big.NewInt(u.days))
		if strings.HasPrefix(whole, "-") {
			micros.Neg(micros)
			months.Neg(months)
			days.Neg(days)
		}
		months.Add(months, big.NewInt(sp.Months))
		days.Add(days, big.NewInt(sp.Days))
		micros.Add(micros, big.NewInt(sp.Micros))
		sp.Months, sp.Days, sp.Micros = months.Int64(), days.Int64(), micros.Int64()
		return u.unit, micros.IsInt64() && fits32(months) && fits32(days)
	}
	return 0, false
}

func fits32(n *big.Int) bool {
	return n.IsInt64() && n.Int64() >= math.MinInt32 && n.Int64() <= math.MaxInt32
}

// Duration is the days and microseconds of a span as microseconds.
func (sp Span) Duration() (int64, bool) {
	n := new(big.Int).Mul(big.NewInt(sp.Days), big.NewInt(Day))
	n.Add(n, big.NewInt(sp.Micros))
	return n.Int64(), n.IsInt64()
}
