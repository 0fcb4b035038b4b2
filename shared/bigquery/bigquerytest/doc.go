// Package bigquerytest is BigQuery on a laptop: an emulator of its REST API
// over one in-memory DuckDB, for people who try Glint without an account and
// for our own tests.
//
// It answers what the official Go clients ask: datasets, tables, load, copy and
// query jobs, tabledata. What it does not do it refuses by name (reason
// notImplemented), so that nothing passes here because an option was ignored.
// SQL is a subset of GoogleSQL (see sql.go) and not its arbiter.
//
// A table's rows are an immutable DuckDB table, its version. A job builds the
// next version aside and swaps one pointer, so that a reader sees the old rows
// or the new ones; old versions stay for time travel and snapshots of pages.
package bigquerytest
