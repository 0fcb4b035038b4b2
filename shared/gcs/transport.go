package gcs

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// A media transport passes downloads on as they are kept and as they end.
//
// Objects that are kept as gzip are asked for as gzip, for their size, ranges
// and checksum are those of the compressed bytes; the official client cannot be
// told so for reads by the JSON API.
//
// A broken download looks like one that ended: the client would ask for the
// rest of a broken body at once and without limit, which turns a server that
// breaks every answer into a storm of requests. An end it passes on, and
// [body], which counts, decides what to do about it.
type media struct{ http.RoundTripper }

func (t media) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet || r.URL.Query().Get("alt") != "media" {
		return t.RoundTripper.RoundTrip(r)
	}
	r = r.Clone(r.Context())
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := t.RoundTripper.RoundTrip(r)
	if err == nil && res.StatusCode < 300 {
		res.Body = plainEnd{res.Body}
		if res.ContentLength < 0 {
			res.ContentLength = announced(res)
		}
	}
	return res, err
}

// announced is the length of a body that comes without one, by what else the
// service says of it, or -1.
func announced(res *http.Response) int64 {
	if res.StatusCode == http.StatusPartialContent {
		var first, last, size int64
		if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &size); err == nil {
			return last - first + 1
		}
		return -1
	}
	if n, err := strconv.ParseInt(res.Header.Get("X-Goog-Stored-Content-Length"), 10, 64); err == nil {
		return n
	}
	return -1
}

type plainEnd struct{ io.ReadCloser }

func (b plainEnd) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}
