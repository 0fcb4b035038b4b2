package spark

import (
	"strconv"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// reader gives the options of Spark's reader that mean rel.Decode, and the
// columns of the files. What it cannot say in Spark's options is refused.
func reader(rel relation.Relation) (options map[string]string, physical []relation.Column, err error) {
	switch d := rel.Decode.(type) {
	case nil:
		if rel.Form != relation.Parquet && rel.Form != relation.JSON {
			return nil, nil, fault.Errorf(fault.Refused, "%s: Spark here does not read %s", rel.Name, rel.Form)
		}
		return map[string]string{}, rel.Columns, nil
	case relation.CSVDecode:
		if physical = d.Physical; physical == nil {
			physical = rel.Columns
		}
		if rel.Form != relation.CSV || len(physical) == 0 {
			return nil, nil, fault.Errorf(fault.Internal, "%s: %s with the options of CSV, %d columns", rel.Name, rel.Form, len(physical))
		}
		return csvOptions(d), physical, nil
	case relation.JSONDecode:
		if physical = d.Physical; physical == nil {
			physical = rel.Columns
		}
		if rel.Form != relation.JSON || len(physical) == 0 {
			return nil, nil, fault.Errorf(fault.Internal, "%s: %s with the options of JSON, %d columns", rel.Name, rel.Form, len(physical))
		}
		return map[string]string{"mode": string(d.Mode), "multiLine": strconv.FormatBool(d.MultiLine)}, physical, nil
	}
	return nil, nil, fault.Errorf(fault.Refused, "%s: Spark here does not know the options of %s", rel.Name, rel.Form)
}

func csvOptions(d relation.CSVDecode) map[string]string {
	o := map[string]string{
		"header": strconv.FormatBool(d.Header), "sep": d.Delimiter, "quote": char(d.Quote), "escape": char(d.Escape),
		"nullValue": d.NullValue, "emptyValue": d.EmptyValue, "mode": string(d.Mode), "multiLine": strconv.FormatBool(d.MultiLine),
		"ignoreLeadingWhiteSpace": strconv.FormatBool(d.TrimLeft), "ignoreTrailingWhiteSpace": strconv.FormatBool(d.TrimRight),
		"encoding": d.Encoding, "nanValue": d.NaN, "positiveInf": d.PosInf, "negativeInf": d.NegInf, "timeZone": d.TimeZone,
	}
	for name, v := range map[string]string{"comment": char(d.Comment), "timestampFormat": d.TimestampFormat, "dateFormat": d.DateFormat} {
		if v != "" {
			o[name] = v
		}
	}
	return o
}

// char is c as an option; "" turns quoting or escaping off.
func char(c byte) string {
	if c == 0 {
		return ""
	}
	return string(rune(c))
}
