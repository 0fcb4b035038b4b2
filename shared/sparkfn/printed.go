package sparkfn

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparktime"
)

// Printed is a value of [relation.Rows] of type t, printed for machines: a
// scalar as CAST(… AS STRING) prints it in a session of the zone, binary in
// hexadecimal digits; an array or a struct as a list of such values, a map as a
// list of pairs; nil is NULL. The zero Zone is UTC.
func Printed(v any, t relation.Type, zone sparktime.Zone) any {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if t.Kind == relation.Decimal {
			return decimalText(v)
		}
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		if t.Kind.Interval() {
			return sparktime.IntervalText(v, t)
		}
		return strconv.FormatInt(v, 10)
	case float64:
		if t.Kind == relation.Float {
			return FormatFloat(float32(v))
		}
		return FormatDouble(v)
	case []byte:
		return hex.EncodeToString(v)
	case time.Time:
		return moment(v, t, zone)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = Printed(v[i], inner(t, i), zone)
		}
		return list
	case []relation.Pair:
		list := make([]any, len(v))
		for i, p := range v {
			list[i] = []any{Printed(p.Key, *t.Key, zone), Printed(p.Value, *t.Elem, zone)}
		}
		return list
	}
	return fmt.Sprint(v)
}

// inner is the type of the i-th part of a t.
func inner(t relation.Type, i int) relation.Type {
	if t.Kind == relation.Struct {
		return t.Fields[i].Type
	}
	return *t.Elem
}

// moment prints a date or a timestamp.
func moment(v time.Time, t relation.Type, zone sparktime.Zone) string {
	if t.Kind == relation.Date { // which may lie where no microsecond is counted
		return sparktime.DateText(sparktime.FloorDiv(v.Unix(), 24*60*60))
	}
	micros := v.UnixMicro()
	if local, ok := zone.Local(micros); ok && t.Kind == relation.Timestamp {
		micros = local
	}
	return sparktime.StampText(micros)
}

// decimalText prints a decimal as Java's BigDecimal does: with an exponent where
// there are more than six zeros after the point.
func decimalText(s string) string {
	unsigned, negative := strings.CutPrefix(s, "-")
	whole, places, _ := strings.Cut(unsigned, ".")
	digits := strings.TrimLeft(whole+places, "0")
	if digits == "" {
		digits = "0"
	}
	exponent := len(digits) - 1 - len(places)
	if len(places) == 0 || exponent >= -6 {
		return s
	}
	text := digits[:1]
	if len(digits) > 1 {
		text += "." + digits[1:]
	}
	text += "E" + strconv.Itoa(exponent)
	if negative {
		return "-" + text
	}
	return text
}
