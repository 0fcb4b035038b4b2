package gcstest

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// get is objects.get: the resource, or with alt=media the bytes
// (json_api/v1/objects/get).
func (c *call) get() *apiError {
	if err := c.only(append([]string{"generation"}, conditionNames...)...); err != nil {
		return err
	}
	cond, err := c.conditions()
	if err != nil {
		return err
	}
	gen, err := c.generation("generation")
	if err != nil {
		return err
	}
	var o *object
	err = c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		// What is not there is 404 whatever the conditions say (assumed).
		if o = b.find(c.object, gen); o == nil {
			return noObject(c.bucket, c.object)
		}
		return cond.checkRead(o)
	})
	switch {
	case err != nil:
		return err
	case c.q.Get("alt") == "media":
		return c.media(o)
	}
	return c.answer(o.meta)
}

// media sends bytes, all or a range.
func (c *call) media(o *object) *apiError {
	mediaHeaders(c.w.Header(), o)
	if o.meta.ContentEncoding == "gzip" && !strings.Contains(c.r.Header.Get("Accept-Encoding"), "gzip") && !strings.Contains(o.meta.CacheControl, "no-transform") {
		return c.decompressed(o)
	}
	h := c.w.Header()
	if o.meta.ContentEncoding != "" {
		h.Set("Content-Encoding", o.meta.ContentEncoding)
	}
	size := o.data.size()
	data, code := o.data, http.StatusOK
	off, n, ok := parseRange(c.r.Header.Get("Range"), size)
	if ok {
		if off >= size {
			h.Set("Content-Range", fmt.Sprintf("bytes */%d", size))
			return badRange()
		}
		data, code = o.data.slice(off, n), http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", off, off+n-1, size))
	}
	h.Set("Content-Length", strconv.FormatInt(data.size(), 10))
	c.w.WriteHeader(code)
	if c.r.Method == http.MethodHead {
		return nil
	}
	for _, p := range data.parts {
		if _, err := c.w.Write(p); err != nil {
			return nil // the client went away
		}
	}
	return nil
}

// mediaHeaders are what xml-api/reference-headers lists; the JSON API sends
// them with media too.
func mediaHeaders(h http.Header, o *object) {
	m := o.meta
	for k, v := range map[string]string{
		"Content-Type": m.ContentType, "Cache-Control": m.CacheControl,
		"Content-Disposition": m.ContentDisposition, "Content-Language": m.ContentLanguage,
		"X-Goog-Storage-Class": m.StorageClass,
	} {
		if v != "" {
			h.Set(k, v)
		}
	}
	if m.ContentType == "" {
		h.Set("Content-Type", "application/octet-stream")
	}
	h.Set("Accept-Ranges", "bytes")
	h.Set("ETag", `"`+m.Etag+`"`)
	h.Set("X-Goog-Generation", strconv.FormatInt(m.Generation, 10))
	h.Set("X-Goog-Metageneration", strconv.FormatInt(m.Metageneration, 10))
	h.Set("X-Goog-Stored-Content-Length", strconv.FormatInt(o.data.size(), 10))
	encoding := m.ContentEncoding
	if encoding == "" {
		encoding = "identity"
	}
	h.Set("X-Goog-Stored-Content-Encoding", encoding)
	hash := "crc32c=" + m.Crc32c
	if m.Md5Hash != "" {
		hash += ",md5=" + m.Md5Hash
	}
	h.Set("X-Goog-Hash", hash)
	if t, err := time.Parse(time.RFC3339, m.Updated); err == nil {
		h.Set("Last-Modified", t.UTC().Format(http.TimeFormat))
	}
	for k, v := range m.Metadata {
		h.Set("X-Goog-Meta-"+k, v)
	}
}

// decompressed sends a gzip object unpacked to a client that did not ask for
// gzip: whole, whatever the range, and without a length (transcoding).
func (c *call) decompressed(o *object) *apiError {
	zr, err := gzip.NewReader(o.data.reader())
	if err != nil {
		return &apiError{503, "backendError", "ServiceUnavailable", "not gzip, though its contentEncoding says so", ""}
	}
	c.w.Header().Set("Warning", "214 UploadServer gunzipped")
	c.w.WriteHeader(http.StatusOK)
	io.Copy(c.w, zr)
	return nil
}

// parseRange reads a Range header. Anything but one range of bytes is ignored
// and the whole is sent, as RFC 9110 allows. A range past the end has n 0.
func parseRange(header string, size int64) (off, n int64, ok bool) {
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok || strings.Contains(spec, ",") {
		return 0, 0, false
	}
	from, to, ok := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok {
		return 0, 0, false
	}
	if from == "" { // the last n bytes
		n, err := strconv.ParseInt(to, 10, 64)
		if err != nil || n <= 0 {
			return 0, 0, false
		}
		n = min(n, size)
		return size - n, n, true
	}
	off, err := strconv.ParseInt(from, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	last := size - 1
	if to != "" {
		end, err := strconv.ParseInt(to, 10, 64)
		if err != nil || end < off {
			return 0, 0, false
		}
		last = min(last, end)
	}
	return off, max(0, last-off+1), true
}
