package secretmanager_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/secretmanager"
)

func TestSecret(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data := base64.StdEncoding.EncodeToString([]byte(`{"Username": "canary"}`))
		switch {
		case strings.Contains(r.URL.Path, "/there/"):
			fmt.Fprintf(w, `{"payload": {"data": %q}}`, data)
		case strings.Contains(r.URL.Path, "/odd/"):
			fmt.Fprintf(w, `{"payload": {"data": %q}}`, base64.StdEncoding.EncodeToString([]byte("canary")))
		case strings.Contains(r.URL.Path, "/closed/"):
			http.Error(w, `{"error": {"code": 403, "message": "no"}}`, http.StatusForbidden)
		default:
			http.Error(w, `{"error": {"code": 404, "message": "no"}}`, http.StatusNotFound)
		}
	}))
	defer srv.Close()
	src, err := secretmanager.New(t.Context(), secretmanager.Options{Project: "p", Endpoint: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	s, err := src.Secret(t.Context(), "there")
	if err != nil || s.Reveal("username") != "canary" {
		t.Errorf("Secret = %v, %v", s, err)
	}
	for name, want := range map[string]fault.Kind{"missing": fault.NotFound, "closed": fault.Denied, "odd": fault.Invalid} {
		_, err := src.Secret(t.Context(), name)
		if !errors.Is(err, want) || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("Secret(%s) = %v, want %v", name, err, want)
		}
	}
}
