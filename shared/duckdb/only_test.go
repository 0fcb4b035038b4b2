package duckdb

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/sparksql"
)

// TestOnlyDuckDB: that DuckDB would take a function is not enough. Every name of
// its own that is none of Spark's is refused, with whatever arguments, in a
// SELECT and in FROM.
func TestOnlyDuckDB(t *testing.T) {
	text, err := os.ReadFile("../sparksql/testdata/builtins.txt")
	if err != nil {
		t.Fatal(err)
	}
	sparks := strings.Fields(strings.ToLower(string(text)))
	b := open(t)
	rows, err := b.s.(*session).db.QueryContext(t.Context(), "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE regexp_full_match(function_name, '[A-Za-z_][A-Za-z0-9_]*')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(sparks, name) || slices.Contains(sparksOwnSyntax, name) {
			continue
		}
		n++
		for _, q := range []string{"SELECT " + name + "() AS a", "SELECT " + name + "(1) AS a", "SELECT " + name + "('x', 1) AS a", "SELECT * FROM " + name + "('x')"} {
			if _, err := sparksql.Resolve(q, nil, sparksql.Scopes{}); !errors.Is(err, fault.Refused) && !errors.Is(err, fault.Invalid) {
				t.Errorf("%s is not refused: %v", q, err)
			}
		}
	}
	if err := rows.Err(); err != nil || n < 300 {
		t.Errorf("%d functions, %v", n, err)
	}
}

// sparksOwnSyntax are names that Spark has too, though not as functions that it lists.
var sparksOwnSyntax = []string{"date", "cast", "trim", "extract", "if", "position", "overlay", "timestampadd", "timestampdiff", "date_diff", "dateadd", "date_add"}
