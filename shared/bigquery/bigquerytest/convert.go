package bigquerytest

import (
	"fmt"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// A converter writes SQL that turns Parquet columns into fields.
type converter struct {
	p    *parquet
	uri  string
	deep int
}

// cppTypes are the names that BigQuery's messages have for what a field is read as.
var cppTypes = map[string]string{
	"INTEGER": "INT64", "DATE": "INT64", "TIME": "INT64", "DATETIME": "INT64", "TIMESTAMP": "INT64", "FLOAT": "DOUBLE", "BOOLEAN": "BOOL",
}

func (c *converter) mismatch(n *node, f *bq.TableFieldSchema) error {
	cpp := cppTypes[f.Type]
	if cpp == "" {
		cpp = "STRING"
	}
	have := n.physical
	if have == "" {
		have = "GROUP"
	}
	return invalid("Error while reading data, error message: Parquet column '%s' has type %s which does not match the target cpp_type %s. File: %s", n.name, have, cpp, c.uri)
}

func (c *converter) value(expr string, n *node, f, stored *bq.TableFieldSchema) (string, error) {
	if f.Mode == "REPEATED" {
		one, kept := *f, *stored
		one.Mode, kept.Mode = "NULLABLE", "NULLABLE"
		switch {
		case n.isMapEntries() && f.Type == "RECORD":
			return c.each("map_entries("+expr+")", n, &one, &kept)
		case n.list() && c.p.lists:
			return c.each(expr, n.element(), &one, &kept)
		case n.repetition == "REPEATED":
			e := *n
			e.repetition = "REQUIRED"
			return c.each(expr, &e, &one, &kept)
		}
		return "", c.mismatch(n, f)
	}
	if f.Type == "RECORD" {
		return c.record(expr, n, f, stored)
	}
	return c.scalar(expr, n, f)
}

// isMapEntries: the repeated group below a MAP, which DuckDB shows as the map itself.
func (n *node) isMapEntries() bool { return n.repetition == "REPEATED" && n.converted == "entries" }

func (c *converter) each(expr string, e *node, f, stored *bq.TableFieldSchema) (string, error) {
	c.deep++
	v := fmt.Sprintf("e%d", c.deep)
	inner, err := c.value(v, e, f, stored)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("coalesce(list_transform(%s, lambda %s: CAST(%s AS %s)), [])", expr, v, inner, sqlType(f, stored)), nil
}

func (c *converter) record(expr string, n *node, f, stored *bq.TableFieldSchema) (string, error) {
	if len(n.children) == 0 {
		return "", c.mismatch(n, f)
	}
	var parts []string
	for _, sub := range f.Fields {
		m := child(n.children, sub.Name)
		x := "NULL"
		kept := find(stored.Fields, sub.Name)
		if m != nil {
			access := "(" + expr + ")." + ident(m.name)
			switch {
			case n.isMap(): // {key_value: [{key, value}]}
				entries := *m
				entries.converted = "entries"
				m, access = &entries, expr
			case n.list(): // {list: [{element}]}: DuckDB shows the bare list
				y, err := c.bareList(expr, m, sub, kept)
				if err != nil {
					return "", err
				}
				parts = append(parts, ident(sub.Name)+" := "+y)
				continue
			}
			var err error
			if x, err = c.value(access, m, sub, kept); err != nil {
				return "", err
			}
		}
		parts = append(parts, fmt.Sprintf("%s := CAST(%s AS %s)", ident(sub.Name), x, sqlType(sub, kept)))
	}
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL ELSE struct_pack(%s) END", expr, strings.Join(parts, ", ")), nil
}

// bareList makes [{element: x}] of DuckDB's [x].
func (c *converter) bareList(expr string, inner *node, f, stored *bq.TableFieldSchema) (string, error) {
	if f.Mode != "REPEATED" || f.Type != "RECORD" || len(inner.children) != 1 || len(f.Fields) != 1 {
		return "", c.mismatch(inner, f)
	}
	c.deep++
	v := fmt.Sprintf("e%d", c.deep)
	x, err := c.value(v, inner.children[0], f.Fields[0], stored.Fields[0])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("CAST(list_transform(%s, lambda %s: struct_pack(%s := %s)) AS %s)", expr, v, ident(f.Fields[0].Name), x, sqlType(f, stored)), nil
}

// scalar checks physical type and annotation against the field, then converts.
// Un-annotated integers load into DATE and TIME in native units: days, microseconds.
func (c *converter) scalar(expr string, n *node, f *bq.TableFieldSchema) (string, error) {
	a := n.annotation()
	if len(n.children) > 0 || n.repetition == "REPEATED" {
		return "", c.mismatch(n, f)
	}
	plain := func(types ...string) bool {
		for _, t := range types {
			if a == "" && n.physical == t {
				return true
			}
		}
		return false
	}
	if _, err := c.p.detectScalar(n); err != nil {
		return "", err
	}
	ok := false
	switch f.Type {
	case "INTEGER":
		ok = a == "INT" || plain("INT32", "INT64")
	case "FLOAT":
		ok = plain("FLOAT", "DOUBLE")
	case "BOOLEAN":
		ok = plain("BOOLEAN")
	case "DATE":
		if plain("INT32", "INT64") {
			return "(DATE '1970-01-01' + CAST(" + expr + " AS INTEGER))", nil
		}
		ok = a == "DATE"
	case "TIME":
		if plain("INT64") {
			return "(TIME '00:00:00' + to_microseconds(" + expr + "))", nil
		}
		ok = a == "TIME"
	case "TIMESTAMP", "DATETIME":
		if plain("INT64") {
			return "make_timestamp(" + expr + ")", nil
		}
		ok = a == "TIMESTAMP" || plain("INT96")
	case "NUMERIC", "BIGNUMERIC":
		ok = a == "DECIMAL"
	case "STRING":
		ok = a == "STRING" || a == "DECIMAL" && c.p.decimalTarget(n) == "STRING" || plain("BYTE_ARRAY")
	case "JSON", "GEOGRAPHY":
		ok = a == "STRING"
	case "BYTES":
		ok = a == "STRING" || plain("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
		if a == "STRING" {
			return "encode(" + expr + ")", nil
		}
	}
	if !ok {
		return "", c.mismatch(n, f)
	}
	if f.Type == "STRING" && a == "" {
		return "decode(" + expr + ")", nil
	}
	return expr, nil
}
