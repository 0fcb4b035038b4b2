//go:build !windows

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/host"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/shell"
)

func initCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "init FILE…",
		Short: "Write a workflow, depots and a schema for data files",
		Long: "Looks at files of CSV, JSON, Parquet or Avro, or at folders of such, and writes a first workflow for each:\n" +
			"OUT/workflows/NAME.yaml, the depots that it names, and OUT/data, a folder that stands for the landing depot and holds\n" +
			"links to the files. Of CSV it reads every row to find each column's type; 007 stays text.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInit(cmd.Context(), cmd.OutOrStdout(), args, out)
		},
	}
	cmd.Flags().StringVar(&out, "out", ".", "folder for what is written; nothing in it is replaced")
	return cmd
}

// A fresh is a file that somebody else made must not be lost by writing.
type fresh struct {
	dir string
	w   io.Writer
}

func (f fresh) write(name string, text []byte) error {
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		fmt.Fprintf(f.w, "%s is there and stays as it is\n", path)
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := file.Write(text); err != nil {
		file.Close()
		return err
	}
	fmt.Fprintf(f.w, "wrote %s\n", path)
	return file.Close()
}

const landingDepot = `# The bucket that files land in: name yours.
name: landing
version: v2alpha
type: depot
depot:
  type: GCS
  external: true
  gcs:
    bucket: my-landing-bucket
`

const warehouseDepot = `# The project whose tables are written: name yours.
name: warehouse
version: v2alpha
type: depot
depot:
  type: BIGQUERY
  external: true
  bigquery:
    project: my-project
`

func runInit(ctx context.Context, w io.Writer, files []string, out string) error {
	f := fresh{dir: out, w: w}
	var names []string
	for _, file := range files {
		name, err := initWorkflow(ctx, f, file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		names = append(names, name)
	}
	if err := f.write("depots/landing.yaml", []byte(landingDepot)); err != nil {
		return err
	}
	if err := f.write("depots/warehouse.yaml", []byte(warehouseDepot)); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nTry next:\n  glint try %s --depots %s\n", filepath.Join(out, "workflows", names[0]+".yaml"), filepath.Join(out, "data"))
	return nil
}

var (
	notInNames = regexp.MustCompile(`[^a-z0-9]+`)
	edges      = regexp.MustCompile(`^[^a-z]+|-+$`)
)

// initWorkflow writes what one file, or folder, needs, and gives the workflow's name.
func initWorkflow(ctx context.Context, f fresh, path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	format, err := formatOfPath(path)
	if err != nil {
		return "", err
	}
	base := filepath.Base(path)
	name := edges.ReplaceAllString(notInNames.ReplaceAllString(strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base))), "-"), "")
	if name == "" {
		name = "data"
	}
	name = strings.TrimRight(name[:min(len(name), 30)], "-")
	view := strings.ReplaceAll(name, "-", "_")
	cols, err := columnsOf(ctx, view, path, format)
	if err != nil {
		return "", err
	}
	schema := ""
	if format == "csv" {
		text, err := json.MarshalIndent(avroSchema(view, cols), "", "  ")
		if err != nil {
			return "", err
		}
		if err := f.write("data/landing/schemas/"+name+".avsc", append(text, '\n')); err != nil {
			return "", err
		}
		schema = "\n                schemaPath: dataos://landing:none/schemas/" + name + ".avsc"
	}
	landed := name + filepath.Ext(base)
	link := filepath.Join(f.dir, "data", "landing", landed)
	if _, err := os.Lstat(link); err != nil {
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return "", err
		}
		if err := os.Symlink(path, link); err != nil {
			return "", err
		}
	}
	var items []string
	for _, c := range cols {
		item := quotedName(c.Name)
		if item != c.Name { // no name for a column of BigQuery
			item += " AS " + strings.Trim(notInNames.ReplaceAllString(strings.ToLower(c.Name), "_"), "_")
		}
		items = append(items, "                        "+item)
	}
	return name, f.write("workflows/"+name+".yaml", fmt.Appendf(nil, `# yaml-language-server: $schema=https://raw.githubusercontent.com/glint-data/glint/main/infra/workflow.schema.json
name: %s
version: v1
type: workflow
description: What lands as %s
workflow:
  schedule:
    cron: '0 2 * * *'
    timezone: UTC
  dag:
    - name: %s
      spec:
        stack: flare:6.0
        compute: runnable-default
        stackSpec:
          job:
            inputs:
              - name: %s
                dataset: dataos://landing:none/%s
                format: %s%s
            steps:
              - sequence:
                  - name: final
                    sql: |
                      SELECT
%s
                      FROM %s
            outputs:
              - name: final
                dataset: dataos://warehouse:raw/%s?acl=rw
                format: bigquery
                options:
                  saveMode: overwrite
`, name, base, name, view, landed, format, schema, strings.Join(items, ",\n"), view, view))
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func quotedName(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

// columnsOf are the columns of a file; those of CSV have the narrowest type that
// loses nothing of any row.
func columnsOf(ctx context.Context, view, path, format string) ([]relation.Column, error) {
	rel, err := sqlInput(ctx, view+"="+path)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "glint-init-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	session, err := duckdb.Engine{}.Open(ctx, host.Budget{Dir: dir})
	if err != nil {
		return nil, err
	}
	defer session.Close()
	cols, err := session.Bind(ctx, rel)
	if err != nil || format != "csv" {
		return cols, err
	}
	sh, err := shell.New(session, nil)
	if err != nil {
		return nil, err
	}
	if err := sh.Bind(ctx, rel); err != nil {
		return nil, err
	}
	var checks []string
	for _, c := range cols {
		n := quotedName(c.Name)
		for _, t := range narrower {
			checks = append(checks, fmt.Sprintf("count(%s) > 0 AND count(%s) = count_if(%s)", n, n, strings.ReplaceAll(t.holds, "@", n)))
		}
	}
	for i := range checks {
		checks[i] += fmt.Sprintf(" AS c%d", i)
	}
	result, err := sh.Run(ctx, "SELECT "+strings.Join(checks, ", ")+" FROM "+view, nil)
	if err != nil {
		return nil, err
	}
	if len(result.Rows) != 1 {
		return nil, fault.Errorf(fault.Internal, "%d rows of counts", len(result.Rows))
	}
	for i := range cols {
		for k, t := range narrower {
			if holds, ok := result.Rows[0][i*len(narrower)+k].(bool); ok && holds {
				cols[i].Type = relation.Of(t.kind)
				break
			}
		}
	}
	return cols, nil
}

// narrower are the types that text may be meant as, the narrowest first, and when
// a value @ is one without loss.
var narrower = []struct {
	kind  relation.Kind
	holds string
}{
	{relation.Boolean, "lower(@) IN ('true', 'false')"},
	{relation.Long, "CAST(CAST(@ AS BIGINT) AS STRING) = @"},
	{relation.Double, "@ RLIKE '^-?(0|[1-9][0-9]*)(\\\\.[0-9]+)?([eE][-+]?[0-9]+)?$' AND CAST(@ AS DOUBLE) IS NOT NULL AND length(regexp_replace(@, '[^0-9]', '')) <= 15"},
	{relation.Date, "@ RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND CAST(@ AS DATE) IS NOT NULL"},
	{relation.Timestamp, "@ RLIKE '^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}' AND CAST(@ AS TIMESTAMP) IS NOT NULL"},
}

// avroSchema is a record of nullable columns.
func avroSchema(name string, cols []relation.Column) map[string]any {
	fields := []any{}
	for _, c := range cols {
		var t any = "string"
		switch c.Type.Kind {
		case relation.Boolean:
			t = "boolean"
		case relation.Long:
			t = "long"
		case relation.Double:
			t = "double"
		case relation.Date:
			t = map[string]any{"type": "int", "logicalType": "date"}
		case relation.Timestamp:
			t = map[string]any{"type": "long", "logicalType": "timestamp-micros"}
		}
		fields = append(fields, map[string]any{"name": c.Name, "type": []any{"null", t}, "default": nil})
	}
	return map[string]any{"type": "record", "name": name, "fields": fields}
}
