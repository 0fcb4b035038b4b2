package source

import (
	"context"
	"fmt"
	"slices"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparkcsv"
)

// inferCSV reads all files for the types of their columns, d.Physical, of which
// the names are known.
func inferCSV(ctx context.Context, files []relation.File, d relation.CSVDecode) ([]relation.Column, error) {
	in, err := sparkcsv.NewInferrer(namesOf(d.Physical), d)
	if err != nil {
		return nil, err
	}
	var first []string
	for _, f := range files {
		if d.Header && !d.MultiLine && len(files) > 1 {
			names, err := namesIn(ctx, f, d)
			if err != nil {
				return nil, err
			}
			if first == nil {
				first = names
			} else if names != nil && !slices.Equal(names, first) {
				// Spark takes such a header for a record when it looks for types, and for
				// a header when it reads.
				return nil, fault.Errorf(fault.Refused, "%s: its header is not that of %s", f.URI, files[0].URI).
					WithHint("types are not inferred from such files: declare a schema with schemaPath, or leave inferSchema out")
			}
		}
		if err := inferFile(ctx, in, f); err != nil {
			return nil, err
		}
	}
	return in.Columns(), nil
}

func inferFile(ctx context.Context, in *sparkcsv.Inferrer, f relation.File) error {
	body, err := f.Open(ctx, 0, -1)
	if err != nil {
		return err
	}
	defer body.Close()
	return in.File(f.URI, body)
}

func namesOf(cols []relation.Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}

// namesIn are the names in a file's first record; nil if it has none.
func namesIn(ctx context.Context, f relation.File, d relation.CSVDecode) ([]string, error) {
	body, err := f.Open(ctx, 0, -1) // it is closed after the first record
	if err != nil {
		return nil, err
	}
	defer body.Close()
	names, err := sparkcsv.Names(d, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.URI, err)
	}
	return names, nil
}
