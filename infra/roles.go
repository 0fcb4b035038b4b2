package infra

import (
	"fmt"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/guard"
)

// A Role is one grant to the account that the functions run as. Terraform binds
// it to everything of its scope; what is not listed here is not granted.
type Role struct {
	Scope       string   `json:"scope"`
	Role        string   `json:"role"`        // predefined; "" puts the permissions into a role of our own
	Permissions []string `json:"permissions"` // what Glint uses of it
	Why         string   `json:"why"`
}

// The scopes, as the Terraform files name them.
const (
	Project      = "project"       // the project in which jobs run
	Root         = "root"          // the bucket of manifests
	State        = "state"         // the bucket of the ledger
	Temporary    = "temporary"     // every temporary bucket
	Topics       = "topics"        // the topics of runs and of dead letters
	Secrets      = "secrets"       // every secret that a depot names
	BucketRead   = "bucket_read"   // a GCS depot that is read
	BucketWrite  = "bucket_write"  // a GCS depot that is written
	DatasetRead  = "dataset_read"  // a BigQuery dataset that is read
	DatasetWrite = "dataset_write" // a BigQuery dataset that is written
)

var roles = []Role{
	{Project, "roles/bigquery.jobUser", []string{"bigquery.jobs.create"},
		"load and copy jobs run in the project; an account may look at and cancel what it started"},
	{Root, "roles/storage.objectViewer", []string{"storage.objects.get", "storage.objects.list"},
		"a run reads its manifest at the generation that it is pinned to, and what lands is matched to all manifests"},
	{State, "roles/storage.objectUser", []string{"storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list"},
		"claims are made by conditional writes, renewed and, at the end, taken away"},
	{Temporary, "roles/storage.objectUser", []string{"storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list"},
		"rows wait here to be loaded; BigQuery reads them as this account, and they are removed after"},
	{Temporary, "roles/storage.legacyBucketReader", []string{"storage.buckets.get"},
		"the bucket must lie where the dataset does, and that is looked at before anything is read"},
	{Topics, "roles/pubsub.publisher", []string{"pubsub.topics.publish"},
		"runs that events ask for, the next jobs of a run, and messages that no retry can help"},
	{Secrets, "roles/secretmanager.secretAccessor", []string{"secretmanager.versions.access"},
		"a depot's own credentials"},
	{BucketRead, "roles/storage.objectViewer", []string{"storage.objects.get", "storage.objects.list"},
		"inputs are listed, pinned to their generations and read"},
	{BucketWrite, "roles/storage.objectUser", []string{"storage.objects.create", "storage.objects.delete", "storage.objects.get", "storage.objects.list"},
		"outputs are written, and what they replace is deleted"},
	{DatasetRead, "roles/bigquery.dataViewer", []string{"bigquery.datasets.get", "bigquery.tables.get", "bigquery.tables.getData"},
		"inputs that are tables"},
	{DatasetWrite, "roles/bigquery.dataEditor", []string{"bigquery.datasets.get", "bigquery.tables.create", "bigquery.tables.get", "bigquery.tables.getData", "bigquery.tables.update", "bigquery.tables.updateData"},
		"tables are made, replaced and described; the last rows are shown by glint run"},
	{DatasetWrite, "", []string{"bigquery.rowAccessPolicies.list"},
		"a table with row access policies is not truncated in a way that strips them"},
}

// Roles are all grants of the functions' account: those of the runner itself,
// and what the guards need on the datasets that they watch over.
func Roles(guards []guard.Guard) []Role {
	all := slices.Clone(roles)
	for _, g := range guards {
		if s := g.Spec(); len(s.Permissions) > 0 {
			all = append(all, Role{DatasetWrite, "", s.Permissions, "guard " + s.Name + ": " + s.Doc})
		}
	}
	return all
}

// RolesTable is the table of the roles for people.
func RolesTable(roles []Role) string {
	var b strings.Builder
	b.WriteString("| on | role | permissions used | why |\n|---|---|---|---|\n")
	for _, r := range roles {
		role := "a role of our own"
		if r.Role != "" {
			role = "`" + r.Role + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s |\n", strings.ReplaceAll(r.Scope, "_", ", "), role, strings.Join(r.Permissions, "` `"), r.Why)
	}
	return b.String()
}
