package duckdb

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/flare"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// TestFlareExamples runs the examples of all Flare functions.
func TestFlareExamples(t *testing.T) {
	examples, err := flare.Examples()
	if err != nil {
		t.Fatal(err)
	}
	b := open(t)
	for _, e := range examples {
		rows, err := sparksql.Resolve(e.Rows, nil, sparksql.Scopes{})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.s.Define(t.Context(), engine.View{Name: "rows", Query: rows, Columns: rows.Columns}); err != nil {
			t.Fatalf("%s: %v", e.Function, err)
		}
		q, err := sparksql.ResolveWith(e.SQL, nil, sparksql.Scopes{"rows": rows.Columns}, sparksql.Settings{Compiled: true})
		if err != nil {
			t.Errorf("%s: %s: %v", e.Function, e.SQL, err)
			continue
		}
		got, err := b.s.Query(t.Context(), q, 100)
		if err != nil {
			t.Errorf("%s: %s: %v", e.Function, e.SQL, err)
			continue
		}
		s := written(got)
		if !q.Sorted { // in any order
			s, e.Want = inOrder(s), inOrder(e.Want)
		}
		if s != e.Want {
			t.Errorf("%s: %s\n got %s\nwant %s", e.Function, e.SQL, s, e.Want)
		}
	}
	if _, err := sparksql.Resolve("SELECT glint_parse_html('x') AS a", nil, sparksql.Scopes{}); err == nil {
		t.Error("a manifest's SQL can call what only Flare functions may")
	}
}

func inOrder(rows string) string {
	all := strings.Split(rows, "; ")
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// written prints rows as the examples have them.
func written(rows relation.Rows) string {
	var all []string
	for _, row := range rows.Values {
		var cells []string
		for i, v := range row {
			cells = append(cells, rows.Columns[i].Name+": "+cell(v, rows.Columns[i].Type))
		}
		all = append(all, strings.Join(cells, ", "))
	}
	return strings.Join(all, "; ")
}

func cell(v any, t relation.Type) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return fmt.Sprintf("%.1f", v)
	case time.Time:
		if t.Kind == relation.Date {
			return v.Format(time.DateOnly)
		}
		return v.UTC().Format(time.DateTime)
	case []any:
		var cells []string
		for i, e := range v {
			elem := relation.Type{}
			if t.Kind == relation.Array {
				elem = *t.Elem
			} else {
				elem = t.Fields[i].Type
			}
			cells = append(cells, cell(e, elem))
		}
		if t.Kind == relation.Array {
			return "[" + strings.Join(cells, ", ") + "]"
		}
		return "{" + strings.Join(cells, ", ") + "}"
	}
	return fmt.Sprint(v)
}
