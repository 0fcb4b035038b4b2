package sparksql_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/sparksql"
)

// TestUnknownColumns: what depends on columns that nobody knows is no mistake,
// and what does not is found.
func TestUnknownColumns(t *testing.T) {
	scope := sparksql.Scopes{"u": nil, "k": {{Name: "id", Type: relation.Of(relation.Long)}}}
	for _, tc := range []struct{ sql, want string }{
		{"SELECT a, upper(b), a.c, a[1] FROM u", ""},
		{"SELECT * FROM u WHERE x > 1 ORDER BY y", ""},
		{"SELECT s.a, count(*) FROM (SELECT * FROM u) s GROUP BY s.a", ""},
		{"WITH c AS (SELECT u.* FROM u) SELECT c.a, c.b + 1 FROM c JOIN k ON c.id = k.id", ""},
		{"SELECT k.id, v.z FROM k JOIN (SELECT z FROM u) v ON v.z = k.id", ""},
		{"SELECT a FROM u UNION ALL SELECT id FROM k", ""},
		{"SELECT a FROM u UNION ALL SELECT * FROM u", ""},
		{"SELECT a FROM u WHERE a IN (SELECT b FROM u)", ""},
		{"SELECT sum(a) OVER (PARTITION BY b ORDER BY c) FROM u", ""},
		{"SELECT x.* FROM u LATERAL VIEW explode(items) x AS i", ""},
		{"SELECT nosuch(a) FROM u", "nosuch"},
		{"SELECT a FROM uu", "there is no relation"},
	} {
		_, err := sparksql.Resolve(tc.sql, nil, scope)
		var rest []string
		unknown := false
		for _, e := range fault.Each(err) {
			if errors.Is(e, sparksql.ErrUnknown) {
				unknown = true
			} else {
				rest = append(rest, e.Error())
			}
		}
		if got := strings.Join(rest, "; "); tc.want == "" && got != "" || !strings.Contains(got, tc.want) || tc.want == "" && !unknown {
			t.Errorf("%s: %q, unknown %v, want %q", tc.sql, got, unknown, tc.want)
		}
	}
}
