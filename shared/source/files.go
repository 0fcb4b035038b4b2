package source

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/relation"
)

// maxFiles bounds a directory: more files are an address that is wrong, or a
// table that needs another format.
const maxFiles = 100_000

// files lists what an address names: one object, or the objects directly in the
// directory, in the order of their names. As in Spark, names that begin with _
// or . are not data, and neither are directories without k=v in their names;
// those with are partitions, which are refused.
func files(ctx context.Context, loc depot.Location) ([]relation.File, error) {
	if loc.Store == nil {
		return nil, fault.Errorf(fault.Invalid, "%s: depot type %s holds tables, not files", loc.Address, loc.Type)
	}
	if !strings.HasSuffix(loc.URI, "/") {
		attrs, err := loc.Store.Stat(ctx, loc.URI)
		if err == nil {
			return []relation.File{file(loc.Store, attrs)}, nil
		}
		if !errors.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	dir := strings.TrimRight(loc.URI, "/") + "/"
	var found []relation.File
	below := "" // a file in a directory that is passed over
	for attrs, err := range loc.Store.List(ctx, dir, "") {
		if err != nil {
			return nil, err
		}
		name := strings.TrimPrefix(attrs.URI, dir)
		parts := strings.Split(name, "/")
		switch {
		case name == "" || strings.HasSuffix(name, "/") || hidden(parts): // the marker of a directory is no file
		case len(parts) == 1:
			found = append(found, file(loc.Store, attrs))
		case strings.Contains(strings.Join(parts[:len(parts)-1], "/"), "="):
			return nil, fault.Errorf(fault.Refused, "%s: partition directories (%s) are not supported", loc.Address, path.Dir(name)).
				WithHint("name one partition's directory as the dataset: %s/%s", loc.Address, path.Dir(name))
		case below == "":
			below = name
		}
		if len(found) > maxFiles {
			return nil, fault.Errorf(fault.Exhausted, "%s: more than %d files", dir, maxFiles)
		}
	}
	if len(found) == 0 {
		return nil, none(ctx, loc, dir, below)
	}
	return found, nil
}

// hidden reports whether Spark passes over a path: a part of it begins with . or _.
func hidden(parts []string) bool {
	for _, p := range parts {
		if strings.HasPrefix(p, ".") || strings.HasPrefix(p, "_") && !strings.Contains(p, "=") || strings.HasSuffix(p, "._COPYING_") {
			return true
		}
	}
	return false
}

// none is the error of an address that names no file. It says how much of the
// address exists.
func none(ctx context.Context, loc depot.Location, dir, below string) error {
	e := fault.Errorf(fault.NotFound, "%s: 0 files under %s", loc.Address, dir)
	if below != "" {
		return e.WithHint("only its subdirectories hold files, e.g. %s, and Spark does not read those; name one as the dataset", below)
	}
	scheme := strings.Index(dir, "://") + len("://")
	for parent := dir; ; {
		cut := strings.LastIndexByte(strings.TrimRight(parent, "/"), '/') + 1
		if cut <= scheme {
			return e.WithHint("nothing of it exists; check the depot's bucket and relativePath")
		}
		parent = parent[:cut]
		for attrs, err := range loc.Store.List(ctx, parent, "") {
			if err != nil {
				return e // the listing itself was well; do not hide what it said
			}
			return e.WithHint("the nearest that exists is %s; it holds, for example, %s", parent, attrs.URI)
		}
	}
}

// file pins an object.
func file(store object.Store, attrs object.Attrs) relation.File {
	return relation.File{URI: attrs.URI, Version: attrs.Version, Size: attrs.Size,
		Open: func(ctx context.Context, off, n int64) (io.ReadCloser, error) {
			if n == 0 {
				return io.NopCloser(strings.NewReader("")), nil
			}
			body, _, err := store.Open(ctx, attrs.URI, object.Range{Off: off, N: n, Version: attrs.Version})
			return body, err
		}}
}
