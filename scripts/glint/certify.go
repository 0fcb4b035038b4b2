//go:build !windows

package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/engine"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/job"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/relation"
	"github.com/glint-data/glint/shared/spark"
)

func certifyCommand() *cobra.Command {
	var only, dir, python string
	cmd := &cobra.Command{
		Use:   "certify WORKFLOW",
		Short: "Compare what a workflow gives on Glint and on real Spark",
		Long: "Reads the workflow's inputs once for each engine, computes its outputs on both, compares every row, and writes\n" +
			"a certificate: WORKFLOW.md for people and WORKFLOW.json for machines (of several jobs WORKFLOW.JOB.md). Nothing is published. The environment names\n" +
			"the project, or the cloud of `glint local`. Spark runs on this machine: pip install 'pyspark==3.5.*', and Java 17.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := deployed(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			return certify(cmd.Context(), cmd.OutOrStdout(), a, args[0], only, dir, spark.Options{Python: python})
		},
	}
	cmd.Flags().StringVar(&only, "job", "", "the job, where the workflow has several")
	cmd.Flags().StringVar(&dir, "dir", filepath.Join(".glint", "certificates"), "folder of the certificates")
	cmd.Flags().StringVar(&python, "python", "python3", "the Python that has PySpark")
	return cmd
}

// oneJob is the named job of a workflow, or the only one.
func oneJob(m *manifest.Workflow, name string) (*manifest.Job, error) {
	var names []string
	for i := range m.Jobs {
		if j := &m.Jobs[i]; j.Name == name || name == "" && len(m.Jobs) == 1 {
			return j, nil
		}
		names = append(names, m.Jobs[i].Name)
	}
	if name == "" {
		return nil, fault.Errorf(fault.Invalid, "workflow %s has several jobs", m.Name).WithHint("name one: --job %s", strings.Join(names, ", --job "))
	}
	return nil, fault.Errorf(fault.NotFound, "workflow %s has no job %s", m.Name, name).WithHint("it has %s", strings.Join(names, ", "))
}

// certify writes a workflow's certificate. Its error says that there is none, or
// that the engines differ.
func certify(ctx context.Context, w io.Writer, a *app, name, only, dir string, o spark.Options) error {
	m, err := a.Workflows.Manifest(ctx, name)
	if err != nil {
		return fmt.Errorf("workflow %s: %w", name, err)
	}
	j, err := oneJob(m, only)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(a.Config.Scratch, "glint-certify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	stem := name
	if len(m.Jobs) > 1 {
		stem += "." + strings.ReplaceAll(j.Name, "/", ".")
	}
	c := &certificate{Workflow: name, Job: j.Name, At: time.Now().UTC().Truncate(time.Second), Versions: map[string]string{"glint": version()}}
	if c.Versions["duckdb"], err = duckdb.Version(ctx); err != nil {
		return err
	}
	say := newProgress(w)
	say.step("on Glint")
	ours := rehearse(ctx, a.Workflows.Jobs, duckdb.Engine{}, j, filepath.Join(scratch, "glint"))
	say.step("on Spark")
	theirs := rehearse(ctx, a.Workflows.Jobs, spark.Engine{Options: o, Started: func(s *spark.Session) {
		c.Versions["spark"], c.Versions["java"] = s.Version, s.Java
	}}, j, filepath.Join(scratch, "spark"))
	say.done()
	for _, r := range []*rehearsal{ours, theirs} {
		if world(r.err) {
			return r.err
		}
	}
	if err := c.fill(ctx, ours, theirs); err != nil {
		return err
	}
	file, err := c.write(dir, stem)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n  certificate: %s\n", c.summary(), file)
	if !c.Equal {
		return fault.Errorf(fault.Refused, "Glint and Spark do not agree on %s", name).WithHint("the differences are in %s", file)
	}
	return nil
}

// A rehearsal is a job's outputs as one engine computes them.
type rehearsal struct {
	job.Rehearsal
	files map[string][]string // of every output, its Parquet files
	took  time.Duration
	err   error
}

func rehearse(ctx context.Context, jobs *job.Runner, e engine.Engine, j *manifest.Job, dir string) *rehearsal {
	on := *jobs
	on.Engine = e
	r := &rehearsal{files: map[string][]string{}}
	var mu sync.Mutex
	began := time.Now()
	r.Rehearsal, r.err = on.Rehearse(ctx, j, func(_ context.Context, output string, part int, body io.Reader) (relation.File, error) {
		i := slices.IndexFunc(j.Outputs, func(o manifest.Output) bool { return o.Name == output })
		file, size, err := keep(filepath.Join(dir, strconv.Itoa(i)), part, body)
		mu.Lock()
		defer mu.Unlock()
		r.files[output] = append(r.files[output], file)
		return relation.File{URI: file, Size: size}, err
	})
	r.took = time.Since(began)
	return r
}

// world reports whether err says nothing about the engines: a file that is not
// there, a service that does not answer, Spark that is not installed.
func world(err error) bool {
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Denied, fault.Conflict, fault.Exhausted, fault.Transient:
		return err != nil
	}
	return false
}

// keep writes one part of an output to a file.
func keep(dir string, part int, body io.Reader) (file string, size int64, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", 0, err
	}
	file = filepath.Join(dir, fmt.Sprintf("part-%05d.parquet", part))
	f, err := os.Create(file)
	if err != nil {
		return "", 0, err
	}
	size, err = io.Copy(f, body)
	return file, size, cmp.Or(err, f.Close())
}
