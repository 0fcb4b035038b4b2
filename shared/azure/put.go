package azure

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blockblob"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// writeToken is the metadata by which a writer knows its own object again,
// after an answer that was lost.
const writeToken = "glint_write"

// maxBlocks is how many a blob may have.
const maxBlocks = 50_000

// Put writes r as one object. What fits into one chunk goes in one request;
// more goes in blocks, and becomes an object when their list is committed.
func (s *Store) Put(ctx context.Context, uri string, r io.Reader, c object.Cond) (object.Attrs, error) {
	client, err := s.blob(uri)
	if err == nil {
		err = c.Valid(uri)
	}
	if err != nil {
		return object.Attrs{}, err
	}
	p := &put{s: s, ctx: ctx, client: client, uri: uri, cond: c, token: rand.Text(), try: s.newTry(ctx)}
	return p.send(r)
}

// A put is one Put on its way.
type put struct {
	s      *Store
	ctx    context.Context
	client *blockblob.Client
	uri    string
	cond   object.Cond
	token  string
	try    *try
	chunk  bytes.Buffer
	blocks []string
	size   int64
}

func (p *put) send(r io.Reader) (object.Attrs, error) {
	for {
		last, err := p.fill(r)
		if err != nil {
			return object.Attrs{}, err
		}
		p.size += int64(p.chunk.Len())
		if last && len(p.blocks) == 0 {
			return p.whole()
		}
		if p.chunk.Len() > 0 {
			if err := p.stage(); err != nil {
				return object.Attrs{}, err
			}
		}
		if last {
			return p.commit()
		}
	}
}

// fill reads the next chunk. It grows with what comes: a record of 100 bytes
// takes no more.
func (p *put) fill(r io.Reader) (last bool, err error) {
	p.chunk.Reset()
	_, err = io.CopyN(&p.chunk, contextReader{p.ctx, r}, int64(p.s.opts.Chunk))
	if err == io.EOF {
		last, err = true, nil
	}
	return last, cmp.Or(err, object.Interrupted(p.ctx))
}

// body is the chunk, for one attempt.
func (p *put) body() io.ReadSeekCloser { return streaming.NopCloser(bytes.NewReader(p.chunk.Bytes())) }

func (p *put) whole() (object.Attrs, error) {
	var res blockblob.UploadResponse
	err := p.try.do(func(ctx context.Context) (err error) {
		res, err = p.client.Upload(ctx, p.body(), &blockblob.UploadOptions{
			Metadata: p.metadata(), HTTPHeaders: headers, AccessConditions: conditions(p.cond),
		})
		return err
	})
	if err != nil {
		return p.settle(err)
	}
	return p.attrs(res.ETag, res.LastModified), nil
}

// stage sends a block, which nobody sees before it is committed. Names of
// blocks must all be of one length, those that somebody else left behind included.
func (p *put) stage() error {
	if len(p.blocks) == maxBlocks {
		return fault.Errorf(fault.Refused, "put %s: more than %d blocks of %d bytes", p.uri, maxBlocks, p.s.opts.Chunk).
			WithHint("write it as several objects")
	}
	id := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s-%05d", p.token, len(p.blocks)))
	err := p.try.do(func(ctx context.Context) error {
		_, err := p.client.StageBlock(ctx, id, p.body(), nil)
		return err
	})
	if err != nil {
		return p.try.fault(opPut, p.uri, err)
	}
	p.try.progress()
	p.blocks = append(p.blocks, id)
	return nil
}

func (p *put) commit() (object.Attrs, error) {
	var res blockblob.CommitBlockListResponse
	err := p.try.do(func(ctx context.Context) (err error) {
		res, err = p.client.CommitBlockList(ctx, p.blocks, &blockblob.CommitBlockListOptions{
			Metadata: p.metadata(), HTTPHeaders: headers, AccessConditions: conditions(p.cond),
		})
		return err
	})
	if err != nil {
		return p.settle(err)
	}
	return p.attrs(res.ETag, res.LastModified), nil
}

var headers = &blob.HTTPHeaders{BlobContentType: new("application/octet-stream")}

func (p *put) metadata() map[string]*string { return map[string]*string{writeToken: &p.token} }

func (p *put) attrs(tag *azcore.ETag, at *time.Time) object.Attrs {
	return object.Attrs{URI: p.uri, Version: version(tag), Size: p.size, Updated: value(at)}
}

// conditions are the service's words for c.
func conditions(c object.Cond) *blob.AccessConditions {
	m := &blob.ModifiedAccessConditions{}
	switch {
	case c.Absent:
		m.IfNoneMatch = new(azcore.ETagAny)
	case c.Version != "":
		m.IfMatch = etag(c.Version)
	}
	return &blob.AccessConditions{ModifiedAccessConditions: m}
}

// settle finds out what became of a write that failed. Only the service can
// tell: an attempt whose answer was lost may have written the object and made
// the condition false for the last one. Blocks that are no longer there were
// dropped when somebody else's write to the same name was committed.
func (p *put) settle(err error) (object.Attrs, error) {
	lost := isCode(err, bloberror.ConditionNotMet, bloberror.BlobAlreadyExists, bloberror.InvalidBlockList)
	if p.ctx.Err() != nil || !lost && !transient(err) {
		return object.Attrs{}, p.try.fault(opPut, p.uri, err)
	}
	there, token, stat := p.s.stat(p.ctx, p.uri, "")
	if stat == nil && token == p.token {
		return there, nil
	}
	if !lost {
		return object.Attrs{}, p.try.fault(opPut, p.uri, err)
	}
	if check := p.cond.Check(p.uri, there.Version); check != nil {
		return object.Attrs{}, check
	}
	return object.Attrs{}, fault.Errorf(fault.Conflict, "put %s: somebody else wrote it meanwhile", p.uri)
}

// Delete removes an object. With a version, an attempt whose answer was lost
// and that finds nothing the second time has done what was asked.
func (s *Store) Delete(ctx context.Context, uri string, c object.Cond) error {
	client, err := s.blob(uri)
	if err == nil {
		err = c.Valid(uri)
	}
	if err != nil {
		return err
	}
	if c.Absent { // nothing is written, whatever is found
		a, err := s.Stat(ctx, uri)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return cmp.Or(err, c.Check(uri, a.Version))
	}
	t := s.newTry(ctx)
	err = t.do(func(ctx context.Context) error {
		_, err := client.Delete(ctx, &blob.DeleteOptions{AccessConditions: conditions(c)})
		return err
	})
	gone := isGone(err) || status(err) == http.StatusPreconditionFailed && t.unclear && s.isAbsent(ctx, uri)
	switch {
	case gone && (c.Version == "" || t.unclear):
		return nil
	case gone:
		return c.Check(uri, "")
	}
	return t.fault(opDelete, uri, err)
}

func (s *Store) isAbsent(ctx context.Context, uri string) bool {
	_, err := s.Stat(ctx, uri)
	return fault.KindOf(err) == fault.NotFound
}

// A contextReader ends with its context, between two reads.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := object.Interrupted(c.ctx); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
