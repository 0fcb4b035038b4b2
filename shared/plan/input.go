package plan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/udl"
)

// firstFiles is how many files of an input a plan names.
const firstFiles = 3

// key is an address without what does not name data.
func key(a udl.Address) string {
	return strings.ToLower(a.Depot) + ":" + a.Collection + "/" + strings.TrimSuffix(a.Dataset, "/")
}

// input finds what an input is, and its columns; nil are not known.
func (w *planner) input(ctx context.Context, j *manifest.Job, in *manifest.Input) (*Input, []relation.Column) {
	p := &Input{Name: in.Name, Address: in.Dataset.String(), Format: in.Format, Objects: -1, Bytes: -1}
	if in.Dataset.Depot == "" { // it was said
		return p, nil
	}
	var cols []relation.Column
	if made, ok := w.made[key(in.Dataset)]; ok {
		cols, p.From = made, "the job that writes it"
		if err := w.unread(p.Format); err != nil {
			w.wrong(fmt.Errorf("input %s: %w", in.Name, at(in.FormatPos, err)))
		}
	} else {
		var err error
		if cols, err = w.look(ctx, j, in, p); err != nil {
			w.wrong(fmt.Errorf("input %s: %w", in.Name, err))
		}
	}
	p.Schema = columns(cols)
	return p, cols
}

func (w *planner) look(ctx context.Context, j *manifest.Job, in *manifest.Input, p *Input) ([]relation.Column, error) {
	var loc depot.Location
	if w.Depots != nil {
		var err error
		loc, err = w.Depots.Locate(ctx, in.Dataset)
		if err != nil {
			return nil, at(in.DatasetPos, err)
		}
		w.notes = append(w.notes, loc.Notes...)
		if len(w.Depots.Folders) > 0 {
			p.StandIn, p.URI = loc.URI, w.physical(ctx, in.Dataset, in.DatasetPos)
		} else {
			p.URI = loc.URI
		}
		if p.Format == "" || loc.Forced {
			p.Format = loc.Format
		}
	}
	if w.Depots == nil {
		p.URI = w.physical(ctx, in.Dataset, in.DatasetPos)
	}
	if p.Format == "" && w.Depots == nil {
		return w.declared(j, in, p)
	}
	if err := w.unread(p.Format); err != nil {
		return nil, at(in.FormatPos, err)
	}
	src, err := sources.Get(p.Format)
	if err != nil {
		return nil, at(in.FormatPos, err)
	}
	raw := in.Options
	if loc.Forced && !strings.EqualFold(p.Format, in.Format) {
		raw = plug.Raw{}
	}
	opts, notes, err := src.Spec().Check(raw)
	w.notes = append(w.notes, notes...)
	if err != nil {
		return nil, err
	}
	if w.Depots == nil {
		return w.declared(j, in, p)
	}
	schema, err := w.schema(ctx, in, loc, p)
	if err != nil {
		return nil, at(in.SchemaPos, fmt.Errorf("schema: %w", err))
	}
	rel, err := src.Open(ctx, source.Input{Name: in.Name, Location: loc, Schema: schema, Options: opts, KeepSystem: j.KeepSystemColumns, Pos: in.Pos}, w.Accepts)
	if err != nil {
		return nil, at(in.DatasetPos, err)
	}
	p.Objects, p.Bytes = len(rel.Files), rel.Bytes
	for _, f := range rel.Files[:min(len(rel.Files), firstFiles)] {
		p.Files = append(p.Files, f.URI)
	}
	if schema == nil && len(p.Files) > 0 {
		p.From = p.Files[0]
	}
	return rel.Columns, nil
}

// unread refuses a format that is known and not read. With depots a folder may
// stand for it.
func (w *planner) unread(format string) error {
	if w.Depots != nil || !slices.Contains(elsewhere, format) {
		return nil
	}
	if _, err := sources.Get(format); err == nil {
		return nil
	}
	return fault.Errorf(fault.Refused, "format %s is not read yet", format).
		WithHint("read are files in a depot: %s; glint try takes such a file in its place", strings.Join(sources.Names(), ", "))
}

// physical is where an address leads by the depots' manifests, "" if they do not
// say. A depot that none describes is worth a remark.
func (w *planner) physical(ctx context.Context, a udl.Address, p fault.Pos) string {
	if w.Targets == nil {
		return ""
	}
	loc, err := w.Targets.Locate(ctx, a)
	if err != nil {
		w.notes = append(w.notes, plug.Note{Pos: p, Message: err.Error(), Hint: strings.Join(fault.Hints(err), "; ")})
		return ""
	}
	return place(loc)
}

func place(loc depot.Location) string {
	if len(loc.Path) > 0 {
		return strings.Join(loc.Path, ".")
	}
	return loc.URI
}

// elsewhere are formats of Flare, of which Glint reads and writes some.
var elsewhere = []string{
	"iceberg", "parquet", "avro", "csv", "json", "orc", "text", "xml", "xlsx", "xls", "jsonl", "delta", "hudi", "db", "file",
	"bigquery", "snowflake", "redshift", "jdbc", "jdbcquery", "postgres", "postgresql", "mysql", "mssql", "sqlserver", "oracle",
	"mongodb", "cassandra", "redis", "elasticsearch", "opensearch",
	"kafka", "kafkajson", "kafkaavro", "pulsar", "eventhub", "mview", "segment", "fingerprint", "profile", "instrumentation",
}

// declared are the columns that the manifest itself declares; nil if it does not.
func (w *planner) declared(j *manifest.Job, in *manifest.Input, p *Input) ([]relation.Column, error) {
	if in.SchemaString == "" {
		return nil, nil
	}
	p.From = "the manifest"
	s := source.Schema{Type: in.SchemaType, Text: in.SchemaString, From: "schema"}
	cols, err := s.Columns()
	if err != nil {
		return nil, inText(in.SchemaPos, err)
	}
	if !j.KeepSystemColumns {
		cols = slices.DeleteFunc(slices.Clone(cols), func(c relation.Column) bool { return strings.HasPrefix(c.Name, "__") })
	}
	return cols, nil
}

// inText places a mistake of a schema that stands in the manifest: the line and
// column that it has are those of the schema's own text.
func inText(p fault.Pos, err error) error {
	var e *fault.Error
	if errors.As(err, &e) && e.Pos.File == "schema" {
		return fault.Errorf(e.Kind, "%w (line %d of the schema)", e.Err, e.Pos.Line).At(p).WithHint("%s", strings.Join(fault.Hints(err), "\n"))
	}
	return at(p, err)
}

// maxSchema bounds a schema file; a real one has some kilobytes.
const maxSchema = 4 << 20

// schema fetches the declared schema, nil if there is none, or if the files that
// stand for the input say their types.
func (w *planner) schema(ctx context.Context, in *manifest.Input, data depot.Location, p *Input) (*source.Schema, error) {
	switch {
	case data.Forced && (data.Format == "parquet" || data.Format == "avro"):
		return nil, nil
	case in.SchemaString != "":
		p.From = "the manifest"
		return &source.Schema{Type: in.SchemaType, Text: in.SchemaString, From: in.SchemaPos.String()}, nil
	case in.SchemaPath == "":
		return nil, nil
	}
	a, err := manifest.SchemaAddress(in.SchemaPath)
	if err != nil {
		return nil, err
	}
	loc, err := w.Depots.Locate(ctx, a)
	if err != nil {
		return nil, err
	}
	if loc.Store == nil {
		return nil, fault.Errorf(fault.Invalid, "depot %s has no files to hold a schema", a.Depot)
	}
	body, _, err := loc.Store.Open(ctx, loc.URI, object.Range{})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(body, maxSchema)); err != nil {
		return nil, err
	}
	p.From = loc.URI
	return &source.Schema{Type: in.SchemaType, Text: b.String(), From: loc.URI}, nil
}
