// Package shell is a session of Spark SQL as spark-sql's users know it:
// statements one after the other, with views, tables in memory and settings, on
// any engine. It knows ports only.
package shell

import (
	"context"
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// maxRows bounds what one statement gives back.
const maxRows = 10_000_000

// A Shell runs statements. It is used by one goroutine.
type Shell struct {
	session  engine.Session
	scope    sparksql.Scopes   // relations by their names in small letters
	tables   map[string]bool   // those of them that rows can be inserted into
	settings map[string]string // as they were set
	unmet    map[string]string // what was set and is not supported, by the settings' names
	set      sparksql.Settings // what they mean
	database string            // in use; "" is default
	made     int               // relations so far
}

// New makes a shell on an open session. settings are those of Spark.
func New(session engine.Session, settings map[string]string) (*Shell, error) {
	s := &Shell{session: session, scope: sparksql.Scopes{}, tables: map[string]bool{}, settings: map[string]string{}, unmet: map[string]string{}}
	for k, v := range settings {
		if err := s.configure(k, v); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// A Result is what a statement gives back: rows, or none.
type Result struct {
	Columns  []relation.Column
	Rows     [][]any
	TimeZone string // of the session: in which timestamps are printed
}

// Bind makes r readable under its name.
func (s *Shell) Bind(ctx context.Context, r relation.Relation) error {
	cols, err := s.session.Bind(ctx, r)
	if err == nil {
		s.scope[strings.ToLower(r.Name)] = cols
	}
	return err
}

// Run runs one statement. at turns an offset of text into a place.
func (s *Shell) Run(ctx context.Context, text string, at func(offset int) fault.Pos) (Result, error) {
	h := head(text)
	for _, c := range commands {
		if h.starts(c.words) {
			return c.run(s, ctx, h, at)
		}
	}
	if h.isQuery() {
		return s.query(ctx, text, at)
	}
	return Result{}, fault.Errorf(fault.Refused, "the statement %s is not supported", strings.ToUpper(h.word(0))).At(place(at, 0)).
		WithHint("queries, CREATE … VIEW, CREATE TABLE, INSERT INTO, DROP, CACHE, SET, USE, DESCRIBE and EXPLAIN are")
}

func place(at func(int) fault.Pos, offset int) fault.Pos {
	if at == nil {
		return fault.Pos{}
	}
	return at(offset)
}

func (s *Shell) query(ctx context.Context, text string, at func(int) fault.Pos) (Result, error) {
	q, err := s.resolve(text, at)
	if err != nil {
		return Result{}, err
	}
	rows, err := s.session.Query(ctx, q, maxRows)
	if err != nil {
		return Result{}, err
	}
	if rows.More {
		return Result{}, fault.Errorf(fault.Exhausted, "the query gives more than %d rows", maxRows).WithHint("add a LIMIT")
	}
	return Result{Columns: q.Columns, Rows: rows.Values, TimeZone: s.set.TimeZone}, nil
}

// Resolve gives text its meaning in this session.
func (s *Shell) resolve(text string, at func(int) fault.Pos) (*sparksql.Query, error) {
	if err := s.met(at); err != nil {
		return nil, err
	}
	return sparksql.ResolveWith(text, at, scope{s}, s.set)
}

// A scope is what a shell's statements can name, under the names that the
// engine's session has for it: a name that was defined anew is another there.
type scope struct{ s *Shell }

func (c scope) Relation(name string) ([]relation.Column, bool) {
	key, ok := c.s.find(name)
	return c.s.scope[key], ok
}

// Canonical is the name of a relation in the engine's session.
func (c scope) Canonical(name string) string {
	if key, ok := c.s.find(name); ok {
		return key
	}
	return name
}

func (c scope) Names() []string { return c.s.scope.Names() }

// find is the key of a relation: a view, or a table of the database in use.
func (s *Shell) find(name string) (string, bool) {
	key := strings.ToLower(name)
	key = strings.TrimPrefix(strings.TrimPrefix(key, "spark_catalog."), "default.")
	for _, try := range []string{key, s.database + "." + key} {
		if _, ok := s.scope[try]; ok {
			return try, true
		}
	}
	return "", false
}

// define makes name mean q from now on. What was made of its former meaning
// keeps that.
func (s *Shell) define(ctx context.Context, name string, q *sparksql.Query, cols []relation.Column, keep bool) error {
	key := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(name), "spark_catalog."), "default.")
	if err := s.session.Define(ctx, engine.View{Name: key, Query: q, Columns: cols, Keep: keep}); err != nil {
		return err
	}
	s.scope[key] = cols
	delete(s.tables, key)
	return nil
}

// Explain shows what a query is for the engine: its SQL there, and its plan.
func (s *Shell) Explain(ctx context.Context, text string, at func(int) fault.Pos) (rewritten, plan string, err error) {
	q, err := s.resolve(text, at)
	if err != nil {
		return "", "", err
	}
	name := fmt.Sprintf("__explained_%d", s.made)
	s.made++
	if err := s.session.Define(ctx, engine.View{Name: name, Query: q, Columns: q.Columns}); err != nil {
		return q.DuckDB(nil), "", err
	}
	plan, err = s.session.Explain(ctx, name)
	return q.DuckDB(nil), plan, err
}
