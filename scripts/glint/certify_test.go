//go:build !windows

package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/spark"
)

// TestCertify: the seed's workflow gives on Glint what it gives on real Spark.
func TestCertify(t *testing.T) {
	l, err := startLocal(t.Context(), t.TempDir(), serviceLog(false))
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	var out bytes.Buffer
	dir := t.TempDir()
	err = certify(t.Context(), &out, l.app, demoWorkflow, "", dir, spark.Options{Memory: 1 << 30})
	if errors.Is(err, fault.NotFound) && os.Getenv("GLINT_SPARK") != "required" {
		t.Skipf("SKIPPED: no Spark here: %v %v", err, fault.Hints(err))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	text, err := os.ReadFile(filepath.Join(dir, demoWorkflow+".md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Glint and Spark agree.", "10 rows are equal", "| spark | 3.5.", "| duckdb | v", "decimal(10,2)", "city.csv"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the certificate does not say %q:\n%s", want, text)
		}
	}
	if json, err := os.ReadFile(filepath.Join(dir, demoWorkflow+".json")); err != nil || !strings.Contains(string(json), `"equal": true`) {
		t.Errorf("the certificate for machines: %v\n%s", err, json)
	}
}

// TestCompare: a difference is found and shown, and one of the last digits of a
// double is told from one that is not.
func TestCompare(t *testing.T) {
	ctx := t.Context()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write := func(ctx context.Context, query string) []string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "x.parquet")
		if err := execute(ctx, db, "COPY ("+query+") TO "+literals([]string{file})+" (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
		return []string{file}
	}
	cols := []relation.Column{{Name: "a", Type: relation.Of(relation.Int)}, {Name: "d", Type: relation.Of(relation.Double)}}
	const base = "SELECT a::INTEGER AS a, d::DOUBLE AS d FROM (VALUES (1, 0.1), (1, 0.1), (NULL, NULL), (2, 'nan'::DOUBLE)) t(a, d)"
	for _, c := range []struct {
		name, other string
		want        comparison
	}{
		{"another order", base + " ORDER BY d", comparison{Equal: true, Rows: [2]int64{4, 4}}},
		{"a row once less", base + " LIMIT 1 OFFSET 1", comparison{Rows: [2]int64{4, 1}, Only: [2]int64{3, 0},
			First: [2][][]any{{{"1", "0.1"}, {"2", "nan"}, {nil, nil}}, nil}}},
		{"last digits", strings.Replace(base, "(1, 0.1)", "(1, 0.10000000000000002)", 1), comparison{Equal: true, Rows: [2]int64{4, 4}, Nearly: 1}},
		{"another value", strings.Replace(base, "(1, 0.1)", "(1, 0.1001)", 1), comparison{Rows: [2]int64{4, 4}, Only: [2]int64{1, 1},
			First: [2][][]any{{{"1", "0.1"}}, {{"1", "0.1001"}}}}},
		{"a null", strings.Replace(base, "(1, 0.1)", "(1, NULL)", 1), comparison{Rows: [2]int64{4, 4}, Only: [2]int64{1, 1},
			First: [2][][]any{{{"1", "0.1"}}, {{"1", nil}}}}},
	} {
		got, err := compare(ctx, db, "", cols, write(ctx, base), write(ctx, c.other))
		if err != nil {
			t.Fatal(err)
		}
		got.Columns = nil
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestCertificate: what an engine refuses, and rows that differ, are said in it.
func TestCertificate(t *testing.T) {
	c := &certificate{Workflow: "w", Versions: map[string]string{"spark": "3.5.7"}}
	refused := &rehearsal{err: fault.Errorf(fault.Refused, "step a: PIVOT is not supported")}
	if world(refused.err) || !world(fault.Errorf(fault.Transient, "no answer")) {
		t.Error("what is refused is for the certificate, what does not answer is not")
	}
	if err := c.fill(t.Context(), refused, &rehearsal{}); err != nil {
		t.Fatal(err)
	}
	if text := c.markdown(); c.Equal || !strings.Contains(text, "do not agree") || !strings.Contains(text, "✗ Glint ends with: step a: PIVOT is not supported") {
		t.Errorf("equal: %t\n%s", c.Equal, text)
	}
	c = &certificate{Outputs: []comparison{{Output: "o", Columns: [][]string{{"a|b", "int"}}, Rows: [2]int64{2, 1}, Only: [2]int64{1, 0}, First: [2][][]any{{{"7"}}, nil}}}}
	for _, want := range []string{"✗ output o: 1 of 2 rows are on Glint only, 0 of 1 on Spark only", `| a\|b |`, "| 7 |", "The first rows that only Glint has"} {
		if text := c.markdown(); !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}
