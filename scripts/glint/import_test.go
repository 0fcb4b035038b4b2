//go:build !windows

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestImport: what DataOS exports becomes depots of ours; secrets are named, and
// their values are seen nowhere.
func TestImport(t *testing.T) {
	dir := unpack(t, `
-- in/depots.yaml --
name: landing
version: v1
type: depot
depot:
  type: ABFSS
  external: true
  connectionSecret:
    - acl: rw
      type: key-value-properties
      data:
        azurestorageaccountname: acme
        azurestorageaccountkey: TOP-SECRET
  spec:
    account: acme
    container: landing
    relativePath: /raw
---
name: wh
version: v2alpha
type: depot
depot:
  type: BIGQUERY
  secrets:
    - {name: wh-rw, allkeys: true}
  bigquery: {project: acme-data}
---
name: wh-rw
version: v1
type: instance-secret
instance-secret:
  type: key-value-properties
  acl: rw
  data: {json_keyfile: TOP-SECRET}
---
name: pg
version: v1
type: depot
depot:
  type: JDBC
`)
	out := filepath.Join(dir, "out")
	var said bytes.Buffer
	err := runImport(&said, []string{filepath.Join(dir, "in")}, out)
	if err == nil || !strings.Contains(said.String(), "depots.yaml:39:9: error: depot pg: depots of type JDBC are not supported yet") {
		t.Errorf("%v\n%s", err, &said)
	}
	for _, want := range []string{
		`echo '{"azurestorageaccountkey": "…", "azurestorageaccountname": "…"}' | gcloud secrets create landing-rw`,
		`echo '{"json_keyfile": "…"}' | gcloud secrets create wh-rw`,
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("no %s in\n%s", want, &said)
		}
	}
	landing, err := os.ReadFile(filepath.Join(out, "landing.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want := `name: landing
version: v2alpha
type: depot
depot:
  type: ABFSS
  external: true
  abfss:
    account: acme
    container: landing
    relativePath: /raw
  secrets:
    - name: landing-rw
`
	if diff := cmp.Diff(want, string(landing)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	warehouse, err := os.ReadFile(filepath.Join(out, "wh.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"what is said": said.String(), "the depots": string(landing) + string(warehouse)} {
		if strings.Contains(text, "TOP-SECRET") {
			t.Errorf("a secret is in %s:\n%s", where, text)
		}
	}

	// A depot that somebody changed stays.
	if err := os.WriteFile(filepath.Join(out, "wh.yaml"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := runImport(&said, []string{filepath.Join(dir, "in")}, out); err == nil {
		t.Error("a depot that is there was replaced")
	}
	if kept, _ := os.ReadFile(filepath.Join(out, "wh.yaml")); string(kept) != "mine" {
		t.Errorf("the depot is now %s", kept)
	}
}
