//go:build !windows

package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	_ "github.com/duckdb/duckdb-go/v2" // the engine by itself is what all is compared with
)

// childVariable makes of this program the child that runs the SQL on its standard input.
const childVariable = "GLINT_BENCH_CHILD"

// engineMemory is DuckDB's memory_limit, ours and theirs.
const engineMemory = "256MB"

func child(in io.Reader, out io.Writer) error {
	script, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	for statement := range strings.SplitSeq(string(script), ";\n") {
		if _, err := db.Exec(statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	fmt.Fprint(out, ownPeak())
	return nil
}

// raw lets DuckDB by itself make Parquet of the file: every column as text and
// cast, or by its typed scan, which reads some fields otherwise than Spark.
func (w *world) raw(ctx context.Context, typed bool) (cost, error) {
	dir, err := os.MkdirTemp(w.o.dir, "raw-")
	if err != nil {
		return cost{}, err
	}
	defer os.RemoveAll(dir)
	var casts, types []string
	for _, c := range columns {
		casts = append(casts, fmt.Sprintf("TRY_CAST(%s AS %s) AS %s", c[0], c[1], c[0]))
		types = append(types, fmt.Sprintf("'%s': '%s'", c[0], c[1]))
	}
	query := fmt.Sprintf("SELECT %s FROM read_csv('%s', all_varchar=true, header=true)", strings.Join(casts, ", "), w.file)
	if typed {
		query = fmt.Sprintf("SELECT * FROM read_csv('%s', auto_detect=false, header=true, columns={%s}, delim=',', quote='\"', escape='\"')", w.file, strings.Join(types, ", "))
	}
	script := strings.Join([]string{
		"SET TimeZone = 'UTC'", "SET threads = 2", "SET memory_limit = '" + engineMemory + "'", "SET temp_directory = '" + dir + "/spill'",
		fmt.Sprintf("SET preserve_insertion_order = %t", w.o.order),
		fmt.Sprintf("COPY (%s) TO '%s' (FORMAT parquet, COMPRESSION snappy)", query, filepath.Join(dir, "out.parquet")),
	}, ";\n")

	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), childVariable+"=1")
	cmd.Stdin, cmd.Stderr = strings.NewReader(script), os.Stderr
	var out bytes.Buffer
	cmd.Stdout = &out
	return measured(cmd, func() (int64, error) {
		var peak int64
		err := cmd.Wait()
		fmt.Sscan(out.String(), &peak)
		return peak, err
	})
}
