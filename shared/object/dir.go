package object

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// Dir is a Store of files. A name is file:// and an absolute path, taken as it
// is: nothing in it is percent-decoded. Directories are made as needed and are
// not objects. Files that others write are seen too; the version of a file is
// its time, size and inode.
//
// Conditions hold between processes of one machine (flock on the directory),
// not over a network file system. A name and a name below it cannot both be
// objects, and a path through a symbolic link leads where the link does.
type Dir struct {
	// Root is the directory outside of which nothing is touched; "" is "/".
	Root string
}

// unfinished begins the names of files that are being written. List and the
// other verbs do not see them; a killed writer leaves one behind.
const unfinished = ".glint-unfinished-"

const fileScheme = "file://"

// Stat returns what is known of a file.
func (d Dir) Stat(ctx context.Context, uri string) (Attrs, error) {
	path, err := d.path(ctx, uri)
	if err != nil {
		return Attrs{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Attrs{}, fileFault(uri, err)
	}
	if !info.Mode().IsRegular() {
		return Attrs{}, fault.Errorf(fault.NotFound, "%s: is a %s, not an object", uri, kindOf(info))
	}
	return fileAttrs(uri, info), nil
}

// Open reads a range of a file. What is renamed into its place meanwhile is not
// seen; what is written into the file itself breaks the read as a Conflict.
func (d Dir) Open(ctx context.Context, uri string, r Range) (io.ReadCloser, Attrs, error) {
	path, err := d.path(ctx, uri)
	if err != nil {
		return nil, Attrs{}, err
	}
	// A FIFO would block an open without O_NONBLOCK until somebody writes.
	f, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		err = fileFault(uri, err)
		if r.Version != "" && errors.Is(err, fault.NotFound) {
			err = r.Pinned(uri, "")
		}
		return nil, Attrs{}, err
	}
	body, a, err := d.body(ctx, f, uri, r)
	if err != nil {
		f.Close()
		return nil, Attrs{}, err
	}
	return body, a, nil
}

func (d Dir) body(ctx context.Context, f *os.File, uri string, r Range) (io.ReadCloser, Attrs, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, Attrs{}, fileFault(uri, err)
	}
	if !info.Mode().IsRegular() {
		return nil, Attrs{}, fault.Errorf(fault.NotFound, "%s: is a %s, not an object", uri, kindOf(info))
	}
	a := fileAttrs(uri, info)
	if err := r.Pinned(uri, a.Version); err != nil {
		return nil, Attrs{}, err
	}
	n, err := r.Clip(uri, a.Size)
	if err != nil {
		return nil, Attrs{}, err
	}
	return &fileBody{ctx: ctx, f: f, attrs: a, r: io.NewSectionReader(f, r.Off, n), left: n}, a, nil
}

// Put writes a hidden file beside path and renames it into place.
func (d Dir) Put(ctx context.Context, uri string, r io.Reader, c Cond) (Attrs, error) {
	path, err := d.path(ctx, uri)
	if err == nil {
		err = c.Valid(uri)
	}
	if err != nil {
		return Attrs{}, err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return Attrs{}, fileFault(uri, err)
	}
	tmp, err := os.CreateTemp(dir, unfinished)
	if err != nil {
		return Attrs{}, fileFault(uri, err)
	}
	defer os.Remove(tmp.Name())
	_, err = io.Copy(tmp, contextReader{ctx, r})
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return Attrs{}, err
	}
	unlock, err := lockDir(ctx, dir)
	if err != nil {
		return Attrs{}, err
	}
	defer unlock()
	return d.replace(uri, path, tmp.Name(), c)
}

// replace renames tmp to path if c holds. The directory is locked.
func (d Dir) replace(uri, path, tmp string, c Cond) (Attrs, error) {
	var before Attrs
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return Attrs{}, fault.Errorf(fault.Refused, "%s: is a directory of other objects", uri)
	case err == nil:
		before = fileAttrs(uri, info)
	case !errors.Is(err, fs.ErrNotExist):
		return Attrs{}, fileFault(uri, err)
	}
	if err := c.Check(uri, before.Version); err != nil {
		return Attrs{}, err
	}
	// The kernel's own time of writing has the grain of a tick, within which an
	// inode can come back: two versions would look the same.
	at := time.Now()
	if !at.After(before.Updated) {
		at = before.Updated.Add(1)
	}
	if err := os.Chtimes(tmp, at, at); err != nil {
		return Attrs{}, fileFault(uri, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return Attrs{}, fileFault(uri, err)
	}
	info, err = os.Stat(path)
	if err != nil {
		return Attrs{}, fileFault(uri, err)
	}
	return fileAttrs(uri, info), nil
}

// Delete removes a file. Its directory stays.
func (d Dir) Delete(ctx context.Context, uri string, c Cond) error {
	path, err := d.path(ctx, uri)
	if err == nil {
		err = c.Valid(uri)
	}
	if err != nil {
		return err
	}
	unlock, err := lockDir(ctx, filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return c.Check(uri, "")
	}
	if err != nil {
		return err
	}
	defer unlock()
	a, err := d.Stat(ctx, uri)
	if err != nil && !errors.Is(err, fault.NotFound) {
		return err
	}
	if err := c.Check(uri, a.Version); err != nil || a.Version == "" {
		return err
	}
	return fileFault(uri, os.Remove(path))
}

// List walks the directories below prefix, in the order of full names.
func (d Dir) List(ctx context.Context, prefix, after string) iter.Seq2[Attrs, error] {
	return func(yield func(Attrs, error) bool) {
		cut := strings.LastIndex(prefix, "/") + 1
		if _, err := d.path(ctx, prefix[:cut]+"x"); err != nil {
			yield(Attrs{}, err)
			return
		}
		walk{ctx, prefix, after, yield}.dir(strings.TrimPrefix(prefix[:cut], fileScheme))
	}
}

type walk struct {
	ctx           context.Context
	prefix, after string
	yield         func(Attrs, error) bool
}

// dir yields what is in dir, a path that ends in a slash, and reports whether to go on.
func (w walk) dir(dir string) bool {
	if err := Interrupted(w.ctx); err != nil {
		return w.yield(Attrs{}, err) && false
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		return w.yield(Attrs{}, fileFault(fileScheme+dir, err)) && false
	}
	// A directory sorts as its name with the slash, or a/1 would come before a.txt.
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(entryName(a), entryName(b)) })
	for _, e := range entries {
		if !w.entry(dir, e) {
			return false
		}
	}
	return true
}

func (w walk) entry(dir string, e fs.DirEntry) bool {
	uri := fileScheme + dir + entryName(e)
	switch {
	case e.IsDir():
		wanted := strings.HasPrefix(uri, w.prefix) || strings.HasPrefix(w.prefix, uri)
		passed := uri <= w.after && !strings.HasPrefix(w.after, uri)
		return !wanted || passed || w.dir(dir+entryName(e))
	case strings.HasPrefix(e.Name(), unfinished) || !strings.HasPrefix(uri, w.prefix) || uri <= w.after:
		return true
	}
	info, err := os.Stat(dir + e.Name())
	switch {
	case errors.Is(err, fs.ErrNotExist): // removed since
		return true
	case err != nil:
		return w.yield(Attrs{}, fileFault(uri, err)) && false
	case !info.Mode().IsRegular():
		return true
	}
	return w.yield(fileAttrs(uri, info), nil)
}

func entryName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

// path is the file that uri names, if d may touch it.
func (d Dir) path(ctx context.Context, uri string) (string, error) {
	if err := Interrupted(ctx); err != nil {
		return "", err
	}
	path, ok := strings.CutPrefix(uri, fileScheme)
	if !ok || !strings.HasPrefix(path, "/") {
		return "", fault.Errorf(fault.Invalid, "%s: not the name of a file", uri).WithHint("write file:// and an absolute path")
	}
	if filepath.Clean(path) != path || strings.ContainsRune(path, 0) || strings.HasPrefix(filepath.Base(path), unfinished) {
		return "", fault.Errorf(fault.Invalid, "%s: a file's name has no empty, . or .. part and does not begin with %s", uri, unfinished)
	}
	root := strings.TrimSuffix(filepath.Clean(cmp.Or(d.Root, "/")), "/")
	if !strings.HasPrefix(path, root+"/") {
		return "", fault.Errorf(fault.Denied, "%s: outside of %s", uri, d.Root)
	}
	return path, nil
}

func fileAttrs(uri string, info fs.FileInfo) Attrs {
	return Attrs{
		URI:     uri,
		Version: fmt.Sprintf("%d-%d-%d", info.ModTime().UnixNano(), info.Size(), inode(info)),
		Size:    info.Size(),
		Updated: info.ModTime(),
	}
}

func kindOf(info fs.FileInfo) string {
	if info.IsDir() {
		return "directory"
	}
	return "device or pipe"
}

func fileFault(uri string, err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return fault.Errorf(fault.Exhausted, "%s: %w", uri, err)
	case errors.Is(err, fs.ErrNotExist) || isBelowFile(err):
		return fault.Errorf(fault.NotFound, "%s: no such object (%w)", uri, err)
	case errors.Is(err, fs.ErrPermission):
		return fault.Errorf(fault.Denied, "%s: %w", uri, err)
	}
	return fault.Errorf(fault.Transient, "%s: %w", uri, err)
}
