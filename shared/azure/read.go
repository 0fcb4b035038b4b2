package azure

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// Stat returns what is known of an object. The time is in whole seconds.
func (s *Store) Stat(ctx context.Context, uri string) (object.Attrs, error) {
	a, _, err := s.stat(ctx, uri, "")
	return a, err
}

// stat also returns the token of whoever wrote it.
func (s *Store) stat(ctx context.Context, uri, pin string) (a object.Attrs, token string, err error) {
	client, err := s.blob(uri)
	if err != nil {
		return a, "", err
	}
	o := &blob.GetPropertiesOptions{}
	if pin != "" {
		o.AccessConditions = &blob.AccessConditions{ModifiedAccessConditions: &blob.ModifiedAccessConditions{IfMatch: etag(pin)}}
	}
	t := s.newTry(ctx)
	var p blob.GetPropertiesResponse
	err = t.do(func(ctx context.Context) (err error) {
		p, err = client.GetProperties(ctx, o)
		return err
	})
	switch {
	case status(err) == http.StatusPreconditionFailed && pin != "": // an answer to HEAD may come without its code
		return a, "", fault.Errorf(fault.Conflict, "stat %s: version %s is gone", uri, pin)
	case err != nil:
		return a, "", t.pinned(opStat, uri, pin, err)
	case isDirectory(p.Metadata):
		return a, "", directory(opStat, uri)
	}
	return object.Attrs{URI: uri, Version: version(p.ETag), Size: value(p.ContentLength), Updated: value(p.LastModified)}, metadata(p.Metadata, writeToken), nil
}

// isDirectory tells the empty blob by which both of Hadoop's drivers, and
// accounts with directories, mark one.
func isDirectory(m map[string]*string) bool {
	return strings.EqualFold(metadata(m, "hdi_isfolder"), "true")
}

func directory(o op, uri string) error {
	return fault.Errorf(fault.NotFound, "%s %s: is a directory, not an object", o.name, uri)
}

// metadata finds a value; on the wire, its name is a header's, in any case.
func metadata(m map[string]*string, name string) string {
	for k, v := range m {
		if strings.EqualFold(k, name) && v != nil {
			return *v
		}
	}
	return ""
}

// Open reads a range. The time in its Attrs is in whole seconds.
func (s *Store) Open(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	if r.Off < 0 {
		_, err := r.Clip(uri, 0)
		return nil, object.Attrs{}, err
	}
	left := int64(-1)
	if r.N > 0 {
		left = r.N
	}
	b := s.newBody(ctx, uri, r.Version, r.Off, left)
	res, err := b.open()
	if status(err) == http.StatusRequestedRangeNotSatisfiable { // at the end, or beyond it
		b.Close()
		return s.openAtEnd(ctx, uri, r)
	}
	if err != nil {
		err = b.try.pinned(opOpen, uri, r.Version, err) // before Close, which ends the context
		b.Close()
		return nil, object.Attrs{}, err
	}
	a, err := s.opened(ctx, uri, b.version, r, res)
	if err == nil {
		b.left, err = r.Clip(uri, a.Size)
	}
	if err != nil {
		b.Close()
		return nil, object.Attrs{}, err
	}
	return b, a, nil
}

// opened is what an answer says of the whole object. One that came through a
// proxy may lack its length: then it says nothing of what is missing.
func (s *Store) opened(ctx context.Context, uri, pin string, r object.Range, res blob.DownloadStreamResponse) (object.Attrs, error) {
	if isDirectory(res.Metadata) {
		return object.Attrs{}, directory(opOpen, uri)
	}
	a := object.Attrs{URI: uri, Version: pin, Size: -1, Updated: value(res.LastModified)}
	var first, last int64
	_, err := fmt.Sscanf(value(res.ContentRange), "bytes %d-%d/%d", &first, &last, &a.Size)
	switch {
	case err == nil && first == r.Off:
		return a, nil
	case err == nil || r.Off > 0:
		return a, fault.Errorf(fault.Transient, "open %s: asked for bytes from %d, got %q", uri, r.Off, value(res.ContentRange))
	case res.ContentLength != nil && res.ContentRange == nil:
		a.Size = *res.ContentLength
		return a, nil
	}
	full, _, err := s.stat(ctx, uri, pin)
	return full, err
}

func (s *Store) openAtEnd(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	a, _, err := s.stat(ctx, uri, r.Version)
	if err != nil {
		return nil, object.Attrs{}, err
	}
	n, err := r.Clip(uri, a.Size)
	if err != nil {
		return nil, object.Attrs{}, err
	}
	return s.newBody(ctx, uri, a.Version, r.Off, n), a, nil
}
