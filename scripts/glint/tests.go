//go:build !windows

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plan"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/relation"
)

type testOptions struct {
	depots, only string
	json         bool
	vars         []string
}

func testCommand() *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test PATH…",
		Short: "Run the tests of manifests: rows given, rows expected",
		Long: "Runs NAME.test.yaml beside NAME.yaml, of files and of folders with all below them:\n\n" +
			"  asOf: 2026-11-23              # what current_date() gives; optional\n" +
			"  tests:\n" +
			"    - name: orders are summed by day\n" +
			"      job: orders               # where the workflow has several\n" +
			"      given:                    # of each input, rows; or {schema: 'id bigint, day date', rows: […]}, or {file: orders.csv}\n" +
			"        orders:\n" +
			"          - {id: 1, day: 2026-11-01, amount: 1.5}\n" +
			"      expect:                   # of steps and outputs, rows in any order (ordered: true for theirs)\n" +
			"        daily:\n" +
			"          - {day: 2026-11-01, total: 1.5}\n\n" +
			"Columns that no expected row names are not compared. A schema that the manifest declares itself is applied to given\n" +
			"rows; one at a schemaPath only where --depots holds it. Ends with 0 if all tests pass, 1 if one fails, 2 if one cannot run.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTests(cmd.Context(), cmd.OutOrStdout(), args, o)
		},
	}
	cmd.Flags().StringVar(&o.depots, "depots", "", "folder that stands for all depots, for inputs that a test does not give")
	cmd.Flags().StringVar(&o.only, "run", "", "only the tests whose names contain this")
	cmd.Flags().BoolVar(&o.json, "json", false, "one line of JSON a test")
	cmd.Flags().StringArrayVar(&o.vars, "var", nil, "NAME=VALUE: what ${NAME} stands for in manifests")
	return cmd
}

func runTests(ctx context.Context, w io.Writer, paths []string, o testOptions) error {
	vars, err := variables(o.vars)
	if err != nil {
		return exit(2, err)
	}
	files, err := testFiles(paths)
	if err != nil {
		return exit(2, err)
	}
	r := &testRunner{w: w, o: o, vars: vars}
	for _, file := range files {
		r.file(ctx, file)
	}
	if !o.json {
		fmt.Fprintf(w, "%d passed, %d failed, %d could not run\n", r.passed, r.failed, r.broken)
	}
	switch {
	case r.broken > 0:
		return exit(2, nil)
	case r.failed > 0:
		return exit(1, nil)
	case r.passed == 0:
		return exit(2, fault.Errorf(fault.NotFound, "there are no tests").WithHint("write NAME.test.yaml beside NAME.yaml; glint test --help says how"))
	}
	return nil
}

// testFiles are the *.test.yaml that paths name: themselves, beside a manifest,
// or below a folder.
func testFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil:
			return nil, fault.Errorf(fault.NotFound, "%w", err)
		case !info.IsDir() && !isTest(path):
			ext := filepath.Ext(path)
			path = strings.TrimSuffix(path, ext) + ".test" + ext
			if _, err := os.Stat(path); err != nil {
				return nil, fault.Errorf(fault.NotFound, "%w", err)
			}
			files = append(files, path)
		case !info.IsDir():
			files = append(files, path)
		default:
			err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() && isTest(name) {
					files = append(files, name)
				}
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func isTest(name string) bool {
	return strings.HasSuffix(name, ".test.yaml") || strings.HasSuffix(name, ".test.yml")
}

// A testRunner runs tests and counts how they end.
type testRunner struct {
	w                      io.Writer
	o                      testOptions
	vars                   map[string]string
	passed, failed, broken int
}

func (r *testRunner) file(ctx context.Context, file string) {
	texts := map[string][]byte{}
	tests, m, err := r.read(file, texts)
	if err != nil {
		r.end(file, "", "", err, texts)
		return
	}
	for i := range tests {
		t := &tests[i]
		if !strings.Contains(t.name, r.o.only) {
			continue
		}
		var b strings.Builder
		err := r.test(ctx, file, m, t, &b)
		r.end(file, t.name, b.String(), err, texts)
	}
}

// read reads the tests and their manifest.
func (r *testRunner) read(file string, texts map[string][]byte) ([]workflowTest, *manifest.Workflow, error) {
	ext := filepath.Ext(file)
	of := strings.TrimSuffix(strings.TrimSuffix(file, ext), ".test") + ext
	for _, f := range []string{file, of} {
		text, _, err := readManifest(nil, f)
		if err != nil {
			return nil, nil, fault.Errorf(fault.NotFound, "%w", err)
		}
		texts[f] = text
	}
	vars := r.vars
	if len(vars) == 0 {
		vars = variablesOf(of)
	}
	tests, err := parseTests(file, texts[file])
	flows, _, err2 := reader(vars).All(of, texts[of])
	var m *manifest.Workflow
	switch {
	case len(flows) > 1:
		err2 = errors.Join(err2, fault.Errorf(fault.Refused, "%s holds %d workflows: tests are of a file with one", of, len(flows)).At(flows[1].Pos))
	case len(flows) == 1:
		m = flows[0]
	}
	return tests, m, errors.Join(err, err2)
}

// end says how a test ended: what it found is "" if all was as expected.
func (r *testRunner) end(file, name, found string, err error, texts map[string][]byte) {
	status, message := "passed", found
	switch {
	case err != nil:
		status = "broken"
		r.broken++
	case found != "":
		status = "failed"
		r.failed++
	default:
		r.passed++
	}
	var b strings.Builder
	plan.Print(&b, plan.Problems(file, err, nil), func(f string) []byte { return texts[f] })
	if r.o.json {
		e := json.NewEncoder(r.w)
		e.SetEscapeHTML(false)
		_ = e.Encode(struct {
			File    string `json:"file"`
			Test    string `json:"test"`
			Status  string `json:"status"`
			Message string `json:"message,omitempty"`
		}{file, name, status, message + b.String()})
		return
	}
	mark := map[string]string{"passed": "✓", "failed": "✗", "broken": "!"}[status]
	fmt.Fprintf(r.w, "%s %s\n%s%s", mark, strings.TrimSuffix(file+": "+name, ": "), message, b.String())
}

// mostTested bounds the rows that a test may make.
const mostTested = 100_000

// test runs one test and writes what is not as expected.
func (r *testRunner) test(ctx context.Context, file string, m *manifest.Workflow, t *workflowTest, w io.Writer) error {
	j, err := t.jobOf(m)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "glint-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "in")
	if err := r.give(file, in, j, t); err != nil {
		return err
	}
	if err := t.want(j); err != nil {
		return err
	}
	folders := []string{in}
	if r.o.depots != "" {
		folders = append(folders, r.o.depots)
	}
	e := newEnactment(&trial{w: io.Discard, asOf: t.asOf, o: tryOptions{out: filepath.Join(dir, "out")}}, slog.New(slog.DiscardHandler))
	e.runner.Depots.Folders = folders
	made, err := e.rehearse(ctx, j)
	if err != nil {
		return err
	}
	for _, x := range t.expect {
		o := outputOf(j, x.Name)
		cols := made.done.Columns[o.Name]
		got, err := rowsOf(ctx, made.files[o.Name], cols, mostTested)
		if err != nil {
			return err
		}
		if got.More {
			return fault.Errorf(fault.Exhausted, "%s has more than %d rows: too many for a test", x.Name, mostTested).At(x.Pos)
		}
		d, err := differ(x.Name, x.Value, got, t.ordered)
		if err != nil {
			return err
		}
		if len(d.pairs) > 0 {
			d.print(w, x.Name)
		}
	}
	return nil
}

// jobOf is a copy of the job that a test is about.
func (t *workflowTest) jobOf(m *manifest.Workflow) (*manifest.Job, error) {
	var names []string
	for i := range m.Jobs {
		if names = append(names, m.Jobs[i].Name); m.Jobs[i].Name == t.job || t.job == "" && len(m.Jobs) == 1 {
			j := m.Jobs[i]
			j.Explain, j.PreviewLines, j.Assertions, j.Profile = false, 0, nil, nil
			return &j, nil
		}
	}
	e := fault.Errorf(fault.Invalid, "the workflow has no job %q", t.job).At(t.pos)
	if t.job == "" {
		e = fault.Errorf(fault.Invalid, "the workflow has several jobs, and the test does not say which it is about").At(t.pos)
	}
	return nil, e.WithHint("write job: with one of %s", strings.Join(names, ", "))
}

// want makes what a test expects the job's outputs: steps and inputs may be
// expected as well.
func (t *workflowTest) want(j *manifest.Job) error {
	var known []string
	for i := range j.Inputs {
		known = append(known, j.Inputs[i].Name)
	}
	for i := range j.Steps {
		known = append(known, j.Steps[i].Name)
	}
	var outputs []manifest.Output
	var mistakes []error
	for i := range t.expect {
		x := &t.expect[i]
		name := ""
		for _, k := range known {
			if strings.EqualFold(k, x.Name) {
				name = k
			}
		}
		if name == "" {
			e := fault.Errorf(fault.Invalid, "the job has no step %s", x.Name).At(x.Pos)
			mistakes = append(mistakes, e.WithHint("did you mean %s?", cmp.Or(plug.Nearest(x.Name, known), strings.Join(known, ", "))))
			continue
		}
		x.Name = name
		o := manifest.Output{Name: name, Step: name, Pos: x.Pos}
		o.Dataset.Depot, o.Dataset.Collection, o.Dataset.Dataset = "expected", "none", name
		outputs = append(outputs, o)
	}
	j.Outputs = outputs
	return errors.Join(mistakes...)
}

func jsonRow(b *strings.Builder, row plug.Raw, cols []relation.Column) {
	writeJSON(b, row, relation.StructOf(cols...))
	b.WriteByte('\n')
}
