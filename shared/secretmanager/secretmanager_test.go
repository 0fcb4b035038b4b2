package secretmanager_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"hash/crc32"
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
		case strings.Contains(r.URL.Path, "/checked/"): // the checksum of {"Username": "canary"}
			fmt.Fprintf(w, `{"payload": {"data": %q, "dataCrc32c": "%d"}}`, data, crc32.Checksum([]byte(`{"Username": "canary"}`), crc32.MakeTable(crc32.Castagnoli)))
		case strings.Contains(r.URL.Path, "/broken/"):
			fmt.Fprintf(w, `{"payload": {"data": %q, "dataCrc32c": "1"}}`, data)
		case strings.Contains(r.URL.Path, "/empty/"):
			fmt.Fprint(w, `{}`)
		case strings.Contains(r.URL.Path, "/disabled/"):
			http.Error(w, `{"error": {"code": 400, "message": "disabled"}}`, http.StatusBadRequest)
		case strings.Contains(r.URL.Path, "/busy/"):
			http.Error(w, `{"error": {"code": 503, "message": "busy"}}`, http.StatusServiceUnavailable)
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
	for _, name := range []string{"there", "checked"} {
		if s, err := src.Secret(t.Context(), name); err != nil || s.Reveal("username") != "canary" {
			t.Errorf("Secret(%s) = %v, %v", name, s, err)
		}
	}
	for name, want := range map[string]fault.Kind{
		"missing": fault.NotFound, "closed": fault.Denied, "odd": fault.Invalid, "disabled": fault.Invalid,
		"broken": fault.Transient, "empty": fault.Transient, "busy": fault.Transient,
		"../../other/secrets/there": fault.Invalid, "": fault.Invalid,
	} {
		_, err := src.Secret(t.Context(), name)
		if !errors.Is(err, want) || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("Secret(%s) = %v, want %v", name, err, want)
		}
		if want == fault.Denied && !strings.Contains(fault.Print(err), "roles/secretmanager.secretAccessor") {
			t.Errorf("Secret(%s) does not say which role is missing: %s", name, fault.Print(err))
		}
	}
}
