package bigquerytest

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
)

// checkURI holds a source URI to the documented form: gs://bucket/object with
// at most one wildcard, which is not in the bucket.
func checkURI(u string) error {
	bucket, object, ok := strings.Cut(strings.TrimPrefix(u, "gs://"), "/")
	switch {
	case !strings.HasPrefix(u, "gs://") || !ok || bucket == "" || object == "":
		return invalid("Source URI must be a Google Cloud Storage location: %s", u)
	case strings.Contains(bucket, "*") || strings.Count(object, "*") > 1:
		return invalid("Invalid source URI %s: one wildcard is allowed, and not in the bucket", u)
	}
	return nil
}

// fetch brings the source objects to the scratch directory, sorted by URI within a wildcard.
func (l *loading) fetch(ctx context.Context) error {
	if l.s.opt.Open == nil {
		return refuse("loads from Cloud Storage without Options.Open")
	}
	for _, u := range l.c.SourceUris {
		uris := []string{u}
		if prefix, suffix, wild := strings.Cut(u, "*"); wild {
			if l.s.opt.List == nil {
				return refuse("wildcards without Options.List (%s)", u)
			}
			all, err := l.s.opt.List(ctx, prefix)
			if err != nil {
				return fmt.Errorf("%s: %w", u, err)
			}
			uris = slices.DeleteFunc(slices.Clone(all), func(o string) bool {
				return len(o) < len(prefix)+len(suffix) || !strings.HasSuffix(o, suffix)
			})
			if len(uris) == 0 {
				return notFound("Uris %s", u)
			}
			slices.Sort(uris)
		}
		for _, u := range uris {
			if err := l.get(ctx, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// get copies one object; CSV and JSON may be compressed with gzip.
func (l *loading) get(ctx context.Context, uri string) error {
	r, err := l.s.opt.Open(ctx, uri)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fault.NotFound) {
		return notFound("Uris %s", uri)
	}
	if err != nil {
		return problemf(500, "backendError", "%s: %s", uri, err)
	}
	defer r.Close()
	path := filepath.Join(l.dir, fmt.Sprintf("%06d", len(l.files))) // no path begins another
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	size := &counter{r: r}
	in := io.Reader(bufio.NewReader(size))
	if magic, _ := in.(*bufio.Reader).Peek(2); l.c.SourceFormat != "PARQUET" && string(magic) == "\x1f\x8b" {
		if in, err = gzip.NewReader(in); err != nil {
			return readError(err)
		}
	}
	if _, err := io.Copy(f, in); err != nil {
		return problemf(500, "backendError", "%s: %s", uri, err)
	}
	l.files = append(l.files, file{uri: uri, path: path, size: size.n})
	return f.Close()
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
