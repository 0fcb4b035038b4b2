package duckdb

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestConfined: SQL that went around the resolver still reaches nothing but the
// run's own scratch folder, and changes no setting.
func TestConfined(t *testing.T) {
	other := t.TempDir() // another run's
	secret := filepath.Join(other, "secret.csv")
	if err := os.WriteFile(secret, []byte("a\ncanary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GLINT_CANARY", "canary")
	b := open(t)
	s := b.s.(*session)
	if err := s.lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"SELECT * FROM read_csv(" + text(secret) + ")",
		"SELECT * FROM " + text(secret),
		"SELECT * FROM read_text('/etc/passwd')",
		"SELECT * FROM read_blob('/proc/self/environ')",
		"SELECT * FROM glob(" + text(other+"/*") + ")",
		"SELECT * FROM read_csv(" + text(s.budget.Dir+"/../"+filepath.Base(other)+"/secret.csv") + ")",
		"SELECT getenv('GLINT_CANARY')",
		"SELECT * FROM read_csv('http://127.0.0.1:1/x')",
		"SELECT * FROM 's3://bucket/x.parquet'",
		"COPY (SELECT 1) TO " + text(filepath.Join(other, "x.csv")),
		"ATTACH " + text(filepath.Join(other, "x.db")),
		"EXPORT DATABASE " + text(other),
		"INSTALL httpfs", "LOAD httpfs", "FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'",
		"CREATE PERSISTENT SECRET x (TYPE http)",
		"SET enable_external_access = true", "SET allowed_directories = ['/']", "SET threads = 1",
		"SET lock_configuration = false", "RESET memory_limit", "PRAGMA memory_limit = '1GB'", "SET home_directory = '/'",
		"SELECT * FROM sniff_csv('/etc/passwd')",
		"SELECT * FROM parquet_metadata('/etc/passwd')",
	} {
		rows, err := s.db.QueryContext(t.Context(), q)
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
			rows.Close()
		}
		if err == nil {
			t.Errorf("%s was not refused", q)
		} else if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s says %v", q, err)
		}
	}
}

// TestReadable: messages have the manifest's names, never this machine's paths.
func TestReadable(t *testing.T) {
	b := open(t)
	s := b.s.(*session)
	b.bind(csvOf("city", "", 0))
	got := s.readable(`Binder Error: r0_1 in "v0" from ` + s.budget.Dir + `/p123: bad`)
	if want := "Binder Error: name in city from the input bad"; strings.ReplaceAll(got, ":", "") != strings.ReplaceAll(want, ":", "") {
		t.Errorf("readable = %q, want %q", got, want)
	}
}

func TestSelfTest(t *testing.T) {
	if err := SelfTest(t.Context(), t.TempDir()); err != nil {
		t.Error(err)
	}
	if err := SelfTest(t.Context(), "/does/not/exist"); err == nil {
		t.Error("no error without a folder")
	}
}
