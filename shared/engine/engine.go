// Package engine is SQL over relations: bind inputs, define steps, export
// outputs. The steps arrive as resolved Spark SQL; an engine writes them in its
// own dialect and must mean the same.
package engine

import (
	"context"
	"io"

	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// An Engine opens sessions. It is safe for concurrent use.
type Engine interface {
	Name() string
	Accepts() []relation.Form  // forms that Bind can read
	Produces() []relation.Form // forms that Export can write
	Open(ctx context.Context, b host.Budget) (Session, error)
}

// A Session is one run's work, isolated from every other. It is used by one
// goroutine; cancelling a call's context ends that call promptly.
type Session interface {
	// Bind makes r readable under its name. It reads no rows. The columns are
	// those that the steps see.
	Bind(ctx context.Context, r relation.Relation) ([]relation.Column, error)
	// Define names a query. The engine's own description of its columns must
	// agree with v.Columns; a difference is our bug and fails the run.
	Define(ctx context.Context, v View) error
	// Query runs q and returns at most max rows: previews and assertions.
	Query(ctx context.Context, q *sparksql.Query, max int) (relation.Rows, error)
	// Explain is the engine's plan of a defined view, for people.
	Explain(ctx context.Context, view string) (string, error)
	// Export writes all of exports in one call, so that the engine can decide
	// what is streamed and what is kept. All files are complete when it returns
	// nil; when it returns an error, none of the unfinished became visible.
	Export(ctx context.Context, exports []Export, progress func(Progress)) (Exported, error)
	// Close frees everything, also after a cancelled call.
	Close() error
}

// A View is a named, resolved query over what is bound and defined already.
type View struct {
	Name    string
	Query   *sparksql.Query
	Columns []relation.Column
	Keep    bool // materialise it: it is read more than once, or not deterministic
}

// An Export is one output to be written.
type Export struct {
	Output  string            // whose rows: the name of a view or an input
	View    string            // what is read
	Columns []relation.Column // as the target wants them; the engine casts exactly to these types
	Form    relation.Form
	// Put stores one part and returns where it lies. The reader ends with io.EOF
	// only after the engine has closed the part and its own counts agree.
	Put func(ctx context.Context, part int, r io.Reader) (relation.File, error)
}

// Exported is what an Export call did.
type Exported struct {
	Outputs []Output // in the order of the exports
	Reads   []Read   // one an input that was read
}

// An Output is one output, written.
type Output struct {
	Output string
	Files  []relation.File
	Rows   int64
	Bytes  int64
}

// A Read says what was read of one input: the receipt's word for it.
type Read struct {
	Input    string
	Rows     int64 // records that entered the engine; -1 if the engine cannot say
	Bytes    int64 // of the objects, as downloaded
	Total    int64 // of the objects, whole
	Complete bool  // false when a LIMIT ended it early
	// Bad counts, by column, the fields that were not what the schema says and
	// became NULL, and under "" the rows with too few or too many fields.
	Bad   map[string]int64
	First string   // where the first bad field is: uri:line, column and type, never the value
	Notes []string // what a person should know, such as a header that differs from the schema
}

// Progress is how far an Export is, for people who wait.
type Progress struct {
	BytesRead, BytesTotal int64
	RowsWritten           int64
	BytesWritten          int64
}
