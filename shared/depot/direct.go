package depot

import (
	"path/filepath"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/udl"
)

// direct refuses a place that a manifest names without a depot: the service may
// reach what depots name, and nothing else. Folders stand for such places too.
func direct(a udl.Address) error {
	e := fault.Errorf(fault.Refused, "%s is named without a depot", a)
	uri := a.Params.Get("uri")
	switch scheme, _, remote := strings.Cut(uri, "://"); {
	case a.Depot == "bigquery":
		return e.WithHint("put a depot of type BIGQUERY with the project at depots/NAME.yaml, and write dataset: dataos://NAME:%s/%s", a.Collection, a.Dataset)
	case a.Depot != "file":
		return e.WithHint("put a depot at depots/NAME.yaml, and write dataset: dataos://NAME:collection/%s; glint try reads a file in its place", a.Dataset)
	case !remote || scheme == "file":
		return e.WithHint("it is a path of the machine that the manifest was written on: put the files into a bucket and a depot; glint try --depots DIR reads files here")
	}
	return e.WithHint("put a depot with the bucket at depots/NAME.yaml, and write dataset: dataos://NAME:none/path")
}

// directBases are where files that stand for a place without a depot may lie, less
// their endings: at the place's own path below dir, or at the end of it, with the
// kind of place before it or not; and under the name that the manifest reads it by.
func directBases(dir string, a udl.Address) []string {
	segments := strings.Split(a.Dataset, "/")
	if a.Collection != "none" && a.Collection != "" {
		segments = append([]string{a.Collection}, segments...)
	}
	if p := a.Params.Get("project"); p != "" {
		segments = append([]string{p}, segments...)
	}
	var all []string
	for i := range segments {
		end := filepath.Join(segments[i:]...)
		all = append(all, filepath.Join(dir, folderOf(dir, a.Depot), end), filepath.Join(dir, end))
	}
	return all
}
