package gcstest

import (
	"cmp"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	storage "google.golang.org/api/storage/v1"
)

var insertNames = append([]string{"name", "contentEncoding", "predefinedAcl", "kmsKeyName", "upload_id"}, conditionNames...)

// upload routes /upload/storage/v1/b/BUCKET/o (json_api/v1/objects/insert).
func (c *call) upload() handler {
	c.op = "storage.objects.insert"
	if len(c.rest) != 1 || c.rest[0] != "o" {
		return c.unknown()
	}
	if id := c.q.Get("upload_id"); id != "" {
		c.op = "storage.objects.insert.chunk"
		// So that a fault or a counter can tell by the object.
		c.mu.Lock()
		if u := c.uploads[id]; u != nil {
			c.object = u.meta.Name
		}
		c.mu.Unlock()
		return (*call).chunk
	}
	c.object = c.q.Get("name")
	switch {
	case c.r.Method != http.MethodPost:
	case c.q.Get("uploadType") == "media":
		return (*call).insertMedia
	case c.q.Get("uploadType") == "multipart":
		return (*call).insertMultipart
	case c.q.Get("uploadType") == "resumable":
		return (*call).startUpload
	}
	return c.unknown()
}

// insertMedia takes the body as it is.
func (c *call) insertMedia() *apiError {
	meta := &storage.Object{ContentType: c.r.Header.Get("Content-Type")}
	data, err := readBlob(c.r.Body, c.r.ContentLength)
	if err != nil {
		return cutShort()
	}
	return c.insert(meta, data)
}

// insertMultipart takes metadata and media in one body (uploading-objects, multipart).
func (c *call) insertMultipart() *apiError {
	_, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return invalid("Multipart upload without a boundary")
	}
	parts := multipart.NewReader(c.r.Body, params["boundary"])
	head, err := parts.NextRawPart()
	if err != nil {
		return invalid("Multipart upload without metadata: %v", err)
	}
	meta := new(storage.Object)
	if err := decodeJSON(head, meta); err != nil {
		return err
	}
	if c.object == "" {
		c.object = meta.Name
	}
	body, err := parts.NextRawPart()
	if err != nil {
		return cutShort()
	}
	meta.ContentType = cmp.Or(meta.ContentType, body.Header.Get("Content-Type"))
	data, err := readBlob(body, -1)
	if err != nil {
		return cutShort()
	}
	// A body that ends without the last boundary was cut.
	if _, err := parts.NextRawPart(); err != io.EOF {
		return cutShort()
	}
	return c.insert(meta, data)
}

// said is what the request may say of its object; name and encoding in the
// query come before those in the body.
func (c *call) said(meta *storage.Object) (*storage.Object, *apiError) {
	if err := c.only(insertNames...); err != nil {
		return nil, err
	}
	if c.q.Get("kmsKeyName") != "" || c.q.Get("predefinedAcl") != "" {
		return nil, unsupported("kmsKeyName and predefinedAcl of an upload")
	}
	w := writable(meta)
	w.Bucket = c.bucket
	w.Name = cmp.Or(c.q.Get("name"), meta.Name)
	w.ContentEncoding = cmp.Or(c.q.Get("contentEncoding"), meta.ContentEncoding)
	w.ContentType = cmp.Or(w.ContentType, "application/octet-stream")
	return w, validName(w.Name)
}

func (c *call) insert(meta *storage.Object, data blob) *apiError {
	said, err := c.said(meta)
	if err != nil {
		return err
	}
	cond, err := c.conditions()
	if err != nil {
		return err
	}
	o := newObject(said, data)
	if err := o.verify(meta.Crc32c, meta.Md5Hash); err != nil {
		return err
	}
	if err := o.verifyHeader(c.r.Header); err != nil {
		return err
	}
	if err := c.create(o, cond); err != nil {
		return err
	}
	return c.answer(o.meta)
}

// verify compares with checksums that the client gave (data-validation).
func (o *object) verify(crc, md5 string) *apiError {
	if crc != "" && crc != o.meta.Crc32c {
		return invalid("Provided CRC32C %q doesn't match calculated CRC32C %q.", crc, o.meta.Crc32c)
	}
	if md5 != "" && md5 != o.meta.Md5Hash {
		return invalid("Provided MD5 hash %q doesn't match calculated MD5 hash %q.", md5, o.meta.Md5Hash)
	}
	return nil
}

// verifyHeader is verify with x-goog-hash (xml-api/reference-headers#xgooghash).
func (o *object) verifyHeader(h http.Header) *apiError {
	for _, line := range h["X-Goog-Hash"] {
		for hash := range strings.SplitSeq(line, ",") {
			kind, sum, _ := strings.Cut(strings.TrimSpace(hash), "=")
			var err *apiError
			switch kind {
			case "crc32c":
				err = o.verify(sum, "")
			case "md5":
				err = o.verify("", sum)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// cutShort answers a client that is probably gone; nothing was stored.
func cutShort() *apiError {
	return &apiError{408, "requestTimeout", "RequestTimeout", "The request body ended before it was complete.", ""}
}
