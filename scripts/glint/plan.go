//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plan"
)

type planOptionsGiven struct {
	depots, asOf string
	json         bool
	vars         []string
}

func planCommand() *cobra.Command {
	var o planOptionsGiven
	cmd := &cobra.Command{
		Use:   "plan MANIFEST",
		Short: "Show what a workflow would do, touching nothing",
		Long: "Shows the jobs in their order and, of each, its inputs (address, place, objects, bytes, schema and where that came\n" +
			"from), the SQL of its steps as DuckDB will get it, and its outputs with what becomes of what is there, and the guards\n" +
			"that apply. Data are looked at in the folder that --depots names; without it only the manifest is. Where the manifest\n" +
			"lies beside a folder depots, as in infra/, the manifests there say where addresses lead.\n\n" +
			"Ends with 0 if the workflow can be planned, 1 if something is refused, 2 if something else is wrong.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return showPlan(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), args[0], o)
		},
	}
	cmd.Flags().StringVar(&o.depots, "depots", "", "folder that stands for all depots")
	cmd.Flags().StringVar(&o.asOf, "as-of", "", "what current_date() and its kin give")
	cmd.Flags().BoolVar(&o.json, "json", false, "print the plan as JSON, with what is wrong under problems")
	cmd.Flags().StringArrayVar(&o.vars, "var", nil, "NAME=VALUE: what ${NAME} stands for in the manifest")
	return cmd
}

func showPlan(ctx context.Context, stdin io.Reader, w io.Writer, path string, given planOptionsGiven) error {
	o, err := planOptions(given.depots)
	if err != nil {
		return exit(2, err)
	}
	if o.Now, err = moment(given.asOf); err != nil {
		return exit(2, err)
	}
	vars, err := variables(given.vars)
	if err != nil {
		return exit(2, err)
	}
	text, name, err := readManifest(stdin, path)
	if err != nil {
		return exit(2, fault.Errorf(fault.NotFound, "%w", err))
	}
	if len(vars) == 0 && path != "-" {
		vars = variablesOf(path)
	}
	o.Targets = depotsBeside(path)
	flows, notes, err := reader(vars).All(name, text)
	var plans []*plan.Plan
	if err == nil {
		var mistakes []error
		for _, m := range flows {
			p, more, err := plan.Make(ctx, m, o)
			plans, notes = append(plans, p), append(notes, more...)
			mistakes = append(append(mistakes, err), m.Undeployable...)
		}
		err = errors.Join(mistakes...)
	}
	problems := plan.Problems(name, err, notes)
	if given.json {
		if problems == nil {
			problems = []plan.Problem{}
		}
		if len(plans) == 0 {
			plans = []*plan.Plan{nil}
		}
		for _, p := range plans { // a line each
			if err := printJSON(w, struct {
				*plan.Plan
				Problems []plan.Problem `json:"problems"`
			}{p, problems}); err != nil {
				return exit(2, err)
			}
		}
	} else {
		for _, p := range plans {
			p.Print(w)
		}
		if len(problems) > 0 {
			fmt.Fprintln(w)
			plan.Print(w, problems, func(file string) []byte { return textOf(file, name, text) })
		}
	}
	if err != nil {
		return exit(codeOf(err), nil)
	}
	return nil
}

// depotsBeside are the manifests in ../depots of a workflow's folder; nil if
// there are none. They are asked for places only: nothing is opened.
func depotsBeside(path string) *depot.Catalog {
	dir := filepath.Join(filepath.Dir(filepath.Dir(path)), "depots")
	if abs, err := filepath.Abs(path); err == nil {
		dir = filepath.Join(filepath.Dir(filepath.Dir(abs)), "depots")
	}
	if known, err := filepath.Glob(filepath.Join(dir, "*.yaml")); path == "-" || err != nil || len(known) == 0 {
		return nil // a folder of data may be called the same
	}
	prefix, err := folder(dir)
	if err != nil {
		return nil
	}
	c := &depot.Catalog{Manifests: object.Dir{}, Prefix: prefix, Secrets: unasked{},
		Open: map[depot.Type]func(context.Context, map[string]string, depot.Secret) (object.Store, error){}}
	for _, t := range []depot.Type{depot.GCS, depot.ABFSS, depot.WASBS, depot.File} {
		c.Open[t] = func(context.Context, map[string]string, depot.Secret) (object.Store, error) { return nil, nil }
	}
	return c
}

// unasked gives every depot an empty secret.
type unasked struct{}

func (unasked) Secret(context.Context, string) (depot.Secret, error) { return depot.Secret{}, nil }
