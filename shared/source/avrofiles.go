package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// Avro reads Avro's object container files, by the schema that they hold.
type Avro struct{}

// Spec describes the format.
func (Avro) Spec() plug.Spec {
	return plug.Spec{
		Name: "avro",
		Doc:  "Reads Avro's object container files. Names and types are those of the first file's schema; every other file must have the same.",
		Fields: []plug.Field{
			{Name: "header", Type: plug.Text, Status: plug.Accepted, Doc: "Avro has no header."},
			{Name: "inferSchema", Type: plug.Text, Status: plug.Accepted, Doc: "The files say their types."},
			{Name: "saveMode", Type: plug.Text, Status: plug.Accepted, Doc: "It belongs to an output."},
			{Name: "ignoreExtension", Type: plug.Text, Status: plug.Accepted, Doc: "Files are read whatever their names end with."},
			{Name: "avroSchema", Type: plug.Text, Status: plug.Refused, Doc: "The files' own schema is used; rename and convert columns in a step."},
		},
	}
}

// Open lists the files and reads the schema of the first.
func (Avro) Open(ctx context.Context, in Input, accepts []relation.Form) (relation.Relation, error) {
	if !slices.Contains(accepts, relation.Avro) {
		return relation.Relation{}, fault.Errorf(fault.Refused, "input %s: the engine does not read avro", in.Name)
	}
	rel := relation.Relation{Name: in.Name, Form: relation.Avro, Rows: -1}
	var err error
	if rel.Files, err = files(ctx, in.Location); err != nil {
		return rel, err
	}
	for _, f := range rel.Files {
		rel.Bytes += f.Size
	}
	text, err := avroSchemaOf(ctx, rel.Files[0])
	if err != nil {
		return rel, err
	}
	s := Schema{Type: "avro", Text: text, From: rel.Files[0].URI}
	cols, err := s.Columns()
	if err != nil {
		return rel, err
	}
	rel.Columns = visible(cols, in.KeepSystem)
	rel.Decode = relation.AvroDecode{Physical: cols}
	return rel, nil
}

// maxAvroHeader bounds what comes before the blocks of a file.
const maxAvroHeader = 4 << 20

// avroSchemaOf is the schema in a file's header: a map under the magic bytes.
func avroSchemaOf(ctx context.Context, f relation.File) (string, error) {
	body, err := f.Open(ctx, 0, min(f.Size, maxAvroHeader))
	if err != nil {
		return "", err
	}
	defer body.Close()
	header, err := io.ReadAll(body)
	if err != nil {
		return "", err
	}
	r := bytes.NewReader(header)
	magic := make([]byte, 4)
	if _, err := io.ReadFull(r, magic); err != nil || string(magic) != "Obj\x01" {
		return "", fault.Errorf(fault.Invalid, "%s is no Avro file", f.URI)
	}
	schema, err := avroMeta(r)
	if err != nil {
		return "", fault.Errorf(fault.Invalid, "%s: its header is damaged: %w", f.URI, err)
	}
	return schema, nil
}

func avroMeta(r *bytes.Reader) (string, error) {
	for {
		n, err := binary.ReadVarint(r)
		if err != nil || n == 0 {
			return "", errors.Join(err, errors.New("it holds no schema"))
		}
		if n < 0 { // the size of the block in bytes follows
			n = -n
			if _, err := binary.ReadVarint(r); err != nil {
				return "", err
			}
		}
		for range n {
			key, err := avroBytes(r)
			if err != nil {
				return "", err
			}
			value, err := avroBytes(r)
			if err != nil {
				return "", err
			}
			if string(key) == "avro.schema" {
				return string(value), nil
			}
		}
	}
}

func avroBytes(r *bytes.Reader) ([]byte, error) {
	n, err := binary.ReadVarint(r)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > int64(r.Len()) {
		return nil, fmt.Errorf("a text of %d bytes", n)
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return b, err
}
