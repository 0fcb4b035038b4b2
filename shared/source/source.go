// Package source names data: one file a format or connector. A source, shown
// what the engine accepts, returns a relation; it reads no rows, except the few
// that a sniff needs.
package source

import (
	"context"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

// A Source reads one format.
type Source interface {
	plug.Part
	// Open finds the input's data and says how it is read.
	Open(ctx context.Context, in Input, accepts []relation.Form) (relation.Relation, error)
}

// An Input is one input of a job, located.
type Input struct {
	Name       string
	Location   depot.Location
	Schema     *Schema   // nil if the manifest declares none
	Options    plug.Args // checked against the source's Spec
	KeepSystem bool      // variables.keepSystemColumns
	Pos        fault.Pos
}

// A Schema is a declared schema, as text.
type Schema struct {
	Type string // avro, spark, ddl
	Text string
	From string // where it lies: a URI, or the manifest's position
}
