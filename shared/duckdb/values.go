package duckdb

import (
	"database/sql"
	"fmt"
	"math/big"
	"time"

	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/glint-data/glint/shared/relation"
)

// collect reads up to max rows into memory.
func collect(rows *sql.Rows, cols []relation.Column, max int) (relation.Rows, error) {
	out := relation.Rows{Columns: cols}
	for rows.Next() {
		if len(out.Values) == max {
			out.More = true
			break
		}
		row := make([]any, len(cols))
		into := make([]any, len(cols))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return out, err
		}
		for i := range row {
			row[i] = plain(row[i])
		}
		out.Values = append(out.Values, row)
	}
	return out, rows.Err()
}

// plain turns the driver's values into those of relation.Rows.
func plain(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, string, []byte, time.Time:
		return v
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	case duck.Decimal:
		return v.String()
	case *big.Int:
		return v.String()
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	}
	return fmt.Sprint(v)
}
