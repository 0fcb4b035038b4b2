package bigquery

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	bq "google.golang.org/api/bigquery/v2"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
)

// Limits of a table's schema.
// https://cloud.google.com/bigquery/quotas#standard_tables
const (
	maxColumns = 10000
	maxName    = 300
	maxDepth   = 15
)

var nameRule = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// reserved are prefixes that no column may have, in any case of letters.
// https://cloud.google.com/bigquery/docs/schemas#column_names
var reserved = []string{
	"_TABLE_", "_FILE_", "_PARTITION", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER",
	"_CHANGE_SEQUENCE_NUMBER", "_CHANGE_TYPE", "_CHANGE_TIMESTAMP",
}

// Columns returns cols in the types that BigQuery has: every integer is a
// long, every floating point number a double. All that it does not have is
// said at once.
func (w *Writer) Columns(_ sink.Output, cols []relation.Column) ([]relation.Column, error) {
	if len(cols) == 0 {
		return nil, fault.Errorf(fault.Invalid, "there is no column")
	}
	c := &checker{}
	out := c.columns("", cols, 0)
	if c.count > maxColumns {
		c.refuse("%d columns, a BigQuery table has at most %d", c.count, maxColumns).hint("select fewer columns, or put some into a struct rendered by to_json")
	}
	return out, errors.Join(c.errs...)
}

// checker maps columns and gathers what is wrong with them.
type checker struct {
	count int
	errs  []error
}

type refusal struct {
	c *checker
	i int
}

func (c *checker) refuse(format string, args ...any) refusal {
	c.errs = append(c.errs, fault.Errorf(fault.Invalid, format, args...))
	return refusal{c, len(c.errs) - 1}
}

func (r refusal) hint(format string, args ...any) {
	r.c.errs[r.i] = r.c.errs[r.i].(*fault.Error).WithHint(format, args...)
}

func (c *checker) columns(parent string, cols []relation.Column, depth int) []relation.Column {
	out := make([]relation.Column, len(cols))
	seen := map[string]string{}
	for i, col := range cols {
		c.count++
		path := parent + col.Name
		c.name(path, col.Name)
		if first, dup := seen[strings.ToLower(col.Name)]; dup {
			c.refuse("column %s is there twice (%s, %s): BigQuery does not distinguish the case of letters", path, first, col.Name).
				hint("rename one: %s AS %s_2", quote(col.Name), legal(col.Name))
		}
		seen[strings.ToLower(col.Name)] = col.Name
		out[i] = col
		out[i].Type = c.typ(path, col.Type, depth)
	}
	return out
}

func (c *checker) name(path, name string) {
	switch {
	case len(name) > maxName:
		c.refuse("column %.40s… has a name of %d characters, BigQuery takes %d", path, len(name), maxName).hint("give it a shorter name: … AS short")
		return
	case !nameRule.MatchString(name):
		c.refuse("column %q: a BigQuery column is letters, digits and underscores, and does not start with a digit", path).
			hint("rename it: %s AS %s", quote(name), legal(name))
		return
	}
	for _, p := range reserved {
		if strings.HasPrefix(strings.ToUpper(name), p) {
			c.refuse("column %q: names that begin with %s are BigQuery's own", path, p).hint("rename it: %s AS c%s", quote(name), name)
			return
		}
	}
}

func (c *checker) typ(path string, t relation.Type, depth int) relation.Type {
	if depth > maxDepth {
		c.refuse("column %s is nested deeper than %d structs", path, maxDepth).hint("flatten it, or render it with to_json")
		return t
	}
	switch t.Kind {
	case relation.Byte, relation.Short, relation.Int:
		return relation.Of(relation.Long)
	case relation.Float:
		return relation.Of(relation.Double)
	case relation.Array:
		if t.Elem.Kind == relation.Array {
			c.refuse("column %s is an array of arrays, which BigQuery does not have", path).
				hint("put a struct between: transform(%s, a -> named_struct('items', a))", quote(path))
			return t
		}
		return relation.ArrayOf(c.typ(path, *t.Elem, depth))
	case relation.Struct:
		if len(t.Fields) == 0 {
			c.refuse("column %s is a struct without fields", path).hint("leave it out")
			return t
		}
		return relation.StructOf(c.columns(path+".", t.Fields, depth+1)...)
	case relation.Map:
		c.refuse("column %s is a %s, and BigQuery has no maps", path, t).hint("make it an array of key and value: map_entries(%s)", quote(path))
	case relation.DayTimeInterval, relation.YearMonthInterval:
		c.refuse("column %s is an %s, which cannot be loaded", path, t).hint("make it a string or a number: CAST(%s AS STRING)", quote(path))
	case relation.Null:
		c.refuse("column %s is NULL without a type", path).hint("give it one: CAST(NULL AS STRING) AS %s", path)
	}
	return t
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// legal is the nearest name to name that BigQuery takes.
func legal(name string) string {
	l := strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	if l == "" || l[0] >= '0' && l[0] <= '9' {
		l = "_" + l
	}
	return l
}

// field is the column that a new table gets for c, whose type Columns has passed.
func field(c relation.Column) *bq.TableFieldSchema {
	f := &bq.TableFieldSchema{Name: c.Name, Description: c.Doc, Mode: "NULLABLE"}
	t := c.Type
	if t.Kind == relation.Array {
		f.Mode, t = "REPEATED", *t.Elem
	}
	switch t.Kind {
	case relation.Boolean:
		f.Type = "BOOLEAN"
	case relation.Byte, relation.Short, relation.Int, relation.Long:
		f.Type = "INTEGER"
	case relation.Float, relation.Double:
		f.Type = "FLOAT"
	case relation.Decimal:
		// NUMERIC has 29 digits before the point and 9 after it.
		f.Type, f.Precision, f.Scale = "NUMERIC", int64(t.Precision), int64(t.Scale)
		if t.Precision-t.Scale > 29 || t.Scale > 9 {
			f.Type = "BIGNUMERIC"
		}
	case relation.Binary:
		f.Type = "BYTES"
	case relation.Date:
		f.Type = "DATE"
	case relation.Timestamp:
		f.Type = "TIMESTAMP"
	case relation.TimestampNTZ:
		f.Type = "DATETIME"
	case relation.Struct:
		f.Type = "RECORD"
		f.Fields = fields(t.Fields)
	case relation.String:
		f.Type = "STRING"
	default:
		panic(fmt.Sprintf("bigquery: column %s of type %s was not checked", c.Name, t))
	}
	return f
}

func fields(cols []relation.Column) []*bq.TableFieldSchema {
	out := make([]*bq.TableFieldSchema, len(cols))
	for i, c := range cols {
		out[i] = field(c)
	}
	return out
}
