package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// Parquet reads Parquet files, by the types that they hold.
type Parquet struct{}

// Spec describes the format.
func (Parquet) Spec() plug.Spec {
	return plug.Spec{
		Name: "parquet",
		Doc:  "Reads Parquet files. Names and types are those of the first file; the others must have its columns, in any order.",
		Fields: []plug.Field{
			{Name: "mergeSchema", Type: plug.Enum, Default: "false", Values: []string{"false"}, Doc: "The schemas of files are not merged."},
			{Name: "header", Type: plug.Text, Status: plug.Accepted, Doc: "Parquet has no header."},
			{Name: "inferSchema", Type: plug.Text, Status: plug.Accepted, Doc: "The files say their types."},
			{Name: "saveMode", Type: plug.Text, Status: plug.Accepted, Doc: "It belongs to an output."},
			{Name: "compression", Aliases: []string{"codec"}, Type: plug.Text, Status: plug.Accepted, Doc: "The files say how they are compressed."},
			{Name: "datetimeRebaseMode", Type: plug.Text, Status: plug.Refused, Doc: "Dates are of the Gregorian calendar at all times."},
			{Name: "int96RebaseMode", Type: plug.Text, Status: plug.Refused, Doc: "Dates are of the Gregorian calendar at all times."},
		},
	}
}

// Open lists the files and reads the footer of the first.
func (Parquet) Open(ctx context.Context, in Input, accepts []relation.Form) (relation.Relation, error) {
	if !slices.Contains(accepts, relation.Parquet) {
		return relation.Relation{}, fault.Errorf(fault.Refused, "input %s: the engine does not read parquet", in.Name)
	}
	rel := relation.Relation{Name: in.Name, Form: relation.Parquet, Rows: -1, Decode: relation.ParquetDecode{}}
	var err error
	if rel.Files, err = files(ctx, in.Location); err != nil {
		return rel, err
	}
	for _, f := range rel.Files {
		rel.Bytes += f.Size
	}
	cols, err := parquetColumns(ctx, rel.Files[0])
	if err != nil {
		return rel, err
	}
	rel.Columns = visible(cols, in.KeepSystem)
	return rel, nil
}

// rangeReader reads a pinned object at offsets.
type rangeReader struct {
	ctx  context.Context
	file relation.File
}

func (r rangeReader) ReadAt(p []byte, off int64) (int, error) {
	n := min(int64(len(p)), r.file.Size-off)
	if n <= 0 {
		return 0, io.EOF
	}
	body, err := r.file.Open(r.ctx, off, n)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	k, err := io.ReadFull(body, p[:n])
	if err == nil && k < len(p) {
		err = io.EOF
	}
	return k, err
}

func parquetColumns(ctx context.Context, f relation.File) ([]relation.Column, error) {
	file, err := parquet.OpenFile(rangeReader{ctx, f}, f.Size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		if errors.Is(err, fault.Transient) || errors.Is(err, fault.Conflict) || errors.Is(err, fault.Denied) || errors.Is(err, fault.NotFound) {
			return nil, err
		}
		return nil, fault.Errorf(fault.Invalid, "%s is no Parquet file: %w", f.URI, err)
	}
	r := &parquetSchema{elements: file.Metadata().Schema}
	root, err := r.next()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.URI, err)
	}
	if root.Kind != relation.Struct {
		return nil, fault.Errorf(fault.Invalid, "%s: its schema has no columns", f.URI)
	}
	return root.Fields, nil
}

// A parquetSchema reads the elements of a schema, which come depth first.
type parquetSchema struct {
	elements []format.SchemaElement
	i        int
}

// next is the type that Spark reads the next element and all below it as.
func (s *parquetSchema) next() (relation.Type, error) {
	t, _, err := s.node(0)
	return t, err
}

func (s *parquetSchema) node(depth int) (t relation.Type, e format.SchemaElement, err error) {
	if s.i >= len(s.elements) || depth > maxDepth {
		return t, e, fault.Errorf(fault.Invalid, "the schema is cut off, or nests deeper than %d levels", maxDepth)
	}
	e = s.elements[s.i]
	s.i++
	if n := e.NumChildren.V; n > 0 {
		t, err = s.group(e, int(n), depth)
	} else if t, err = leaf(e); err != nil {
		err = fmt.Errorf("column %s: %w", e.Name, err)
	}
	if err == nil && repeated(e) { // outside of a list it is one by itself
		t = relation.ArrayOf(t)
	}
	return t, e, err
}

func repeated(e format.SchemaElement) bool {
	return e.RepetitionType.Valid && e.RepetitionType.V == format.Repeated
}

func (s *parquetSchema) group(e format.SchemaElement, n, depth int) (relation.Type, error) {
	var fields []relation.Column
	var last format.SchemaElement
	var below []format.SchemaElement
	for range n {
		at := s.i
		t, child, err := s.node(depth + 1)
		if err != nil {
			return t, err
		}
		last, below = child, s.elements[at+1:s.i]
		fields = append(fields, relation.Column{Name: child.Name, Type: t, Nullable: true})
	}
	_, isList := e.LogicalType.Value.(*format.ListType)
	_, isMap := e.LogicalType.Value.(*format.MapType)
	c := e.ConvertedType
	switch {
	case (isList || c.Valid && c.V == deprecated.List) && n == 1 && repeated(last):
		// A repeated group of one field is only the list's own wrapping, unless its
		// name says that it is the element.
		elem := *fields[0].Type.Elem
		if len(below) > 0 && elem.Kind == relation.Struct && len(elem.Fields) == 1 && last.Name != "array" && last.Name != e.Name+"_tuple" {
			elem = elem.Fields[0].Type
		}
		return relation.ArrayOf(elem), nil
	case (isMap || c.Valid && (c.V == deprecated.Map || c.V == deprecated.MapKeyValue)) && n == 1 && repeated(last):
		entry := *fields[0].Type.Elem
		if entry.Kind != relation.Struct || len(entry.Fields) != 2 {
			return entry, fault.Errorf(fault.Refused, "column %s: this map is not supported", e.Name)
		}
		return relation.MapOf(entry.Fields[0].Type, entry.Fields[1].Type), nil
	}
	return relation.StructOf(fields...), nil
}

// leaf is the type of a column's values.
func leaf(e format.SchemaElement) (relation.Type, error) {
	of := relation.Of
	switch l := e.LogicalType.Value.(type) {
	case *format.DecimalType:
		return relation.DecimalOf(int(l.Precision), int(l.Scale)), nil
	case *format.DateType:
		return of(relation.Date), nil
	case *format.StringType, *format.EnumType, *format.JsonType:
		return of(relation.String), nil
	case *format.IntType:
		return integer(int(l.BitWidth), l.IsSigned), nil
	case *format.TimestampType:
		if _, nanos := l.Unit.Value.(*format.NanoSeconds); nanos {
			return relation.Type{}, fault.Errorf(fault.Refused, "timestamps of nanoseconds are not supported, nor by Spark").WithHint("write microseconds")
		}
		if l.IsAdjustedToUTC {
			return of(relation.Timestamp), nil
		}
		return of(relation.TimestampNTZ), nil
	case *format.TimeType, *format.Float16Type, *format.UUIDType, *format.BsonType:
		return relation.Type{}, fault.Errorf(fault.Refused, "values of the Parquet type %s are not supported, nor by Spark", l)
	}
	if c := e.ConvertedType; c.Valid {
		switch c.V {
		case deprecated.UTF8, deprecated.Enum, deprecated.Json:
			return of(relation.String), nil
		case deprecated.Decimal:
			return relation.DecimalOf(int(e.Precision.V), int(e.Scale.V)), nil
		case deprecated.Date:
			return of(relation.Date), nil
		case deprecated.TimestampMicros, deprecated.TimestampMillis:
			return of(relation.Timestamp), nil
		case deprecated.Int8, deprecated.Int16, deprecated.Int32, deprecated.Int64:
			return integer(8<<(c.V-deprecated.Int8), true), nil
		case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
			return integer(8<<(c.V-deprecated.Uint8), false), nil
		}
	}
	switch e.Type.V {
	case format.Boolean:
		return of(relation.Boolean), nil
	case format.Int32:
		return of(relation.Int), nil
	case format.Int64:
		return of(relation.Long), nil
	case format.Int96:
		return of(relation.Timestamp), nil
	case format.Float:
		return of(relation.Float), nil
	case format.Double:
		return of(relation.Double), nil
	}
	return of(relation.Binary), nil
}

// integer is what Spark reads a whole number of so many bits as.
func integer(bits int, signed bool) relation.Type {
	switch {
	case bits == 8 && signed:
		return relation.Of(relation.Byte)
	case bits == 16 && signed, bits == 8:
		return relation.Of(relation.Short)
	case bits == 32 && signed, bits == 16:
		return relation.Of(relation.Int)
	case signed, bits == 32:
		return relation.Of(relation.Long)
	}
	return relation.DecimalOf(20, 0)
}
