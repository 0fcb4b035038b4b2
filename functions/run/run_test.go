package run_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/functions/run"
)

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		method string
		err    error
		want   int
	}{
		{"dealt with", http.MethodPost, nil, http.StatusNoContent},
		{"must come again", http.MethodPost, errors.New("held"), http.StatusServiceUnavailable},
		{"a person's browser", http.MethodGet, nil, http.StatusMethodNotAllowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := run.New(func(_ context.Context, _ http.Header, body []byte) error {
				if string(body) != "message" {
					t.Errorf("body = %q", body)
				}
				return c.err
			}, time.Minute)
			w := httptest.NewRecorder()
			h(w, httptest.NewRequest(c.method, "/", strings.NewReader("message")))
			if w.Code != c.want {
				t.Errorf("status = %d, want %d", w.Code, c.want)
			}
		})
	}
}

// TestDeadline: the handler answers by itself before Pub/Sub gives up on it.
func TestDeadline(t *testing.T) {
	h := run.New(func(ctx context.Context, _ http.Header, _ []byte) error {
		<-ctx.Done()
		return ctx.Err()
	}, 10*time.Millisecond)
	w := httptest.NewRecorder()
	h(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader("message")))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status = %d, want 503", w.Code)
	}
}
