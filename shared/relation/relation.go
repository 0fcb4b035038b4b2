// Package relation holds the one thing that passes between rooms: rows, as a
// table or as files that somebody can read, with the columns they have.
//
// Sources name relations, engines read them, sinks take them. A relation holds
// no rows itself; it says where they are and how to decode them.
package relation

import (
	"context"
	"io"
	"strings"
)

// A Column is one column of a relation, in Spark's type system.
type Column struct {
	Name     string
	Type     Type
	Nullable bool
	Doc      string
	Tags     []string
}

// A Form is a physical form in which rows exist. Parts agree on one as HTTP
// does with Accept: the reader says what it takes, the writer chooses.
type Form string

// The forms that exist. Each has a file in source, sink or an engine.
const (
	CSV     Form = "csv"
	JSON    Form = "json"
	Parquet Form = "parquet"
	Avro    Form = "avro"
	Table   Form = "table" // rows that stay in the system that has them
)

// A File is bytes of a relation, pinned: Open reads exactly this version or
// fails with fault.Conflict. It carries its depot's credentials.
type File struct {
	URI     string
	Version string // generation or ETag
	Size    int64
	Codec   string // "", gzip, zstd
	// Open returns the bytes [off, off+n); n < 0 means to the end. The caller closes it.
	Open func(ctx context.Context, off, n int64) (io.ReadCloser, error)
}

// A Relation is rows that somebody can read.
type Relation struct {
	Name    string
	Form    Form
	Files   []File   // of every form but Table, in the order in which they are read
	Table   string   // of Form Table, in the words of its system
	Columns []Column // nil if not known
	Decode  Decode   // how to read Form
	Rows    int64    // -1 if not known
	Bytes   int64    // -1 if not known
}

// Decode says how the bytes of a form become rows: [CSVDecode] and its like.
// It holds the values in force, Spark's defaults already applied by the source.
type Decode interface{ form() Form }

// Find returns the index of the column called name, compared as Spark does
// (without case), or -1.
func Find(cols []Column, name string) int {
	for i, c := range cols {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

// Names returns the names of cols, in order.
func Names(cols []Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}

// Rows is a small result in memory: a preview, an assertion's answer. Values
// are nil, bool, int64, float64, string (also decimals, in full), []byte,
// time.Time, []any (arrays, and structs by position) or []Pair (maps). An
// interval is an int64: months, or microseconds.
type Rows struct {
	Columns []Column
	Values  [][]any
	More    bool // there were more rows than asked for
}

// A Pair is one entry of a map value in [Rows].
type Pair struct{ Key, Value any }
