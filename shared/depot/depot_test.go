package depot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/udl"
)

var manifests = map[string]string{
	"land": `{name: land, version: v2alpha, type: depot, depot: {type: gcs, external: true,
		secrets: [{name: land-r, keys: [land-r], allkeys: true}, {name: land-rw}], gcs: {bucket: acme, relativePath: /raw/}}}`,
	"old": `{name: old, version: v1, type: depot, depot: {type: GCS, spec: {bucket: acme},
		connectionSecret: [{acl: r, type: key-value-properties, data: {projectid: canary}}]}}`,
	"bq":    `{name: bq, version: v2alpha, type: depot, depot: {type: BIGQUERY, bigquery: {project: p, params: {temporaryBucket: t}}}}`,
	"files": `{name: files, version: v1, type: depot, depot: {type: FILE, spec: {path: /data}}}`,
	"acme": `{name: acme, version: v2alpha, type: depot, depot: {type: ABFSS, external: true,
		secrets: [{name: land-r}], abfss: {account: acme, container: raw, relativePath: /in/, endpointSuffix: windows.net}}}`,
	"wasb": `{name: wasb, version: v1, type: depot, depot: {type: wasbs, spec: {account: acme, container: raw},
		connectionSecret: [{acl: r, data: {azurestorageaccountkey: canary, azureendpointsuffix: dfs.core.chinacloudapi.cn}}]}}`,
	"lake":  `{name: lake, version: v1, type: depot, depot: {type: SNOWFLAKE, spec: {}}}`,
	"other": `{name: another, version: v1, type: depot, depot: {type: GCS, spec: {bucket: x}}}`,
}

func catalog(t *testing.T) *depot.Catalog {
	store := new(object.Mem)
	for name, text := range manifests {
		if _, err := store.Put(t.Context(), "mem://root/depots/"+name+".yaml", strings.NewReader(text), object.Cond{}); err != nil {
			t.Fatal(err)
		}
	}
	return &depot.Catalog{
		Manifests: store, Prefix: "mem://root/depots",
		Secrets: depot.Environment(func(name string) string {
			return map[string]string{"GLINT_SECRET_LAND_R": `{"Key": "canary"}`}[name]
		}),
		Open: map[depot.Type]func(context.Context, map[string]string, depot.Secret) (object.Store, error){
			depot.ABFSS: func(context.Context, map[string]string, depot.Secret) (object.Store, error) { return store, nil },
			depot.WASBS: func(context.Context, map[string]string, depot.Secret) (object.Store, error) { return store, nil },
			depot.GCS:   func(context.Context, map[string]string, depot.Secret) (object.Store, error) { return store, nil },
		},
	}
}

func TestLocate(t *testing.T) {
	c := catalog(t)
	for _, tc := range []struct{ in, want string }{
		{"dataos://land:none/city", "gs://acme/raw/city"},
		{"dataos://land:sales/city/x.csv", "gs://acme/raw/sales/city/x.csv"},
		{"dataos://old:none/city", "gs://acme/city"},
		{"dataos://bq:dev/city?acl=rw", "[p dev city]"},
		{"dataos://acme:none/city", "abfss://raw@acme.dfs.core.windows.net/in/city"},
		{"dataos://wasb:sales/city", "wasbs://raw@acme.blob.core.chinacloudapi.cn/sales/city"},
	} {
		a, _ := udl.Parse(tc.in)
		l, err := c.Locate(t.Context(), a)
		if got := l.URI + strings.Repeat(fmt.Sprint(l.Path), min(1, len(l.Path))); err != nil || got != tc.want {
			t.Errorf("Locate(%s) = %q, %v, want %q", tc.in, got, err, tc.want)
		}
	}
	a, _ := udl.Parse("dataos://land:none/city")
	if l, _ := c.Locate(t.Context(), a); l.Secret.Reveal("key") != "canary" {
		t.Error("the secret for reading was not found")
	}
}

func TestLocateRefuses(t *testing.T) {
	c := catalog(t)
	for _, tc := range []struct {
		in, want string
		kind     fault.Kind
	}{
		{"dataos://lnad:none/city", "did you mean land?", fault.NotFound},
		{"dataos://zzzzzz:none/city", "known: acme, bq", fault.NotFound},
		{"dataos://files:none/city", "would read the files of the instance", fault.Refused},
		{"dataos://lake:none/city", "SNOWFLAKE", fault.Refused},
		{"dataos://other:none/city", "is called", fault.Invalid},
		{"dataos://bq:none/city", "DATASET/TABLE", fault.Invalid},
		{"dataos://land:none", "names no dataset", fault.Invalid},
	} {
		a, err := udl.Parse(tc.in)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Locate(t.Context(), a)
		if !errors.Is(err, tc.kind) || !strings.Contains(fault.Print(err), tc.want) {
			t.Errorf("Locate(%s) = %v, want %v with %q", tc.in, err, tc.kind, tc.want)
		}
	}
}

// TestLocateTrustsNoAddress: also one that udl.Parse would not have made.
func TestLocateTrustsNoAddress(t *testing.T) {
	c := catalog(t)
	for _, a := range []udl.Address{
		{Depot: "land", Collection: "none", Dataset: "../other"},
		{Depot: "land", Collection: "..", Dataset: "x"},
		{Depot: "bq", Collection: "dev", Dataset: "a/../b"},
	} {
		if l, err := c.Locate(t.Context(), a); !errors.Is(err, fault.Invalid) {
			t.Errorf("Locate(%v) = %q, %v", a, l.URI, err)
		}
	}
}

// TestParams: what the depot's spec says is found under DataOS's spelling.
func TestParams(t *testing.T) {
	a, _ := udl.Parse("dataos://bq:dev/city")
	l, err := catalog(t).Locate(t.Context(), a)
	if err != nil || l.Params["temporaryBucket"] != "t" {
		t.Errorf("Params = %v, %v", l.Params, err)
	}
}

// TestSecretFor: which of a depot's secrets an address gets.
func TestSecretFor(t *testing.T) {
	const head = "name: d\nversion: v2alpha\ntype: depot\ndepot:\n  type: GCS\n  gcs: {bucket: b}\n  "
	for _, tc := range []struct{ name, secrets, read, write string }{
		{"one for each", "secrets: [{name: d-r}, {name: d-rw}]", "d-r", "d-rw"},
		{"one for both", "secrets: [{name: both}]", "both", "both"},
		{"who may write may read", "secrets: [{name: d-rw}]", "d-rw", "d-rw"},
		{"reading only", "dataosSecrets: [{name: d-r, workspace: public}]", "d-r", "denied"},
		{"inline", "connectionSecret: [{acl: r, data: {name: inline-r}}, {acl: RW, values: {name: inline-rw}}]", "inline-r", "inline-rw"},
		{"inline for writing only", "connectionSecret: [{acl: rw, data: {name: inline-rw}}]", "inline-rw", "inline-rw"},
		{"none", "external: true", "", ""},
		{"not there: the service's own account", "secrets: [{name: missing}]", "", ""},
		{"may not be read", "secrets: [{name: closed}]", "denied", "denied"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			store := new(object.Mem)
			if _, err := store.Put(t.Context(), "mem://root/depots/d.yaml", strings.NewReader(head+tc.secrets), object.Cond{}); err != nil {
				t.Fatal(err)
			}
			c := &depot.Catalog{Manifests: store, Prefix: "mem://root/depots", Secrets: vault{}, Open: catalog(t).Open}
			for acl, want := range map[string]string{"r": tc.read, "rw": tc.write} {
				a, _ := udl.Parse("dataos://d:none/x?acl=" + acl)
				l, err := c.Locate(t.Context(), a)
				got := l.Secret.Reveal("name")
				if errors.Is(err, fault.Denied) {
					got = "denied"
				} else if err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("acl=%s gets %q, want %q", acl, got, want)
				}
			}
		})
	}
}

// vault has every secret, holding its own name, but two.
type vault struct{}

func (vault) Secret(_ context.Context, name string) (depot.Secret, error) {
	switch name {
	case "missing":
		return depot.Secret{}, fault.Errorf(fault.NotFound, "no %s", name)
	case "closed":
		return depot.Secret{}, fault.Errorf(fault.Denied, "no %s", name)
	}
	return depot.NewSecret(map[string]string{"name": name}), nil
}

// TestManifestChanges: a catalog that lives long reads a manifest again when it
// has changed, whoever asks at the same time.
func TestManifestChanges(t *testing.T) {
	store := new(object.Mem)
	c := &depot.Catalog{Manifests: store, Prefix: "mem://root/depots", Open: catalog(t).Open}
	a, _ := udl.Parse("dataos://d:none/x")
	for _, bucket := range []string{"one", "two"} {
		text := "{name: d, version: v1, type: depot, depot: {type: GCS, spec: {bucket: " + bucket + "}}}"
		if _, err := store.Put(t.Context(), "mem://root/depots/d.yaml", strings.NewReader(text), object.Cond{}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				l, err := c.Locate(t.Context(), a)
				if want := "gs://" + bucket + "/x"; err != nil || l.URI != want {
					t.Errorf("Locate = %q, %v, want %q", l.URI, err, want)
				}
			})
		}
		all.Wait()
	}
}

func TestParseSecret(t *testing.T) {
	for _, in := range []string{"", "canary", "null", "{}", "[]", `{"a": 1}`, `{"a": "canary", "A": "canary"}`} {
		if _, err := depot.ParseSecret("s", []byte(in)); !errors.Is(err, fault.Invalid) || strings.Contains(fault.Print(err), "canary") {
			t.Errorf("ParseSecret(%q) = %v", in, err)
		}
	}
}

// TestSecretCannotBePrinted: whatever prints it, the canary stays inside.
func TestSecretCannotBePrinted(t *testing.T) {
	s := depot.NewSecret(map[string]string{"password": "canary"})
	l := depot.Location{Secret: s}
	j, _ := json.Marshal(l.Secret)
	jp, _ := json.Marshal(struct{ S *depot.Secret }{&s})
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "secret", s, "location", fmt.Sprintf("%+v", l))
	all := fmt.Sprintf("%v %+v %#v %s %x %v %+v %#v", s, s, s, s, s, l, struct{ hidden depot.Secret }{s}, &s) + string(j) + string(jp) + logged.String()
	if strings.Contains(all, "canary") || strings.Contains(all, fmt.Sprintf("%x", "canary")) {
		t.Errorf("printed: %s", all)
	}
}
