package duckdb

import (
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// simple are the types that need no parameter. Both timestamps are DuckDB's
// TIMESTAMP, in UTC, and intervals are numbers of microseconds or of months:
// which one it is, the column's own type says.
var simple = map[relation.Kind]string{
	relation.Boolean: "BOOLEAN", relation.Byte: "TINYINT", relation.Short: "SMALLINT", relation.Int: "INTEGER", relation.Long: "BIGINT",
	relation.Float: "FLOAT", relation.Double: "DOUBLE", relation.String: "VARCHAR", relation.Binary: "BLOB",
	relation.Date: "DATE", relation.Timestamp: "TIMESTAMP", relation.TimestampNTZ: "TIMESTAMP", relation.Null: "INTEGER",
	relation.DayTimeInterval: "BIGINT", relation.YearMonthInterval: "INTEGER",
}

// typeName is t in DuckDB's words.
func typeName(t relation.Type) (string, error) {
	if name, ok := simple[t.Kind]; ok {
		return name, nil
	}
	switch t.Kind {
	case relation.Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale), nil
	case relation.Array:
		elem, err := typeName(*t.Elem)
		return elem + "[]", err
	case relation.Map:
		key, err := typeName(*t.Key)
		if err != nil {
			return "", err
		}
		value, err := typeName(*t.Elem)
		return "MAP(" + key + ", " + value + ")", err
	case relation.Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			name, err := typeName(f.Type)
			if err != nil {
				return "", err
			}
			fields[i] = quoted(f.Name) + " " + name
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")", nil
	}
	return "", fault.Errorf(fault.Refused, "columns of type %s are not supported yet", t).
		WithHint("cast it to another type in the step's sql")
}

// stored is the expression that writes a column of type t to Parquet: an
// instant is marked as one, which a TIMESTAMP in DuckDB is not.
func stored(expr string, t relation.Type) (string, error) {
	name, err := typeName(t)
	if err != nil {
		return "", err
	}
	if t.Kind.Interval() {
		return "", fault.Errorf(fault.Refused, "a column of type %s cannot be written", t).
			WithHint("no target has such a type: cast it to string, or to a number of its units")
	}
	if t.Kind == relation.Timestamp {
		// timezone('UTC', …) says the same through ICU's calendar, which made it
		// a twentieth of a run's time.
		return fmt.Sprintf("make_timestamptz(epoch_us(CAST(%s AS TIMESTAMP)))", expr), nil
	}
	if nested(t) {
		return "", fault.Errorf(fault.Refused, "a timestamp or an interval inside %s cannot be written yet", t).
			WithHint("take it out into a column of its own")
	}
	return fmt.Sprintf("CAST(%s AS %s)", expr, name), nil
}

// nested reports whether an instant or an interval lies inside t.
func nested(t relation.Type) bool {
	for _, inner := range []*relation.Type{t.Elem, t.Key} {
		if inner != nil && (inner.Kind == relation.Timestamp || inner.Kind.Interval() || nested(*inner)) {
			return true
		}
	}
	for _, f := range t.Fields {
		if f.Type.Kind == relation.Timestamp || f.Type.Kind.Interval() || nested(f.Type) {
			return true
		}
	}
	return false
}
