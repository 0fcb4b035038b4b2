// Package shared is the house; this page is the tour. Read it once, bottom
// floor to top, and you know where everything is.
//
// # Floor 0: words
//
// Plain values; no I/O, no SDK.
//
//   - fault: what kind of thing went wrong, where, and whether to try again.
//   - udl: dataos://depot:collection/dataset?acl=rw, parsed and printed.
//   - relation: rows that somebody can read: files or a table, and Spark's types.
//   - sparktime: days, zones, date patterns and intervals as Spark has them on Java.
//   - sparkcsv: Spark's CSV reader, field by field, as a filter over bytes.
//   - sparkfn: Spark's functions that DuckDB's own cannot say, row by row.
//   - sparksql: the Spark SQL that manifests hold: parsed, resolved, written for DuckDB.
//   - plug: what a part says about itself, and sets of parts.
//   - manifest: the workflow's YAML with file:line:column.
//
// # Floor 1: ports
//
// What we need from the world, in our own words; no cloud SDK and no DuckDB.
//
//   - trigger: the message that starts a run, and its slot.
//   - object: bytes under names, with conditional writes.
//   - host: what the platform gives one run.
//   - stage: one attempt's area in the temporary bucket.
//   - depot: from an address to a location and its credentials.
//   - engine: SQL over relations.
//   - source: inputs, one file a format.
//   - flare: the functions of Flare, as queries of Spark SQL.
//   - sink: outputs: what a target must answer for a run to be safe.
//   - assertion: what must hold of rows before they are published.
//   - profile: what is in the columns of an input.
//   - guard: reasons to stop before anything is replaced.
//   - ledger: runs and targets remembered, so that a run happens once.
//
// # Floor 2: adapters
//
// One technology each, the only rooms with SDKs; they never see each other.
//
//   - gcs: Cloud Storage. gcs/gcstest is a server of it for tests and laptops.
//   - azure: Azure's Blob Storage. azure/azuretest runs Azurite, Microsoft's emulator.
//   - duckdb: the engine in this process.
//   - bigquery: the warehouse. bigquery/bigquerytest is an emulator of it.
//   - pubsub: sends messages. pubsub/pubsubtest pushes them as the service does.
//   - secretmanager: depot credentials.
//   - spark: Spark itself, on this machine: what Glint is compared with.
//
// # Floor 3: story
//
// The sequence of a run; it knows ports, never adapters.
//
//   - job: one job: claim, read, bind, steps, export, guard, publish, finish.
//   - workflow: a message arrives: which job runs, and what is answered. An
//     object lands: who reads it, and when that is run. The clock ticks: what
//     was left, and by whom, is put right.
//   - shell: statements of Spark SQL, one after the other.
//   - plan: what is wrong with manifests, and what a workflow would do.
//   - reference: the language of manifests, for people and for editors.
//
// # Floor 4: assembly
//
//   - setup: from the environment to a Runner; the only room that knows every adapter.
//   - localcloud: a laptop's Google Cloud in one process.
//
// Look down; on floors 0, 1 and 3 also left; never up; adapters never
// sideways. floors_test.go holds everybody to it.
package shared
