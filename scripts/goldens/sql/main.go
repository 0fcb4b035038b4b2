// Command sql asks Spark what the statements of shared/duckdb/testdata/spark
// mean, and writes its answers beside them: <family>.sql gets <family>.jsonl.
// Nobody else writes those; the tests compare Glint with them.
//
//	go run ./scripts/goldens/sql            what is new or changed
//	go run ./scripts/goldens/sql -all       everything again
//	go run ./scripts/goldens/sql casts joins
//
// After it, what has changed is written down by
//
//	go test ./shared/duckdb -run TestSpark -refused
//	go test ./shared/sparksql -run TestPage -update
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/spark"
	"github.com/glint-data/glint/shared/sparksql"
)

const (
	folder   = "shared/duckdb/testdata/spark"
	builtins = "shared/sparksql/testdata/builtins.txt"
)

func main() {
	all := flag.Bool("all", false, "ask again also where the statements have not changed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := record(ctx, *all, flag.Args()); err != nil {
		fmt.Fprint(os.Stderr, fault.Print(err))
		os.Exit(1)
	}
}

func record(ctx context.Context, all bool, families []string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("%s: no .sql files; run this from the repository's root", folder)
	}
	s, err := spark.Start(ctx, spark.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	wanted := map[string]bool{}
	for _, f := range families {
		wanted[f] = true
	}
	for _, file := range files {
		family := strings.TrimSuffix(filepath.Base(file), ".sql")
		if len(wanted) > 0 && !wanted[family] {
			continue
		}
		if err := recordFile(ctx, s, file, all || wanted[family]); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return recordNames(ctx, s)
}

// recordNames writes the names of all that Spark itself calls a function.
func recordNames(ctx context.Context, s *spark.Session) error {
	a, err := s.Run(ctx, "SHOW SYSTEM FUNCTIONS", nil)
	if err != nil {
		return err
	}
	if a.Error != nil {
		return a.Error
	}
	text := "# The functions of Spark " + s.Version + ", which scripts/goldens/sql asked.\n"
	for _, row := range a.Rows {
		text += fmt.Sprintln(row...)
	}
	return os.WriteFile(builtins, []byte(text), 0o644)
}

// A golden is a line of a .jsonl file: the statement, and Spark's answer.
type golden struct {
	SQL    string         `json:"sql"`
	Schema []spark.Column `json:"schema,omitempty"`
	Rows   [][]any        `json:"rows,omitempty"`
	Error  string         `json:"error,omitempty"`
}

func recordFile(ctx context.Context, s *spark.Session, file string, again bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	statements := sparksql.Statements(string(text))
	out := strings.TrimSuffix(file, ".sql") + ".jsonl"
	if !again && recorded(out, s.Version, statements) {
		return nil
	}
	if err := s.Fresh(ctx); err != nil {
		return err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]string{"spark": s.Version, "java": s.Java}); err != nil {
		return err
	}
	failed := 0
	for _, st := range statements {
		a, err := s.Run(ctx, st.Text, nil)
		if err != nil {
			return err
		}
		g := golden{SQL: st.Text, Schema: a.Schema, Rows: a.Rows}
		if a.Error != nil {
			failed++
			g.Error = shortened(a.Error.Message)
		}
		if err := e.Encode(g); err != nil {
			return err
		}
	}
	fmt.Printf("%s: %d statements, of which Spark refuses %d\n", out, len(statements), failed)
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// shortened is enough of a message for a reader; nothing is compared with it.
func shortened(message string) string {
	if r := []rune(message); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	if message == "" {
		return "an error without a message"
	}
	return message
}

// recorded reports whether the file holds this Spark's answers to these statements.
func recorded(file, version string, statements []sparksql.Statement) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	var head struct{ Spark string }
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || head.Spark != version {
		return false
	}
	for _, st := range statements {
		var g golden
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &g) != nil || g.SQL != st.Text {
			return false
		}
	}
	return !lines.Scan()
}
