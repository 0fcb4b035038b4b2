// Package sparksql is the Spark SQL that manifests are written in: a lexer, a
// parser into a small typed tree, a resolver over declared columns in Spark's
// type system, one table of functions, and a writer of DuckDB's SQL.
//
// What it does not understand it refuses by name, with its position: an engine
// never sees text that was not understood.
package sparksql

import "github.com/glint-data/glint/shared/relation"

// A Query is a resolved query.
type Query struct {
	Text    string            // as the manifest has it
	Columns []relation.Column // what it returns
	Reads   []string          // the relations that it names, in order of appearance
}
