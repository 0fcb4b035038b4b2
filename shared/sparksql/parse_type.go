package sparksql

import (
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// simpleTypes are Spark's names for types that have no parameters.
var simpleTypes = map[string]relation.Kind{
	"BOOLEAN": relation.Boolean, "TINYINT": relation.Byte, "BYTE": relation.Byte,
	"SMALLINT": relation.Short, "SHORT": relation.Short, "INT": relation.Int, "INTEGER": relation.Int,
	"BIGINT": relation.Long, "LONG": relation.Long, "FLOAT": relation.Float, "REAL": relation.Float,
	"DOUBLE": relation.Double, "STRING": relation.String, "BINARY": relation.Binary, "DATE": relation.Date,
	"TIMESTAMP": relation.Timestamp, "TIMESTAMP_LTZ": relation.Timestamp, "TIMESTAMP_NTZ": relation.TimestampNTZ,
}

func (p *parser) dataType() relation.Type {
	p.enter()
	defer p.leave()
	t := p.take()
	if k, ok := simpleTypes[t.upper]; ok {
		return relation.Of(k)
	}
	switch t.upper {
	case "DECIMAL", "DEC", "NUMERIC":
		return p.decimalType(t)
	case "ARRAY":
		p.expect("<")
		elem := p.dataType()
		p.closeType()
		return relation.ArrayOf(elem)
	case "MAP":
		p.expect("<")
		key := p.dataType()
		p.expect(",")
		value := p.dataType()
		p.closeType()
		return relation.MapOf(key, value)
	case "STRUCT":
		return p.structType()
	case "CHAR", "CHARACTER", "VARCHAR":
		// In a cast Spark takes both for string, and cuts off nothing.
		p.expect("(")
		p.size()
		p.expect(")")
		return relation.Of(relation.String)
	case "INTERVAL":
		if _, ok := units[p.peek().upper]; !ok {
			panic(refused(t.at, "the type INTERVAL without fields, which is Spark's old interval of months, days and microseconds,").because("write INTERVAL DAY TO SECOND or INTERVAL YEAR TO MONTH"))
		}
		return p.intervalFields(t)
	}
	panic(invalid(t.at, "unknown type %q", t.text).because("Spark's types are %s", "BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL(p,s), STRING, BINARY, DATE, TIMESTAMP, TIMESTAMP_NTZ"))
}

// closeType takes the > that ends the parameters of a type; two of them are one
// token.
func (p *parser) closeType() {
	if t := &p.tokens[p.i]; t.is(">>") {
		t.text, t.at = ">", t.at+1
		return
	}
	p.expect(">")
}

// structType reads what follows STRUCT: <name [:] type [NOT NULL] [COMMENT 'text'], …>.
func (p *parser) structType() relation.Type {
	if p.accept("<>") {
		return relation.StructOf()
	}
	p.expect("<")
	fields := p.fields(func() bool { return p.is(">") || p.is(">>") })
	p.closeType()
	return relation.StructOf(fields...)
}

// fields reads name [:] type [NOT NULL] [COMMENT 'text'], … until what ends them.
func (p *parser) fields(ended func() bool) []relation.Column {
	var fields []relation.Column
	for !ended() {
		f := relation.Column{Nullable: true, Name: p.identifier("a field's name")}
		p.accept(":")
		f.Type = p.dataType()
		if p.accept("NOT", "NULL") {
			f.Nullable = false
		}
		if p.accept("COMMENT") {
			f.Doc = p.stringLiteral().(*literal).text
		}
		fields = append(fields, f)
		if !p.accept(",") {
			break
		}
	}
	return fields
}

func (p *parser) decimalType(t token) relation.Type {
	precision, scale := 10, 0
	if p.accept("(") {
		precision = p.size()
		if p.accept(",") {
			scale = p.size()
		}
		p.expect(")")
	}
	if precision < 1 || precision > maxPrecision || scale > precision {
		panic(invalid(t.at, "decimal(%d,%d) is no type: the precision is 1 to %d, the scale at most the precision", precision, scale, maxPrecision))
	}
	return relation.DecimalOf(precision, scale)
}

func (p *parser) size() int {
	t := p.take()
	n, err := strconv.Atoi(t.text)
	if t.kind != numberToken || err != nil || n < 0 {
		panic(invalid(t.at, "a whole number should be here"))
	}
	return n
}

// Schema reads the columns of CREATE TABLE t (a INT, b STRING NOT NULL COMMENT 'x').
func Schema(text string, at func(offset int) fault.Pos) ([]relation.Column, error) {
	if at == nil {
		at = placer(text)
	}
	tokens, err := lex(text)
	if err != nil {
		return nil, err.(*mistake).fault(at)
	}
	p := &parser{text: text, tokens: tokens}
	var cols []relation.Column
	func() {
		defer func() {
			if v := recover(); v != nil {
				m, ours := v.(*mistake)
				if !ours {
					panic(v)
				}
				err = m.fault(at)
			}
		}()
		cols = p.fields(func() bool { return p.peek().kind == endToken })
		if p.peek().kind != endToken {
			panic(p.unexpected("the end of the columns"))
		}
	}()
	return cols, err
}

// TypeSQL writes a type as Spark reads it, the names of fields in backticks.
func TypeSQL(t relation.Type) string {
	switch t.Kind {
	case relation.Array:
		return "ARRAY<" + TypeSQL(*t.Elem) + ">"
	case relation.Map:
		return "MAP<" + TypeSQL(*t.Key) + ", " + TypeSQL(*t.Elem) + ">"
	case relation.Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = quoteSpark(f.Name) + ": " + TypeSQL(f.Type)
		}
		return "STRUCT<" + strings.Join(parts, ", ") + ">"
	}
	return strings.ToUpper(t.String())
}
