package azure_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/sas"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/azure/azuretest"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

// TestSAS reads and lists with a signature that lets it, and is told that it
// may not write.
func TestSAS(t *testing.T) {
	t.Parallel()
	a := azurite(t)
	s, _, prefix := open(t, azure.Options{})
	objecttest.Put(t, s, prefix+"k", []byte("data"))
	name, _, _ := strings.Cut(strings.TrimPrefix(prefix, "abfss://"), "@")
	key, err := container.NewSharedKeyCredential(azuretest.Account, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := container.NewClientWithSharedKeyCredential(a.URL+"/"+azuretest.Account+"/"+name, key, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := c.GetSASURL(sas.ContainerPermissions{Read: true, List: true}, time.Now().Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, signature, _ := strings.Cut(signed, "?")
	for _, given := range []string{signature, "?" + signature + "\n"} {
		bearer, err := azure.New(azure.Options{Account: azuretest.Account, Endpoint: a.URL, Credential: azure.Credential{SAS: given}, Patience: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if got := objecttest.Get(t, bearer, prefix+"k", object.Range{}); string(got) != "data" {
			t.Errorf("read %q", got)
		}
		if got := objecttest.URIs(t, bearer, prefix, ""); len(got) != 1 {
			t.Errorf("listed %v", got)
		}
		_, err = bearer.Put(t.Context(), prefix+"k", strings.NewReader("x"), object.Cond{})
		if !errors.Is(err, fault.Denied) || strings.Contains(fault.Print(err), "sig=") {
			t.Errorf("Put: %v, want Denied without the signature", err)
		}
	}
	down, err := azure.New(azure.Options{Account: azuretest.Account, Endpoint: "http://127.0.0.1:1", Credential: azure.Credential{SAS: signature}, Patience: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := down.Stat(t.Context(), prefix+"k"); !errors.Is(err, fault.Transient) || strings.Contains(fault.Print(err), "sig=") {
		t.Errorf("Stat where nobody listens: %v, want Transient without the signature", err)
	}
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	s, err := azure.New(azure.Options{Account: azuretest.Account, Endpoint: azurite(t).URL, Credential: azure.Credential{Key: "d3Jvbmc="}, Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stat(t.Context(), "abfss://some@acme.dfs.core.windows.net/k"); !errors.Is(err, fault.Denied) {
		t.Errorf("Stat: %v, want Denied", err)
	}
}

func TestCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		in   azure.Credential
		kind fault.Kind
		want string
	}{
		"none":             {azure.Credential{}, fault.Denied, "azurestorageaccountkey"},
		"two":              {azure.Credential{Key: "canary", SAS: "canary"}, fault.Invalid, "more than one"},
		"key and identity": {azure.Credential{Key: "canary", Tenant: "t"}, fault.Invalid, "more than one"},
		"not base64":       {azure.Credential{Key: "canary!"}, fault.Invalid, "not base64"},
		"half an identity": {azure.Credential{Tenant: "t"}, fault.Invalid, "azureclientid"},
		"no tenant ID":     {azure.Credential{Tenant: "a tenant", Client: "c"}, fault.Invalid, "tenant"},
	} {
		_, err := azure.New(azure.Options{Account: "acme", Credential: c.in})
		if got := fault.Print(err); !errors.Is(err, c.kind) || !strings.Contains(got, c.want) || strings.Contains(got, "canary") {
			t.Errorf("%s: %s, want %v with %q", name, got, c.kind, c.want)
		}
	}
	_, err := azure.New(azure.Options{Account: "acme", Suffix: "core.chinacloudapi.cn", Credential: azure.Credential{Tenant: "t", Client: "c"}})
	if !errors.Is(err, fault.Refused) {
		t.Errorf("keyless in another cloud: %v, want Refused", err)
	}
	if _, err := azure.New(azure.Options{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("no account: %v, want Invalid", err)
	}
}

// An entra is Entra ID and one blob behind it, with TLS: neither is spoken to without.
type entra struct {
	*httptest.Server
	refuse atomic.Bool
	tokens atomic.Int32
}

func newEntra(t *testing.T) *entra {
	e := new(entra)
	e.Server = httptest.NewTLSServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *entra) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration"):
		fmt.Fprintf(w, `{"authorization_endpoint": "%s/t/authorize", "token_endpoint": "%[1]s/t/token", "issuer": "%[1]s/t"}`, e.URL)
	case strings.HasSuffix(r.URL.Path, "/token"):
		e.tokens.Add(1)
		if e.refuse.Load() || r.FormValue("client_assertion") != "google's" || r.FormValue("client_id") != "app" || r.FormValue("scope") == "" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error": "invalid_client", "error_description": "AADSTS70021: No matching federated identity record found for presented assertion."}`)
			return
		}
		fmt.Fprint(w, `{"access_token": "entra's", "token_type": "Bearer", "expires_in": 3600}`)
	case r.Header.Get("Authorization") == "Bearer entra's":
		w.Header().Set("ETag", `"0x1"`)
		w.Header().Set("Content-Length", "7")
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
	default:
		w.WriteHeader(http.StatusUnauthorized)
	}
}

// TestFederated gives Google's token to Entra ID and Entra ID's to the service.
func TestFederated(t *testing.T) {
	t.Parallel()
	e := newEntra(t)
	o := azure.Options{Account: "acme", Endpoint: e.URL, Transport: e.Client().Transport, Patience: time.Second, Credential: azure.Credential{
		Tenant: "tenant", Client: "app", Authority: e.URL, Assertion: func(context.Context) (string, error) { return "google's", nil },
	}}
	s, err := azure.New(o)
	if err != nil {
		t.Fatal(err)
	}
	const uri = "abfss://c@acme.dfs.core.windows.net/k"
	for range 3 {
		if a, err := s.Stat(t.Context(), uri); err != nil || a.Version != "0x1" {
			t.Fatalf("Stat: %+v, %v", a, err)
		}
	}
	if n := e.tokens.Load(); n != 1 {
		t.Errorf("Entra ID was asked %d times for one token", n)
	}

	e.refuse.Store(true)
	if s, err = azure.New(o); err != nil {
		t.Fatal(err)
	}
	_, err = s.Stat(t.Context(), uri)
	if got := fault.Print(err); !errors.Is(err, fault.Denied) || !strings.Contains(got, "AADSTS70021: No matching") || !strings.Contains(got, "https://accounts.google.com") {
		t.Errorf("refused by Entra ID: %v %s", fault.KindOf(err), got)
	}

	o.Credential.Assertion = func(context.Context) (string, error) { return "", fault.Errorf(fault.Denied, "no service account") }
	if s, err = azure.New(o); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Stat(t.Context(), uri); !errors.Is(err, fault.Denied) || !strings.Contains(err.Error(), "account acme: no service account") {
		t.Errorf("without Google: %v", err)
	}
}

// TestGoogleToken asks the metadata server for the token that Entra ID wants.
func TestGoogleToken(t *testing.T) {
	status := http.StatusOK
	meta := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Metadata-Flavor", "Google")
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/identity") && r.URL.Query().Get("audience") == "api://AzureADTokenExchange" {
			part := func(v any) string { b, _ := json.Marshal(v); return azure.Base64URL(b) }
			fmt.Fprintf(w, "%s.%s.%s", part(map[string]any{"alg": "none"}), part(map[string]any{"exp": time.Now().Add(time.Hour).Unix()}), azure.Base64URL([]byte("sig")))
			return
		}
		fmt.Fprint(w, "p")
	}))
	defer meta.Close()
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(meta.URL, "http://"))
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", "")
	t.Setenv("HOME", t.TempDir())
	token, err := azure.GoogleToken(t.Context())
	if err != nil || strings.Count(token, ".") != 2 {
		t.Errorf("token %q, %v", token, err)
	}
	status = http.StatusNotFound
	if _, err := azure.GoogleToken(t.Context()); !errors.Is(err, fault.Denied) {
		t.Errorf("an instance without an account: %v %v, want Denied", fault.KindOf(err), err)
	}
	status = http.StatusForbidden
	if _, err := azure.GoogleToken(t.Context()); !errors.Is(err, fault.Transient) {
		t.Errorf("a metadata server in a bad moment: %v %v, want Transient", fault.KindOf(err), err)
	}
}
