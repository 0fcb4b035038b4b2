package bigquerytest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	bq "google.golang.org/api/bigquery/v2"
)

// describe is the schema of a query's result, and the aliases under which its
// columns can be taken out of it one by one.
func (q *querying) describe(ctx context.Context, sql string) ([]*bq.TableFieldSchema, []string, error) {
	rs, err := q.s.db.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE "+sql+")")
	if err != nil {
		return nil, nil, queryError(ctx, err)
	}
	defer rs.Close()
	var names, types []string
	for rs.Next() {
		var n, t string
		if err := rs.Scan(&n, &t); err != nil {
			return nil, nil, err
		}
		names, types = append(names, n), append(types, t)
	}
	if err := rs.Err(); err != nil {
		return nil, nil, queryError(ctx, err)
	}
	if err := q.anonymous(ctx, sql, names); err != nil {
		return nil, nil, err
	}
	var fields []*bq.TableFieldSchema
	var aliases []string
	seen := map[string]bool{}
	for i, n := range names {
		if seen[strings.ToLower(n)] {
			return nil, nil, invalidQuery("Duplicate column names in the result are not supported. Found duplicate(s): %s", n)
		}
		seen[strings.ToLower(n)] = true
		f, err := parseType(n, types[i])
		if err != nil {
			return nil, nil, err
		}
		fields, aliases = append(fields, f), append(aliases, fmt.Sprintf("c%d", i))
	}
	return fields, aliases, nil
}

// anonymous names expressions without alias f0_, f1_, … as BigQuery does.
func (q *querying) anonymous(ctx context.Context, sql string, names []string) error {
	var text string
	if err := q.s.db.QueryRowContext(ctx, "SELECT CAST(json_serialize_sql("+quote(sql)+") AS VARCHAR)").Scan(&text); err != nil {
		return err
	}
	type item struct{ Class, Alias string }
	type node struct {
		SelectList []item          `json:"select_list"`
		Left       json.RawMessage `json:"left"`
		Child      json.RawMessage `json:"child"`
	}
	var doc struct {
		Statements []struct{ Node json.RawMessage }
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || len(doc.Statements) != 1 {
		return fmt.Errorf("query not serialized: %v: %.200s", err, text)
	}
	var n node
	for raw := doc.Statements[0].Node; raw != nil; {
		n = node{}
		if err := json.Unmarshal(raw, &n); err != nil {
			return err
		}
		raw = nil
		if n.SelectList == nil && n.Left != nil {
			raw = n.Left
		} else if n.SelectList == nil {
			raw = n.Child
		}
	}
	star, anon := -1, 0
	for i, it := range n.SelectList {
		if it.Class == "STAR" {
			if star >= 0 && anon > 0 {
				return refuse("expressions without alias between two stars")
			}
			star = i
		}
		if it.Alias != "" || it.Class == "COLUMN_REF" || it.Class == "STAR" {
			continue
		}
		at := i
		if star >= 0 {
			at = len(names) - (len(n.SelectList) - i)
		}
		names[at] = fmt.Sprintf("f%d_", anon)
		anon++
	}
	return nil
}

// parameters are the query's, as DuckDB's SQL by name or ?n.
func parameters(in []*bq.QueryParameter) (map[string]string, error) {
	out := map[string]string{}
	for i, p := range in {
		name := strings.ToLower(p.Name)
		if name == "" {
			name = fmt.Sprintf("?%d", i+1)
		}
		typ := ref(p.ParameterType)
		f := &bq.TableFieldSchema{Name: "parameter", Type: typ.Type}
		if typ.ArrayType != nil || typ.StructTypes != nil {
			return nil, refuse("query parameters of type %s", typ.Type)
		}
		if err := canonicalField(f); err != nil {
			return nil, err
		}
		if p.ParameterValue == nil || p.ParameterValue.Value == "" && f.Type != "STRING" && f.Type != "BYTES" {
			out[name] = "CAST(NULL AS " + sqlType(f, nil) + ")"
			continue
		}
		out[name] = "CAST(" + fromText(quote(p.ParameterValue.Value), f) + " AS " + sqlType(f, nil) + ")"
	}
	return out, nil
}
