//go:build !windows

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/shell"
	"github.com/glint-data/glint/shared/source"
	"github.com/glint-data/glint/shared/sparkfn"
	"github.com/glint-data/glint/shared/sparksql"
	"github.com/glint-data/glint/shared/sparktime"
)

type sqlOptions struct {
	inputs  []string // NAME=PATH
	conf    []string // key=value
	execute string
	json    bool
	explain bool
}

func sqlCommand() *cobra.Command {
	var o sqlOptions
	cmd := &cobra.Command{
		Use:   "sql [FILE.sql…]",
		Short: "Run Spark SQL over files, as spark-sql does",
		Long: "Runs statements of Spark SQL from files, from standard input or at a prompt, on the engine that workflows run on:\n" +
			"queries, CREATE [OR REPLACE] TEMPORARY VIEW, CREATE TABLE and INSERT (in memory), SET and more. Nothing outside of\n" +
			"the inputs can be read, and nothing is written. An error ends its statement only.\n\n" +
			"  glint sql --input city=city.csv -e 'SELECT count(*) FROM city'\n" +
			"  glint sql --json queries.sql",
		RunE: func(cmd *cobra.Command, args []string) error { return runSQL(cmd, o, args) },
	}
	cmd.Flags().StringArrayVar(&o.inputs, "input", nil, "NAME=PATH: a file or a folder of Parquet, CSV, JSON or Avro, by the files' endings")
	cmd.Flags().StringArrayVar(&o.conf, "conf", nil, "key=value: a setting of the session, such as spark.sql.session.timeZone=Europe/Berlin")
	cmd.Flags().StringVarP(&o.execute, "execute", "e", "", "statements to run")
	cmd.Flags().BoolVar(&o.json, "json", false, "one line of JSON a statement")
	cmd.Flags().BoolVar(&o.explain, "explain", false, "show what each query becomes, and how it runs, instead of its rows")
	return cmd
}

func runSQL(cmd *cobra.Command, o sqlOptions, files []string) error {
	ctx := cmd.Context()
	dir, err := os.MkdirTemp("", "glint-sql-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	session, err := duckdb.Engine{}.Open(ctx, host.Budget{Dir: dir})
	if err != nil {
		return err
	}
	defer session.Close()
	conf := map[string]string{}
	for _, kv := range o.conf {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return fault.Errorf(fault.Invalid, "--conf %s: want key=value", kv)
		}
		conf[k] = v
	}
	sh, err := shell.New(session, conf)
	if err != nil {
		return err
	}
	r := &sqlRunner{shell: sh, o: o, out: cmd.OutOrStdout(), settings: conf}
	for _, in := range o.inputs {
		rel, err := sqlInput(ctx, in)
		if err != nil {
			return err
		}
		if err := sh.Bind(ctx, rel); err != nil {
			return fmt.Errorf("--input %s: %w", in, err)
		}
	}
	switch {
	case o.execute != "":
		r.script(ctx, "", o.execute)
	case len(files) > 0:
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return fault.Errorf(fault.NotFound, "%w", err)
			}
			r.script(ctx, file, string(text))
		}
	case term.IsTerminal(int(os.Stdin.Fd())) && !o.json:
		return r.prompt(ctx)
	default:
		text, err := io.ReadAll(cmd.InOrStdin())
		if err != nil {
			return err
		}
		r.script(ctx, "", string(text))
	}
	if r.failed > 0 && !o.json {
		return fault.Errorf(fault.Invalid, "%d of %d statements failed", r.failed, r.n)
	}
	return ctx.Err()
}

type sqlRunner struct {
	shell     *shell.Shell
	o         sqlOptions
	out       io.Writer
	settings  map[string]string
	n, failed int
}

// script runs the statements of a text, one after the other.
func (r *sqlRunner) script(ctx context.Context, file, text string) {
	for _, st := range sparksql.Statements(text) {
		if ctx.Err() != nil {
			return
		}
		r.n++
		at := func(offset int) fault.Pos {
			before := text[:min(st.Offset+offset, len(text))]
			line := strings.Count(before, "\n")
			return fault.Pos{File: file, Line: line + 1, Column: len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1}
		}
		r.statement(ctx, st.Text, at)
	}
}

func (r *sqlRunner) statement(ctx context.Context, text string, at func(int) fault.Pos) {
	if r.o.explain {
		if rewritten, plan, err := r.shell.Explain(ctx, text, at); err == nil {
			fmt.Fprintf(r.out, "-- Spark\n%s\n\n-- DuckDB\n%s\n\n%s\n", text, rewritten, plan)
			return
		}
	}
	result, err := r.shell.Run(ctx, text, at)
	if err != nil {
		r.failed++
	}
	if r.o.json {
		r.line(result, err)
		return
	}
	if err != nil {
		fmt.Fprint(r.out, fault.Print(err))
		return
	}
	r.table(result)
}

// line prints what a statement gave as one line of JSON.
func (r *sqlRunner) line(result shell.Result, err error) {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	type failure struct {
		Class   string `json:"class"`
		Message string `json:"message"`
		Line    int    `json:"line,omitempty"`
		Column  int    `json:"column,omitempty"`
	}
	line := struct {
		N      int       `json:"n"`
		Schema *[]column `json:"schema,omitempty"`
		Rows   *[][]any  `json:"rows,omitempty"`
		Error  *failure  `json:"error,omitempty"`
	}{N: r.n}
	if err != nil {
		f := &failure{Class: "failed"}
		var messages []string
		for i, e := range fault.Each(err) {
			if errors.Is(e, fault.Refused) {
				f.Class = "refused"
			}
			message := e.Error()
			var placed *fault.Error
			if i == 0 && errors.As(e, &placed) {
				f.Line, f.Column = placed.Pos.Line, placed.Pos.Column
				message = strings.TrimPrefix(message, placed.Pos.String()+": ")
			}
			messages = append(messages, strings.Join(append([]string{message}, fault.Hints(e)...), "; "))
		}
		f.Message = strings.Join(messages, "\n")
		line.Error = f
	} else {
		zone := zoneOf(result.TimeZone)
		schema, rows := make([]column, len(result.Columns)), make([][]any, len(result.Rows))
		for i, c := range result.Columns {
			schema[i] = column{c.Name, c.Type.String()}
		}
		for i, row := range result.Rows {
			rows[i] = make([]any, len(row))
			for k, v := range row {
				rows[i][k] = sparkfn.Printed(v, result.Columns[k].Type, zone)
			}
		}
		line.Schema, line.Rows = &schema, &rows
	}
	enc := json.NewEncoder(r.out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(line)
}

func zoneOf(name string) sparktime.Zone {
	z, _ := sparktime.ZoneOf(name)
	return z
}

// table prints rows for people.
func (r *sqlRunner) table(result shell.Result) {
	if result.Columns == nil {
		fmt.Fprintln(r.out, "OK")
		return
	}
	names, right := make([]string, len(result.Columns)), map[int]bool{}
	for i, c := range result.Columns {
		names[i], right[i] = c.Name, c.Type.Kind.Numeric()
	}
	const most = 1000
	zone := zoneOf(result.TimeZone)
	var rows [][]string
	for _, row := range result.Rows[:min(most, len(result.Rows))] {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = sqlCell(sparkfn.Printed(v, result.Columns[i].Type, zone))
		}
		rows = append(rows, cells)
	}
	printTable(r.out, "", names, rows, right)
	if more := len(result.Rows) - most; more > 0 {
		fmt.Fprintf(r.out, "… and %d rows more\n", more)
	}
	fmt.Fprintf(r.out, "%d rows\n", len(result.Rows))
}

func sqlCell(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(v)
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// prompt reads statements from a terminal, with a history.
func (r *sqlRunner) prompt(ctx context.Context) error {
	old, err := term.MakeRaw(int(os.Stdin.Fd()))
	if err != nil {
		return err
	}
	defer func() { _ = term.Restore(int(os.Stdin.Fd()), old) }()
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{os.Stdin, os.Stdout}, "glint> ")
	r.out = t
	var statement strings.Builder
	for ctx.Err() == nil {
		line, err := t.ReadLine()
		if err != nil {
			return nil // the end of the input
		}
		if word := strings.ToLower(strings.TrimSpace(line)); statement.Len() == 0 && (word == "exit" || word == "quit" || word == "exit;" || word == "quit;") {
			return nil
		}
		statement.WriteString(line + "\n")
		if t.SetPrompt("     > "); strings.HasSuffix(strings.TrimSpace(line), ";") {
			r.script(ctx, "", statement.String())
			statement.Reset()
			t.SetPrompt("glint> ")
		}
	}
	return ctx.Err()
}

// sqlInput makes a relation of NAME=PATH.
func sqlInput(ctx context.Context, arg string) (relation.Relation, error) {
	name, path, ok := strings.Cut(arg, "=")
	if !ok || name == "" || path == "" {
		return relation.Relation{}, fault.Errorf(fault.Invalid, "--input %s: want NAME=PATH", arg)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return relation.Relation{}, err
	}
	format, err := formatOfPath(path)
	if err != nil {
		return relation.Relation{}, fmt.Errorf("--input %s: %w", arg, err)
	}
	src, err := source.All.Get(format)
	if err != nil {
		return relation.Relation{}, err
	}
	options, _, err := src.Spec().Check(plug.Raw{})
	if err != nil {
		return relation.Relation{}, err
	}
	loc := depot.Location{Type: depot.File, Store: &object.Dir{}, URI: "file://" + filepath.ToSlash(path)}
	rel, err := src.Open(ctx, source.Input{Name: name, Location: loc, Options: options, KeepSystem: true}, duckdb.Engine{}.Accepts())
	if err != nil {
		return rel, fmt.Errorf("--input %s: %w", arg, err)
	}
	return rel, nil
}

// formatOfPath is the format of a file, or of the files in a folder, by the ending.
func formatOfPath(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fault.Errorf(fault.NotFound, "%w", err)
	}
	names := []string{path}
	if info.IsDir() {
		names = nil
		entries, err := os.ReadDir(path)
		if err != nil {
			return "", err
		}
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "_") {
				names = append(names, e.Name())
			}
		}
	}
	for _, n := range names {
		switch ext := strings.ToLower(filepath.Ext(n)); ext {
		case ".csv", ".parquet", ".avro", ".json":
			return ext[1:], nil
		case ".tsv", ".txt":
			return "csv", nil
		case ".ndjson", ".jsonl":
			return "json", nil
		}
	}
	return "", fault.Errorf(fault.Invalid, "no file here ends with .parquet, .csv, .json or .avro")
}
