package bigquerytest

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	bq "google.golang.org/api/bigquery/v2"
)

func TestFields(t *testing.T) {
	const doc = `{"status":{"state":"DONE","errors":[{"reason":"x","message":"y"}]},"id":"1","statistics":{"load":{"a":1},"copy":2}}`
	for _, c := range []struct{ mask, want string }{
		{"status,id", `{"id":"1","status":{"errors":[{"message":"y","reason":"x"}],"state":"DONE"}}`},
		{"status/state", `{"status":{"state":"DONE"}}`},
		{"status(errors/reason),statistics/load(a),id", `{"id":"1","statistics":{"load":{"a":1}},"status":{"errors":[{"reason":"x"}]}}`},
		{"status/state,status/errors(reason)", `{"status":{"errors":[{"reason":"x"}],"state":"DONE"}}`},
	} {
		var v any
		if err := json.Unmarshal([]byte(doc), &v); err != nil {
			t.Fatal(err)
		}
		mask := c.mask
		got, err := json.Marshal(project(v, parseMask(&mask)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("fields=%s (-want +got):\n%s", c.mask, diff)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		n     int64
		scale int
		want  string
	}{{0, 9, "0"}, {1234, 2, "12.34"}, {-5, 3, "-0.005"}, {1200, 2, "12"}, {7, 0, "7"}} {
		if got := decimal(big.NewInt(c.n), c.scale); got != c.want {
			t.Errorf("decimal(%d, %d) = %s, want %s", c.n, c.scale, got, c.want)
		}
	}
}

func TestFloatText(t *testing.T) {
	for in, want := range map[float64]string{1: "1.0", 1.5: "1.5", 1e300: "1e+300"} {
		if got := encodeFloat(in); got != want {
			t.Errorf("encodeFloat(%v) = %s, want %s", in, got, want)
		}
	}
}

func TestParseType(t *testing.T) {
	for in, want := range map[string]string{
		"BIGINT":        "INTEGER NULLABLE",
		"DECIMAL(38,9)": "NUMERIC NULLABLE", "DECIMAL(38,10)": "BIGNUMERIC NULLABLE",
		`STRUCT("a b" VARCHAR, c STRUCT(d DOUBLE)[])[]`: "RECORD REPEATED(a b STRING NULLABLE, c RECORD REPEATED(d FLOAT NULLABLE))",
		"TIMESTAMP WITH TIME ZONE[]":                    "TIMESTAMP REPEATED",
	} {
		f, err := parseType("x", in)
		if err != nil {
			t.Errorf("parseType(%s): %v", in, err)
			continue
		}
		if got := show(f); got != want {
			t.Errorf("parseType(%s) = %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{"INTERVAL", "BIGINT[][]", "MAP(VARCHAR, INTEGER)", "UUID"} {
		if f, err := parseType("x", in); err == nil {
			t.Errorf("parseType(%s) = %s, want an error", in, show(f))
		}
	}
}

func show(f *bq.TableFieldSchema) string {
	s := f.Type + " " + f.Mode
	for i, sub := range f.Fields {
		s += map[bool]string{true: "(", false: ", "}[i == 0] + sub.Name + " " + show(sub)
	}
	if len(f.Fields) > 0 {
		s += ")"
	}
	return s
}

func TestTranslate(t *testing.T) {
	for in, want := range map[string]string{
		"SELECT 1":                                       "SELECT 1",
		"select a from d.t x":                            `select a from (%[1]s) AS "x"`,
		"SELECT `a b` FROM `p-1.d.t` LIMIT 2;":           `SELECT "a b" FROM (%[1]s) AS "t" LIMIT 2`,
		"SELECT 1 FROM p-1.d.t":                          `SELECT 1 FROM (%[1]s) AS "t"`,
		"WITH c AS (SELECT 1 AS a) SELECT a FROM c, d.t": `WITH c AS ( SELECT 1 AS a ) SELECT a FROM "c" , (%[1]s) AS "t"`,
		"SELECT EXTRACT(YEAR FROM x) FROM d.t":           `SELECT EXTRACT ( YEAR FROM x ) FROM (%[1]s) AS "t"`,
		"SELECT '''it's''', \"q\" # c":                   "SELECT 'it''s' , 'q'",
		"SELECT (SELECT MAX(a) FROM d.u) FROM d.t":       `SELECT ( SELECT MAX ( a ) FROM (%[1]s) AS "u" ) FROM (%[2]s) AS "t"`,
	} {
		st, err := translate(in, "p", nil, nil)
		if err != nil {
			t.Errorf("translate(%s): %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, st.sql); diff != "" {
			t.Errorf("translate(%s) (-want +got):\n%s", in, diff)
		}
	}
	for _, in := range []string{
		"DELETE FROM d.t", "SELECT 1; SELECT 2", "SELECT * FROM t", "SELECT glob('x')", "SELECT * FROM read_parquet('x')", "SELECT 'open", "SELECT (1",
		"SELECT * FROM d.INFORMATION_SCHEMA.TABLES", "SELECT CAST(1 AS NOTHING)", "SELECT @p", "SELECT * FROM `d.t_*`", "COPY d.t TO 'x'", "SELECT * FROM d.t, LATERAL (SELECT glob('x'))",
	} {
		if st, err := translate(in, "p", nil, nil); err == nil {
			t.Errorf("translate(%s) = %s, want an error", in, st.sql)
		}
	}
}
