package sparksql_test

import (
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/sparksql"
)

// TestNow: a session may have another moment than the clock's.
func TestNow(t *testing.T) {
	set := sparksql.Settings{Now: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)}
	for _, expr := range []string{"current_date()", "now()", "current_timestamp", "localtimestamp()", "unix_timestamp()", "CAST('today' AS DATE)", "datediff(current_date, DATE '2024-01-01')"} {
		q, err := sparksql.ResolveWith("SELECT "+expr, nil, sparksql.Scopes{}, set)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if duck := q.DuckDB(nil); !strings.Contains(duck, "1709208000000000") || strings.Contains(duck, "epoch_us(now") {
			t.Errorf("%s does not stand still: %s", expr, duck)
		}
	}
}
