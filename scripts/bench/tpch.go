//go:build !windows

package main

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/sparksql"
)

// tpchTables makes the tables of TPC-H, by their columns' Spark types and a query
// of DuckDB; %d is the number of suppliers, 10,000 at scale 1. What the
// specification draws at random is drawn by rnd from hashes, so that the same
// scale is always the same data.
//
//go:embed tpch.sql
var tpchTables string

// tpchQueries is where the 22 queries are, which the tests hold to Spark's answers.
const tpchQueries = "shared/duckdb/testdata/spark/tpch.sql"

// tpch runs the queries of TPC-H as they are written, which DuckDB takes too, and
// as Glint rewrites them, over the same tables in turns.
func tpch(ctx context.Context, o options) ([]Figure, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range []string{"SET threads = 2", "SET TimeZone = 'UTC'", "CREATE MACRO rnd(x) AS (hash(x) >> 8)::BIGINT"} {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return nil, err
		}
	}
	if err := duckdb.Register(ctx, db); err != nil {
		return nil, err
	}
	scope, err := makeTables(ctx, db, o.scale)
	if err != nil {
		return nil, err
	}
	queries, err := readQueries()
	if err != nil {
		return nil, err
	}
	var plain, glint []float64
	var rewriting time.Duration
	var bytes int
	slowest, where := 0.0, 0
	for i, text := range queries {
		const times = 100
		var rewritten string
		begin := time.Now()
		for range times {
			q, err := sparksql.Resolve(text, nil, scope)
			if err != nil {
				return nil, fmt.Errorf("query %d: %w", i+1, err)
			}
			rewritten = q.DuckDB(nil)
		}
		rewriting += time.Since(begin) / times
		bytes += len(text)
		var a, b []float64
		for range o.rounds {
			for _, turn := range []struct {
				text string
				to   *[]float64
			}{{text, &a}, {rewritten, &b}} {
				took, err := timed(ctx, db, turn.text)
				if err != nil {
					return nil, fmt.Errorf("query %d: %w\n%s", i+1, err, turn.text)
				}
				*turn.to = append(*turn.to, took)
			}
		}
		x, y := middle(a), middle(b)
		say("query %2d: DuckDB %6.3f s, rewritten %6.3f s, %5.2f ×", i+1, x, y, y/x)
		plain, glint = append(plain, x), append(glint, y)
		if y/x > slowest {
			slowest, where = y/x, i+1
		}
	}
	return []Figure{
		{Name: "TPC-H, 22 queries as DuckDB takes them", Value: sum(plain), Unit: "s"},
		{Name: "TPC-H, rewritten, to that", Value: sum(glint) / sum(plain), Unit: "×", Bound: 1.15},
		{Name: fmt.Sprintf("TPC-H, the query that costs most more (%d)", where), Value: slowest, Unit: "×"},
		{Name: "rewriting 5 kB of SQL", Value: rewriting.Seconds() * 1e3 / float64(bytes) * 5e3, Unit: "ms", Bound: 1},
	}, nil
}

func makeTables(ctx context.Context, db *sql.DB, scale float64) (sparksql.Scopes, error) {
	scope := sparksql.Scopes{}
	suppliers := max(1, int(scale*10_000))
	for table := range strings.SplitSeq(tpchTables, ";\n") {
		head, query, found := strings.Cut(table, " AS\n")
		name, columns, ok := strings.Cut(strings.TrimSpace(head), " (")
		if !found || !ok {
			continue
		}
		name = name[strings.LastIndex(name, " ")+1:]
		columns = strings.TrimSuffix(columns, ")")
		schema, err := sparksql.Schema(columns, nil)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		scope[name] = schema
		query = strings.ReplaceAll(query, "%d", fmt.Sprint(suppliers))
		begin := time.Now()
		for _, s := range []string{
			fmt.Sprintf("CREATE TABLE %s (%s)", name, strings.ReplaceAll(columns, "STRING", "VARCHAR")),
			fmt.Sprintf("INSERT INTO %s %s", name, query),
		} {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		say("made %-8s in %.1f s", name, time.Since(begin).Seconds())
	}
	return scope, nil
}

var numbered = regexp.MustCompile(`(?m)^-- \d+\n`)

func readQueries() ([]string, error) {
	text, err := os.ReadFile(tpchQueries)
	if err != nil {
		return nil, err
	}
	queries := numbered.Split(string(text), -1)[1:]
	for i, q := range queries {
		queries[i] = strings.TrimSuffix(strings.TrimSpace(q), ";")
	}
	return queries, nil
}

// timed is how many seconds a query takes with all its rows.
func timed(ctx context.Context, db *sql.DB, query string) (float64, error) {
	begin := time.Now()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return time.Since(begin).Seconds(), rows.Err()
}

func middle(x []float64) float64 { return median(x, func(x float64) float64 { return x }) }

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
