package reconcile_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/glint-data/glint/functions/reconcile"
)

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		method string
		err    error
		want   int
	}{
		{"a tick", http.MethodPost, nil, http.StatusNoContent},
		{"something failed", http.MethodPost, errors.New("no store"), http.StatusServiceUnavailable},
		{"a person's browser", http.MethodGet, nil, http.StatusMethodNotAllowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			reconcile.New(func(context.Context) error { return c.err }, time.Minute)(w, httptest.NewRequest(c.method, "/", nil))
			if w.Code != c.want {
				t.Errorf("status = %d, want %d", w.Code, c.want)
			}
		})
	}
}
