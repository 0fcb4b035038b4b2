package gcs

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"time"

	"cloud.google.com/go/storage"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// chunkUnit is what the chunks of an upload are multiples of.
const chunkUnit = 256 << 10

// writeToken is the metadata by which a writer knows its own object again,
// after an answer that was lost.
const writeToken = "glint-write"

// Put writes r as one object. What fits into 256 KiB goes in one request; more
// goes in chunks, and becomes an object with the last of them. The end of ctx
// is noticed when r gives its next bytes.
func (s *Store) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (object.Attrs, error) {
	o, err := s.conditional(uri, c)
	if err == nil {
		err = object.Interrupted(ctx)
	}
	if err != nil {
		return object.Attrs{}, err
	}
	// The client takes a whole chunk of memory even for a record of 100 bytes.
	var head bytes.Buffer
	_, err = io.CopyN(&head, r, chunkUnit)
	chunk := s.opts.Chunk
	if err == io.EOF {
		chunk, r = chunkUnit, eof{}
	} else if err != nil {
		return object.Attrs{}, err
	}
	p := &put{s: s, ctx: ctx, uri: uri, cond: c, token: rand.Text(), chunk: chunk, try: s.newTry(ctx)}
	return p.send(o, io.MultiReader(&head, r))
}

// conditional is the client's handle of uri under c.
func (s *Store) conditional(uri string, c object.Cond) (*storage.ObjectHandle, error) {
	o, err := s.object(uri, "")
	if err == nil {
		err = c.Valid(uri)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case c.Absent:
		return o.If(storage.Conditions{DoesNotExist: true}), nil
	case c.Version != "":
		gen, err := generation(uri, c.Version)
		if err != nil {
			return nil, err
		}
		return o.If(storage.Conditions{GenerationMatch: gen}), nil
	}
	return o, nil
}

// A put is one Put on its way.
type put struct {
	s     *Store
	ctx   context.Context
	uri   string
	cond  object.Cond
	token string
	chunk int
	try   *try
}

// send uploads r. The object appears when the writer is closed, so on any
// earlier error the request is canceled first.
func (p *put) send(o *storage.ObjectHandle, r io.Reader) (object.Attrs, error) {
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	w := o.Retryer(p.try.options()...).NewWriter(ctx)
	w.ChunkSize = p.chunk
	w.ContentType = "application/octet-stream"
	w.Metadata = map[string]string{writeToken: p.token}
	w.ChunkRetryDeadline = p.s.opts.Patience
	w.ChunkTransferTimeout = p.s.opts.Idle + time.Minute // a chunk needs its time on a slow line
	w.ProgressFunc = func(int64) { p.try.progress() }

	source := &remembering{r: r}
	_, err := io.Copy(w, source)
	if source.err != nil || p.ctx.Err() != nil {
		cancel()
		w.Close()
		return object.Attrs{}, cmp.Or(source.err, object.Interrupted(p.ctx))
	}
	if closed := w.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return p.settle(err)
	}
	return attrsOf(p.uri, w.Attrs()), nil
}

// settle finds out what became of a write that failed. Only the service can
// tell: an attempt whose answer was lost, or a proxy's second attempt, may have
// written the object and made the condition false for the last one.
func (p *put) settle(err error) (object.Attrs, error) {
	if p.ctx.Err() != nil || !isCode(err, 412) && !transient(err) {
		return object.Attrs{}, p.try.fault(opPut, p.uri, err)
	}
	there, stat := p.s.stat(p.ctx, p.uri, "")
	if stat == nil && there.Metadata[writeToken] == p.token {
		return attrsOf(p.uri, there), nil
	}
	if !isCode(err, 412) {
		return object.Attrs{}, p.try.fault(opPut, p.uri, err)
	}
	version := ""
	if stat == nil {
		version = attrsOf(p.uri, there).Version
	}
	if check := p.cond.Check(p.uri, version); check != nil {
		return object.Attrs{}, check
	}
	return object.Attrs{}, fault.Errorf(fault.Conflict, "put %s: somebody else wrote it meanwhile", p.uri)
}

// Delete removes an object. With a version, an attempt whose answer was lost
// and that finds nothing the second time has done what was asked.
func (s *Store) Delete(ctx context.Context, uri string, c object.Cond) error {
	o, err := s.conditional(uri, c)
	if err != nil {
		return err
	}
	t := s.newTry(ctx)
	err = o.Retryer(t.options()...).Delete(ctx)
	switch {
	case isGone(err) && (c.Version == "" || t.unclear):
		return nil
	case isGone(err):
		return c.Check(uri, "")
	}
	return t.fault(opDelete, uri, err)
}

// remembering keeps the error of a reader apart from those of the writer.
type remembering struct {
	r   io.Reader
	err error
}

func (m *remembering) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
