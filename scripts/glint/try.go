//go:build !windows

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plan"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

type tryOptions struct {
	depots, out, asOf string
	json, watch       bool
	limit             int64
	vars              []string
}

func tryCommand() *cobra.Command {
	var o tryOptions
	cmd := &cobra.Command{
		Use:   "try MANIFEST [--depots DIR]",
		Short: "Run a workflow here and now over files, and show its outputs",
		Long: "Runs every job of the manifest on this machine, as the cloud would up to what it publishes. A folder stands for all\n" +
			"depots: dataos://sales:raw/orders is DIR/sales/raw/orders.parquet, or .csv, .json, .avro, or a folder of such files; the\n" +
			"collection none may be left out, and where there is nothing, DIR/raw/orders, DIR/orders or DIR/<name of the input> does.\n" +
			"What manifests for standalone Flare name without a depot is DIR/<kind>/<path or project/dataset/table>, or any end of that below DIR. Files may be of another format than the manifest's: their own counts. Without --depots,\n" +
			"the depots of the project are read that the GLINT_ variables name; nothing is ever written to one. Each output is\n" +
			"written as OUT/<depot>/<collection>/<dataset>.parquet, with its schema beside it, and shown; jobs that read it find it.\n\n" +
			"Ends with 0 if all went well, 1 if something is refused because Glint does not do it, 2 if something else went wrong.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runTry(cmd.Context(), cmd.OutOrStdout(), args[0], o)
		},
	}
	cmd.Flags().StringVar(&o.depots, "depots", "", "folder that stands for all depots")
	cmd.Flags().StringVar(&o.out, "out", "", "folder for the outputs; by default a new one among the temporary files")
	cmd.Flags().StringVar(&o.asOf, "as-of", "", "what current_date() and its kin give: 2026-11-23, 2026-11-23T02:00:00Z")
	cmd.Flags().BoolVar(&o.json, "json", false, "one line of JSON an output, or a mistake")
	cmd.Flags().BoolVar(&o.watch, "watch", false, "run again whenever the manifest is saved")
	cmd.Flags().Int64Var(&o.limit, "limit", 0, "read so many rows of each input; 0 is all")
	cmd.Flags().StringArrayVar(&o.vars, "var", nil, "NAME=VALUE: what ${NAME} stands for in the manifest")
	return cmd
}

func runTry(ctx context.Context, w io.Writer, path string, o tryOptions) error {
	var real *depot.Catalog
	if o.depots == "" {
		a, err := deployedDepots(ctx)
		if err != nil {
			return exit(2, err)
		}
		defer a.Close()
		real = a.Workflows.Jobs.Depots
	}
	if o.limit < 0 {
		return exit(2, fault.Errorf(fault.Invalid, "--limit %d: want a number of rows", o.limit))
	}
	asOf, err := moment(o.asOf)
	if err != nil {
		return exit(2, err)
	}
	vars, err := variables(o.vars)
	if err != nil {
		return exit(2, err)
	}
	if o.out == "" {
		if o.out, err = os.MkdirTemp("", "glint-try-"); err != nil { // it stays: its files are named in what is printed
			return exit(2, err)
		}
	} else if o.depots != "" && same(o.out, o.depots) {
		return exit(2, fault.Errorf(fault.Invalid, "--out is the folder of --depots: outputs would replace what stands for the depots"))
	}
	if info, err := os.Stat(o.depots); o.depots != "" && (err != nil || !info.IsDir()) {
		return exit(2, fault.Errorf(fault.NotFound, "--depots %s: there is no such folder", o.depots))
	}
	if len(vars) == 0 {
		vars = variablesOf(path)
	}
	t := &trial{w: w, path: path, o: o, vars: vars, asOf: asOf, real: real}
	if !o.watch {
		return t.run(ctx)
	}
	return watch(ctx, path, func() {
		fmt.Fprintf(w, "── %s %s\n", time.Now().Format("15:04:05"), path)
		_ = t.run(ctx) // it was said
	})
}

// A trial is one command's runs of a manifest.
type trial struct {
	w    io.Writer
	path string
	o    tryOptions
	vars map[string]string
	asOf time.Time
	real *depot.Catalog // the project's depots, where no folder stands for them
	text []byte
}

// deployedDepots is the service whose depots are read where no folder stands for them.
func deployedDepots(ctx context.Context) (*app, error) {
	if os.Getenv("GLINT_ROOT") == "" {
		return nil, fault.Errorf(fault.Invalid, "--depots is not given").
			WithHint("name the folder whose files stand for the depots' data; or set the GLINT_ variables of a project, whose depots are read then")
	}
	return deployed(ctx)
}

// run runs the workflow once. The error says how the command ends; what went
// wrong was printed.
func (t *trial) run(ctx context.Context) error {
	text, err := os.ReadFile(t.path)
	if err != nil {
		return t.wrong(fault.Errorf(fault.NotFound, "%w", err), nil)
	}
	t.text = text
	flows, notes, err := reader(t.vars).All(t.path, text)
	if err != nil {
		return t.wrong(err, notes)
	}
	var pending []udl.Address
	for _, m := range flows {
		pending = append(pending, outputsOf(m)...)
		for _, e := range m.Undeployable {
			notes = append(notes, plan.AsNote(e, "the cloud refuses this: "))
		}
	}
	if !t.o.json {
		plan.Print(t.w, plan.Problems(t.path, nil, notes), t.source)
	}
	log := slog.New(slog.DiscardHandler)
	if !t.o.json {
		log = slog.New(&plainLog{w: t.w})
	}
	e := newEnactment(t, log, pending...)
	for i, m := range flows {
		if len(flows) > 1 && !t.o.json {
			fmt.Fprintf(t.w, "workflow %s\n", m.Name)
		}
		if err := t.all(ctx, m, e); err != nil {
			for _, later := range flows[i+1:] {
				err = errors.Join(err, fault.Errorf(fault.Stale, "workflow %s was not run: %s, which comes before it, failed", later.Name, m.Name).At(later.Pos))
			}
			return t.wrong(err, nil)
		}
	}
	return nil
}

// all runs the jobs of a workflow, each after those it depends on. A job that
// fails keeps those from running that depend on it, and no others.
func (t *trial) all(ctx context.Context, m *manifest.Workflow, e *enactment) error {
	var all []error
	bad := map[string]bool{}
	for _, j := range plan.InOrder(m.Jobs) {
		if first := lost(j, bad); first != "" {
			bad[j.Name] = true
			all = append(all, fault.Errorf(fault.Stale, "job %s was not run: it depends on %s", j.Name, first).At(j.Pos))
			continue
		}
		if err := e.enact(ctx, j); err != nil {
			bad[j.Name] = true
			all = append(all, within(m, j, err)...)
		}
	}
	return errors.Join(all...)
}

// within names the job of each mistake, where the workflow has several.
func within(m *manifest.Workflow, j *manifest.Job, err error) []error {
	mistakes := fault.Each(err)
	if len(m.Jobs) > 1 {
		for i := range mistakes {
			mistakes[i] = fmt.Errorf("job %s: %w", j.Name, mistakes[i])
		}
	}
	return mistakes
}

// lost is a job that j depends on and that did not end well.
func lost(j *manifest.Job, bad map[string]bool) string {
	for _, name := range j.Dependencies {
		if bad[name] {
			return name
		}
	}
	return ""
}

func (t *trial) source(file string) []byte { return textOf(file, t.path, t.text) }

// textOf is the text of a manifest, or of a file that it names.
func textOf(file, manifest string, text []byte) []byte {
	if file == manifest {
		return text
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil // a problem is shown without its line then
	}
	return text
}

// wrong prints what went wrong and says how the command ends.
func (t *trial) wrong(err error, notes []plug.Note) error {
	if err == nil {
		return nil
	}
	code := codeOf(err)
	problems := plan.Problems(t.path, err, notes)
	if !t.o.json {
		plan.Print(t.w, problems, t.source)
		return exit(code, nil)
	}
	for _, p := range problems {
		if p.Severity == plan.Error {
			t.line(struct {
				Error tryError `json:"error"`
			}{tryError{Class: class(p.Code == "refused"), Message: strings.TrimSuffix(p.Message+"; "+strings.ReplaceAll(p.Fix, "\n", "; "), "; "), File: p.File, Line: p.Line, Column: p.Column}})
		}
	}
	return exit(code, nil)
}

type tryError struct {
	Class   string `json:"class"`
	Message string `json:"message"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

func (t *trial) line(v any) {
	e := json.NewEncoder(t.w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
}

func class(refused bool) string {
	if refused {
		return "refused"
	}
	return "failed"
}

// codeOf is how a command ends: 1 if something is refused, else 2.
func codeOf(err error) int {
	for _, e := range fault.Each(err) {
		if errors.Is(e, fault.Refused) {
			return 1
		}
	}
	return 2
}

// moment reads a time that a person gives; without a zone it is in UTC.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fault.Errorf(fault.Invalid, "--as-of %q is not a time as in 2026-11-23 or 2026-11-23T02:00:00Z", s)
}

func variables(given []string) (map[string]string, error) {
	vars := map[string]string{}
	for _, kv := range given {
		name, value, ok := strings.Cut(kv, "=")
		if !ok || name == "" {
			return nil, fault.Errorf(fault.Invalid, "--var %s: want NAME=VALUE", kv)
		}
		vars[name] = value
	}
	return vars, nil
}

func same(a, b string) bool {
	a, _ = filepath.Abs(a)
	b, _ = filepath.Abs(b)
	return a == b
}

// A plainLog is a log for people at a terminal: a line each, and texts of several
// lines below it.
type plainLog struct {
	w     io.Writer
	least slog.Level
}

func (l *plainLog) Enabled(_ context.Context, at slog.Level) bool { return at >= l.least }
func (l *plainLog) WithAttrs([]slog.Attr) slog.Handler            { return l }
func (l *plainLog) WithGroup(string) slog.Handler                 { return l }

// WithLevel is the log of a job that asks for more, or less.
func (l *plainLog) WithLevel(least slog.Level) slog.Handler { return &plainLog{l.w, least} }

func (l *plainLog) Handle(_ context.Context, r slog.Record) error {
	line, below := r.Message, ""
	var head []string
	r.Attrs(func(a slog.Attr) bool {
		switch v := a.Value.Any().(type) { // of showPreviewLines
		case []string:
			head = v
			return true
		case [][]any:
			below += previewed(head, v)
			return true
		}
		if v := a.Value.String(); strings.Contains(v, "\n") {
			below += "  " + strings.ReplaceAll(strings.TrimRight(v, "\n"), "\n", "\n  ") + "\n"
		} else {
			line += " " + a.Key + "=" + v
		}
		return true
	})
	_, err := fmt.Fprintf(l.w, "%s\n%s", line, below)
	return err
}

func previewed(head []string, values [][]any) string {
	var b strings.Builder
	rows := make([][]string, len(values))
	for i, row := range values {
		for _, v := range row {
			rows[i] = append(rows[i], cell(v))
		}
	}
	printTable(&b, "  ", head, rows, nil)
	return b.String()
}

// watch calls run now and whenever the file was saved, until ctx ends.
func watch(ctx context.Context, path string, run func()) error {
	var before os.FileInfo
	for {
		now, err := os.Stat(path)
		if err == nil && (before == nil || !now.ModTime().Equal(before.ModTime()) || now.Size() != before.Size()) {
			before = now
			run()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(200 * time.Millisecond):
		}
	}
}
