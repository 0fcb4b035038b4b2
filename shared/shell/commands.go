package shell

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

type command struct {
	words string
	run   func(*Shell, context.Context, *header, func(int) fault.Pos) (Result, error)
}

// commands are the statements that are no queries, by how they begin. Filled at
// start, because one of them runs others.
var commands []command

func init() {
	commands = []command{
		{"CREATE DATABASE", nothing}, {"CREATE SCHEMA", nothing}, {"DROP DATABASE", nothing}, {"DROP SCHEMA", nothing},
		{"CREATE TABLE", (*Shell).createTable}, {"CREATE EXTERNAL TABLE", (*Shell).createTable},
		{"CREATE FUNCTION", refuse}, {"CREATE TEMPORARY FUNCTION", refuse}, {"CREATE OR REPLACE FUNCTION", refuse},
		{"CREATE OR REPLACE TABLE", (*Shell).createTable}, {"CREATE", (*Shell).createView},
		{"INSERT", (*Shell).insert}, {"TRUNCATE TABLE", (*Shell).truncate},
		{"DROP VIEW", (*Shell).drop}, {"DROP TABLE", (*Shell).drop},
		{"CACHE", (*Shell).cache}, {"UNCACHE", nothing}, {"CLEAR CACHE", nothing}, {"REFRESH", nothing}, {"ANALYZE TABLE", nothing},
		{"SET TIME ZONE", (*Shell).setZone}, {"SET", (*Shell).setting}, {"RESET", (*Shell).reset}, {"USE", (*Shell).use},
		{"DESCRIBE", (*Shell).describe}, {"DESC", (*Shell).describe}, {"EXPLAIN", (*Shell).explain},
	}
}

func nothing(*Shell, context.Context, *header, func(int) fault.Pos) (Result, error) {
	return Result{}, nil
}

func refuse(_ *Shell, _ context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	return Result{}, fault.Errorf(fault.Refused, "%s is not supported", strings.ToUpper(h.word(0)+" "+h.word(1))).At(place(at, 0))
}

func wrong(at func(int) fault.Pos, offset int, format string, args ...any) error {
	return fault.Errorf(fault.Invalid, format, args...).At(place(at, offset))
}

// createView is CREATE [OR REPLACE] [[GLOBAL] TEMPORARY] VIEW [IF NOT EXISTS] name [(columns)] [COMMENT …] AS query.
func (s *Shell) createView(ctx context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 1}
	replace := c.accept("OR REPLACE")
	global := c.accept("GLOBAL")
	temporary := c.accept("TEMPORARY") || c.accept("TEMP")
	if !c.accept("VIEW") {
		return refuse(s, ctx, h, at)
	}
	exists := c.accept("IF NOT EXISTS")
	start := c.i
	name := c.name()
	if global {
		name = "global_temp." + name
	}
	columns, _, _ := c.parenthesis()
	for c.accept("COMMENT") || c.accept("TBLPROPERTIES") {
		if _, _, ok := c.parenthesis(); !ok {
			c.i++
		}
	}
	if !c.accept("AS") {
		return Result{}, fault.Errorf(fault.Refused, "a view that is not made of a query is not supported").At(place(at, h.words[min(c.i, len(h.words)-1)].at)).
			WithHint("glint sql --input NAME=PATH reads files")
	}
	text, offset := c.rest()
	before := 0
	if _, there := s.find(name); there && !replace {
		if exists {
			return Result{}, nil
		}
		return Result{}, wrong(at, h.words[start].at, "there is a relation %q already", name)
	}
	if columns != "" {
		names, err := viewColumns(columns)
		if err != nil {
			return Result{}, err
		}
		prefix := "SELECT * FROM ("
		text, before = prefix+text+"\n) AS `__view`("+names+")", len(prefix)
	}
	q, err := s.resolve(text, shifted(at, offset, before))
	if err != nil {
		return Result{}, err
	}
	if err := q.Duplicate(); err != nil {
		return Result{}, err
	}
	if !temporary && s.database != "" && !strings.Contains(name, ".") {
		name = s.database + "." + name
	}
	return Result{}, s.define(ctx, name, q, q.Columns, false)
}

// viewColumns are the names of (a COMMENT 'x', b).
func viewColumns(list string) (string, error) {
	h := head(list)
	var names []string
	for i := 0; i < len(h.words); i++ {
		names = append(names, "`"+strings.ReplaceAll(h.words[i].text, "`", "``")+"`")
		for i < len(h.words) && !h.is(i, ",") {
			i++
		}
	}
	return strings.Join(names, ", "), nil
}

// createTable is CREATE TABLE [IF NOT EXISTS] name [(columns)] [USING …] [… AS query]: a table in memory.
func (s *Shell) createTable(ctx context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 1}
	replace := c.accept("OR REPLACE")
	c.accept("EXTERNAL")
	c.accept("TABLE")
	exists := c.accept("IF NOT EXISTS")
	start := c.i
	name := c.name()
	if key, there := s.find(name); there && s.tables[key] && !replace {
		if exists {
			return Result{}, nil
		}
		return Result{}, wrong(at, h.words[start].at, "there is a table %q already", name)
	}
	columns, from, declared := c.parenthesis()
	for c.i < len(c.words) && !c.is(c.i, "AS") {
		if _, _, ok := c.parenthesis(); !ok {
			c.i++
		}
	}
	var q *sparksql.Query
	switch {
	case c.accept("AS"):
		text, offset := c.rest()
		var err error
		if q, err = s.resolve(text, shifted(at, offset, 0)); err != nil {
			return Result{}, err
		}
		if err := q.Duplicate(); err != nil {
			return Result{}, err
		}
	case declared:
		cols, err := sparksql.Schema(columns, shifted(at, from, 0))
		if err != nil {
			return Result{}, err
		}
		if strings.Contains(strings.ToLower(columns), "char") && charColumn.MatchString(columns) {
			return Result{}, fault.Errorf(fault.Refused, "a column of type CHAR is not supported").At(place(at, from)).WithHint("use STRING: CHAR pads with blanks")
		}
		if q, err = s.empty(cols); err != nil {
			return Result{}, err
		}
	default:
		return Result{}, fault.Errorf(fault.Refused, "a table without columns is not supported").At(place(at, 0)).WithHint("declare them, or use AS SELECT")
	}
	if s.database != "" && !strings.Contains(name, ".") {
		name = s.database + "." + name
	}
	if err := s.define(ctx, name, q, q.Columns, true); err != nil {
		return Result{}, err
	}
	key, _ := s.find(name)
	s.tables[key] = true
	return Result{}, nil
}

var charColumn = regexp.MustCompile(`(?i)\bchar(acter)?\s*\(`)

// empty is a query of no rows of these columns.
func (s *Shell) empty(cols []relation.Column) (*sparksql.Query, error) {
	items := make([]string, len(cols))
	for i, c := range cols {
		items[i] = "CAST(NULL AS " + sparksql.TypeSQL(c.Type) + ") AS " + backticks(c.Name)
	}
	return s.resolve("SELECT "+strings.Join(items, ", ")+" WHERE false", nil)
}

func backticks(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// insert is INSERT INTO|OVERWRITE [TABLE] name [(columns)] query.
func (s *Shell) insert(ctx context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 1}
	over := c.accept("OVERWRITE")
	if !over && !c.accept("INTO") {
		return refuse(s, ctx, h, at)
	}
	c.accept("TABLE")
	start := c.i
	name := c.name()
	key, there := s.find(name)
	if !there || !s.tables[key] {
		return Result{}, wrong(at, h.words[min(start, len(h.words)-1)].at, "there is no table %q", name)
	}
	cols := s.scope[key]
	targets := cols
	if c.is(c.i, "PARTITION") {
		return Result{}, fault.Errorf(fault.Refused, "INSERT into a partition is not supported").At(place(at, h.words[c.i].at))
	}
	mark := c.i
	if list, _, ok := c.parenthesis(); ok && !head(list).isQuery() {
		targets = nil
		for _, n := range strings.Split(list, ",") {
			i := relation.Find(cols, strings.Trim(strings.TrimSpace(n), "`"))
			if i < 0 {
				return Result{}, wrong(at, h.words[mark].at, "table %s has no column %q", name, strings.TrimSpace(n))
			}
			targets = append(targets, cols[i])
		}
	} else {
		c.i = mark
	}
	text, offset := c.rest()
	q, err := s.resolve(text, shifted(at, offset, 0))
	if err != nil {
		return Result{}, err
	}
	if len(q.Columns) != len(targets) {
		return Result{}, wrong(at, offset, "%d values for the %d columns of %s", len(q.Columns), len(targets), name)
	}
	items, names := make([]string, len(cols)), make([]string, len(targets))
	for i := range targets {
		names[i] = fmt.Sprintf("`__%d`", i)
	}
	for i, col := range cols {
		t := sparksql.TypeSQL(col.Type)
		items[i] = "CAST(NULL AS " + t + ") AS " + backticks(col.Name)
		if k := slices.IndexFunc(targets, func(c relation.Column) bool { return strings.EqualFold(c.Name, col.Name) }); k >= 0 {
			items[i] = "CAST(" + names[k] + " AS " + t + ") AS " + backticks(col.Name)
		}
	}
	rows := "SELECT " + strings.Join(items, ", ") + " FROM (" + text + "\n) AS `__rows`(" + strings.Join(names, ", ") + ")"
	if !over {
		all := make([]string, len(cols))
		for i, col := range cols {
			all[i] = backticks(col.Name)
		}
		rows = "SELECT " + strings.Join(all, ", ") + " FROM " + backticks(key) + " UNION ALL " + rows
	}
	if q, err = s.resolve(rows, nil); err != nil {
		return Result{}, err
	}
	if err := s.define(ctx, key, q, q.Columns, true); err != nil {
		return Result{}, err
	}
	s.scope[key], s.tables[key] = cols, true
	return Result{}, nil
}

func (s *Shell) truncate(ctx context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 2}
	name := c.name()
	key, there := s.find(name)
	if !there || !s.tables[key] {
		return Result{}, wrong(at, 0, "there is no table %q", name)
	}
	q, err := s.empty(s.scope[key])
	if err != nil {
		return Result{}, err
	}
	err = s.define(ctx, key, q, q.Columns, true)
	s.tables[key] = true
	return Result{}, err
}

// drop forgets a relation. What was made of it stays.
func (s *Shell) drop(_ context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 2}
	exists := c.accept("IF EXISTS")
	name := c.name()
	key, there := s.find(name)
	if !there && !exists {
		return Result{}, wrong(at, 0, "there is no relation %q", name)
	}
	delete(s.scope, key)
	delete(s.tables, key)
	return Result{}, nil
}

// cache is CACHE [LAZY] TABLE name [AS query].
func (s *Shell) cache(ctx context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 1}
	c.accept("LAZY")
	c.accept("TABLE")
	name := c.name()
	if c.accept("OPTIONS") {
		c.parenthesis()
	}
	if c.i >= len(c.words) {
		if _, there := s.find(name); !there {
			return Result{}, wrong(at, 0, "there is no relation %q", name)
		}
		return Result{}, nil
	}
	c.accept("AS")
	text, offset := c.rest()
	q, err := s.resolve(text, shifted(at, offset, 0))
	if err != nil {
		return Result{}, err
	}
	return Result{}, s.define(ctx, name, q, q.Columns, true)
}

func (s *Shell) use(_ context.Context, h *header, _ func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 1}
	if !c.accept("DATABASE") {
		c.accept("SCHEMA")
	}
	if s.database = strings.TrimPrefix(strings.ToLower(c.name()), "spark_catalog."); s.database == "default" || s.database == "spark_catalog" {
		s.database = ""
	}
	return Result{}, nil
}

// describe is DESCRIBE [QUERY] query, or DESCRIBE [TABLE] name.
func (s *Shell) describe(_ context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 1}
	c.accept("QUERY")
	for _, what := range []string{"FUNCTION", "DATABASE", "SCHEMA", "CATALOG"} {
		if c.is(c.i, what) {
			return refuse(s, context.Background(), h, at)
		}
	}
	text, offset := c.rest()
	var cols []relation.Column
	if head(text).isQuery() && !c.is(c.i, "TABLE") || c.is(c.i, "TABLE") && h.starts("DESCRIBE QUERY TABLE") {
		q, err := s.resolve(text, shifted(at, offset, 0))
		if err != nil {
			return Result{}, err
		}
		cols = q.Columns
	} else {
		c.accept("TABLE")
		name := c.name()
		key, there := s.find(name)
		if !there || c.i < len(c.words) {
			if there {
				return Result{}, fault.Errorf(fault.Refused, "DESCRIBE of more than a relation's columns is not supported").At(place(at, offset))
			}
			return Result{}, wrong(at, offset, "there is no relation %q", name)
		}
		cols = s.scope[key]
	}
	str := relation.Of(relation.String)
	r := Result{Columns: []relation.Column{{Name: "col_name", Type: str}, {Name: "data_type", Type: str}, {Name: "comment", Type: str, Nullable: true}}}
	for _, col := range cols {
		var doc any
		if col.Doc != "" {
			doc = col.Doc
		}
		r.Rows = append(r.Rows, []any{col.Name, col.Type.String(), doc})
	}
	return r, nil
}

func (s *Shell) explain(ctx context.Context, h *header, at func(int) fault.Pos) (Result, error) {
	c := &cursor{header: h, i: 1}
	for c.accept("EXTENDED") || c.accept("FORMATTED") || c.accept("CODEGEN") || c.accept("COST") {
	}
	text, offset := c.rest()
	_, plan, err := s.Explain(ctx, text, shifted(at, offset, 0))
	if err != nil {
		return Result{}, err
	}
	return Result{Columns: []relation.Column{{Name: "plan", Type: relation.Of(relation.String)}}, Rows: [][]any{{plan}}}, nil
}
