//go:build !windows

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/assertion"
	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/job"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/profile"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparksql"
	"github.com/glint-data/glint/shared/udl"
)

// An enactment is one run of a workflow over folders.
type enactment struct {
	*trial
	runner  job.Runner
	pending []udl.Address // what the workflow is yet to write: what lies in its place is of an earlier run
}

func newEnactment(t *trial, log *slog.Logger, pending ...udl.Address) *enactment {
	e := &enactment{trial: t, pending: pending}
	depots := &depot.Catalog{Folders: []string{t.o.out}, Behind: t.real}
	depots.Stale = func(folder string, a udl.Address) bool {
		return folder == t.o.out && slices.ContainsFunc(e.pending, a.Same)
	}
	if t.o.depots != "" {
		depots.Folders = append(depots.Folders, t.o.depots)
	}
	e.runner = job.Runner{
		Engine: duckdb.Engine{}, Sources: source.All, Depots: depots,
		Budget: func(deadline time.Time) (host.Budget, func(), error) {
			return host.Share(host.Limits{Disk: true}, "", deadline)
		},
		Log: log, Now: time.Now, AsOf: t.asOf, Limit: t.o.limit,
	}
	return e
}

// A madeOutput is what an output became.
type madeOutput struct {
	Job     string       `json:"job"`
	Output  string       `json:"output"`
	Address string       `json:"address"`
	Rows    int64        `json:"rows"`
	Schema  []madeColumn `json:"schema"`
	Files   []string     `json:"files"`
}

// madeFindings are how the tests of a job went, and what is in its input.
type madeFindings struct {
	Job        string             `json:"job"`
	Assertions []assertion.Result `json:"assertions,omitempty"`
	Profile    *profile.Profile   `json:"profile,omitempty"`
}

type madeColumn struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// A rehearsed job is one whose outputs are files here.
type rehearsed struct {
	done  job.Rehearsal
	files map[string][]string // of every output
}

// rehearse runs one job and writes its outputs.
func (e *enactment) rehearse(ctx context.Context, j *manifest.Job) (rehearsed, error) {
	r := rehearsed{files: map[string][]string{}}
	parts := map[string][]string{} // of each output, its files on their way
	var mu sync.Mutex
	defer func() {
		for _, files := range parts {
			for _, f := range files {
				_ = os.Remove(f)
			}
		}
	}()
	var err error
	r.done, err = e.runner.Rehearse(ctx, j, func(_ context.Context, output string, part int, body io.Reader) (relation.File, error) {
		name := e.place(outputOf(j, output).Dataset)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return relation.File{}, err
		}
		file := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%05d.unfinished", filepath.Base(name), part))
		mu.Lock()
		parts[output] = append(parts[output], file)
		mu.Unlock()
		return writeFile(file, body)
	})
	if err != nil {
		return r, err
	}
	for _, made := range r.done.Exported.Outputs {
		address := outputOf(j, made.Output).Dataset
		e.pending = slices.DeleteFunc(e.pending, address.Same)
		place := e.place(address)
		if r.files[made.Output], err = settle(place, parts[made.Output]); err != nil {
			return r, err
		}
		delete(parts, made.Output)
		if err := os.WriteFile(place+".schema.json", []byte(relation.SparkJSON(r.done.Columns[made.Output])), 0o644); err != nil {
			return r, err
		}
	}
	return r, nil
}

// enact runs one job, writes its outputs and shows them.
func (e *enactment) enact(ctx context.Context, j *manifest.Job) error {
	began := time.Now()
	r, err := e.rehearse(ctx, j)
	if e.o.json && (len(r.done.Assertions) > 0 || r.done.Profile != nil) { // for people they are in the log
		e.line(madeFindings{Job: j.Name, Assertions: r.done.Assertions, Profile: r.done.Profile})
	}
	if !e.o.json {
		for _, n := range r.done.Notes {
			fmt.Fprintf(e.w, "note: %s\n", n)
		}
	}
	if err != nil {
		return err
	}
	if !e.o.json {
		fmt.Fprintf(e.w, "job %s: %s\n", j.Name, took(time.Since(began)))
		for _, read := range r.done.Exported.Reads {
			e.read(read)
		}
	}
	for _, made := range r.done.Exported.Outputs {
		if err := e.show(ctx, j, outputOf(j, made.Output), made, r.done.Columns[made.Output], r.files[made.Output]); err != nil {
			return err
		}
	}
	return nil
}

// outputsOf are the addresses that a workflow writes.
func outputsOf(m *manifest.Workflow) []udl.Address {
	var all []udl.Address
	for i := range m.Jobs {
		for k := range m.Jobs[i].Outputs {
			all = append(all, m.Jobs[i].Outputs[k].Dataset)
		}
	}
	return all
}

func outputOf(j *manifest.Job, name string) *manifest.Output {
	i := slices.IndexFunc(j.Outputs, func(o manifest.Output) bool { return o.Name == name })
	return &j.Outputs[i]
}

// place is where an output is written, less its ending.
func (e *enactment) place(a udl.Address) string {
	return filepath.Join(e.o.out, a.Depot, a.Collection, filepath.FromSlash(strings.TrimSuffix(a.Dataset, "/")))
}

func writeFile(name string, body io.Reader) (relation.File, error) {
	f, err := os.Create(name)
	if err != nil {
		return relation.File{}, err
	}
	n, err := io.Copy(f, body)
	return relation.File{URI: name, Size: n}, cmp.Or(err, f.Close())
}

// settle puts the parts of an output in its place: one is a file, more are a
// folder. What lay there of an earlier run is gone.
func settle(place string, parts []string) ([]string, error) {
	slices.Sort(parts)
	whole := place + ".parquet"
	if err := os.RemoveAll(whole); err != nil {
		return nil, err
	}
	if len(parts) == 1 {
		return []string{whole}, os.Rename(parts[0], whole)
	}
	if err := os.MkdirAll(whole, 0o755); err != nil {
		return nil, err
	}
	var files []string
	for i, p := range parts {
		file := filepath.Join(whole, fmt.Sprintf("part-%05d.parquet", i))
		if err := os.Rename(p, file); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// read says what was read of an input, and what was wrong with it.
func (e *enactment) read(r engine.Read) {
	fmt.Fprintf(e.w, "  input %s: %s", r.Input, size(r.Bytes))
	if r.Rows >= 0 {
		fmt.Fprintf(e.w, ", %s rows", count(r.Rows))
	}
	fmt.Fprintln(e.w)
	for column, n := range r.Bad {
		what := "fields of column " + column + " are not what the schema says: NULL"
		if column == "" {
			what = "rows have too few or too many fields"
		}
		fmt.Fprintf(e.w, "    %s %s (first: %s)\n", count(n), what, r.First)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(e.w, "    %s\n", n)
	}
}

// shown is how many rows of an output people see.
const shown = 10

func (e *enactment) show(ctx context.Context, j *manifest.Job, o *manifest.Output, made engine.Output, cols []relation.Column, files []string) error {
	line := madeOutput{Job: j.Name, Output: o.Name, Address: o.Dataset.String(), Rows: made.Rows, Schema: []madeColumn{}, Files: files}
	names, right := make([]string, len(cols)), map[int]bool{}
	for i, c := range cols {
		line.Schema = append(line.Schema, madeColumn{c.Name, c.Type.String()})
		names[i], right[i] = c.Name, c.Type.Kind.Numeric()
	}
	if e.o.json {
		e.line(line)
		return nil
	}
	fmt.Fprintf(e.w, "  output %s → %s: %s rows, %s\n  %s\n\n", o.Name, o.Dataset, count(made.Rows), size(made.Bytes), strings.Join(files, " "))
	head, err := rowsOf(ctx, files, cols, shown)
	if err != nil {
		return err
	}
	types := make([]string, len(cols))
	for i, c := range cols {
		types[i] = c.Type.String()
	}
	var rows [][]string
	for _, row := range head.Values {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = cell(shownCell(sparkfn.Printed(v, head.Columns[i].Type, zoneOf("UTC")), head.Columns[i].Type))
		}
		rows = append(rows, cells)
	}
	printTyped(e.w, "    ", [][]string{names, types}, rows, right)
	if more := made.Rows - int64(len(head.Values)); more > 0 {
		fmt.Fprintf(e.w, "    … and %s rows more\n", count(more))
	}
	fmt.Fprintln(e.w)
	return nil
}

// rowsOf reads the first rows of an output from its files.
func rowsOf(ctx context.Context, files []string, cols []relation.Column, most int) (relation.Rows, error) {
	dir, err := os.MkdirTemp("", "glint-try-")
	if err != nil {
		return relation.Rows{}, err
	}
	defer os.RemoveAll(dir)
	s, err := duckdb.Engine{}.Open(ctx, host.Budget{Dir: dir})
	if err != nil {
		return relation.Rows{}, err
	}
	defer s.Close()
	file := files[0]
	if len(files) > 1 { // a folder
		file = filepath.Dir(file)
	}
	file, err = filepath.Abs(file)
	if err != nil {
		return relation.Rows{}, err
	}
	options, _, _ := source.Parquet{}.Spec().Check(plug.Raw{})
	rel, err := source.Parquet{}.Open(ctx, source.Input{Name: "made", Options: options, KeepSystem: true,
		Location: depot.Location{Type: depot.File, Store: object.Dir{}, URI: "file://" + filepath.ToSlash(file)}}, duckdb.Engine{}.Accepts())
	if err != nil {
		return relation.Rows{}, err
	}
	bound, err := s.Bind(ctx, rel)
	if err != nil {
		return relation.Rows{}, err
	}
	rows, err := s.Query(ctx, sparksql.Scan("made", bound), most)
	if len(rows.Columns) == len(cols) {
		rows.Columns = cols // Spark's types: a file does not know them all
	}
	return rows, err
}

// shownCell is a printed value as Spark's show has it: [a, b], {1, x}, {key -> value}.
func shownCell(v any, t relation.Type) string {
	list, ok := v.([]any)
	if !ok {
		return sqlCell(v)
	}
	parts := make([]string, len(list))
	for i, item := range list {
		switch pair, _ := item.([]any); {
		case t.Kind == relation.Array:
			parts[i] = shownCell(item, *t.Elem)
		case t.Kind == relation.Struct && i < len(t.Fields):
			parts[i] = shownCell(item, t.Fields[i].Type)
		case t.Kind == relation.Map && len(pair) == 2:
			parts[i] = shownCell(pair[0], *t.Key) + " -> " + shownCell(pair[1], *t.Elem)
		default:
			parts[i] = sqlCell(item)
		}
	}
	if t.Kind == relation.Array {
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
