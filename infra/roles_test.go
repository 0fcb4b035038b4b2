package infra_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/zclconf/go-cty/cty"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/guard"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/setup"
)

// TestReadmeRoles: the README's table is what glint roles prints.
func TestReadmeRoles(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "<!-- glint roles --table -->\n")
	got, _, ok := strings.Cut(rest, "<!-- end -->")
	if !ok {
		t.Fatal("the README has no table of roles")
	}
	if diff := cmp.Diff(infra.RolesTable(infra.Roles(setup.Guards)), got); diff != "" {
		t.Errorf("paste what glint roles --table prints (-want +got):\n%s", diff)
	}
}

// TestScopes: every scope is bound by Terraform, and Terraform binds no other.
func TestScopes(t *testing.T) {
	var text strings.Builder
	for _, file := range terraformFiles(t) {
		text.WriteString(file)
	}
	for _, r := range infra.Roles(setup.Guards) {
		if !strings.Contains(text.String(), `"`+r.Scope+`"`) {
			t.Errorf("no .tf file binds %s, of scope %s", r.Role, r.Scope)
		}
		if r.Role == "" && r.Scope != infra.DatasetWrite {
			t.Errorf("%s: permissions without a role are of written datasets", r.Why)
		}
	}
	// The runner is bound to nothing but what glint roles says.
	for _, b := range parse(t, terraformFiles(t)).blocks {
		role, member := b.Body.Attributes["role"], b.Body.Attributes["member"]
		if b.Type != "resource" || member == nil || !strings.Contains(string(member.Expr.Range().SliceBytes([]byte(terraformFiles(t)[member.SrcRange.Filename]))), "runner") {
			continue
		}
		v, diags := role.Expr.Value(nil)
		if !diags.HasErrors() && v.Type() == cty.String && !slices.ContainsFunc(infra.Roles(setup.Guards), func(r infra.Role) bool { return r.Role == v.AsString() }) {
			t.Errorf("%s: %s is granted, and glint roles does not say so", b.Labels, v.AsString())
		}
	}
}

type watchful struct{ guard.Guard }

func (watchful) Spec() plug.Spec {
	return plug.Spec{Name: "shrink", Doc: "Says no.", Permissions: []string{"bigquery.tables.getIamPolicy"}}
}

// TestGuards: what a guard needs is in its Spec, and becomes part of the role.
func TestGuards(t *testing.T) {
	all := infra.Roles([]guard.Guard{guard.Counts{}, watchful{}})
	last := all[len(all)-1]
	if want := (infra.Role{Scope: infra.DatasetWrite, Permissions: []string{"bigquery.tables.getIamPolicy"}, Why: "guard shrink: Says no."}); !cmp.Equal(last, want) {
		t.Errorf("the last role is %+v", last)
	}
	if len(all) != len(infra.Roles(nil))+1 {
		t.Error("a guard without permissions added a role")
	}
}

const workflowText = `name: NAME
version: v1
type: workflow
workflow:
  dag:
    - name: NAME-1
      spec:
        stack: flare:6.0
        stackSpec:
          job:
            inputs: [{name: a, dataset: INPUT, format: csv}]
            outputs: [{name: b, dataset: OUTPUT, format: bigquery, options: {bigquery: {temporaryBucket: gs://tmp/x}}}]
            steps: [{sequence: [{name: b, sql: SELECT * FROM a}]}]
`

func folderOf(t *testing.T, files map[string]string) *object.Mem {
	t.Helper()
	var store object.Mem
	for name, text := range files {
		if _, err := store.Put(t.Context(), "gs://root/"+name, strings.NewReader(text), object.Cond{}); err != nil {
			t.Fatal(err)
		}
	}
	return &store
}

func flow(name, input, output string) string {
	return strings.NewReplacer("NAME", name, "INPUT", input, "OUTPUT", output).Replace(workflowText)
}

// TestDepots: who is read and written, in which datasets, over which buckets and
// with which secrets.
func TestDepots(t *testing.T) {
	files := map[string]string{
		"depots/lake.yaml":   "name: lake\nversion: v2alpha\ntype: depot\ndepot:\n  type: GCS\n  gcs: {bucket: acme}\n  secrets: [{name: lake-rw}, {name: lake-r}]\n",
		"depots/house.yaml":  "name: house\nversion: v2alpha\ntype: depot\ndepot:\n  type: BIGQUERY\n  bigquery: {project: p, temporaryBucket: of-depot}\n",
		"depots/sea.yaml":    "name: sea\nversion: v2alpha\ntype: depot\ndepot:\n  type: ABFSS\n  abfss: {account: acme, container: raw}\n  secrets: [{name: sea-r}]\n",
		"workflows/one.yaml": flow("one", "dataos://lake:none/a", "dataos://house:dev/one?acl=rw"),
		// Its jobs are in a file that it names, which is no workflow of its own.
		"workflows/two.yaml":        "name: two\nversion: v1\ntype: workflow\nworkflow:\n  dag:\n    - {name: all, file: more/inner.yaml}\n",
		"workflows/more/inner.yaml": flow("inner", "dataos://house:ref/a", "dataos://house:dev/two?acl=rw"),
		"workflows/one.test.yaml":   "tests: []\n",
		"workflows/sea.yaml":        flow("sea", "dataos://sea:none/a", "dataos://house:dev/sea?acl=rw"),
	}
	got, err := infra.Depots(t.Context(), folderOf(t, files), "gs://root")
	if err != nil {
		t.Fatal(err)
	}
	want := []infra.Depot{
		{Name: "house", Type: "BIGQUERY", Project: "p", Read: true, Write: true, Temporary: []string{"of-depot", "tmp"}, Secrets: []string{},
			Datasets: []infra.Dataset{{Name: "dev", Write: true}, {Name: "ref"}}},
		{Name: "lake", Type: "GCS", Bucket: "acme", Read: true, Datasets: []infra.Dataset{}, Temporary: []string{}, Secrets: []string{"lake-r", "lake-rw"}},
		{Name: "sea", Type: "ABFSS", Read: true, Datasets: []infra.Dataset{}, Temporary: []string{}, Secrets: []string{"sea-r"}}, // Terraform grants nothing in Azure
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	files["depots/laptop.yaml"] = "name: laptop\nversion: v2alpha\ntype: depot\ndepot:\n  type: FILE\n  file: {path: /data}\n"
	files["depots/other.yaml"] = strings.Replace(files["depots/lake.yaml"], "name: lake\n", "name: pond\n", 1)
	files["workflows/bad.yaml"] = "name: ["
	files["workflows/three.yaml"] = flow("three", "dataos://nowhere:none/a", "dataos://house:dev/three?acl=rw")
	_, err = infra.Depots(t.Context(), folderOf(t, files), "gs://root")
	for _, part := range []string{"laptop is of type FILE", `"pond" is in the file other.yaml`, "bad.yaml", `no depot "nowhere"`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
	if len(fault.Hints(err)) < 3 {
		t.Errorf("hints: %q", fault.Hints(err))
	}
}
