package gcstest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	storage "google.golang.org/api/storage/v1"
)

// chunkUnit is what every chunk but the last is a multiple of
// (performing-resumable-uploads#chunked-upload).
const chunkUnit = 256 << 10

// An upload is a resumable session (resumable-uploads). It keeps what came so
// far; when the last byte is there it becomes an object, or an error for good.
type upload struct {
	mu       sync.Mutex // one request of a session at a time
	meta     *storage.Object
	crc, md5 string
	cond     conditions
	data     blob
	began    time.Time
	done     *storage.Object // not the object itself: its bytes may be gone by now
	failed   *apiError
}

// sessionAge is how long a session is good for (resumable-uploads#session-uris).
const sessionAge = 7 * 24 * time.Hour

// startUpload answers with the session's URI. Conditions are looked at now, so
// that a lost race does not upload everything first (assumed), and again at the end.
func (c *call) startUpload() *apiError {
	meta := new(storage.Object)
	if err := c.body(meta); err != nil {
		return err
	}
	meta.ContentType = cmp.Or(meta.ContentType, c.r.Header.Get("X-Upload-Content-Type"))
	if c.object == "" {
		c.object = meta.Name
	}
	said, err := c.said(meta)
	if err != nil {
		return err
	}
	u := &upload{meta: said, crc: meta.Crc32c, md5: meta.Md5Hash, began: c.opts.Now()}
	if u.cond, err = c.conditions(); err != nil {
		return err
	}
	return c.locked(func() *apiError {
		b, err := c.theBucket()
		if err != nil {
			return err
		}
		if err := u.cond.check(b.live[said.Name]); err != nil {
			return err
		}
		maps.DeleteFunc(c.uploads, func(_ string, old *upload) bool { return u.began.Sub(old.began) > sessionAge })
		c.lastID++
		id := fmt.Sprintf("upload-%d-%x", c.lastID, c.opts.Now().UnixNano())
		c.uploads[id] = u
		q := c.r.URL.Query()
		q.Set("upload_id", id)
		c.w.Header().Set("Location", "http://"+c.r.Host+c.r.URL.EscapedPath()+"?"+q.Encode())
		c.w.Header().Set("X-GUploader-UploadID", id)
		c.w.Header().Set("Content-Length", "0")
		c.reply(http.StatusOK, nil)
		return nil
	})
}

// chunk takes bytes of a session, tells how many it has, or ends it.
func (c *call) chunk() *apiError {
	id := c.q.Get("upload_id")
	c.mu.Lock()
	u := c.uploads[id]
	c.mu.Unlock()
	if u == nil || u.meta.Bucket != c.bucket {
		return &apiError{404, "notFound", "NoSuchUpload", "No such upload session", ""}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if c.r.Method == http.MethodDelete { // performing-resumable-uploads#cancel-upload
		c.mu.Lock()
		delete(c.uploads, id)
		c.mu.Unlock()
		return &apiError{499, "clientClosedRequest", "ClientClosedRequest", "The upload was canceled", ""}
	}
	if c.r.Method != http.MethodPut && c.r.Method != http.MethodPost {
		return unsupported("%s of an upload session", c.r.Method)
	}
	switch {
	case u.done != nil: // asked again: the same answer
		return c.answer(u.done)
	case u.failed != nil:
		return u.failed
	}
	total, err := u.receive(c.r)
	switch {
	case err != nil:
		return err
	case total != u.data.size():
		return c.incomplete(u)
	}
	return c.finish(u)
}

// receive appends the request's bytes and returns the whole size, or -1 while it is not known.
func (u *upload) receive(r *http.Request) (int64, *apiError) {
	header := r.Header.Get("Content-Range")
	if header == "" { // everything in one request
		if u.data.size() > 0 {
			return 0, invalid("Content-Range is missing")
		}
		data, err := readBlob(r.Body, r.ContentLength)
		if err != nil {
			return 0, u.interrupted(data)
		}
		u.data = data
		return u.data.size(), nil
	}
	from, to, total, ok := parseContentRange(header)
	if !ok {
		return 0, invalid("Failed to parse Content-Range header: %q", header)
	}
	if from < 0 { // bytes */N asks what is here; it ends the session if that is all
		return total, nil
	}
	size := to - from + 1
	have := u.data.size()
	switch {
	case from > have || r.ContentLength >= 0 && r.ContentLength != size:
		return 0, invalid("Invalid request. There were %d byte(s) in the request body at offset %d; %d byte(s) are here.", r.ContentLength, from, have)
	case total < 0 && size%chunkUnit != 0:
		return 0, invalid("Invalid request. A chunk of %d byte(s) is not a multiple of 256 KiB.", size)
	}
	data, err := readBlob(r.Body, size)
	if skip := have - from; skip < data.size() { // bytes that were sent before are not taken twice
		data = data.slice(skip, data.size()-skip)
	} else {
		data = blob{}
	}
	if err != nil {
		return 0, u.interrupted(data)
	}
	u.add(data)
	return total, nil
}

// interrupted keeps what came of a broken request, in whole units.
func (u *upload) interrupted(data blob) *apiError {
	u.add(data.cut(data.size() / chunkUnit * chunkUnit))
	return cutShort()
}

func (u *upload) add(data blob) {
	for _, p := range data.parts {
		u.data.add(p)
	}
}

// incomplete is 308 with the range that is here, none if nothing is. A client
// that says X-GUploader-No-308 gets 200 and the code in a header (the Go client's way).
func (c *call) incomplete(u *upload) *apiError {
	h := c.w.Header()
	if n := u.data.size(); n > 0 {
		h.Set("Range", fmt.Sprintf("bytes=0-%d", n-1))
	}
	h.Set("Content-Length", "0")
	if c.r.Header.Get("X-GUploader-No-308") == "yes" {
		h.Set("X-HTTP-Status-Code-Override", "308")
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	c.w.WriteHeader(http.StatusPermanentRedirect)
	return nil
}

// finish makes the object, if checksums and conditions hold. Too many
// mutations are the one answer after which the client may try again.
func (c *call) finish(u *upload) *apiError {
	o := newObject(u.meta, u.data)
	err := o.verify(u.crc, u.md5)
	if err == nil {
		err = o.verifyHeader(c.r.Header)
	}
	if err == nil {
		err = c.create(o, u.cond)
	}
	if err != nil {
		if err.code != http.StatusTooManyRequests {
			u.failed = err
			u.data = blob{}
		}
		return err
	}
	u.done = o.meta
	u.data = blob{}
	return c.answer(o.meta)
}

// parseContentRange reads "bytes 0-9/20", "bytes 0-9/*", "bytes */20", "bytes */*".
func parseContentRange(header string) (from, to, total int64, ok bool) {
	spec, ok1 := strings.CutPrefix(header, "bytes ")
	span, whole, ok2 := strings.Cut(spec, "/")
	if !ok1 || !ok2 {
		return 0, 0, 0, false
	}
	total = -1
	if whole != "*" {
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil {
			return 0, 0, 0, false
		}
		total = n
	}
	if span == "*" {
		return -1, -1, total, true
	}
	a, b, _ := strings.Cut(span, "-")
	from, err1 := strconv.ParseInt(a, 10, 64)
	to, err2 := strconv.ParseInt(b, 10, 64)
	return from, to, total, err1 == nil && err2 == nil && from >= 0 && to >= from
}
