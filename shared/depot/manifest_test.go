package depot_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
)

// TestInfra: the manifests of this repository are right, and nothing is to be
// remarked about them.
func TestInfra(t *testing.T) {
	files, err := filepath.Glob("../../infra/depots/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("Glob = %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, notes, err := depot.ParseManifest(filepath.Base(file), text)
		if err != nil || len(notes) > 0 || m.Name+".yaml" != filepath.Base(file) {
			t.Errorf("ParseManifest(%s) = %q, %v, %v", file, m.Name, notes, err)
		}
	}
}

func TestParseManifest(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     map[string]string
		notes    string
	}{
		{name: "current version, other spelling", in: `
name: landing
version: v2alpha
type: depot
layer: user
depot:
  type: gcs
  external: true
  source: landing
  secrets:
    - {name: landing-r, keys: [landing-r], allKeys: true}
  GCS: {bucket: acme, relativepath: /raw}
`, want: map[string]string{"bucket": "acme", "relativePath": "/raw"}},
		{name: "older version, inline secret and file", in: `
name: landing
version: v1
type: depot
depot:
  type: GCS
  spec: {bucket: acme}
  connectionSecret:
    - {acl: rw, type: key-value-properties, data: {projectid: p, gcskey_json: canary.json}, files: {gcskey_json: canary.json}}
`, want: map[string]string{"bucket": "acme"}, notes: "d.yaml:9:101: depot landing: the file of gcskey_json is not here; put what is in it into a secret in Secret Manager, " +
			"under the key gcskey_json, and name it under secrets\n" +
			"d.yaml:9:7: depot landing: the manifest holds a secret itself; move it to Secret Manager and name it under secrets\n"},
		{name: "params", in: `
name: bq
version: v2alpha
type: depot
depot: {type: BIGQUERY, bigquery: {project: p, params: {temporarybucket: t, other: o}}}
`, want: map[string]string{"project": "p", "temporaryBucket": "t", "other": "o"}},
		{name: "unknown attributes", in: `
name: bq
version: v2alpha
type: depot
ower: me
depot: {type: BIGQUERY, extrnal: true, bigquery: {project: p, temporaryBuckt: t}}
`, want: map[string]string{"project": "p", "temporaryBuckt": "t"}, notes: "d.yaml:5:1: manifest.ower is unknown and has no effect; did you mean owner?\n" +
			"d.yaml:6:25: depot.extrnal is unknown and has no effect; did you mean external?\n" +
			"d.yaml:6:63: depot.bigquery.temporaryBuckt is unknown and has no effect; did you mean temporaryBucket?\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, notes, err := depot.ParseManifest("d.yaml", []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, m.Spec); diff != "" {
				t.Errorf("spec (-want +got)\n%s", diff)
			}
			var got strings.Builder
			for _, n := range notes {
				got.WriteString(n.Pos.String() + ": " + n.Message + "\n")
			}
			if diff := cmp.Diff(c.notes, got.String()); diff != "" {
				t.Errorf("notes (-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseManifestRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"all at once", `{version: v3, type: depo, depot: {type: GCS, spec: {bukcet: b, relativePath: a/../../b}, secrets: [{}], connectionSecret: [{acl: w}]}}`,
			[]string{"the depot has no name", `type is "depo"`, `version is "v3"`, "spec has no bucket", "leaves the depot", "a secret has no name", `acl of a connectionSecret is "w"`}},
		{"no type", `{name: a, version: v1, type: depot, depot: {spec: {}}}`, []string{"it has no type"}},
		{"no depot", `{name: a, version: v1, type: depot}`, []string{"the manifest has no depot"}},
		{"another resource", `{name: a, version: v1, type: workflow}`, []string{"this is not a depot manifest"}},
		{"relative directory", `{name: a, version: v1, type: depot, depot: {type: FILE, spec: {path: data}}}`, []string{"is not absolute"}},
		{"directory going up", `{name: a, version: v1, type: depot, depot: {type: FILE, spec: {path: /data/../etc}}}`, []string{"is not absolute"}},
		{"type of a later release", `{name: a, version: v1, type: depot, depot: {type: S3, spec: {bucket: x}}}`, []string{"type S3 are not supported yet", "WASBS and BIGQUERY are reached"}},
		{"half of a place", `{name: a, version: v1, type: depot, depot: {type: ABFSS, spec: {account: x}}}`, []string{"its spec has no container"}},
		{"list for a value", `{name: a, version: v1, type: depot, depot: {type: GCS, spec: {bucket: [b]}}}`, []string{"bucket: want a plain value"}},
		{"empty", ``, []string{"the file is empty"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := depot.ParseManifest("d.yaml", []byte(c.in))
			got := fault.Print(err)
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("ParseManifest = %s, want %q", got, want)
				}
			}
		})
	}
}

func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{name: a, version: v1, type: depot, depot: {type: GCS, spec: {bucket: b}, connectionSecret: [{acl: r, data: {a: b}, files: {a: b}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _, _ = depot.ParseManifest("d.yaml", text)
	})
}
