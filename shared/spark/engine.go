package spark

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// Engine runs a job on Spark, as Flare did: the manifest's own SQL, Spark's own
// readers. Every session is a process of its own, within the run's budget.
type Engine struct {
	Options Options
	Started func(*Session) // is told of every session, for its version; may be nil
}

var _ engine.Engine = Engine{}

// Name is the engine's name.
func (Engine) Name() string { return "spark" }

// Accepts are the forms that Bind reads.
func (Engine) Accepts() []relation.Form {
	return []relation.Form{relation.CSV, relation.Parquet, relation.JSON}
}

// Produces are the forms that Export writes.
func (Engine) Produces() []relation.Form { return []relation.Form{relation.Parquet} }

// Open starts Spark in b.Dir.
func (e Engine) Open(ctx context.Context, b host.Budget) (engine.Session, error) {
	o := e.Options
	if b.Dir != "" {
		o.Dir = b.Dir
	}
	if b.Threads > 0 {
		o.Threads = b.Threads
	}
	if b.Memory > 0 {
		o.Memory = b.Memory
	}
	dir, err := os.MkdirTemp(o.Dir, "spark-")
	if err != nil {
		return nil, fault.Errorf(fault.Internal, "scratch folder: %w", err)
	}
	o.Dir = dir
	s, err := Start(ctx, o)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if e.Started != nil {
		e.Started(s)
	}
	return &run{s: s, dir: dir, reads: map[string][]string{}}, nil
}

// A run is the engine's session.
type run struct {
	s      *Session
	dir    string
	inputs []relation.Relation
	reads  map[string][]string // of every view, what it names, in small letters
}

// Bind copies r's files to where Spark can read them, each as it was pinned,
// and names them. Spark reads no rows, unless it must find out the columns.
func (r *run) Bind(ctx context.Context, rel relation.Relation) ([]relation.Column, error) {
	options, physical, err := reader(rel)
	if err != nil {
		return nil, err
	}
	if len(rel.Files) == 0 {
		return nil, fault.Errorf(fault.Refused, "%s has no files: Spark binds files only", rel.Name)
	}
	dir := filepath.Join(r.dir, fmt.Sprintf("input%d", len(r.inputs)))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, fault.Errorf(fault.Internal, "scratch folder: %w", err)
	}
	paths := make([]string, len(rel.Files))
	for i, f := range rel.Files {
		paths[i] = filepath.Join(dir, fmt.Sprintf("f%06d%s", i, ending(f)))
		if err := download(ctx, f, paths[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", f.URI, err)
		}
	}
	request := map[string]any{"do": "bind", "name": rel.Name, "form": string(rel.Form), "paths": paths, "options": options}
	if len(physical) > 0 {
		schema, err := schemaJSON(physical)
		if err != nil {
			return nil, err
		}
		request["schema"], request["columns"] = schema, relation.Names(rel.Columns)
	}
	var a struct{ JSON string }
	if err := r.s.do(ctx, request, &a); err != nil {
		return nil, err
	}
	cols := rel.Columns
	if cols == nil {
		if cols, err = columnsOf(a.JSON); err != nil {
			return nil, err
		}
	}
	r.inputs = append(r.inputs, rel)
	return cols, nil
}

// ending is the end of a file's name, by which Spark knows how it is packed.
func ending(f relation.File) string {
	switch f.Codec {
	case "gzip":
		return ".gz"
	case "zstd":
		return ".zst"
	}
	if e := path.Ext(f.URI); e != ".gz" && e != ".zst" { // the store has unpacked it
		return strings.Map(func(r rune) rune {
			if r == '.' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' {
				return r
			}
			return -1
		}, e)
	}
	return ""
}

func download(ctx context.Context, f relation.File, to string) (err error) {
	body, err := f.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	defer body.Close()
	out, err := os.Create(to)
	if err != nil {
		return fault.Errorf(fault.Internal, "scratch folder: %w", err)
	}
	defer func() {
		if e := out.Close(); err == nil && e != nil {
			err = fault.Errorf(fault.Exhausted, "scratch folder: %w", e)
		}
	}()
	_, err = io.Copy(out, body)
	return err
}

// Define names a query. Spark runs the text that the manifest has.
func (r *run) Define(ctx context.Context, v engine.View) error {
	text, err := spoken(v.Query)
	if err != nil {
		return err
	}
	var a struct{ Schema []Column }
	request := map[string]any{"do": "define", "name": v.Name, "sql": text, "zone": v.Query.TimeZone(), "keep": v.Keep || !v.Query.Deterministic}
	if err := r.s.do(ctx, request, &a); err != nil {
		return err
	}
	r.reads[strings.ToLower(v.Name)] = below(r.reads, v.Query.Reads)
	return agree(v, a.Schema)
}

// spoken is q in Spark's words.
func spoken(q *sparksql.Query) (string, error) {
	if strings.TrimSpace(q.Text) == "" {
		return "", fault.Errorf(fault.Refused, "a query that has no text in Spark's SQL cannot be run on Spark")
	}
	return q.Text, nil
}

// below are the names that reading names leads to, themselves among them.
func below(reads map[string][]string, names []string) []string {
	var all []string
	for _, n := range names {
		n = strings.ToLower(n)
		all = append(append(all, n), reads[n]...)
	}
	return all
}

// agree checks that Spark has the columns that Glint resolved.
func agree(v engine.View, got []Column) error {
	if len(got) != len(v.Columns) {
		return fault.Errorf(fault.Internal, "%s: Spark has %d columns, Glint %d", v.Name, len(got), len(v.Columns))
	}
	for i, c := range v.Columns {
		if got[i].Name != c.Name || got[i].Type != c.Type.String() {
			return fault.Errorf(fault.Internal, "%s: Spark has the column %s %s, Glint %s %s", v.Name, got[i].Name, got[i].Type, c.Name, c.Type).
				WithHint("this is a bug in Glint's understanding of the query; please report it with the query")
		}
	}
	return nil
}

// Query returns at most max rows of q.
func (r *run) Query(ctx context.Context, q *sparksql.Query, max int) (relation.Rows, error) {
	text, err := spoken(q)
	if err != nil {
		return relation.Rows{}, err
	}
	var a Answer
	if err := r.s.do(ctx, map[string]any{"do": "query", "sql": text, "zone": q.TimeZone(), "most": max + 1}, &a); err != nil {
		return relation.Rows{}, err
	}
	out := relation.Rows{Columns: q.Columns, Values: a.Rows, More: len(a.Rows) > max}
	out.Values = out.Values[:min(len(a.Rows), max)]
	for _, row := range out.Values {
		for i, c := range q.Columns {
			if row[i], err = value(row[i], c.Type); err != nil {
				return out, fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
	}
	return out, nil
}

// Explain is Spark's plan of a view.
func (r *run) Explain(ctx context.Context, view string) (string, error) {
	var a struct{ Text string }
	return a.Text, r.s.do(ctx, map[string]any{"do": "explain", "name": view}, &a)
}

// Export writes Parquet, an output after the other. Parts become visible only
// when Spark has written all of an output.
func (r *run) Export(ctx context.Context, exports []engine.Export, progress func(engine.Progress)) (engine.Exported, error) {
	var done engine.Exported
	var so engine.Progress
	var views []string
	for i, e := range exports {
		if e.Form != relation.Parquet {
			return done, fault.Errorf(fault.Refused, "output %s: Spark here writes Parquet, not %s", e.Output, e.Form)
		}
		out, err := r.export(ctx, e, filepath.Join(r.dir, fmt.Sprintf("output%d", i)))
		if err != nil {
			return done, fmt.Errorf("output %s: %w", e.Output, err)
		}
		done.Outputs = append(done.Outputs, out)
		views = append(views, e.View)
		so.RowsWritten, so.BytesWritten = so.RowsWritten+out.Rows, so.BytesWritten+out.Bytes
		if progress != nil {
			progress(so)
		}
	}
	read := below(r.reads, views)
	for _, in := range r.inputs {
		if slices.Contains(read, strings.ToLower(in.Name)) {
			done.Reads = append(done.Reads, engine.Read{Input: in.Name, Rows: -1, Bytes: sizeOf(in), Total: sizeOf(in), Complete: true})
		}
	}
	return done, nil
}

func (r *run) export(ctx context.Context, e engine.Export, dir string) (engine.Output, error) {
	out := engine.Output{Output: e.Output}
	schema, err := schemaJSON(e.Columns)
	if err != nil {
		return out, err
	}
	var a struct {
		Paths []string
		Count int64
	}
	if err := r.s.do(ctx, map[string]any{"do": "export", "view": e.View, "schema": schema, "folder": dir}, &a); err != nil {
		return out, err
	}
	defer os.RemoveAll(dir)
	out.Rows = a.Count
	for i, p := range a.Paths {
		f, err := os.Open(p)
		if err != nil {
			return out, fault.Errorf(fault.Internal, "what Spark wrote: %w", err)
		}
		file, err := e.Put(ctx, i, f)
		f.Close()
		if err != nil {
			return out, err
		}
		out.Files, out.Bytes = append(out.Files, file), out.Bytes+file.Size
	}
	return out, nil
}

func sizeOf(rel relation.Relation) int64 {
	var n int64
	for _, f := range rel.Files {
		n += f.Size
	}
	return n
}

// Close ends Spark and removes what it wrote.
func (r *run) Close() error {
	err := r.s.Close()
	if e := os.RemoveAll(r.dir); err == nil {
		err = e
	}
	return err
}
