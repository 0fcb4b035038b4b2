package duckdb

import (
	"database/sql"
	"fmt"
	"math/big"
	"strings"
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
			row[i] = plain(row[i], cols[i].Type)
		}
		out.Values = append(out.Values, row)
	}
	return out, rows.Err()
}

// plain turns the driver's values of type t into those of relation.Rows.
func plain(v any, t relation.Type) any {
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
		return decimal(v, t)
	case *big.Int:
		return v.String()
	case []any:
		if t.Kind != relation.Array {
			break
		}
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i], *t.Elem)
		}
		return list
	case map[string]any:
		if t.Kind == relation.Struct {
			return fields(v, t)
		}
	case duck.OrderedMap:
		if t.Kind != relation.Map {
			break
		}
		keys, values := v.Keys(), v.Values()
		pairs := make([]relation.Pair, len(keys))
		for i := range keys {
			pairs[i] = relation.Pair{Key: plain(keys[i], *t.Key), Value: plain(values[i], *t.Elem)}
		}
		return pairs
	}
	return fmt.Sprint(v)
}

// fields are a struct's values in the order of its type.
func fields(v map[string]any, t relation.Type) []any {
	list := make([]any, len(t.Fields))
	for i, f := range t.Fields {
		value, ok := v[f.Name]
		for name := range v {
			if !ok && strings.EqualFold(name, f.Name) {
				value = v[name]
			}
		}
		list[i] = plain(value, f.Type)
	}
	return list
}

// decimal is v with as many places as its type has.
func decimal(v duck.Decimal, t relation.Type) string {
	places := int(v.Scale)
	if t.Kind == relation.Decimal {
		places = t.Scale
	}
	return new(big.Rat).SetFrac(v.Value, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(v.Scale)), nil)).FloatString(places)
}
