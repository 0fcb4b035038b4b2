package bigquerytest

import (
	"context"
	"fmt"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// readCSV is SQL for the files as fields, by position. An empty field that is
// not quoted is NULL, unless a nullMarker says otherwise.
func (l *loading) readCSV(fields []*bq.TableFieldSchema) (string, []*bq.TableFieldSchema, error) {
	c := l.c
	if err := utf8Only(c.Encoding); err != nil {
		return "", nil, err
	}
	if c.IgnoreUnknownValues {
		return "", nil, refuse("load.ignoreUnknownValues with CSV")
	}
	delim, quoting := c.FieldDelimiter, `"`
	switch {
	case delim == "":
		delim = ","
	case delim == "tab" || delim == `\t`:
		delim = "\t"
	}
	if c.Quote != nil {
		quoting = *c.Quote
	}
	var columns, cols []string
	for i, f := range fields {
		if f.Mode == "REPEATED" || f.Type == "RECORD" {
			return "", nil, invalid("Error while reading data, error message: CSV cannot hold the nested or repeated field %s", f.Name)
		}
		name := fmt.Sprintf("c%d", i)
		columns = append(columns, quote(name)+": 'VARCHAR'")
		x := ident(name)
		if !c.AllowQuotedNewlines {
			x = fmt.Sprintf("CASE WHEN contains(%[1]s, chr(10)) THEN error('a quoted value holds a newline, and allowQuotedNewlines is not set') ELSE %[1]s END", x)
		}
		cols = append(cols, fmt.Sprintf("CAST(%s AS %s) AS %s", fromText(x, f), sqlType(f, nil), ident(f.Name)))
	}
	q := fmt.Sprintf("SELECT %s FROM read_csv(%s, auto_detect = false, header = false, columns = {%s}, delim = %s, quote = %s, escape = %s, nullstr = %s, skip = %d, null_padding = %t, allow_quoted_nulls = false, strict_mode = true, max_line_size = 104857600, parallel = %t)",
		strings.Join(cols, ", "), enlist(l.files), strings.Join(columns, ", "), quote(delim), quote(quoting), quote(quoting), quote(c.NullMarker), c.SkipLeadingRows, c.AllowJaggedRows, !c.AllowQuotedNewlines && !c.AllowJaggedRows)
	return q, withScale(fields), nil
}

func utf8Only(encoding string) error {
	if e := strings.ToUpper(encoding); e != "" && e != "UTF-8" {
		return refuse("load.encoding %s: write UTF-8", encoding)
	}
	return nil
}

// fromText is SQL for a field's value out of text; bad text is an error.
func fromText(expr string, f *bq.TableFieldSchema) string {
	switch f.Type {
	case "BYTES":
		return "from_base64(" + expr + ")"
	case "INTEGER": // DuckDB's own cast rounds '1.5'
		return fmt.Sprintf("CASE WHEN %[1]s IS NULL THEN NULL WHEN regexp_full_match(trim(%[1]s), '[+-]?[0-9]+') THEN CAST(%[1]s AS BIGINT) ELSE error(%[2]s || %[1]s) END",
			expr, quote("Could not parse as INT64 for field "+f.Name+": "))
	case "TIMESTAMP":
		return fmt.Sprintf("CAST(regexp_replace(%s, ' ?UTC$', 'Z') AS TIMESTAMPTZ)", expr)
	}
	return expr
}

// withScale fixes how BIGNUMERIC columns without parameters are kept.
func withScale(fields []*bq.TableFieldSchema) []*bq.TableFieldSchema {
	var out []*bq.TableFieldSchema
	for _, f := range fields {
		c := *f
		if f.Type == "BIGNUMERIC" && f.Precision == 0 {
			c.Precision, c.Scale = 38, 18
		}
		c.Fields = withScale(f.Fields)
		out = append(out, &c)
	}
	return out
}

// readJSON is SQL for files of one JSON object a line.
func (l *loading) readJSON(ctx context.Context, fields []*bq.TableFieldSchema) (string, []*bq.TableFieldSchema, error) {
	if err := utf8Only(l.c.Encoding); err != nil {
		return "", nil, err
	}
	from := fmt.Sprintf("FROM read_json_objects(%s, format = 'newline_delimited', maximum_object_size = 104857600)", enlist(l.files))
	if !l.c.IgnoreUnknownValues {
		var known []string
		for _, f := range fields {
			known = append(known, quote(strings.ToLower(f.Name)))
		}
		var unknown *string
		q := fmt.Sprintf("SELECT min(k) FROM (SELECT DISTINCT unnest(json_keys(json)) AS k %s) WHERE lower(k) NOT IN (%s)", from, strings.Join(known, ", "))
		if err := l.s.db.QueryRowContext(ctx, q).Scan(&unknown); err != nil {
			return "", nil, readError(err)
		}
		if unknown != nil {
			return "", nil, invalid("Error while reading data, error message: JSON parsing error in row: No such field: %s.", *unknown)
		}
	}
	var cols []string
	for _, f := range fields {
		cols = append(cols, fmt.Sprintf("CAST(%s AS %s) AS %s", fromJSON("json->"+quote(path(f.Name)), f, 0), sqlType(f, nil), ident(f.Name)))
	}
	return "SELECT " + strings.Join(cols, ", ") + " " + from, withScale(fields), nil
}

func path(name string) string { return `$."` + name + `"` }

// fromJSON is SQL for a field's value out of a JSON value.
func fromJSON(expr string, f *bq.TableFieldSchema, deep int) string {
	expr = "(" + expr + ")"
	null := fmt.Sprintf("(%s IS NULL OR json_type(%s) = 'NULL')", expr, expr)
	if f.Mode == "REPEATED" {
		one := *f
		one.Mode = "NULLABLE"
		v := fmt.Sprintf("e%d", deep)
		return fmt.Sprintf("CASE WHEN %s THEN [] ELSE list_transform(CAST(%s AS JSON[]), lambda %s: CAST(%s AS %s)) END", null, expr, v, fromJSON(v, &one, deep+1), sqlType(&one, nil))
	}
	switch f.Type {
	case "RECORD":
		var parts []string
		for _, sub := range f.Fields {
			parts = append(parts, fmt.Sprintf("%s := CAST(%s AS %s)", ident(sub.Name), fromJSON(expr+"->"+quote(path(sub.Name)), sub, deep), sqlType(sub, nil)))
		}
		return fmt.Sprintf("CASE WHEN %s THEN NULL ELSE struct_pack(%s) END", null, strings.Join(parts, ", "))
	case "JSON":
		return fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", null, expr)
	}
	return fromText("("+expr+"->>'$')", f)
}
