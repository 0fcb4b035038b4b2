package relation

import (
	"fmt"
	"strings"
)

// A Kind is one of the type constructors of Spark SQL.
type Kind uint8

// The kinds of Spark 3.5's type system that a batch transform can meet.
const (
	Null Kind = iota // the type of an untyped NULL; Spark's void
	Boolean
	Byte
	Short
	Int
	Long
	Float
	Double
	Decimal
	String
	Binary
	Date
	Timestamp    // an instant
	TimestampNTZ // a wall clock without a zone
	DayTimeInterval
	YearMonthInterval
	Array
	Map
	Struct
)

// A Type is a type of Spark SQL. The zero Type is Null.
type Type struct {
	Kind             Kind
	Precision, Scale int      // Decimal only
	Elem             *Type    // of an Array, or the value of a Map
	Key              *Type    // of a Map
	Fields           []Column // of a Struct
	From, To         Unit     // of an interval: its first and last field
}

// A Unit is a field of an interval.
type Unit uint8

// The units of intervals: year-month intervals have the first two, day-time
// intervals the others.
const (
	Year Unit = iota + 1
	Month
	Day
	Hour
	Minute
	Second
)

var unitNames = [...]string{"", "year", "month", "day", "hour", "minute", "second"}

func (u Unit) String() string { return unitNames[u] }

var kindNames = [...]string{
	"void", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "decimal", "string", "binary",
	"date", "timestamp", "timestamp_ntz", "interval day to second", "interval year to month", "array", "map", "struct",
}

func (k Kind) String() string { return kindNames[k] }

// String prints t as Spark's simpleString does: bigint, decimal(10,2), struct<a:int,b:array<string>>.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case DayTimeInterval, YearMonthInterval:
		if t.From == t.To && t.From != 0 {
			return "interval " + t.From.String()
		} else if t.From != 0 {
			return "interval " + t.From.String() + " to " + t.To.String()
		}
	case Array:
		return "array<" + t.Elem.String() + ">"
	case Map:
		return "map<" + t.Key.String() + "," + t.Elem.String() + ">"
	case Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Name + ":" + f.Type.String()
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	}
	return t.Kind.String()
}

// Equal reports whether t and u are the same type, names of fields compared
// without case, as Spark does; nullability and documentation do not count.
func (t Type) Equal(u Type) bool {
	if t.Kind != u.Kind {
		return false
	}
	switch t.Kind {
	case Decimal:
		return t.Precision == u.Precision && t.Scale == u.Scale
	case DayTimeInterval, YearMonthInterval:
		return t.units() == u.units()
	case Array:
		return t.Elem.Equal(*u.Elem)
	case Map:
		return t.Key.Equal(*u.Key) && t.Elem.Equal(*u.Elem)
	case Struct:
		if len(t.Fields) != len(u.Fields) {
			return false
		}
		for i := range t.Fields {
			if !strings.EqualFold(t.Fields[i].Name, u.Fields[i].Name) || !t.Fields[i].Type.Equal(u.Fields[i].Type) {
				return false
			}
		}
	}
	return true
}

// units are the fields of an interval; without any it has all of its kind.
func (t Type) units() [2]Unit {
	switch {
	case t.From != 0:
		return [2]Unit{t.From, t.To}
	case t.Kind == YearMonthInterval:
		return [2]Unit{Year, Month}
	}
	return [2]Unit{Day, Second}
}

// Of is the type of kind k, for the kinds that need nothing else. An interval
// has all fields of its kind.
func Of(k Kind) Type {
	switch t := (Type{Kind: k}); k {
	case DayTimeInterval, YearMonthInterval:
		u := t.units()
		return IntervalOf(u[0], u[1])
	default:
		return t
	}
}

// IntervalOf is the interval from one field to another of the same kind.
func IntervalOf(from, to Unit) Type {
	if from <= Month {
		return Type{Kind: YearMonthInterval, From: from, To: to}
	}
	return Type{Kind: DayTimeInterval, From: from, To: to}
}

// Interval reports whether k is an interval.
func (k Kind) Interval() bool { return k == DayTimeInterval || k == YearMonthInterval }

// DecimalOf is decimal(precision, scale).
func DecimalOf(precision, scale int) Type {
	return Type{Kind: Decimal, Precision: precision, Scale: scale}
}

// ArrayOf is array<elem>.
func ArrayOf(elem Type) Type { return Type{Kind: Array, Elem: &elem} }

// MapOf is map<key,value>.
func MapOf(key, value Type) Type { return Type{Kind: Map, Key: &key, Elem: &value} }

// StructOf is struct<fields>.
func StructOf(fields ...Column) Type { return Type{Kind: Struct, Fields: fields} }

// Integral reports whether k is an integer kind.
func (k Kind) Integral() bool { return k >= Byte && k <= Long }

// Numeric reports whether k is a number.
func (k Kind) Numeric() bool { return k >= Byte && k <= Decimal }
