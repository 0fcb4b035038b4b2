//go:build !windows

package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/bigquery"
	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/duckdb"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plan"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/setup"
	"github.com/glint-data/glint/shared/sink"
)

type lintOptions struct {
	depots, format string
	strict, fix    bool
	vars           []string
}

func lintCommand() *cobra.Command {
	var o lintOptions
	cmd := &cobra.Command{
		Use:   "lint PATH…",
		Short: "Say all that is wrong with manifests, with places and fixes",
		Long: "Checks workflows, depots and schedules.yaml: files, all *.yaml and *.yml below folders, and - for standard input.\n" +
			"SQL is checked against the schemas that manifests declare and, with --depots, against those of the files that stand\n" +
			"for the depots, as for `glint try`. Nothing is run.\n\n" +
			"Ends with 0 if no manifest has an error (with --strict: nor a warning), 1 if one has, 2 if a path cannot be read.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return lint(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), args, o)
		},
	}
	cmd.Flags().StringVar(&o.depots, "depots", "", "folder that stands for all depots")
	cmd.Flags().StringVar(&o.format, "format", "text", "what is printed: "+strings.Join(plan.Formats, ", "))
	cmd.Flags().BoolVar(&o.fix, "fix", false, "mend what a program can: misspelt attributes, tabs, a missing ?acl=rw; the changed lines are shown")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "a warning is as bad as an error")
	cmd.Flags().StringArrayVar(&o.vars, "var", nil, "NAME=VALUE: what ${NAME} stands for in manifests")
	return cmd
}

func lint(ctx context.Context, stdin io.Reader, w io.Writer, paths []string, o lintOptions) error {
	if !slices.Contains(plan.Formats, o.format) {
		return exit(2, fault.Errorf(fault.Invalid, "--format %s: want %s", o.format, strings.Join(plan.Formats, ", ")))
	}
	vars, err := variables(o.vars)
	if err != nil {
		return exit(2, err)
	}
	options, err := planOptions(o.depots)
	if err != nil {
		return exit(2, err)
	}
	l := &plan.Linter{Options: options, Reader: reader(nil)}
	texts := map[string][]byte{}
	var problems []plan.Problem
	files, err := manifests(paths)
	if err != nil {
		return exit(2, err)
	}
	for _, file := range files {
		text, name, err := readManifest(stdin, file)
		if err != nil {
			return exit(2, fault.Errorf(fault.NotFound, "%w", err))
		}
		l.Vars = vars
		if len(vars) == 0 && name != plan.Stdin {
			l.Vars = variablesOf(file)
		}
		l.Targets = depotsBeside(file)
		found := l.File(ctx, name, text)
		if o.fix && name != plan.Stdin {
			shown := w
			if o.format != "text" {
				shown = io.Discard
			}
			if text, found, err = repair(ctx, shown, l, name, text, found); err != nil {
				return exit(2, err)
			}
		}
		texts[name] = text
		problems = append(problems, found...)
	}
	if err := plan.Report(w, o.format, problems, func(file string) []byte {
		if text, ok := texts[file]; ok {
			return text
		}
		return textOf(file, "", nil)
	}); err != nil {
		return exit(2, err)
	}
	errors, warnings := 0, 0
	for _, p := range problems {
		if p.Severity == plan.Error {
			errors++
		} else {
			warnings++
		}
	}
	if o.format == "text" {
		fmt.Fprintf(w, "%s: %s, %s\n", number(len(files), "file"), number(errors, "error"), number(warnings, "warning"))
	}
	if errors > 0 || o.strict && warnings > 0 {
		return exit(1, nil)
	}
	return nil
}

// mostRepairs bounds what is mended in a file at once.
const mostRepairs = 1000

// repair mends a file, shows what it changed, and lints what is left.
func repair(ctx context.Context, w io.Writer, l *plan.Linter, file string, text []byte, found []plan.Problem) ([]byte, []plan.Problem, error) {
	before := text
	for range mostRepairs {
		after, ok := plan.Repair(text, found)
		if !ok {
			break
		}
		text = after
		found = l.File(ctx, file, text)
	}
	if bytes.Equal(before, text) {
		return text, found, nil
	}
	plan.Diff(w, file, before, text)
	return text, found, replaceFile(file, text)
}

// replaceFile gives a file another text, whole or not at all.
func replaceFile(file string, text []byte) error {
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".glint-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it is not there if all went well
	_, err = f.Write(text)
	if err := cmp.Or(err, f.Chmod(info.Mode().Perm()), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

func number(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// planOptions are what lint and plan look at.
func planOptions(depots string) (plan.Options, error) {
	o := plan.Options{Sinks: plug.NewSet[sink.Writer]("format", new(bigquery.Writer)), Accepts: duckdb.Engine{}.Accepts()}
	for _, g := range setup.Guards {
		o.Guards = append(o.Guards, g.Spec().Name)
	}
	if depots == "" {
		return o, nil
	}
	if info, err := os.Stat(depots); err != nil || !info.IsDir() {
		return o, fault.Errorf(fault.NotFound, "--depots %s: there is no such folder", depots)
	}
	o.Depots = &depot.Catalog{Folders: []string{depots}}
	return o, nil
}

// readManifest reads a file, or standard input for -, bounded: what is larger
// than any manifest is refused by who reads it.
func readManifest(stdin io.Reader, file string) (text []byte, name string, err error) {
	if file == "-" {
		text, err = io.ReadAll(io.LimitReader(stdin, manifest.MaxSize+1))
		return text, plan.Stdin, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, file, err
	}
	defer f.Close()
	text, err = io.ReadAll(io.LimitReader(f, manifest.MaxSize+1))
	return text, file, err
}

// manifests are the files that paths name, those below folders in order.
func manifests(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		if path == "-" {
			files = append(files, path)
			continue
		}
		err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case e.IsDir() && name != path && strings.HasPrefix(e.Name(), "."):
				return fs.SkipDir
			case e.IsDir():
				return nil
			}
			ext := strings.ToLower(filepath.Ext(name))
			if name == path || (ext == ".yaml" || ext == ".yml") && !strings.HasSuffix(strings.TrimSuffix(name, ext), ".test") {
				files = append(files, name)
			}
			return nil
		})
		if err != nil {
			return nil, fault.Errorf(fault.NotFound, "%w", err)
		}
	}
	return files, nil
}
