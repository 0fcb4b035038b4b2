// Package udl reads and writes dataos://depot:collection/dataset?acl=rw, the
// address by which a manifest says where data are.
package udl

import "net/url"

// An Address is a parsed UDL. Collection "none" means that the depot has no
// such level; it is kept as written.
type Address struct {
	Depot      string
	Collection string
	Dataset    string
	Params     url.Values
	// Direct says that no depot is named, as in manifests for standalone Flare:
	// Depot is the kind of place (file, bigquery, jdbc, …), and Params hold what
	// else the manifest says of it: uri of files, project of a table.
	Direct bool
	// Name is what a manifest calls the data; it is no part of the address. A file
	// of this name may stand for the data where they are not.
	Name string
}
