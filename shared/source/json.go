package source

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkfn"
)

// JSON reads files of JSON records as Spark does: one a line, fields by name.
type JSON struct{}

// maxJSON bounds one record, and one file where a file is a record.
const maxJSON = 64 << 20

// Spec describes the format.
func (JSON) Spec() plug.Spec {
	return plug.Spec{
		Name: "json",
		Doc: "Reads JSON as Spark 3.5 does: a record a line, fields by their names. What does not fit its column is NULL and counted. " +
			"Without a schema every record is read first to find the types, as Spark does.",
		Fields: []plug.Field{
			{Name: "mode", Type: plug.Enum, Default: "PERMISSIVE", Values: []string{"PERMISSIVE", "DROPMALFORMED", "FAILFAST"}, Doc: "A line that is no record: a row of NULLs, left out, or the run ends."},
			{Name: "multiLine", Aliases: []string{"multiline"}, Type: plug.Bool, Default: "false", Doc: "Whether a file is one record, or an array of records."},
			{Name: "inferSchema", Type: plug.Text, Status: plug.Accepted, Doc: "Types are inferred where there is no schema."},
			{Name: "encoding", Aliases: []string{"charset"}, Type: plug.Enum, Default: "UTF-8", Values: []string{"UTF-8"}, Doc: "UTF-8."},
			{Name: "header", Type: plug.Text, Status: plug.Accepted, Doc: "JSON has no header."},
			{Name: "samplingRatio", Type: plug.Text, Status: plug.Accepted, Doc: "All records are looked at."},
			{Name: "saveMode", Type: plug.Text, Status: plug.Accepted, Doc: "It belongs to an output."},
			{Name: "dateFormat", Type: plug.Text, Status: plug.Refused, Doc: "Read the column as string and convert it in a step with to_date."},
			{Name: "timestampFormat", Type: plug.Text, Status: plug.Refused, Doc: "Read the column as string and convert it in a step with to_timestamp."},
			{Name: "primitivesAsString", Type: plug.Text, Status: plug.Refused, Doc: "Declare a schema of strings."},
			{Name: "prefersDecimal", Type: plug.Text, Status: plug.Refused, Doc: "Declare a schema."},
			{Name: "allowComments", Type: plug.Text, Status: plug.Refused, Doc: "Take the comments out."},
			{Name: "columnNameOfCorruptRecord", Type: plug.Text, Status: plug.Refused, Doc: "Bad fields are counted in the receipt."},
			{Name: "lineSep", Type: plug.Text, Status: plug.Refused, Doc: "Lines end with LF or CR LF."},
		},
		Examples: []plug.Example{{Doc: "Two records.", In: "{\"a\":1}\n{\"a\":\"x\",\"b\":2}\n", Want: "a: string, b: bigint"}},
	}
}

// Open lists the files. Without a schema it reads them all, for their types.
func (JSON) Open(ctx context.Context, in Input, accepts []relation.Form) (relation.Relation, error) {
	if !slices.Contains(accepts, relation.JSON) {
		return relation.Relation{}, fault.Errorf(fault.Refused, "input %s: the engine does not read json", in.Name)
	}
	d := relation.JSONDecode{Mode: relation.CSVMode(in.Options.Text("mode")), MultiLine: in.Options.Bool("multiLine")}
	rel, err := plainFiles(ctx, in, relation.JSON)
	if err != nil {
		return rel, err
	}
	if in.Schema != nil {
		d.Physical, err = in.Schema.Columns()
	} else {
		d.Physical, err = inferJSON(ctx, rel.Files, d)
	}
	if err != nil {
		return rel, err
	}
	rel.Columns = visible(d.Physical, in.KeepSystem)
	rel.Decode = d
	return rel, nil
}

// plainFiles lists an input's files, none of which may be compressed.
func plainFiles(ctx context.Context, in Input, form relation.Form) (relation.Relation, error) {
	rel := relation.Relation{Name: in.Name, Form: form, Rows: -1}
	var err error
	if rel.Files, err = files(ctx, in.Location); err != nil {
		return rel, err
	}
	for _, f := range rel.Files {
		if i := strings.LastIndexByte(f.URI, '.'); i >= 0 && compressed[strings.ToLower(f.URI[i:])] {
			return rel, fault.Errorf(fault.Refused, "%s: compressed files (%s) are not supported", f.URI, f.URI[i:]).WithHint("decompress it")
		}
		rel.Bytes += f.Size
	}
	return rel, nil
}

func inferJSON(ctx context.Context, list []relation.File, d relation.JSONDecode) ([]relation.Column, error) {
	var s sparkfn.JSONSchema
	for _, f := range list {
		err := eachJSON(ctx, f, d.MultiLine, func(line int, text string) error {
			if !s.Add(text) {
				return fault.Errorf(fault.Invalid, "%s:%d: no JSON record", f.URI, line).
					WithHint("declare a schema: with one, such a line is a row of NULLs; Spark would add a column _corrupt_record here")
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	cols := s.Columns()
	if len(cols) == 0 {
		return nil, fault.Errorf(fault.Invalid, "%s: no record in any of %d files to infer a schema from", list[0].URI, len(list)).WithHint("declare a schema with schemaPath")
	}
	for i, c := range cols {
		if relation.Find(cols[:i], c.Name) >= 0 {
			return nil, fault.Errorf(fault.Invalid, "%s: two fields are called %q, whatever the case", list[0].URI, c.Name).WithHint("declare a schema with the one that is meant")
		}
	}
	return cols, nil
}

// eachJSON visits the records of a file as text, with the number of their line.
func eachJSON(ctx context.Context, f relation.File, whole bool, visit func(line int, text string) error) error {
	body, err := f.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	defer body.Close()
	return EachJSON(f.URI, body, whole, visit)
}

// EachJSON visits the records of r, which is called name: its lines that are not
// blank, or all of it.
func EachJSON(name string, r io.Reader, whole bool, visit func(line int, text string) error) error {
	if whole {
		text, err := io.ReadAll(io.LimitReader(r, maxJSON+1))
		if err != nil {
			return err
		}
		if len(text) > maxJSON {
			return fault.Errorf(fault.Refused, "%s: a file that is one record may have %d MB", name, maxJSON>>20).WithHint("write a record a line")
		}
		return visit(1, strings.TrimPrefix(string(text), "\ufeff"))
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxJSON)
	for n := 1; lines.Scan(); n++ {
		text := lines.Text()
		if n == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if strings.TrimSpace(text) == "" {
			continue
		}
		if err := visit(n, text); err != nil {
			return err
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fault.Errorf(fault.Refused, "%s: a record may have %d MB", name, maxJSON>>20)
	} else if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
