package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/spark"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparksql"
	"github.com/glint-data/glint/shared/sparktime"
)

// An answer is what one of the two makes of a statement.
type answer struct {
	schema  []spark.Column
	types   []typ
	rows    [][]any
	failed  string // it fails, and why
	refused string // Glint does not support it, and why
}

// Both are the two engines, with the same tables.
type both struct {
	spark *spark.Session
	glint engine.Session
	scope sparksql.Scopes
	dir   string
}

// open makes the tables anew on both.
func (e *both) open(ctx context.Context, tables []*table) error {
	if e.glint != nil {
		e.glint.Close()
		e.glint = nil
	}
	if err := e.spark.Fresh(ctx); err != nil {
		return err
	}
	s, err := duckdb.Engine{}.Open(ctx, host.Budget{Dir: e.dir, Threads: 1})
	if err != nil {
		return err
	}
	e.glint, e.scope = s, sparksql.Scopes{}
	for _, t := range tables {
		text := t.definition(columns)
		q, err := sparksql.Resolve(text, nil, e.scope)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		if err := e.glint.Define(ctx, engine.View{Name: t.name, Query: q, Columns: q.Columns, Keep: true}); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		e.scope[t.name] = q.Columns
		a, err := e.spark.Run(ctx, "CREATE TEMPORARY VIEW "+t.name+" AS "+text, nil)
		if err != nil {
			return err
		}
		if a.Error != nil {
			return a.Error
		}
	}
	return nil
}

func (e *both) close() {
	if e.glint != nil {
		e.glint.Close()
	}
	e.spark.Close()
	os.RemoveAll(e.dir)
}

// askSpark's error says that Spark could not be asked.
func (e *both) askSpark(ctx context.Context, text string) (answer, error) {
	a, err := e.spark.Run(ctx, text, nil)
	if err != nil {
		return answer{}, err
	}
	if a.Error != nil {
		return answer{failed: a.Error.Message + " "}, nil
	}
	return answer{schema: a.Schema, rows: a.Rows}, nil
}

func (e *both) askGlint(ctx context.Context, text string) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{failed: fmt.Sprint("panic: ", p)}
		}
	}()
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	q, err := sparksql.Resolve(text, nil, e.scope)
	if err != nil {
		return wrong(err)
	}
	out, err := e.glint.Query(ctx, q, math.MaxInt32)
	if err != nil {
		return wrong(err)
	}
	for _, c := range q.Columns {
		a.schema = append(a.schema, spark.Column{Name: c.Name, Type: c.Type.String()})
		a.types = append(a.types, c.Type)
	}
	for _, row := range out.Values {
		for i := range row {
			row[i] = sparkfn.Printed(row[i], q.Columns[i].Type, sparktime.Zone{})
		}
	}
	a.rows = out.Values
	return a
}

// loud are the failures by which Glint says that it holds less than Spark does:
// timestamps beyond DuckDB's, bytes that are no text, subqueries in lambdas.
var loud = []string{"a timestamp beyond the years", "* 1000000)!", "could not convert blob to UTF8", "invalid UTF8", "subqueries in lambda"}

func wrong(err error) answer {
	if fault.KindOf(err) == fault.Refused {
		return answer{refused: fault.Print(err)}
	}
	text := fault.Print(err)
	for _, why := range loud {
		if strings.Contains(text, why) {
			return answer{refused: text}
		}
	}
	return answer{failed: text + " "}
}
