// Package duckdb is the engine in this process. Rows stream: from the object
// store through a named pipe into DuckDB, and from DuckDB through a named pipe
// to the temporary bucket; nothing of them lies on disk.
//
// SQL from a manifest is not trusted. It arrives as a resolved tree that this
// room writes out itself; beneath that, the database can touch nothing but its
// own scratch folder, load nothing, and change none of its settings.
package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	duck "github.com/duckdb/duckdb-go/v2"

	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
)

// Engine opens DuckDB databases in memory, a fresh one for every session. The
// zero Engine is ready.
type Engine struct{}

var _ engine.Engine = Engine{}

// Name is the engine's name.
func (Engine) Name() string { return "duckdb" }

// Accepts are the forms that Bind reads.
func (Engine) Accepts() []relation.Form {
	return []relation.Form{relation.CSV, relation.JSON, relation.Avro, relation.Parquet}
}

// Produces are the forms that Export writes.
func (Engine) Produces() []relation.Form { return []relation.Form{relation.Parquet} }

// Open makes a session within b. Opening takes some ten milliseconds, which buys
// that no run sees another's.
func (Engine) Open(ctx context.Context, b host.Budget) (engine.Session, error) {
	connector, err := duck.NewConnector("", nil)
	if err != nil {
		return nil, fault.Errorf(fault.Internal, "DuckDB does not open: %w", err)
	}
	s := &session{db: sql.OpenDB(connector), budget: b, names: map[string]string{}, deps: map[string][]int{}}
	if err := Register(ctx, s.db); err != nil {
		s.db.Close()
		return nil, err
	}
	for _, setting := range confinement(b) {
		if _, err := s.db.ExecContext(ctx, setting); err != nil {
			s.db.Close()
			return nil, fault.Errorf(fault.Internal, "DuckDB refuses %q: %w", setting, err)
		}
	}
	return s, nil
}

// confinement is what a database may use and touch, in the order in which it
// must be said: without external access the folders can no longer be named.
func confinement(b host.Budget) []string {
	set := []string{
		"SET TimeZone = 'UTC'",
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET allow_community_extensions = false",
		"SET enable_progress_bar = false",
	}
	if b.Threads > 0 {
		set = append(set, fmt.Sprintf("SET threads = %d", b.Threads))
	}
	if b.Memory > 0 {
		set = append(set, fmt.Sprintf("SET memory_limit = '%dB'", b.Memory))
	}
	spill := filepath.Join(b.Dir, "spill")
	set = append(set, "SET temp_directory = "+text(spill))
	if b.Scratch > 0 {
		set = append(set, fmt.Sprintf("SET max_temp_directory_size = '%dB'", b.Scratch))
	}
	return append(set,
		"SET secret_directory = "+text(filepath.Join(b.Dir, "secrets")),
		"SET allowed_directories = ["+text(b.Dir)+"]",
		"SET enable_external_access = false",
	)
}

// Version is DuckDB's own.
func Version(ctx context.Context) (string, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return "", err
	}
	defer db.Close()
	var v string
	return v, db.QueryRowContext(ctx, "SELECT version()").Scan(&v)
}

// text is s as an SQL string.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quoted is s as an SQL name.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// SelfTest proves in a few milliseconds that pipes and the engine work where
// this process runs: a query is streamed through a named pipe in dir.
func SelfTest(ctx context.Context, dir string) error {
	scratch, err := os.MkdirTemp(dir, "selftest-")
	if err != nil {
		return fault.Errorf(fault.Internal, "scratch folder: %w", err).WithHint("GLINT_SCRATCH must name a folder that this process can write to")
	}
	defer os.RemoveAll(scratch)
	s, err := Engine{}.Open(ctx, host.Budget{Dir: scratch, Threads: 1})
	if err != nil {
		return err
	}
	defer s.Close()
	return pipeTest(ctx, s.(*session))
}
