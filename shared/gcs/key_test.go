package gcs_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/gcs"
)

// TestKey connects with a service account's key, given and ambient, that the
// token server does not like. Nothing leaves this machine.
func TestKey(t *testing.T) {
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		w.Write([]byte(`{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`))
	}))
	defer tokens.Close()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": "p", "private_key_id": "1", "client_email": "a@p.iam.gserviceaccount.com",
		"client_id": "1", "token_uri": tokens.URL,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.json")
	if err := os.WriteFile(file, key, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
	for name, o := range map[string]gcs.Options{"given": {Key: key}, "ambient": {}} {
		o.Patience = time.Second
		s, err := gcs.New(t.Context(), o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = s.Stat(t.Context(), "gs://b/k")
		if !errors.Is(err, fault.Denied) || strings.Contains(err.Error(), "PRIVATE") {
			t.Errorf("%s: Stat: %v %v, want Denied", name, fault.KindOf(err), err)
		}
	}
	if _, err := gcs.New(t.Context(), gcs.Options{Key: []byte("{}")}); !errors.Is(err, fault.Denied) {
		t.Errorf("New with no key at all: %v, want Denied", err)
	}
}
