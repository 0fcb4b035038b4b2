package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A column of the tables that the statements read.
type column struct{ name, kind, sql string }

// columns are those of every table. q is a double whose sums are exact, so that
// they do not depend on the order of rows; id is another in every row.
var columns = []column{
	{"id", "int", "int"}, {"b", "bool", "boolean"}, {"y", "tiny", "tinyint"}, {"h", "small", "smallint"},
	{"i", "int", "int"}, {"j", "int", "int"}, {"l", "big", "bigint"}, {"f", "float", "float"}, {"d", "double", "double"},
	{"q", "nice", "double"}, {"n", "dec", "decimal(10,2)"}, {"m", "dec", "decimal(38,10)"}, {"w", "dec", "decimal(20,0)"},
	{"s", "str", "string"}, {"u", "str", "string"}, {"x", "bin", "binary"}, {"dt", "date", "date"}, {"ts", "ts", "timestamp"},
	{"a", "ints", "array<int>"}, {"p", "strs", "array<string>"}, {"mp", "map", "map<string,int>"}, {"st", "struct", "struct<k:int,v:string>"},
}

// literals are the values that matter, by kind: the ends of ranges, what nearly
// reads as something else, and ordinary ones.
var literals = map[string][]string{
	"bool":   {"true", "false"},
	"tiny":   {"0Y", "1Y", "-1Y", "127Y", "-128Y", "7Y"},
	"small":  {"0S", "1S", "-1S", "32767S", "-32768S", "300S"},
	"int":    {"0", "1", "-1", "2", "3", "7", "10", "100", "2147483647", "-2147483648", "-2147483647", "12345", "20240229"},
	"big":    {"0L", "1L", "-1L", "9223372036854775807L", "-9223372036854775808L", "2147483648L", "-2147483649L", "86400L", "1700000000L"},
	"float":  {"0.0F", "1.5F", "-1.5F", "0.1F", "float('3.4028235E38')", "1.4E-45F", "16777217F", "1.0E7F", "9999999F", "0.001F", "float('NaN')", "float('Infinity')", "-2.5F", "33554432F"},
	"double": {"0.0D", "1.5D", "-1.5D", "0.1D", "2.5D", "-0.5D", "1.7976931348623157E308D", "4.9E-324D", "1.0E7D", "9999999.5D", "0.001D", "9.999E-4D", "double('NaN')", "double('Infinity')", "double('-Infinity')", "1.0E16D", "9.223372036854775807E18D", "123456789.987654321D", "2147483647.5D", "1E-7D"},
	"nice":   {"0.0D", "0.25D", "-0.5D", "1.0D", "2.5D", "-3.75D", "1024.0D", "0.5D", "100.0D"},
	"dec":    {"0.00BD", "1BD", "-1.50BD", "0.005BD", "12.345BD", "99999999.99BD", "-0.5BD", "2.5BD", "cast('99999999999999999999999999999999999999' as decimal(38,0))", "cast('0.000000000000000001' as decimal(38,18))", "cast(3 as decimal(5,0))", "123456789012345678.9BD", "1000000.000001BD"},
	"str":    {"''", "' '", "'a'", "'abc'", "'ABC'", "'aXbXc'", "' 12 '", "'12'", "'-12.5'", "'1e3'", "'+7'", "'.5'", "'5.'", "'NaN'", "'Infinity'", "'-inf'", "'128'", "'2147483648'", "'9223372036854775808'", "'1e400'", "'true'", "'T'", "'no'", "'2024-02-29'", "'2023-02-29'", "'2024-2-9'", "'2024'", "'2024-01-31 23:59:59.999999'", "'2024-01-31T01:02:03Z'", "'2024-01-31 01:02:03+05:30'", "'1969-12-31 23:59:59.5'", "'12:34:56'", "'é'", "'日本語'", "'😀x'", "'a,b,,c'", "'a%b_c'", "'%'", "'_'", "'a.b'", "'x=1&y=2'", "'{\"a\":1,\"b\":[1,2]}'", "'Hello World'", "'hello  world'", "'0x1F'", "'1,234.50'", "'null'", "'-0'", "'1_000'", "'tab\\tx'", "'line\\nx'", "'1L'", "'1d'", "'İ'", "'ß'"},
	"bin":    {"X''", "X'00'", "X'616263'", "X'FF'", "X'E697A5'", "X'3132'"},
	"date":   {"DATE'1970-01-01'", "DATE'1969-12-31'", "DATE'2024-02-29'", "DATE'2023-02-28'", "DATE'2024-12-31'", "DATE'0001-01-01'", "DATE'9999-12-31'", "DATE'1582-10-15'", "DATE'1582-10-04'", "DATE'1900-01-01'", "DATE'2024-01-31'", "DATE'2021-01-03'"},
	"ts":     {"TIMESTAMP'1970-01-01 00:00:00'", "TIMESTAMP'1969-12-31 23:59:59.999999'", "TIMESTAMP'2024-02-29 12:34:56.789'", "TIMESTAMP'2024-12-31 23:59:59.5'", "TIMESTAMP'0001-01-01 00:00:00'", "TIMESTAMP'9999-12-31 23:59:59.999999'", "TIMESTAMP'1582-10-04 12:00:00'", "TIMESTAMP'1900-01-01 00:00:01'", "TIMESTAMP'2024-03-31 02:30:00'", "TIMESTAMP'2024-01-31 00:00:00.000001'"},
	"ints":   {"array(1,2,3)", "array(3,NULL,1)", "cast(array() as array<int>)", "array(2,2,1,NULL,NULL)", "array(-1)", "array(0,2147483647)"},
	"strs":   {"array('a','b')", "array('b',NULL,'a','a')", "cast(array() as array<string>)", "array('')", "split('a,b,,c',',')", "array('2','10','x')"},
	"map":    {"map('a',1,'b',2)", "map('a',NULL)", "cast(map() as map<string,int>)", "map('',0,'A',5)", "map('x',1,'y',2,'z',3)"},
	"struct": {"named_struct('k',1,'v','a')", "named_struct('k',int(NULL),'v',string(NULL))", "named_struct('k',-5,'v','x')", "named_struct('k',2,'v',string(NULL))"},
	"lymin":  {"interval '1' month", "interval '-13' month", "interval '1-2' year to month"},
	"ldt":    {"interval '1' day", "interval '-1' second", "interval '1 02:03:04.5' day to second", "interval '36' hour"},
}

// simplest are what the reducer puts in place of an expression.
func simplest(kind string) []string {
	null := map[string]string{
		"bool": "boolean", "tiny": "tinyint", "small": "smallint", "int": "int", "big": "bigint", "float": "float", "double": "double",
		"nice": "double", "wob": "double", "num": "int", "dec": "decimal(10,2)", "str": "string", "bin": "binary", "date": "date", "ts": "timestamp",
	}[kind]
	var all []string
	if l := literals[kind]; len(l) > 0 {
		all = append(all, l[0])
		if len(l) > 1 {
			all = append(all, l[1])
		}
	}
	if kind == "num" {
		all = append(all, "0", "1")
	}
	for _, c := range columns[1:] {
		if c.kind == kind {
			all = append(all, c.name)
		}
	}
	if null != "" {
		all = append(all, "cast(NULL as "+null+")")
	}
	return all
}

// A table is a relation of literals: by row, by column.
type table struct {
	name string
	rows [][]string
}

func randomTable(r *rand.Rand, name string, rows int) *table {
	t := &table{name: name}
	for i := range rows {
		row := make([]string, len(columns))
		for c, col := range columns {
			switch {
			case c == 0:
				row[c] = fmt.Sprint(i + 1)
			case col.name == "j":
				row[c] = fmt.Sprint(r.IntN(4)) // for joins and groups
				if r.IntN(8) == 0 {
					row[c] = "NULL"
				}
			case col.name == "u":
				row[c] = "'" + fmt.Sprint(r.IntN(30)-10) + pick(r, []string{"", "", ".5", ".0", "e1", " "}) + "'"
			case col.name == "s" && r.IntN(3) == 0:
				row[c] = "'" + pick(r, []string{"a", "b", "c"}) + "'"
			case r.IntN(6) == 0:
				row[c] = "NULL"
			default:
				row[c] = pick(r, literals[col.kind])
			}
		}
		t.rows = append(t.rows, row)
	}
	return t
}

// definition is the query whose rows are t's: of the columns that are wanted.
func (t *table) definition(wanted []column) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for i, c := range wanted {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "cast(%s as %s) %s", c.name, c.sql, c.name)
	}
	b.WriteString(" FROM VALUES ")
	for n, row := range t.rows {
		if n > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(")
		first := true
		for i, c := range columns {
			if slices.Contains(wanted, c) {
				if !first {
					b.WriteString(", ")
				}
				b.WriteString(row[i])
				first = false
			}
		}
		b.WriteString(")")
	}
	b.WriteString(" AS v(")
	for i, c := range wanted {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.name)
	}
	b.WriteString(")")
	return b.String()
}
