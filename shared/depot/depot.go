// Package depot finds the physical place behind an address, by a catalog of
// depot manifests in DataOS's own shape, and the credentials for it.
package depot

import (
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

// A Type is a kind of depot, in DataOS's spelling.
type Type string

// The depot types that Glint reaches.
const (
	GCS      Type = "GCS"
	File     Type = "FILE" // a directory of this machine; refused where the service is deployed
	BigQuery Type = "BIGQUERY"
	ABFSS    Type = "ABFSS" // Azure Storage, under the names of Hadoop's newer driver
	WASBS    Type = "WASBS" // the same, under those of its older one
)

// A Location is where an address leads.
type Location struct {
	Address udl.Address
	Type    Type
	Format  string // the depot's own, where a manifest names none; "" if it has none
	Forced  bool   // Format is that of the files which stand for the dataset, whatever the manifest names
	// Of an object store: the URI that the address names, and the store that
	// reaches it with the depot's credentials.
	URI   string
	Store object.Store
	// Of a warehouse: its parts, outermost first: project, dataset, table.
	Path []string
	// Params are what the depot's spec says, under DataOS's spelling, e.g. temporaryBucket.
	Params map[string]string
	Notes  []plug.Note // what is worth a remark about the depot's manifest and secret
	Secret Secret      // the depot's credential for the address's acl; zero if it needs none
}
