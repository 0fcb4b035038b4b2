package object

import (
	"bytes"
	"context"
	"hash/crc32"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// Mem is a Store in memory. The zero Mem is empty and ready to use. It takes
// any URI whatever its scheme, so that a test can speak of gs://bucket/key.
// What it holds is lost with it.
type Mem struct {
	// Now is the store's clock; nil means time.Now. Set it before first use.
	Now func() time.Time

	mu      sync.Mutex
	last    int64 // the newest version given; never given again, also not after a Delete
	objects map[string]memObject
}

type memObject struct {
	attrs Attrs
	data  []byte // never written to once it is here
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Stat returns what is known of an object.
func (m *Mem) Stat(ctx context.Context, uri string) (Attrs, error) {
	o, err := m.get(ctx, uri)
	return o.attrs, err
}

// Open reads a range of an object. The body holds the bytes of the version that
// was opened, whatever is put in its place meanwhile.
func (m *Mem) Open(ctx context.Context, uri string, r Range) (io.ReadCloser, Attrs, error) {
	o, err := m.get(ctx, uri)
	if err != nil {
		if r.Version != "" && fault.KindOf(err) == fault.NotFound {
			err = r.Pinned(uri, "")
		}
		return nil, Attrs{}, err
	}
	if err := r.Pinned(uri, o.attrs.Version); err != nil {
		return nil, Attrs{}, err
	}
	n, err := r.Clip(uri, o.attrs.Size)
	if err != nil {
		return nil, Attrs{}, err
	}
	body := bytes.NewReader(o.data[r.Off : r.Off+n])
	return io.NopCloser(contextReader{ctx, body}), o.attrs, nil
}

// Put reads r to its end, then makes the object appear at once.
func (m *Mem) Put(ctx context.Context, uri string, r io.Reader, c Cond) (Attrs, error) {
	if err := c.Valid(uri); err != nil {
		return Attrs{}, err
	}
	data, err := io.ReadAll(contextReader{ctx, r})
	if err != nil {
		return Attrs{}, err
	}
	if err := Interrupted(ctx); err != nil {
		return Attrs{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := c.Check(uri, m.objects[uri].attrs.Version); err != nil {
		return Attrs{}, err
	}
	m.last++
	o := memObject{data: data, attrs: Attrs{
		URI:     uri,
		Version: strconv.FormatInt(m.last, 10),
		Size:    int64(len(data)),
		Updated: m.now(),
		CRC32C:  crc32.Checksum(data, castagnoli),
	}}
	if m.objects == nil {
		m.objects = make(map[string]memObject)
	}
	m.objects[uri] = o
	return o.attrs, nil
}

// Delete removes an object.
func (m *Mem) Delete(ctx context.Context, uri string, c Cond) error {
	if err := c.Valid(uri); err != nil {
		return err
	}
	if err := Interrupted(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := c.Check(uri, m.objects[uri].attrs.Version); err != nil {
		return err
	}
	delete(m.objects, uri)
	return nil
}

// List yields what was there when the loop began.
func (m *Mem) List(ctx context.Context, prefix, after string) iter.Seq2[Attrs, error] {
	return func(yield func(Attrs, error) bool) {
		for _, a := range m.snapshot(prefix, after) {
			if err := Interrupted(ctx); err != nil {
				yield(Attrs{}, err)
				return
			}
			if !yield(a, nil) {
				return
			}
		}
	}
}

func (m *Mem) snapshot(prefix, after string) []Attrs {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Attrs
	for _, uri := range slices.Sorted(maps.Keys(m.objects)) {
		if strings.HasPrefix(uri, prefix) && uri > after {
			all = append(all, m.objects[uri].attrs)
		}
	}
	return all
}

func (m *Mem) get(ctx context.Context, uri string) (memObject, error) {
	if err := Interrupted(ctx); err != nil {
		return memObject{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[uri]
	if !ok {
		return memObject{}, fault.Errorf(fault.NotFound, "%s: no such object", uri)
	}
	return o, nil
}

func (m *Mem) now() time.Time {
	if m.Now != nil {
		return m.Now()
	}
	return time.Now()
}

// A contextReader stops reading when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := Interrupted(c.ctx); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
