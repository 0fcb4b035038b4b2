package depot

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

// endings are the names of files that say their format. Of two files that could
// stand for a dataset, the first ending here counts.
var endings = []struct{ ending, format string }{
	{".parquet", "parquet"}, {".csv", "csv"}, {".json", "json"}, {".avro", "avro"},
	{".ndjson", "json"}, {".jsonl", "json"}, {".tsv", "csv"},
}

// formatOf is the format that a file's name says, "" if it says none.
func formatOf(name string) string {
	i := slices.IndexFunc(endings, func(e struct{ ending, format string }) bool {
		return strings.HasSuffix(strings.ToLower(name), e.ending)
	})
	if i < 0 {
		return ""
	}
	return endings[i].format
}

// standIn finds what stands for an address in one of the catalog's folders:
// FOLDER/<depot>/<collection>/<dataset>.<format>, or a folder of such files. The
// collection none may be left out. Where there is neither, what lies less deep
// stands for it: FOLDER/<collection>/<dataset>, FOLDER/<dataset>, or FOLDER/<name>,
// by the name under which the manifest reads it.
func (c *Catalog) standIn(a udl.Address) (Location, error) {
	if a.Dataset == "" {
		return Location{}, fault.Errorf(fault.Invalid, "address %q names no dataset", a)
	}
	if leaves(a.Depot) || leaves(a.Collection) || leaves(a.Dataset) {
		return Location{}, fault.Errorf(fault.Invalid, "address %q leaves its depot", a)
	}
	var tried []string
	for _, dir := range c.Folders {
		if c.Stale != nil && c.Stale(dir, a) {
			continue
		}
		dir, err := filepath.Abs(dir)
		if err != nil {
			return Location{}, err
		}
		tried = nil // outputs do not lie where one would put files
		all := bases(dir, a)
		own := len(all)
		shorter := []string{a.Collection + "/" + a.Dataset, a.Dataset, a.Name}
		if a.Direct { // its own bases are as short as can be
			shorter = shorter[2:]
		}
		for _, path := range shorter {
			if path = strings.Trim(path, "/"); path != "" && !leaves(path) {
				all = append(all, filepath.Join(dir, filepath.FromSlash(path)))
			}
		}
		for i, base := range all {
			tried = append(tried, base)
			file, format, err := stand(base)
			if err != nil {
				return Location{}, err
			}
			if i >= own && file != "" && format == "" {
				continue // a depot's folder, most likely
			}
			if file != "" {
				return Location{Address: a, Type: File, Format: format, Forced: format != "", Params: map[string]string{},
					Store: object.Dir{}, URI: "file://" + filepath.ToSlash(file)}, nil
			}
		}
	}
	return Location{}, c.missing(a, tried)
}

// bases are the paths, less their endings, at which a dataset may lie.
func bases(dir string, a udl.Address) []string {
	if a.Direct {
		return directBases(dir, a)
	}
	dir = filepath.Join(dir, folderOf(dir, a.Depot))
	dataset := filepath.FromSlash(strings.TrimSuffix(a.Dataset, "/"))
	all := []string{filepath.Join(dir, a.Collection, dataset)}
	if strings.EqualFold(a.Collection, "none") || a.Collection == "" {
		all = append(all, filepath.Join(dir, dataset))
	}
	return all
}

// folderOf is the folder of a depot, whose name has no case.
func folderOf(dir, depot string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return depot
	}
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for _, e := range entries {
			if same(e.Name(), depot) {
				return e.Name()
			}
		}
	}
	return depot
}

// stand finds the file or folder at base: as it is, with an ending, or with
// another ending than it has. A format of "" is for the manifest to say.
func stand(base string) (file, format string, err error) {
	kind, err := look(base)
	if err != nil || kind == isFile {
		return base, formatOf(base), err
	}
	folder := ""
	if kind == isFolder {
		folder = base
	}
	stems := []string{base}
	if format := formatOf(base); format != "" { // other files for any format
		stems = append(stems, strings.TrimSuffix(base, filepath.Ext(base)))
	}
	for _, stem := range stems {
		for _, e := range endings {
			switch kind, err := look(stem + e.ending); {
			case err != nil:
				return "", "", err
			case kind == isFile:
				return stem + e.ending, e.format, nil
			case kind == isFolder && folder == "": // as Spark writes: x.parquet/part-00000.parquet
				folder = stem + e.ending
			}
		}
	}
	if folder == "" {
		return "", "", nil
	}
	format, err = formatIn(folder)
	return folder, format, err
}

type kind uint8

const (
	isNothing kind = iota
	isFile
	isFolder
)

func look(name string) (kind, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), err != nil && strings.Contains(err.Error(), "not a directory"):
		return isNothing, nil
	case err != nil:
		return isNothing, fault.Errorf(fault.Denied, "%w", err)
	case info.IsDir():
		return isFolder, nil
	}
	return isFile, nil
}

// formatIn is the format of a folder's files. Two formats in one folder are a
// mistake: Spark would read the one as the other.
func formatIn(folder string) (string, error) {
	found := map[string]string{} // of each format, a file
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fault.Errorf(fault.Denied, "%w", err)
	}
	for _, e := range entries {
		name := e.Name()
		if f := formatOf(name); f != "" && name[0] != '.' && name[0] != '_' && !strings.HasSuffix(name, ".schema.json") {
			found[f] = name
		}
	}
	if len(found) > 1 {
		names := slices.Sorted(maps.Values(found))
		return "", fault.Errorf(fault.Invalid, "%s holds files of several formats: %s", folder, strings.Join(names, ", ")).WithHint("keep one format a folder")
	}
	for f := range found {
		return f, nil
	}
	return "", nil
}

// missing is the error of an address for which no file stands. It says where
// one would be looked for, and the nearest that there is.
func (c *Catalog) missing(a udl.Address, tried []string) error {
	e := fault.Errorf(fault.NotFound, "no file stands for %s", a)
	if len(tried) == 0 {
		return e
	}
	var places []string
	for _, base := range tried {
		if !slices.Contains(places, base) {
			places = append(places, base)
		}
	}
	hint := "put one at " + places[0] + ".parquet (or .csv, .json, .avro), or a folder of such files there"
	if len(places) > 1 {
		hint += "; looked for as well: " + strings.Join(places[1:], ", ")
	}
	var names []string
	for _, base := range tried {
		if dir, err := filepath.Abs(c.Folders[len(c.Folders)-1]); err == nil && filepath.Dir(base) == dir {
			continue // there, folders are depots
		}
		entries, _ := os.ReadDir(filepath.Dir(base))
		for _, entry := range entries {
			names = append(names, strings.TrimSuffix(entry.Name(), path.Ext(entry.Name())))
		}
	}
	if near := plug.Nearest(filepath.Base(tried[0]), names); near != "" {
		hint = "did you mean " + near + "? Else " + hint
	} else if len(names) == 0 {
		if near := plug.Nearest(a.Depot, c.depotFolders()); near != "" {
			hint = "did you mean the depot " + near + "? Else " + hint
		}
	}
	return e.WithHint("%s", hint)
}

func (c *Catalog) depotFolders() []string {
	var names []string
	for _, dir := range c.Folders {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			names = append(names, e.Name())
		}
	}
	return names
}
