package infra_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/setup"
)

// decoded is what Terraform's jsondecode makes of what glint prints.
func decoded(t *testing.T, v any) cty.Value {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	typ, err := ctyjson.ImpliedType(text)
	if err != nil {
		t.Fatal(err)
	}
	value, err := ctyjson.Unmarshal(text, typ)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// TestGrants evaluates for_each of the grants on depots: what is read is only
// read, what is written is named, and nothing else is granted.
func TestGrants(t *testing.T) {
	files := map[string]string{
		"depots/lake.yaml":   "name: lake\nversion: v2alpha\ntype: depot\ndepot:\n  type: GCS\n  gcs: {bucket: acme}\n  secrets: [{name: lake-r}]\n",
		"depots/idle.yaml":   "name: idle\nversion: v2alpha\ntype: depot\ndepot:\n  type: GCS\n  gcs: {bucket: unread}\n",
		"depots/house.yaml":  "name: house\nversion: v2alpha\ntype: depot\ndepot:\n  type: BIGQUERY\n  bigquery: {project: p}\n",
		"depots/sea.yaml":    "name: sea\nversion: v2alpha\ntype: depot\ndepot:\n  type: ABFSS\n  abfss: {account: acme, container: raw}\n  secrets: [{name: sea-r}]\n",
		"workflows/sea.yaml": flow("sea", "dataos://sea:none/a", "dataos://house:dev/sea?acl=rw"),
		"workflows/one.yaml": flow("one", "dataos://lake:none/a", "dataos://house:dev/one?acl=rw"),
		"workflows/two.yaml": flow("two", "dataos://house:ref/a", "dataos://house:dev/two?acl=rw"),
	}
	depots, err := infra.Depots(t.Context(), folderOf(t, files), "gs://root")
	if err != nil {
		t.Fatal(err)
	}
	c := parse(t, terraformFiles(t))
	byName := map[string]cty.Value{}
	for _, d := range depots {
		byName[d.Name] = decoded(t, d)
	}
	locals := map[string]cty.Value{
		"depots": cty.ObjectVal(byName), "roles": decoded(t, infra.Roles(setup.Guards)), "temporary_bucket": cty.StringVal("ours"),
	}
	s := scope{}
	for _, name := range []string{"scoped", "addressed", "secrets", "temporary_buckets", "own_permissions", "written_projects"} {
		locals[name] = s.with("local", cty.ObjectVal(locals)).eval(t, c.local(t, name))
	}
	s = scope{"local": cty.ObjectVal(locals)}

	var got []string
	for _, g := range [][2]string{
		{"google_storage_bucket_iam_member", "depot"}, {"google_storage_bucket_iam_member", "temporary"}, {"google_storage_bucket_iam_member", "root"},
		{"google_storage_bucket_iam_member", "state"}, {"google_bigquery_dataset_iam_member", "runner"}, {"google_secret_manager_secret_iam_member", "depot"},
		{"google_project_iam_member", "runner"},
	} {
		each := s.attr(t, c.block(t, "resource", g[0], g[1]), "for_each")
		for it := each.ElementIterator(); it.Next(); {
			key, _ := it.Element()
			if each.Type().IsSetType() {
				_, key = it.Element()
			}
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(g[0], "google_"), "_iam_member")+" "+g[1]+": "+key.AsString())
		}
	}
	for it := locals["own_permissions"].ElementIterator(); it.Next(); {
		_, p := it.Element()
		got = append(got, "own: "+p.AsString())
	}
	want := []string{
		"bigquery_dataset runner: p.dev roles/bigquery.dataEditor",
		"bigquery_dataset runner: p.ref roles/bigquery.dataViewer",
		"own: bigquery.rowAccessPolicies.list",
		"project runner: roles/bigquery.jobUser",
		"secret_manager_secret depot: lake-r roles/secretmanager.secretAccessor",
		"secret_manager_secret depot: sea-r roles/secretmanager.secretAccessor",
		"storage_bucket depot: lake roles/storage.objectViewer",
		"storage_bucket root: roles/storage.objectViewer",
		"storage_bucket state: roles/storage.objectUser",
		"storage_bucket temporary: ours roles/storage.legacyBucketReader",
		"storage_bucket temporary: ours roles/storage.objectUser",
		"storage_bucket temporary: tmp roles/storage.legacyBucketReader",
		"storage_bucket temporary: tmp roles/storage.objectUser",
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
