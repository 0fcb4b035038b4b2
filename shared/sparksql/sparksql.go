// Package sparksql is the Spark SQL that manifests are written in: a lexer, a
// parser into a small tree, a resolver over declared columns in Spark's type
// system, one table of functions, and a writer of DuckDB's SQL.
//
// What it does not understand it refuses by name, with its position: an engine
// never sees text that was not understood. Meanings are those of Spark 3.5 with
// ANSI mode off and the session in UTC.
package sparksql

import (
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
)

// A Query is a resolved query.
type Query struct {
	Text    string            // as the manifest has it
	Columns []relation.Column // what it returns
	Reads   []string          // the relations that it names, in order of appearance, each once

	Limit          int64 // of the outermost LIMIT, or -1
	Sorted         bool  // has an ORDER BY, at any level
	Deterministic  bool  // the same rows give the same result: no rand, uuid, now
	OrderSensitive bool  // LIMIT, first and the like: the engine must keep the order of its inputs

	plan *plan
	ctes []*common
	at   func(int) fault.Pos
	zone string // of the session; "" is UTC
	now  time.Time
}

// Settings are the settings of a Spark session that change what a query means.
// The zero Settings are Spark's defaults in UTC.
type Settings struct {
	TimeZone string // spark.sql.session.timeZone; "" is UTC
	ANSI     bool   // spark.sql.ansi.enabled
	// KeepScale is spark.sql.decimalOperations.allowPrecisionLoss = false: a
	// decimal with too many digits is NULL, and not rounded to fewer places.
	KeepScale bool
	// TimeParser is spark.sql.legacy.timeParserPolicy, which says what becomes of
	// text that only Spark 2 read by a pattern: CORRECTED is NULL, LEGACY what
	// Spark 2 read, and EXCEPTION, also "", the end of the query.
	TimeParser string
	// NoGroupNumbers, NoOrderNumbers and NoGroupAliases are spark.sql.groupByOrdinal,
	// orderByOrdinal and groupByAliases = false: a number is a constant there, and
	// what SELECT names is not known.
	NoGroupNumbers, NoOrderNumbers, NoGroupAliases bool

	Now      time.Time // what the session takes for this moment; zero is the moment itself
	Compiled bool      // the text is Glint's own: functions that only it may call are known
}

// Resolve parses text and resolves it over scope. at turns a byte offset of
// text into a place that the reader knows.
//
// The mistakes of a text that parses are all returned, joined, each a
// [fault.Error] with its place: fault.Invalid is wrong in Spark too,
// fault.Refused is right in Spark and not supported here.
func Resolve(text string, at func(offset int) fault.Pos, scope Scope) (*Query, error) {
	return ResolveWith(text, at, scope, Settings{})
}

// ResolveWith is Resolve in a session with settings of its own.
func ResolveWith(text string, at func(offset int) fault.Pos, scope Scope, set Settings) (*Query, error) {
	if at == nil {
		at = placer(text)
	}
	zone, err := set.zone()
	if err != nil {
		return nil, err
	}
	q, err := parse(text, zone)
	if err != nil {
		return nil, err.(*mistake).fault(at)
	}
	r := &resolver{scope: scope, zone: zone, set: set}
	p := r.query(q, nil)
	if len(r.mistakes) > 0 {
		return nil, r.joined(at)
	}
	resolved := r.finish(text, p)
	resolved.at, resolved.zone, resolved.now = at, zone, set.Now
	return resolved, nil
}

// Scan is the resolved query SELECT * FROM name.
func Scan(name string, cols []relation.Column) *Query {
	r := &resolver{}
	from := r.table(name, cols, 0)
	p := &plan{body: &selection{from: from, items: starItems(from.visible(name))}, limit: -1, offset: -1}
	p.settle(cols)
	q := r.finish("SELECT * FROM "+quoteSpark(name), p)
	q.at = placer(q.Text)
	return q
}

// DuckDB writes q for DuckDB. relationName maps the name of a relation, as the
// query spells it, to the engine's quoted identifier; nil quotes the name itself.
func (q *Query) DuckDB(relationName func(string) string) string {
	return q.write(relationName, false)
}

// View is DuckDB with columns called as [ViewNames] has them.
func (q *Query) View(relationName func(string) string) string {
	return q.write(relationName, true)
}

func (q *Query) write(relationName func(string) string, inner bool) string {
	if relationName == nil {
		relationName = quoteDuck
	}
	w := &writer{relation: relationName, zone: q.zone, now: q.now}
	return w.top(q.plan, q.ctes, inner)
}

// ViewNames are the names of a view's columns in the engine: as in Spark, two
// columns may be called the same there, but not in DuckDB.
func ViewNames(cols []relation.Column) []string { return unique(relation.Names(cols)) }

// placer is the place of an offset in a text that stands alone.
func placer(text string) func(int) fault.Pos {
	return func(offset int) fault.Pos {
		p := fault.Pos{Line: 1, Column: 1}
		for i, c := range text {
			if i >= offset {
				break
			}
			p.Column++
			if c == '\n' {
				p.Line, p.Column = p.Line+1, 1
			}
		}
		return p
	}
}
