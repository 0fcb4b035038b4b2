package duckdb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// Parquet needs seeking, which a pipe cannot do: a file at a time is fetched into
// the scratch folder, and its rows into a table that may spill there.

// bindTable makes an input that is loaded before its first row is read.
func (s *session) bindTable(ctx context.Context, in *input) error {
	var declared, out []string
	for i, c := range in.rel.Columns {
		name, err := typeName(c.Type)
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		declared = append(declared, fmt.Sprintf("r%d_%d %s", in.number, i, name))
		out = append(out, fmt.Sprintf("r%d_%d AS %s", in.number, i, quoted(c.Name)))
	}
	table := fmt.Sprintf("t%d", in.number)
	if err := s.exec(ctx, "CREATE TABLE "+table+" ("+strings.Join(declared, ", ")+")"); err != nil {
		return err
	}
	return s.exec(ctx, "CREATE OR REPLACE VIEW "+in.view+" AS SELECT "+strings.Join(out, ", ")+" FROM "+table)
}

// loadOf loads what a relation is made of.
func (s *session) loadOf(ctx context.Context, names ...string) error {
	for _, name := range names {
		for _, n := range s.deps[strings.ToLower(name)] {
			if in := s.inputs[n]; in.pipe == nil && !in.kept {
				if err := s.load(ctx, in); err != nil {
					return fmt.Errorf("input %s: %w", in.rel.Name, err)
				}
			}
		}
	}
	return nil
}

func (s *session) load(ctx context.Context, in *input) error {
	if err := s.lock(ctx); err != nil {
		return err
	}
	read := engine.Read{Input: in.rel.Name, Complete: true}
	for _, f := range in.rel.Files {
		rows, err := s.loadFile(ctx, in, f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.URI, err)
		}
		read.Rows, read.Bytes, read.Total = read.Rows+rows, read.Bytes+f.Size, read.Total+f.Size
	}
	in.kept, in.read = true, &read
	return nil
}

func (s *session) loadFile(ctx context.Context, in *input, f relation.File) (int64, error) {
	if s.budget.Scratch > 0 && f.Size > s.budget.Scratch {
		return 0, fault.Errorf(fault.Exhausted, "the file has %d MB, and the scratch folder may hold %d MB", f.Size>>20, s.budget.Scratch>>20).
			WithHint("give the service more memory, or write smaller files")
	}
	file, err := fetch(ctx, s.budget.Dir, f)
	if err != nil {
		return 0, err
	}
	defer os.Remove(file)
	from := "read_parquet(" + text(file) + ")"
	has, err := s.describe(ctx, "SELECT * FROM "+from)
	if err != nil {
		return 0, fault.Errorf(fault.Invalid, "it cannot be read as Parquet: %w", err)
	}
	items := make([]string, len(in.rel.Columns))
	for i, c := range in.rel.Columns {
		t, err := typeName(c.Type)
		if err != nil {
			return 0, err
		}
		at := slices.IndexFunc(has, func(h [2]string) bool { return h[0] == c.Name })
		if at < 0 {
			at = slices.IndexFunc(has, func(h [2]string) bool { return strings.EqualFold(h[0], c.Name) })
		}
		items[i] = "CAST(NULL AS " + t + ")" // as Spark has it for a file without the column
		if at >= 0 {
			items[i] = "CAST(" + quoted(has[at][0]) + " AS " + t + ")"
		}
	}
	r, err := s.db.ExecContext(ctx, fmt.Sprintf("INSERT INTO t%d SELECT %s FROM %s", in.number, strings.Join(items, ", "), from))
	if err != nil {
		return 0, s.explained(ctx, err)
	}
	return r.RowsAffected()
}

// fetch copies an object into the scratch folder, under a name that nobody can guess.
func fetch(ctx context.Context, dir string, f relation.File) (path string, err error) {
	var id [12]byte
	_, _ = rand.Read(id[:])
	path = filepath.Join(dir, "f"+hex.EncodeToString(id[:])+".parquet")
	body, err := f.Open(ctx, 0, -1)
	if err != nil {
		return "", err
	}
	defer body.Close()
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fault.Errorf(fault.Internal, "scratch folder: %w", err)
	}
	n, err := io.Copy(out, body)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	if err == nil && n != f.Size {
		err = fault.Errorf(fault.Transient, "it ended after %d bytes of %d", n, f.Size)
	}
	if err != nil {
		os.Remove(path)
		return "", err
	}
	return path, nil
}
