package object

import (
	"context"
	"io"
	"os"

	"github.com/glint-data/glint/shared/fault"
)

// A fileBody reads a file and makes sure that it was one version all along.
type fileBody struct {
	ctx   context.Context
	f     *os.File
	attrs Attrs
	r     io.Reader
	left  int64
}

func (b *fileBody) Read(p []byte) (int, error) {
	if err := Interrupted(b.ctx); err != nil {
		return 0, err
	}
	if b.left == 0 {
		if err := b.unchanged(); err != nil {
			return 0, err
		}
		return 0, io.EOF
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	switch {
	case err == io.EOF && b.left > 0:
		return n, fault.Errorf(fault.Conflict, "%s: became shorter while it was read", b.attrs.URI)
	case err != nil && err != io.EOF:
		return n, fileFault(b.attrs.URI, err)
	}
	return n, nil
}

func (b *fileBody) unchanged() error {
	info, err := b.f.Stat()
	if err != nil {
		return fileFault(b.attrs.URI, err)
	}
	if a := fileAttrs(b.attrs.URI, info); a.Version != b.attrs.Version {
		return fault.Errorf(fault.Conflict, "%s: was written to while it was read", b.attrs.URI)
	}
	return nil
}

func (b *fileBody) Close() error { return fileFault(b.attrs.URI, b.f.Close()) }
