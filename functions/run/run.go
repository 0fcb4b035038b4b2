// Package run is the door for one Pub/Sub message: it asks for one job of one
// workflow and is answered acknowledged or not.
package run

import (
	"context"
	"io"
	"net/http"
	"time"
)

// maxBody is above Pub/Sub's own limit of 10 MB, base64 included.
const maxBody = 16 << 20

// New makes the handler. Deliver's nil is 204, which acknowledges the message;
// an error is 503, after which Pub/Sub sends it again. Within bounds one
// delivery: it must be less than the service's own timeout and the
// subscription's deadline, so that the answer is ours and is heard.
func New(deliver func(ctx context.Context, h http.Header, body []byte) error, within time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.Error(w, "a Pub/Sub push is a POST", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), within)
		defer cancel()
		if err := deliver(ctx, r.Header, body); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}
