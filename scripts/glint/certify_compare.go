//go:build !windows

package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/glint-data/glint/shared/relation"
)

// shownRows is how many rows of a difference a certificate shows of each engine.
const shownRows = 5

// A comparison is one output on both engines. Rows are compared as a multiset:
// without an ORDER BY that a target keeps, their order means nothing.
type comparison struct {
	Output  string     `json:"output"`
	Equal   bool       `json:"equal"`
	Columns [][]string `json:"columns"` // name and type
	Rows    [2]int64   `json:"rows"`    // on Glint, on Spark
	Only    [2]int64   `json:"only"`    // how many of them the other has not
	Nearly  int64      `json:"nearly"`  // rows that differ by the last digits of a double: both add, in different orders
	First   [2][][]any `json:"first"`   // of Only
}

// compare looks for the rows that only one of two sets of Parquet files has.
func compare(ctx context.Context, db *sql.DB, output string, cols []relation.Column, ours, theirs []string) (comparison, error) {
	c := comparison{Output: output}
	for _, col := range cols {
		c.Columns = append(c.Columns, []string{col.Name, col.Type.String()})
	}
	names := [2]string{"glint", "spark"}
	for i, files := range [2][]string{ours, theirs} {
		if err := execute(ctx, db, "CREATE OR REPLACE VIEW "+names[i]+" AS SELECT * FROM read_parquet(["+literals(files)+"])"); err != nil {
			return c, err
		}
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+names[i]).Scan(&c.Rows[i]); err != nil {
			return c, err
		}
	}
	for i := range names {
		table := "only_" + names[i]
		if err := execute(ctx, db, fmt.Sprintf("CREATE OR REPLACE TABLE %s AS SELECT * FROM %s EXCEPT ALL SELECT * FROM %s", table, names[i], names[1-i])); err != nil {
			return c, err
		}
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&c.Only[i]); err != nil {
			return c, err
		}
	}
	if c.Only[0] == c.Only[1] && c.Only[0] > 0 {
		far, err := apart(ctx, db, cols)
		if err != nil {
			return c, err
		}
		if far == 0 {
			c.Nearly, c.Only = c.Only[0], [2]int64{}
		}
	}
	c.Equal = c.Only == [2]int64{}
	for i := range names {
		if c.Only[i] > 0 {
			var err error
			if c.First[i], err = first(ctx, db, "only_"+names[i]); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

// apart counts the remaining rows that differ by more than the last digits of
// their doubles, when both sides are put in the same order.
func apart(ctx context.Context, db *sql.DB, cols []relation.Column) (int64, error) {
	var exact, floats, far []string
	for _, c := range cols {
		name := `"` + strings.ReplaceAll(c.Name, `"`, `""`) + `"`
		differ := fmt.Sprintf("a.%s IS DISTINCT FROM b.%s", name, name)
		if k := c.Type.Kind; k == relation.Double || k == relation.Float {
			floats = append(floats, name)
			allowed := map[relation.Kind]string{relation.Double: "1e-12", relation.Float: "1e-6"}[k]
			differ = fmt.Sprintf("(%s AND coalesce(abs(a.%[2]s - b.%[2]s) > %[3]s * greatest(abs(a.%[2]s), abs(b.%[2]s)), true))", differ, name, allowed)
		} else {
			exact = append(exact, name)
		}
		far = append(far, differ)
	}
	if len(floats) == 0 {
		return 1, nil
	}
	numbered := "(SELECT *, row_number() OVER (ORDER BY " + strings.Join(append(exact, floats...), ", ") + ") AS \"row of both\" FROM %s)"
	var n int64
	err := db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM `+numbered+` a JOIN `+numbered+` b USING ("row of both") WHERE %s`,
		"only_glint", "only_spark", strings.Join(far, " OR "))).Scan(&n)
	return n, err
}

// first are the first rows of a table, as text.
func first(ctx context.Context, db *sql.DB, table string) ([][]any, error) {
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM %s ORDER BY ALL LIMIT %d", table, shownRows))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var all [][]any
	for rows.Next() {
		row, into := make([]any, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func execute(ctx context.Context, db *sql.DB, statement string) error {
	_, err := db.ExecContext(ctx, statement)
	return err
}

func literals(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = "'" + strings.ReplaceAll(t, "'", "''") + "'"
	}
	return strings.Join(quoted, ", ")
}
