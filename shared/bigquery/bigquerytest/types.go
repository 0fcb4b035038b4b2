package bigquerytest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// names of types in schemas: GoogleSQL's are accepted, the API's are answered.
var legacyNames = map[string]string{
	"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD",
	"DECIMAL": "NUMERIC", "BIGDECIMAL": "BIGNUMERIC",
}

// scalars are DuckDB's types for the API's, without the decimals.
var scalars = map[string]string{
	"INTEGER": "BIGINT", "FLOAT": "DOUBLE", "BOOLEAN": "BOOLEAN", "STRING": "VARCHAR", "BYTES": "BLOB",
	"DATE": "DATE", "TIME": "TIME", "DATETIME": "TIMESTAMP", "TIMESTAMP": "TIMESTAMPTZ",
	"JSON": "JSON", "GEOGRAPHY": "VARCHAR",
}

var (
	columnName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,299}$`)
	// reserved prefixes, "Column names" in docs/schemas
	reserved = []string{"_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER", "_CHANGE_SEQUENCE_NUMBER", "_CHANGE_TYPE", "_CHANGE_TIMESTAMP"}
)

// canonical checks a schema and writes its types and modes as the API answers them.
func canonical(fields []*bq.TableFieldSchema) error {
	seen := map[string]bool{}
	for _, f := range fields {
		low := strings.ToLower(f.Name)
		if !columnName.MatchString(f.Name) || slices.ContainsFunc(reserved, func(p string) bool { return strings.HasPrefix(strings.ToUpper(f.Name), p) }) {
			return invalid("Invalid field name %q. Fields must contain only letters, numbers, and underscores, start with a letter or underscore, and be at most 300 characters long.", f.Name)
		}
		if seen[low] {
			return invalid("Duplicate field name %q in schema.", f.Name)
		}
		seen[low] = true
		if err := canonicalField(f); err != nil {
			return err
		}
	}
	return nil
}

func canonicalField(f *bq.TableFieldSchema) error {
	f.Type, f.Mode = strings.ToUpper(f.Type), strings.ToUpper(f.Mode)
	if long := legacyNames[f.Type]; long != "" {
		f.Type = long
	}
	switch f.Mode {
	case "":
		f.Mode = "NULLABLE"
	case "NULLABLE", "REQUIRED", "REPEATED":
	default:
		return invalid("Invalid mode %q of field %s", f.Mode, f.Name)
	}
	switch {
	case f.Type == "RECORD":
		if len(f.Fields) == 0 {
			return invalid("Field %s is type RECORD but has no schema", f.Name)
		}
		return canonical(f.Fields)
	case f.Type == "NUMERIC":
		return checkDecimal(f, 29, 9)
	case f.Type == "BIGNUMERIC":
		return checkDecimal(f, 38, 38)
	case f.Type == "RANGE" || f.Type == "INTERVAL":
		return refuse("the type %s (field %s)", f.Type, f.Name)
	case scalars[f.Type] == "":
		return invalid("Invalid value for type: %s is not a valid value", f.Type)
	}
	return nil
}

// checkDecimal holds NUMERIC(p,s) to BigQuery's limits: 0 ≤ s ≤ maxScale, max(1,s) ≤ p ≤ s+integers.
func checkDecimal(f *bq.TableFieldSchema, integers, maxScale int64) error {
	if f.Precision == 0 && f.Scale == 0 {
		return nil
	}
	if f.Precision == 0 {
		return invalid("Field %s has a scale but no precision", f.Name)
	}
	if f.Scale < 0 || f.Scale > maxScale || f.Precision < max(1, f.Scale) || f.Precision > f.Scale+integers {
		return invalid("Field %s: %s(%d, %d) is out of range", f.Name, f.Type, f.Precision, f.Scale)
	}
	if f.Precision > 38 {
		return refuse("%s(%d, %d): it keeps at most 38 digits", f.Type, f.Precision, f.Scale)
	}
	return nil
}

// sqlType is DuckDB's type for a field. stored says how a BIGNUMERIC without
// parameters is kept, for DuckDB has 38 digits and not 76: its scale depends on
// what was loaded. It is nil where nothing is stored.
func sqlType(f, stored *bq.TableFieldSchema) string {
	t := elementType(f, stored)
	if f.Mode == "REPEATED" {
		return t + "[]"
	}
	return t
}

func elementType(f, stored *bq.TableFieldSchema) string {
	switch f.Type {
	case "RECORD":
		var parts []string
		for _, sub := range f.Fields {
			var in *bq.TableFieldSchema
			if stored != nil {
				in = find(stored.Fields, sub.Name)
			}
			parts = append(parts, ident(sub.Name)+" "+sqlType(sub, in))
		}
		return "STRUCT(" + strings.Join(parts, ", ") + ")"
	case "NUMERIC", "BIGNUMERIC":
		switch {
		case f.Precision > 0:
			return fmt.Sprintf("DECIMAL(%d,%d)", f.Precision, f.Scale)
		case f.Type == "NUMERIC":
			return "DECIMAL(38,9)"
		case stored != nil && stored.Precision > 0:
			return fmt.Sprintf("DECIMAL(%d,%d)", stored.Precision, stored.Scale)
		}
		return "DECIMAL(38,18)"
	}
	return scalars[f.Type]
}

// find looks a field up by name; BigQuery's names do not distinguish case.
func find(fields []*bq.TableFieldSchema, name string) *bq.TableFieldSchema {
	i := slices.IndexFunc(fields, func(f *bq.TableFieldSchema) bool { return strings.EqualFold(f.Name, name) })
	if i < 0 {
		return nil
	}
	return fields[i]
}

func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// parseType reads a type as DuckDB prints it into the field of BigQuery that a
// query's result column has.
func parseType(name, text string) (*bq.TableFieldSchema, error) {
	p := &typeText{s: text}
	f, err := p.field(name)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(p.s) != "" {
		return nil, refuse("results of type %s (column %s)", text, name)
	}
	return f, nil
}

type typeText struct{ s string }

var resultTypes = map[string]string{
	"BIGINT": "INTEGER", "INTEGER": "INTEGER", "SMALLINT": "INTEGER", "TINYINT": "INTEGER", "HUGEINT": "INTEGER",
	"UBIGINT": "INTEGER", "UINTEGER": "INTEGER", "USMALLINT": "INTEGER", "UTINYINT": "INTEGER",
	"DOUBLE": "FLOAT", "FLOAT": "FLOAT", "BOOLEAN": "BOOLEAN", "VARCHAR": "STRING", "BLOB": "BYTES",
	"DATE": "DATE", "TIME": "TIME", "TIMESTAMP": "DATETIME", "TIMESTAMPTZ": "TIMESTAMP", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
	"JSON": "JSON", `"NULL"`: "INTEGER",
}

func (p *typeText) field(name string) (*bq.TableFieldSchema, error) {
	f := &bq.TableFieldSchema{Name: name, Mode: "NULLABLE"}
	p.s = strings.TrimSpace(p.s)
	switch {
	case p.take("STRUCT("):
		f.Type = "RECORD"
		for !p.take(")") {
			sub, err := p.field(p.name())
			if err != nil {
				return nil, err
			}
			f.Fields = append(f.Fields, sub)
			p.take(",")
		}
	case p.take("DECIMAL("):
		args, rest, _ := strings.Cut(p.s, ")")
		p.s = rest
		a, b, _ := strings.Cut(args, ",")
		precision, _ := strconv.Atoi(strings.TrimSpace(a))
		scale, _ := strconv.Atoi(strings.TrimSpace(b))
		f.Type = "NUMERIC"
		if scale > 9 || precision-scale > 29 {
			f.Type = "BIGNUMERIC"
		}
		f.Precision, f.Scale = int64(precision), int64(scale)
	default:
		end := strings.IndexAny(p.s, ",)[")
		if end < 0 {
			end = len(p.s)
		}
		word := strings.TrimSpace(p.s[:end])
		if f.Type = resultTypes[word]; f.Type == "" {
			return nil, refuse("results of type %s (column %s)", word, name)
		}
		p.s = p.s[end:]
	}
	if p.take("[]") {
		f.Mode = "REPEATED"
		if strings.HasPrefix(p.s, "[") {
			return nil, problemf(400, "invalidQuery", "Cannot return an array of arrays (column %s)", name)
		}
	}
	return f, nil
}

func (p *typeText) take(s string) bool {
	t := strings.TrimSpace(p.s)
	if !strings.HasPrefix(t, s) {
		return false
	}
	p.s = strings.TrimSpace(t[len(s):])
	return true
}

// name reads a struct's field name, which may be quoted.
func (p *typeText) name() string {
	s := strings.TrimSpace(p.s)
	if !strings.HasPrefix(s, `"`) {
		n, rest, _ := strings.Cut(s, " ")
		p.s = rest
		return n
	}
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		p.s = s[i+1:]
		return strings.ReplaceAll(s[1:i], `""`, `"`)
	}
	return ""
}
