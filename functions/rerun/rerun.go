// Package rerun is the door for what lands in a store: it notes which workflows
// read it. Pub/Sub brings the notifications of Cloud Storage, Event Grid those
// of Azure.
package rerun

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// maxBody is above Pub/Sub's own limit of 10 MB, base64 included.
const maxBody = 16 << 20

// New makes the handler. Land's nil is 204, or 200 with Event Grid's handshake;
// an error is 503, after which the event comes again. Where key is not "", every
// request must bear it, as ?key= or in the header X-Glint-Key; where it is "",
// Event Grid is turned away: Google's platform has not checked who it is.
func New(land func(ctx context.Context, h http.Header, body []byte) (handshake string, err error), key string, within time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		grid := r.Header.Get("Aeg-Event-Type") != ""
		switch {
		case r.Method != http.MethodPost:
			http.Error(w, "an event is a POST", http.StatusMethodNotAllowed)
			return
		case key == "" && grid:
			http.Error(w, "Event Grid is taken only where GLINT_EVENT_KEY is set", http.StatusForbidden)
			return
		case key != "" && !bears(r, key):
			http.Error(w, "the key of GLINT_EVENT_KEY is missing or wrong", http.StatusForbidden)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), within)
		defer cancel()
		handshake, err := land(ctx, r.Header, body)
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		case handshake != "":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]string{"validationResponse": handshake})
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}
}

func bears(r *http.Request, key string) bool {
	given := r.Header.Get("X-Glint-Key")
	if given == "" {
		given = r.URL.Query().Get("key")
	}
	return subtle.ConstantTimeCompare([]byte(given), []byte(key)) == 1
}
