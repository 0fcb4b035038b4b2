package gcs

import (
	"context"
	"io"
	"strconv"

	"cloud.google.com/go/storage"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// Stat returns what is known of an object.
func (s *Store) Stat(ctx context.Context, uri string) (object.Attrs, error) {
	a, err := s.stat(ctx, uri, "")
	if err != nil {
		return object.Attrs{}, err
	}
	return attrsOf(uri, a), nil
}

func (s *Store) stat(ctx context.Context, uri, version string) (*storage.ObjectAttrs, error) {
	o, err := s.object(uri, version)
	if err != nil {
		return nil, err
	}
	t := s.newTry(ctx)
	a, err := o.Retryer(t.options()...).Attrs(ctx)
	if err != nil {
		return nil, t.pinned(opStat, uri, version, err)
	}
	return a, nil
}

// object is the client's handle of uri, of one generation if version is not "".
func (s *Store) object(uri, version string) (*storage.ObjectHandle, error) {
	bucket, key, err := split(uri)
	if err != nil {
		return nil, err
	}
	o := s.client.Bucket(bucket).Object(key)
	if version == "" {
		return o, nil
	}
	gen, err := generation(uri, version)
	if err != nil {
		return nil, err
	}
	return o.Generation(gen), nil
}

func generation(uri, version string) (int64, error) {
	gen, err := strconv.ParseInt(version, 10, 64)
	if err != nil || gen <= 0 {
		return 0, fault.Errorf(fault.Invalid, "%s: %q is not a generation", uri, version)
	}
	return gen, nil
}

// pinned is fault, and makes a Conflict of a generation that is not there: the
// object has another one by now, or none.
func (t *try) pinned(o op, uri, version string, err error) error {
	if version != "" && isGone(err) {
		return fault.Errorf(fault.Conflict, "%s %s: version %s is gone", o.name, uri, version)
	}
	return t.fault(o, uri, err)
}

// Open reads a range. The time in its Attrs is that of the answer's
// Last-Modified header: whole seconds.
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
	a, err := b.open()
	if isCode(err, 416) { // at the end, or beyond it
		b.Close()
		return s.openAtEnd(ctx, uri, r)
	}
	if err != nil {
		err = b.try.pinned(opOpen, uri, r.Version, err) // before Close, which ends the context
		b.Close()
		return nil, object.Attrs{}, err
	}
	if a.Size < 0 { // an answer without a length says nothing of what is missing
		full, err := s.stat(ctx, uri, b.version)
		if err != nil {
			b.Close()
			return nil, object.Attrs{}, err
		}
		a.Size = full.Size
	}
	if b.left, err = r.Clip(uri, a.Size); err != nil {
		b.Close()
		return nil, object.Attrs{}, err
	}
	b.sum = checksum{want: a.CRC32C, on: a.CRC32C != 0 && b.left == a.Size}
	return b, object.Attrs{
		URI: uri, Version: b.version, Size: a.Size, Updated: a.LastModified, CRC32C: a.CRC32C,
	}, nil
}

func (s *Store) openAtEnd(ctx context.Context, uri string, r object.Range) (io.ReadCloser, object.Attrs, error) {
	full, err := s.stat(ctx, uri, r.Version)
	if err != nil {
		return nil, object.Attrs{}, err
	}
	a := attrsOf(uri, full)
	n, err := r.Clip(uri, a.Size)
	if err != nil {
		return nil, object.Attrs{}, err
	}
	return s.newBody(ctx, uri, a.Version, r.Off, n), a, nil
}

func attrsOf(uri string, a *storage.ObjectAttrs) object.Attrs {
	return object.Attrs{
		URI: uri, Version: strconv.FormatInt(a.Generation, 10), Size: a.Size, Updated: a.Updated, CRC32C: a.CRC32C,
	}
}
