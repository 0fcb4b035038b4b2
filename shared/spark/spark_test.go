package spark_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/spark"
)

// start starts Spark, or skips where it is not installed: but not in CI, which installs it.
func start(t *testing.T) *spark.Session {
	t.Helper()
	s, err := spark.Start(t.Context(), spark.Options{Dir: t.TempDir(), Memory: 1 << 30})
	if errors.Is(err, fault.NotFound) && os.Getenv("GLINT_SPARK") != "required" {
		t.Skipf("SKIPPED: no Spark here: %v (%s)", err, fault.Hints(err))
	}
	if err != nil {
		t.Fatal(err, fault.Hints(err))
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSpark(t *testing.T) {
	s := start(t)
	t.Run("values", func(t *testing.T) { testValues(t, s) })
	t.Run("mistakes", func(t *testing.T) { testMistakes(t, s) })
	t.Run("views and settings", func(t *testing.T) { testViews(t, s) })
	t.Run("cancelled", func(t *testing.T) { testCancelled(t, s) }) // the last: it ends the session
}

func testValues(t *testing.T, s *spark.Session) {
	for _, c := range []struct {
		sql  string
		want string
	}{
		{"SELECT 1L AS a, NULL AS b", `{"n":1,"schema":[{"name":"a","type":"bigint"},{"name":"b","type":"void"}],"rows":[["1",null]]}`},
		{"SELECT X'0aFF' AS a, 1e-7D AS b, CAST('NaN' AS DOUBLE) AS c, -1D/CAST(0 AS DOUBLE) IS NULL AS d, CAST('-Infinity' AS FLOAT) AS e",
			`{"n":1,"schema":[{"name":"a","type":"binary"},{"name":"b","type":"double"},{"name":"c","type":"double"},{"name":"d","type":"boolean"},{"name":"e","type":"float"}],"rows":[["0aff","1.0E-7","NaN","true","-Infinity"]]}`},
		{"SELECT timestamp'9999-12-31 23:59:59.1' AS a, array(date'-0044-03-15', NULL) AS b, timestamp_ntz'2024-01-01 00:00:00' AS c, array(timestamp'2024-01-01 00:00:00.000001') AS d",
			`{"n":1,"schema":[{"name":"a","type":"timestamp"},{"name":"b","type":"array<date>"},{"name":"c","type":"timestamp_ntz"},{"name":"d","type":"array<timestamp>"}],"rows":[["9999-12-31 23:59:59.1",["-0044-03-15",null],"2024-01-01 00:00:00",["2024-01-01 00:00:00.000001"]]]}`},
		{"SELECT map('a<b', struct(1 AS x, 2.50 AS x), 'c', NULL) AS m, CAST(NULL AS STRUCT<a: INT>) AS s, array() AS e, named_struct('a', array(X'01'), 'b', NULL) AS n",
			`{"n":1,"schema":[{"name":"m","type":"map<string,struct<x:int,x:decimal(3,2)>>"},{"name":"s","type":"struct<a:int>"},{"name":"e","type":"array<void>"},{"name":"n","type":"struct<a:array<binary>,b:void>"}],"rows":[[[["a<b",["1","2.50"]],["c",null]],null,[],[["01"],null]]]}`},
		{"SELECT id AS a, id AS a FROM range(2) ORDER BY id DESC", `{"n":1,"schema":[{"name":"a","type":"bigint"},{"name":"a","type":"bigint"}],"rows":[["1","1"],["0","0"]]}`},
		{"CREATE TEMP VIEW v AS SELECT 1", `{"n":1,"schema":[],"rows":[]}`},
	} {
		a, err := s.Run(t.Context(), c.sql, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.MarshalLine(1)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.sql, diff)
		}
	}
}

func testMistakes(t *testing.T, s *spark.Session) {
	for _, c := range []struct {
		sql  string
		want spark.Error
	}{
		{"SELECT nope", spark.Error{Line: 1, Column: 8}},
		{"SELECT 1 +\n  FROM 1", spark.Error{Line: 2, Column: 8}},
		{"SELECT raise_error('told you')", spark.Error{Message: "told you"}},
	} {
		a, err := s.Run(t.Context(), c.sql, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Error == nil {
			t.Errorf("%s: no error", c.sql)
			continue
		}
		if a.Error.Message == "" || c.want.Message != "" && a.Error.Message != c.want.Message || a.Error.Line != c.want.Line || a.Error.Column != c.want.Column {
			t.Errorf("%s: %+v, want %+v", c.sql, *a.Error, c.want)
		}
	}
}

func testViews(t *testing.T, s *spark.Session) {
	run := func(sql string, conf map[string]string) string {
		t.Helper()
		a, err := s.Run(t.Context(), sql, conf)
		if err != nil {
			t.Fatal(err)
		}
		if a.Error != nil {
			return "error"
		}
		if len(a.Rows) == 0 {
			return ""
		}
		text, _ := a.Rows[0][0].(string)
		return text
	}
	run("CREATE OR REPLACE TEMP VIEW w AS SELECT timestamp'2024-07-01 12:00:00Z' AS t", nil)
	if got := run("SELECT t FROM w", map[string]string{"spark.sql.session.timeZone": "Europe/Berlin"}); got != "2024-07-01 14:00:00" {
		t.Errorf("in Berlin: %q", got)
	}
	if got := run("SELECT t FROM w", nil); got != "2024-07-01 12:00:00" {
		t.Errorf("a setting outlived its statement: %q", got)
	}
	if err := s.Fresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := run("SELECT t FROM w", nil); got != "error" {
		t.Errorf("a view outlived its session: %q", got)
	}
}

func testCancelled(t *testing.T, s *spark.Session) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	began := time.Now()
	_, err := s.Run(ctx, "SELECT count(*) FROM range(1000000000000) a WHERE hash(id) = hash(id + 1)", nil)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
		t.Errorf("cancelled after %s: %v", time.Since(began), err)
	}
	if _, err := s.Run(t.Context(), "SELECT 1", nil); err == nil {
		t.Error("a stopped session answers")
	}
}

func TestNotInstalled(t *testing.T) {
	_, err := spark.Start(t.Context(), spark.Options{Dir: t.TempDir(), Python: "no-such-python"})
	if !errors.Is(err, fault.NotFound) || len(fault.Hints(err)) == 0 {
		t.Errorf("without Python: %v", err)
	}
}
