package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sink"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparksql"
)

// maxSchema bounds a schema file; a real one has some kilobytes.
const maxSchema = 4 << 20

// bind locates every input and makes it readable under its name. All the user's
// mistakes are gathered; the world's end it at once.
func (r *run) bind(ctx context.Context, s engine.Session) error {
	var mistakes []error
	for i := range r.job.Inputs {
		if err := r.bindInput(ctx, s, &r.job.Inputs[i]); err != nil {
			err = fmt.Errorf("input %s: %w", r.job.Inputs[i].Name, err)
			if fault.Retry(err) {
				return err
			}
			mistakes = append(mistakes, err)
		}
	}
	if len(mistakes) > 0 {
		return errors.Join(mistakes...)
	}
	return r.narrow(ctx, s)
}

func (r *run) bindInput(ctx context.Context, s engine.Session, in *manifest.Input) error {
	loc, err := r.Depots.Locate(ctx, in.Dataset)
	if err != nil {
		return at(in.DatasetPos, err)
	}
	r.note(loc.Notes)
	format, err := formatOf(in.Format, loc)
	if err != nil {
		return at(in.DatasetPos, err)
	}
	src, err := r.Sources.Get(format)
	if err != nil {
		return at(in.FormatPos, err)
	}
	options := in.Options
	if loc.Forced && !strings.EqualFold(format, in.Format) {
		options = plug.Raw{} // they are another format's
	}
	opts, notes, err := src.Spec().Check(r.zoned(options, src))
	r.note(notes)
	if err != nil {
		return err
	}
	schema, err := r.schema(ctx, in, loc)
	if err != nil {
		return at(in.SchemaPos, fmt.Errorf("schema: %w", err))
	}
	rel, err := src.Open(ctx, source.Input{
		Name: in.Name, Location: loc, Schema: schema, Options: opts, KeepSystem: r.job.KeepSystemColumns, Pos: in.Pos,
	}, r.Engine.Accepts())
	if err != nil {
		return at(in.DatasetPos, err)
	}
	for _, f := range rel.Files {
		r.inputs = append(r.inputs, sink.Pinned{Input: in.Name, URI: f.URI, Version: f.Version, Size: f.Size})
	}
	if err := r.oldTimes(rel); err != nil {
		return at(in.SchemaPos, err)
	}
	if r.Limit > 0 || in.Incremental != nil {
		rel.Name = whole(in.Name)
	}
	cols, err := s.Bind(ctx, rel)
	if err != nil {
		return err
	}
	q := sparksql.Scan(rel.Name, cols)
	if r.Limit > 0 {
		if q, err = sparksql.Resolve(fmt.Sprintf("SELECT * FROM %s LIMIT %d", rel.Name, r.Limit), nil, sparksql.Scopes{rel.Name: cols}); err != nil {
			return err
		}
	}
	if in.Incremental != nil {
		r.partials = append(r.partials, partial{in, cols, q})
		return nil
	}
	r.scope[in.Name] = cols
	if r.Limit > 0 {
		return s.Define(ctx, engine.View{Name: in.Name, Query: q, Columns: q.Columns})
	}
	return nil
}

// zoned gives the reader of a text format the session's time zone, in which it
// reads timestamps that name none.
func (r *run) zoned(options plug.Raw, src source.Source) plug.Raw {
	zone := r.job.Session.TimeZone
	takes := slices.ContainsFunc(src.Spec().Fields, func(f plug.Field) bool { return f.Name == "timeZone" })
	if zone == "" || !takes || options.Get("timeZone").Shape != plug.Absent {
		return options
	}
	options.Shape = plug.Mapping
	options.Entries = append(slices.Clone(options.Entries), plug.Entry{Name: "timeZone", Value: plug.Raw{Shape: plug.Scalar, Text: zone, Quoted: true}})
	return options
}

// oldTimes refuses to read times from text under the policy LEGACY: Spark then
// reads files by the rules of Spark 2, which are not known here. JSON is read in
// UTC only.
func (r *run) oldTimes(rel relation.Relation) error {
	if set := r.job.Session; set.TimeZone != "" && rel.Form == relation.JSON {
		for _, c := range rel.Columns {
			if holdsTimestamp(c.Type) {
				return fault.Errorf(fault.Refused, "column %s: a timestamp in a JSON file under spark.sql.session.timeZone = %s", c.Name, set.TimeZone).
					WithHint("declare it string and convert it in a step with to_timestamp")
			}
		}
	}
	if r.job.Session.TimeParser != "LEGACY" || rel.Form != relation.CSV && rel.Form != relation.JSON {
		return nil
	}
	for _, c := range rel.Columns {
		if k := c.Type.Kind; k == relation.Date || k == relation.Timestamp {
			return fault.Errorf(fault.Refused, "column %s: a %s in a %s file under spark.sql.legacy.timeParserPolicy = LEGACY", c.Name, c.Type, rel.Form).
				WithHint("declare it string and convert it in a step with to_date or to_timestamp and its pattern")
		}
	}
	return nil
}

func holdsTimestamp(t relation.Type) bool {
	return t.Kind == relation.Timestamp || t.Elem != nil && holdsTimestamp(*t.Elem) || t.Key != nil && holdsTimestamp(*t.Key) ||
		slices.ContainsFunc(t.Fields, func(f relation.Column) bool { return holdsTimestamp(f.Type) })
}

// formatOf is the format that the manifest names, else the depot's own.
func formatOf(named string, loc depot.Location) (string, error) {
	switch {
	case loc.Forced:
		return loc.Format, nil
	case named != "":
		return named, nil
	case loc.Format != "":
		return loc.Format, nil
	}
	return "", fault.Errorf(fault.Refused, "no format is named, which means iceberg in a depot of type %s, and Iceberg is not supported yet", loc.Type).
		WithHint("name the format of the files: format: csv")
}

// schema fetches the declared schema of an input, nil if it declares none, or if
// the files that stand for it say their types.
func (r *run) schema(ctx context.Context, in *manifest.Input, data depot.Location) (*source.Schema, error) {
	switch {
	case data.Forced && (data.Format == "parquet" || data.Format == "avro"):
		return nil, nil
	case in.SchemaString != "":
		return &source.Schema{Type: in.SchemaType, Text: in.SchemaString, From: in.SchemaPos.String()}, nil
	case in.SchemaPath == "":
		return nil, nil
	}
	a, err := manifest.SchemaAddress(in.SchemaPath)
	if err != nil {
		return nil, err
	}
	loc, err := r.Depots.Locate(ctx, a)
	if err != nil {
		return nil, err
	}
	if loc.Store == nil {
		return nil, fault.Errorf(fault.Invalid, "depot %s has no files to hold a schema", loc.Address.Depot)
	}
	text, err := readSmall(ctx, loc, maxSchema)
	if errors.Is(err, fault.NotFound) {
		return nil, fault.Errorf(fault.NotFound, "%w", err).WithHint("upload the schema, or correct schemaPath")
	}
	if err != nil {
		return nil, err
	}
	return &source.Schema{Type: in.SchemaType, Text: text, From: loc.URI}, nil
}

func readSmall(ctx context.Context, loc depot.Location, limit int64) (string, error) {
	body, attrs, err := loc.Store.Open(ctx, loc.URI, object.Range{})
	if err != nil {
		return "", err
	}
	defer body.Close()
	if attrs.Size > limit {
		return "", fault.Errorf(fault.Invalid, "%s has %d bytes; a schema may have %d", loc.URI, attrs.Size, limit)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(body, limit)); err != nil {
		return "", err
	}
	return b.String(), nil
}

// note keeps what the decoder remarked, for the run's receipt.
func (r *run) note(notes []plug.Note) {
	for _, n := range notes {
		r.notes = append(r.notes, strings.TrimPrefix(n.Pos.String()+": "+n.Message, ": "))
	}
}

// at gives err the place p in the manifest, unless it has a place already.
func at(p fault.Pos, err error) error {
	var e *fault.Error
	if errors.As(err, &e) && !e.Pos.IsZero() {
		return err
	}
	return &fault.Error{Kind: fault.KindOf(err), Pos: p, Err: err}
}
