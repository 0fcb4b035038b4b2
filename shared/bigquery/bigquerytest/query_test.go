package bigquerytest_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
)

// query runs a query by the fast path and returns its rows.
func (b *bed) query(t *testing.T, q string) [][]bigquery.Value {
	t.Helper()
	it, err := b.client.Query(q).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all(t, it)
}

func TestQuery(t *testing.T) {
	b := newBed(t)
	uri := b.parquet(t, "x.parquet", "SELECT i AS id, 'n' || i AS name, [i, i+1] AS l, {'a': i} AS r, 1.25::DECIMAL(9,2) AS p FROM range(5) t(i)")
	b.mustLoad(t, "t", uri, bigquery.WriteTruncate)
	tab := fmt.Sprintf("`%s.%s.t`", b.project, b.dataset.DatasetID)
	type rows = [][]bigquery.Value
	for _, c := range []struct {
		name, q string
		want    rows
	}{
		{"one", "SELECT 1", rows{{int64(1)}}},
		{"count", "SELECT COUNT(*) FROM " + tab, rows{{int64(5)}}},
		{"parts quoted alone", fmt.Sprintf("select count(*) from `%s`.%s.t -- why", b.project, b.dataset.DatasetID), rows{{int64(5)}}},
		{"alias", "SELECT x.id, x.name FROM " + tab + " AS x WHERE x.id = 3", rows{{int64(3), "n3"}}},
		{"table's own name", "SELECT t.id FROM " + tab + " WHERE t.id > 3", rows{{int64(4)}}},
		{"join", "SELECT COUNT(*) FROM " + tab + " a JOIN " + tab + " b ON a.id = b.id, " + tab + " c", rows{{int64(25)}}},
		{"with", "WITH w AS (SELECT id FROM " + tab + " WHERE id < 2) SELECT SUM(id) AS s FROM w", rows{{int64(1)}}},
		{"record", "SELECT r.a, l FROM " + tab + " WHERE id = 0", rows{{int64(0), []bigquery.Value{int64(0), int64(1)}}}},
		{"except", "SELECT * EXCEPT (l, r, p) FROM " + tab + " WHERE id IN (1)", rows{{int64(1), "n1"}}},
		{"unnest", "SELECT e FROM " + tab + ", UNNEST(l) AS e WHERE id = 2 ORDER BY e", rows{{int64(2)}, {int64(3)}}},
		{"literals", `SELECT "a\"b", r'\n', b'\x01', DATE '2026-01-02', TIMESTAMP '2026-01-02 03:04:05+00', DATETIME '2026-01-02 03:04:05', NUMERIC '1.5'`,
			rows{{`a"b`, `\n`, []byte{1}, civil.Date{Year: 2026, Month: 1, Day: 2}, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), civil.DateTime{Date: civil.Date{Year: 2026, Month: 1, Day: 2}, Time: civil.Time{Hour: 3, Minute: 4, Second: 5}}, big.NewRat(3, 2)}}},
		{"cast", "SELECT CAST('7' AS INT64), SAFE_CAST('x' AS INT64), CAST(1 AS STRING)", rows{{int64(7), nil, "1"}}},
		{"percent", "SELECT '100%' AS p FROM " + tab + " WHERE MOD(id, 5) = 4 AND name LIKE 'n%'", rows{{"100%"}}},
		{"sum of numeric", "SELECT SUM(p) FROM " + tab, rows{{big.NewRat(625, 100)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			documented(t, "GoogleSQL reference: query syntax, lexical structure, conversion rules")
			if diff := cmp.Diff(c.want, b.query(t, c.q), bigs); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.q, diff)
			}
		})
	}
	t.Run("names", func(t *testing.T) {
		observed(t, "the console: expressions without alias are f0_, f1_")
		it, err := b.client.Query("SELECT COUNT(*), MAX(id) AS m, MIN(id) FROM " + tab).Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all(t, it)
		var got []string
		for _, f := range it.Schema {
			got = append(got, f.Name+" "+string(f.Type))
		}
		if diff := cmp.Diff([]string{"f0_ INTEGER", "m INTEGER", "f1_ INTEGER"}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("job", func(t *testing.T) {
		documented(t, "rest/v2/jobs: a query by jobs.insert, dry run, getQueryResults")
		q := b.client.Query("SELECT id FROM " + tab + " ORDER BY id DESC")
		q.JobID, q.Location = "q1"+b.dataset.DatasetID, "US"
		j, err := q.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		it, err := j.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		it.PageInfo().MaxSize = 2
		if got := all(t, it); len(got) != 5 || got[0][0] != int64(4) {
			t.Errorf("rows = %v", got)
		}
		q = b.client.Query("SELECT id, name FROM " + tab)
		q.DryRun = true
		if j, err = q.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := j.LastStatus().Statistics.Details.(*bigquery.QueryStatistics); len(d.Schema) != 2 {
			t.Errorf("dry run: schema %v", d.Schema)
		}
	})
	t.Run("parameters", func(t *testing.T) {
		documented(t, "docs/parameterized-queries")
		q := b.client.Query("SELECT name FROM " + tab + " WHERE id = @id")
		q.Parameters = []bigquery.QueryParameter{{Name: "id", Value: 2}}
		it, err := q.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]bigquery.Value{{"n2"}}, all(t, it)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	for name, c := range map[string]struct{ q, want string }{
		"function": {"SELECT read_csv('/etc/passwd')", "400 invalidQuery"},
		"file":     {"SELECT * FROM '/etc/passwd'", "400 invalidQuery"},
		"missing":  {fmt.Sprintf("SELECT * FROM %s.nothing", b.dataset.DatasetID), "404 notFound"},
		"bare":     {"SELECT * FROM nothing", "400 invalidQuery"},
		"syntax":   {"SELECT FROM WHERE", "400 invalidQuery"},
		"column":   {"SELECT nope FROM " + tab, "400 invalidQuery"},
	} {
		t.Run("error "+name, func(t *testing.T) {
			documented(t, "docs/error-messages")
			_, err := b.client.Query(c.q).Read(t.Context())
			if got := reason(err); got != c.want {
				t.Errorf("%s = %v, want %s", c.q, err, c.want)
			}
		})
	}
}

func TestTimeTravel(t *testing.T) {
	documented(t, "docs/time-travel, docs/access-historical-data")
	b := newBed(t)
	b.mustLoad(t, "t", b.parquet(t, "1.parquet", "SELECT 1::BIGINT AS v"), bigquery.WriteTruncate)
	time.Sleep(5 * time.Millisecond)
	before := time.Now()
	time.Sleep(5 * time.Millisecond)
	b.mustLoad(t, "t", b.parquet(t, "2.parquet", "SELECT 'two' AS w"), bigquery.WriteTruncate)
	q := fmt.Sprintf("SELECT v FROM %s.t FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(%d)", b.dataset.DatasetID, before.UnixMicro())
	if diff := cmp.Diff([][]bigquery.Value{{int64(1)}}, b.query(t, q)); diff != "" {
		t.Errorf("as of before (-want +got):\n%s", diff)
	}
	b.copy(t, "t", fmt.Sprintf("t@%d", before.UnixMilli()), bigquery.WriteTruncate, "")
	if diff := cmp.Diff([][]bigquery.Value{{int64(1)}}, b.read(t, "t")); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	b.copy(t, "t", "t@1000", bigquery.WriteTruncate, "job invalid", "400 invalid")
}

// copy runs a copy job; its end must be one of wants, "" for success.
func (b *bed) copy(t *testing.T, to, from string, d bigquery.TableWriteDisposition, wants ...string) {
	t.Helper()
	c := b.dataset.Table(to).CopierFrom(b.dataset.Table(from))
	c.WriteDisposition = d
	j, err := c.Run(t.Context())
	if err == nil {
		var st *bigquery.JobStatus
		if st, err = b.wait(t, j); err == nil {
			err = st.Err()
		}
	}
	for _, w := range wants {
		if w == "" && err == nil || err != nil && reason(err) == w {
			return
		}
	}
	t.Errorf("copy %s to %s = %v, want %q", from, to, err, wants)
}

func TestCopy(t *testing.T) {
	documented(t, "docs/managing-tables: copying tables; JobConfigurationTableCopy")
	b := newBed(t)
	b.mustLoad(t, "a", b.parquet(t, "1.parquet", "SELECT 1::BIGINT AS v"), bigquery.WriteTruncate)
	b.copy(t, "b", "a", bigquery.WriteEmpty, "")
	b.copy(t, "b", "a", bigquery.WriteEmpty, "job duplicate")
	b.copy(t, "b", "a", bigquery.WriteAppend, "")
	if n := len(b.read(t, "b")); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
	b.copy(t, "b", "a", bigquery.WriteTruncate, "")
	if n := len(b.read(t, "b")); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	b.copy(t, "c", "none", bigquery.WriteTruncate, "job notFound", "404 notFound")
}
