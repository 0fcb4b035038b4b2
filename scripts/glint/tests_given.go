//go:build !windows

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparksql"
)

// give writes what a test gives as files, and makes the job's inputs read them.
func (r *testRunner) give(file, dir string, j *manifest.Job, t *workflowTest) error {
	j.Inputs = slices.Clone(j.Inputs)
	if err := os.MkdirAll(filepath.Join(dir, "given"), 0o755); err != nil {
		return err
	}
	given := map[string]bool{}
	for _, g := range t.given {
		i := slices.IndexFunc(j.Inputs, func(in manifest.Input) bool { return strings.EqualFold(in.Name, g.input) })
		if i < 0 {
			var names []string
			for k := range j.Inputs {
				names = append(names, j.Inputs[k].Name)
			}
			return fault.Errorf(fault.Invalid, "the job has no input %s", g.input).At(g.pos).WithHint("its inputs are %s", strings.Join(names, ", "))
		}
		in := &j.Inputs[i]
		given[in.Name] = true
		if err := r.giveOne(file, dir, in, g); err != nil {
			return fmt.Errorf("input %s: %w", in.Name, err)
		}
	}
	for i := range j.Inputs {
		if in := &j.Inputs[i]; !given[in.Name] && r.o.depots == "" {
			return fault.Errorf(fault.Invalid, "the test %s gives no rows for the input %s", t.name, in.Name).At(t.pos).
				WithHint("add it under given, [] if it is empty, or name a folder with --depots")
		}
	}
	return nil
}

func (r *testRunner) giveOne(file, dir string, in *manifest.Input, g givenRows) error {
	cols, err := r.columnsOf(in, g)
	if err != nil {
		return err
	}
	in.Dataset.Depot, in.Dataset.Collection, in.Dataset.Dataset = "given", "none", in.Name
	if g.file.Shape != plug.Absent {
		return giveFile(filepath.Join(filepath.Dir(file), filepath.FromSlash(g.file.Text)), filepath.Join(dir, "given", in.Name), g.file.Pos)
	}
	in.Format, in.Options = "json", plug.Raw{}
	if cols == nil && len(g.rows.Items) == 0 {
		return fault.Errorf(fault.Invalid, "no row tells the columns").At(g.pos).WithHint("write {schema: 'id bigint, day date', rows: []}")
	}
	for _, row := range g.rows.Items {
		for _, e := range row.Entries {
			if cols != nil && relation.Find(cols, e.Name) < 0 {
				e := fault.Errorf(fault.Invalid, "there is no column %s", e.Name).At(e.Pos)
				return e.WithHint("its columns are %s", strings.Join(relation.Names(cols), ", "))
			}
		}
	}
	var b strings.Builder
	for _, row := range g.rows.Items {
		jsonRow(&b, row, cols)
	}
	return os.WriteFile(filepath.Join(dir, "given", in.Name+".json"), []byte(b.String()), 0o600)
}

// columnsOf are an input's columns by the test's schema or the manifest's; nil
// if the rows tell. The input is made to declare them.
func (r *testRunner) columnsOf(in *manifest.Input, g givenRows) ([]relation.Column, error) {
	if g.schema.Shape != plug.Absent {
		at := func(int) fault.Pos { return g.schema.Pos }
		cols, err := sparksql.Schema(g.schema.Text, at)
		if err != nil {
			return nil, err
		}
		in.SchemaPath, in.SchemaType, in.SchemaString = "", "spark", relation.SparkJSON(cols)
		return cols, nil
	}
	if in.SchemaString != "" {
		s := source.Schema{Type: in.SchemaType, Text: in.SchemaString, From: in.SchemaPos.String()}
		return s.Columns()
	}
	if in.SchemaPath != "" && r.o.depots == "" {
		return nil, fault.Errorf(fault.Invalid, "its schema is at %s, which is not here", in.SchemaPath).At(g.pos).
			WithHint("name the folder that holds it with --depots, or write {schema: 'id bigint, day date', rows: […]}")
	}
	return nil, nil
}

// giveFile puts a file of the test in the input's place.
func giveFile(from, to string, p fault.Pos) error {
	format, err := formatOfPath(from)
	if err != nil {
		return fault.Errorf(fault.KindOf(err), "%w", err).At(p)
	}
	from, err = filepath.Abs(from)
	if err != nil {
		return err
	}
	return os.Symlink(from, to+"."+format)
}

// writeJSON writes a value as JSON that is read as type t.
func writeJSON(b *strings.Builder, v plug.Raw, t relation.Type) {
	switch v.Shape {
	case plug.Absent:
		b.WriteString("null")
	case plug.Scalar:
		b.WriteString(jsonScalar(v, t.Kind))
	case plug.Sequence:
		elem := relation.Type{}
		if t.Elem != nil {
			elem = *t.Elem
		}
		b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, item, elem)
		}
		b.WriteByte(']')
	case plug.Mapping:
		b.WriteByte('{')
		for i, e := range v.Entries {
			if i > 0 {
				b.WriteByte(',')
			}
			name, below := e.Name, relation.Type{}
			if at := relation.Find(t.Fields, e.Name); at >= 0 { // JSON's names have case
				name, below = t.Fields[at].Name, t.Fields[at].Type
			} else if t.Kind == relation.Map {
				below = *t.Elem
			}
			key, _ := json.Marshal(name)
			b.Write(key)
			b.WriteByte(':')
			writeJSON(b, e.Value, below)
		}
		b.WriteByte('}')
	}
}

// jsonScalar is a number or a boolean where YAML has one and the column is none
// of text.
func jsonScalar(v plug.Raw, k relation.Kind) string {
	text := k == relation.String || k == relation.Date || k == relation.Timestamp || k == relation.TimestampNTZ || k == relation.Binary
	if word := strings.ToLower(v.Text); !v.Quoted && !text && (word == "true" || word == "false") {
		return word
	}
	if !v.Quoted && !text && json.Valid([]byte(v.Text)) {
		return v.Text
	}
	quoted, _ := json.Marshal(v.Text)
	return string(quoted)
}
