//go:build !windows

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
)

// reader reads manifests of this machine, and the files that they name.
func reader(vars map[string]string) manifest.Reader {
	return manifest.Reader{Vars: vars, Open: openBeside}
}

// openBeside reads a file that a manifest names: beside the manifest; or, for a
// path of another machine, whatever of its end is there.
func openBeside(from, path string) (string, []byte, error) {
	places := manifest.Places(filepath.ToSlash(from), filepath.ToSlash(path))
	for i := range places {
		places[i] = filepath.FromSlash(places[i])
	}
	for _, name := range places {
		info, err := os.Stat(name)
		if err == nil && info.Size() > manifest.MaxSize {
			return "", nil, fault.Errorf(fault.Invalid, "%s has %d bytes; a manifest may have %d", name, info.Size(), manifest.MaxSize)
		}
		text, err := os.ReadFile(name)
		switch {
		case err == nil:
			return name, text, nil
		case !errors.Is(err, fs.ErrNotExist) && !strings.Contains(err.Error(), "not a directory"):
			return "", nil, fault.Errorf(fault.Denied, "%w", err)
		}
	}
	e := fault.Errorf(fault.NotFound, "%s names %s, and there is no such file", from, path)
	best := places[0]
	if filepath.IsAbs(path) {
		best = places[len(places)-1]
	}
	return "", nil, e.WithHint("put it at %s", best)
}
