// Package stage is the temporary bucket: one attempt's area in it, which holds
// what waits to be loaded. An area is cleared only after a known end.
package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/relation"
)

// An Area is where one attempt of a run stages its outputs.
type Area struct {
	Store  object.Store
	Prefix string // gs://BUCKET/glint/RUN/ATTEMPT
}

// Runs is the prefix under which all attempts of a run stage in a bucket.
func Runs(bucket, run string) string {
	return "gs://" + bucket + "/glint/" + strings.ReplaceAll(run, ":", "")
}

// Prefix is an attempt's area: no two attempts share a name.
func Prefix(bucket, run string, attempt int) string {
	return fmt.Sprintf("%s/%d", Runs(bucket, run), attempt)
}

// Put stores one part of an output: whole, or not at all. An object that is
// there already is somebody else's and a conflict.
func (a *Area) Put(ctx context.Context, output string, part int, r io.Reader) (relation.File, error) {
	uri := fmt.Sprintf("%s/%s/part-%05d.parquet", a.Prefix, output, part)
	attrs, err := a.Store.Put(ctx, uri, r, object.Cond{Absent: true})
	if err != nil {
		return relation.File{}, fmt.Errorf("temporary bucket: %w", err)
	}
	return relation.File{
		URI: uri, Version: attrs.Version, Size: attrs.Size,
		Open: func(ctx context.Context, off, n int64) (io.ReadCloser, error) {
			if n == 0 { // to a store that is everything
				return io.NopCloser(strings.NewReader("")), nil
			}
			body, _, err := a.Store.Open(ctx, uri, object.Range{Off: off, N: n, Version: attrs.Version})
			return body, err
		},
	}, nil
}

// Clear removes what this attempt staged.
func (a *Area) Clear(ctx context.Context) error { return Clear(ctx, a.Store, a.Prefix) }

// Clear removes every object below prefix.
func Clear(ctx context.Context, store object.Store, prefix string) error {
	var left []error
	for attrs, err := range store.List(ctx, prefix+"/", "") {
		if err != nil {
			return errors.Join(append(left, err)...)
		}
		left = append(left, store.Delete(ctx, attrs.URI, object.Cond{}))
	}
	return errors.Join(left...)
}
