package sparksql

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// seeds are the queries of testdata.
func seeds(tb testing.TB) []string {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		for _, part := range txtar.Parse(data).Files {
			if strings.HasSuffix(part.Name, ".sql") {
				all = append(all, string(part.Data))
			}
		}
	}
	return all
}

// FuzzResolve: no text makes Resolve panic or hang, what resolves can be
// written, and it resolves again to the same.
func FuzzResolve(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Resolve(text, nil, scope)
		if err != nil {
			return
		}
		s := q.DuckDB(nil)
		if again, err := Resolve(text, nil, scope); err != nil || again.DuckDB(nil) != s {
			t.Errorf("Resolve(%q) differs the second time: %v", text, err)
		}
		if strings.ContainsRune(s, 0) {
			t.Errorf("Resolve(%q) writes a zero character", text)
		}
	})
}

// BenchmarkResolve5kB is the whole way of a statement of 5 kB.
func BenchmarkResolve5kB(b *testing.B) {
	part := `SELECT c.id, upper(c.Name) AS name, CASE WHEN c.pop > 1000000 THEN 'large' WHEN c.pop IS NULL THEN 'unknown' ELSE 'small' END AS size,
  coalesce(c.tax, 0) * (1 - 0.05) AS net, CAST(c.area AS DECIMAL(12,2)) AS area, year(c.founded) AS y, count(*) AS n, sum(c.pop) AS pop
FROM city c LEFT JOIN country k ON c.id = k.id AND k.code LIKE 'D%' WHERE c.open AND c.pop BETWEEN 10 AND 5000000 OR c.Name IN ('Bonn', 'Köln', 'Trier')
GROUP BY c.id, c.Name, c.pop, c.tax, c.area, c.founded HAVING count(*) > 1`
	text := part
	for len(text) < 5<<10 {
		text += "\nUNION ALL\n" + part
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		q, err := Resolve(text, nil, scope)
		if err != nil {
			b.Fatal(err)
		}
		q.DuckDB(nil)
	}
}
