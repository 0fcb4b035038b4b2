package bigquerytest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// A parquet is the files of one load with their schemas.
type parquet struct {
	files    []file
	trees    []*node // parallel to files
	lists    bool    // parquetOptions.enableListInference
	decimals []string
	ignore   bool // ignoreUnknownValues
	detected []*bq.TableFieldSchema
}

// A node is an element of a Parquet schema.
type node struct {
	name, physical, repetition, converted, logical string
	scale, precision                               int64
	children                                       []*node
}

func (s *Server) openParquet(ctx context.Context, files []file, c *bq.JobConfigurationLoad) (*parquet, error) {
	p := &parquet{files: files, decimals: c.DecimalTargetTypes, ignore: c.IgnoreUnknownValues}
	if o := c.ParquetOptions; o != nil {
		if o.EnumAsString || o.MapTargetType != "" {
			return nil, refuse("parquetOptions other than enableListInference")
		}
		p.lists = o.EnableListInference
	}
	if len(p.decimals) == 0 {
		p.decimals = []string{"NUMERIC"}
	}
	for _, f := range files {
		tree, err := s.parquetTree(ctx, f)
		if err != nil {
			return nil, err
		}
		p.trees = append(p.trees, tree)
	}
	// "BigQuery retrieves the schema from the alphabetically last file" (loading Parquet).
	last := 0
	for i := range files {
		if files[i].uri > files[last].uri {
			last = i
		}
	}
	if c.Schema != nil {
		return p, nil
	}
	for _, n := range p.trees[last].children {
		f, err := p.detect(n)
		if err != nil {
			return nil, err
		}
		p.detected = append(p.detected, f)
	}
	return p, canonical(p.detected)
}

func (s *Server) parquetTree(ctx context.Context, f file) (*node, error) {
	rs, err := s.db.QueryContext(ctx, `SELECT name, type, repetition_type, converted_type, logical_type, scale, "precision", num_children FROM parquet_schema(`+quote(f.path)+")")
	if err != nil {
		return nil, invalid("Error while reading data, error message: Input file is not in Parquet format. File: %s", f.uri)
	}
	defer rs.Close()
	var flat []*node
	var counts []int64
	for rs.Next() {
		var n node
		var text [5]sql.NullString
		var nums [3]sql.NullInt64
		if err := rs.Scan(&text[0], &text[1], &text[2], &text[3], &text[4], &nums[0], &nums[1], &nums[2]); err != nil {
			return nil, err
		}
		n = node{name: text[0].String, physical: text[1].String, repetition: text[2].String, converted: text[3].String, logical: text[4].String, scale: nums[0].Int64, precision: nums[1].Int64}
		flat, counts = append(flat, &n), append(counts, nums[2].Int64)
	}
	if err := rs.Err(); err != nil {
		return nil, err
	}
	at := 0
	var grow func() *node
	grow = func() *node {
		n, c := flat[at], counts[at]
		at++
		for range c {
			n.children = append(n.children, grow())
		}
		return n
	}
	if len(flat) == 0 {
		return nil, invalid("Error while reading data, error message: no schema. File: %s", f.uri)
	}
	return grow(), nil
}

// signature is equal for files that can be read together.
func (n *node) signature() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s %s %s %d,%d(", n.name, n.physical, n.repetition, n.converted, n.logical, n.precision, n.scale)
	for _, c := range n.children {
		b.WriteString(c.signature())
	}
	b.WriteString(")")
	return b.String()
}

func (n *node) list() bool {
	return n.converted == "LIST" && len(n.children) == 1 && n.children[0].repetition == "REPEATED"
}

// element is what a list holds; a two-level list repeats the element itself.
func (n *node) element() *node {
	inner := n.children[0]
	if len(inner.children) == 1 && inner.name != "array" && inner.name != n.name+"_tuple" {
		return inner.children[0]
	}
	e := *inner
	e.repetition = "REQUIRED"
	return &e
}

func (n *node) isMap() bool {
	return (n.converted == "MAP" || n.converted == "MAP_KEY_VALUE") && len(n.children) == 1 && len(n.children[0].children) == 2
}

// detect is the field that a load without a schema makes of a column.
func (p *parquet) detect(n *node) (*bq.TableFieldSchema, error) {
	f := &bq.TableFieldSchema{Name: n.name, Mode: "NULLABLE"}
	switch n.repetition {
	case "REQUIRED":
		f.Mode = "REQUIRED"
	case "REPEATED":
		f.Mode = "REPEATED"
	}
	record := func(children ...*node) (*bq.TableFieldSchema, error) {
		f.Type = "RECORD"
		for _, c := range children {
			sub, err := p.detect(c)
			if err != nil {
				return nil, err
			}
			f.Fields = append(f.Fields, sub)
		}
		return f, nil
	}
	switch {
	case n.list() && p.lists:
		e := *n.element()
		e.name = n.name
		f, err := p.detect(&e)
		if err != nil {
			return nil, err
		}
		if f.Mode == "REPEATED" {
			return nil, invalid("Error while reading data, error message: column %s is a list of lists, which BigQuery does not have", n.name)
		}
		f.Mode = "REPEATED"
		return f, nil
	case len(n.children) > 0:
		return record(n.children...)
	}
	t, err := p.detectScalar(n)
	f.Type = t
	return f, err
}

func (p *parquet) detectScalar(n *node) (string, error) {
	switch a := n.annotation(); {
	case a == "DECIMAL":
		return p.decimalTarget(n), nil
	case a == "DATE" || a == "TIME" || a == "TIMESTAMP":
		return a, nil
	case a == "STRING":
		return "STRING", nil
	case a == "INT" || a == "" && (n.physical == "INT32" || n.physical == "INT64"):
		return "INTEGER", nil
	case a == "" && n.physical == "INT96":
		return "TIMESTAMP", nil
	case a == "" && (n.physical == "FLOAT" || n.physical == "DOUBLE"):
		return "FLOAT", nil
	case a == "" && n.physical == "BOOLEAN":
		return "BOOLEAN", nil
	case a == "" && strings.HasSuffix(n.physical, "BYTE_ARRAY"):
		return "BYTES", nil
	}
	return "", n.unsupported()
}

func (n *node) unsupported() error {
	return refuse("the Parquet type %s %s%s (column %s): BigQuery documents no conversion; cast it before writing the file", n.physical, n.converted, n.logical, n.name)
}

// annotation reduces converted and logical type to what conversions depend on;
// what BigQuery does not document comes back as it is.
func (n *node) annotation() string {
	c := n.converted
	switch {
	case strings.Contains(n.logical, "NANOS=NanoSeconds"):
		return "NANOS"
	case c == "UTF8" || c == "ENUM" || strings.HasPrefix(n.logical, "StringType"):
		return "STRING"
	case c == "DECIMAL" || strings.HasPrefix(n.logical, "DecimalType"):
		return "DECIMAL"
	case c == "DATE" || strings.HasPrefix(n.logical, "DateType"):
		return "DATE"
	case strings.HasPrefix(c, "TIMESTAMP_") || strings.HasPrefix(n.logical, "TimestampType"):
		return "TIMESTAMP"
	case strings.HasPrefix(c, "TIME_") || strings.HasPrefix(n.logical, "TimeType"):
		return "TIME"
	case strings.HasPrefix(c, "INT_") || strings.HasPrefix(c, "UINT_"):
		return "INT"
	case c == "" && n.logical == "":
		return ""
	}
	return c + n.logical
}

// decimalTarget is the first of decimalTargetTypes, in the documented order of
// preference, that holds precision and scale; else the widest of them.
func (p *parquet) decimalTarget(n *node) string {
	best := ""
	for _, t := range []string{"NUMERIC", "BIGNUMERIC", "STRING"} {
		if !slices.Contains(p.decimals, t) {
			continue
		}
		best = t
		if t == "NUMERIC" && (n.scale > 9 || n.precision-n.scale > 29) {
			continue
		}
		return t
	}
	return best
}

// read is SQL for all files as fields, and how the columns are stored.
func (p *parquet) read(fields []*bq.TableFieldSchema) (string, []*bq.TableFieldSchema, error) {
	stored := fields
	for _, t := range p.trees {
		stored = p.stored(stored, t.children)
	}
	var parts []string
	for i := 0; i < len(p.files); {
		group := p.files[i : i+1]
		sig := p.trees[i].signature()
		for j := i + 1; j < len(p.files) && p.trees[j].signature() == sig; j++ {
			group = p.files[i : j+1]
		}
		q, err := p.project(p.trees[i], fields, stored, p.files[i])
		if err != nil {
			return "", nil, err
		}
		parts = append(parts, q+" FROM read_parquet("+enlist(group)+")")
		i += len(group)
	}
	return strings.Join(parts, " UNION ALL "), stored, nil
}

// stored fixes the scale of BIGNUMERIC columns by that of the file, so that
// nothing is rounded; ten at least where it fits, for that is not a NUMERIC.
func (p *parquet) stored(fields []*bq.TableFieldSchema, nodes []*node) []*bq.TableFieldSchema {
	var out []*bq.TableFieldSchema
	for _, f := range fields {
		c := *f
		n := child(nodes, f.Name)
		for n != nil && n.list() && f.Mode == "REPEATED" {
			n = n.element()
		}
		if n != nil && f.Type == "BIGNUMERIC" && (f.Precision == 0 || f.Precision == 38 && f.Scale < n.scale) {
			c.Precision, c.Scale = 38, n.scale
			if n.scale < 10 && n.precision-n.scale <= 28 {
				c.Scale = 10
			}
		}
		if n != nil && f.Type == "RECORD" {
			c.Fields = p.stored(f.Fields, n.children)
		}
		out = append(out, &c)
	}
	return out
}

func child(nodes []*node, name string) *node {
	i := slices.IndexFunc(nodes, func(n *node) bool { return strings.EqualFold(n.name, name) })
	if i < 0 {
		return nil
	}
	return nodes[i]
}

func (p *parquet) project(root *node, fields, stored []*bq.TableFieldSchema, f file) (string, error) {
	c := &converter{p: p, uri: f.uri}
	var cols []string
	for i, field := range fields {
		n := child(root.children, field.Name)
		expr := "NULL"
		if n != nil {
			var err error
			if expr, err = c.value(ident(n.name), n, field, stored[i]); err != nil {
				return "", err
			}
		} else if field.Mode == "REPEATED" {
			expr = "[]"
		}
		cols = append(cols, fmt.Sprintf("CAST(%s AS %s) AS %s", expr, sqlType(field, stored[i]), ident(field.Name)))
	}
	for _, n := range root.children {
		if find(fields, n.name) == nil && !p.ignore {
			return "", invalid("Error while reading data, error message: no such field: %s. File: %s", n.name, f.uri)
		}
	}
	return "SELECT " + strings.Join(cols, ", "), nil
}
