//go:build !windows

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plan"
)

func convertCommand() *cobra.Command {
	var given []string
	cmd := &cobra.Command{
		Use:   "convert MANIFEST",
		Short: "Print a manifest of any generation as one of the current generation",
		Long: "Prints what Glint understands of a manifest: sinks as outputs, jobs and steps of other files in their place, and each\n" +
			"attribute once, where it belongs. Comments, and what has no effect, are not in it. The result means the same.\n\n" +
			"Ends with 0, 1 if something is refused, 2 if something else is wrong.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return convert(cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args[0], given)
		},
	}
	cmd.Flags().StringArrayVar(&given, "var", nil, "NAME=VALUE: what ${NAME} stands for in the manifest")
	return cmd
}

func convert(stdin io.Reader, w, messages io.Writer, path string, given []string) error {
	vars, err := variables(given)
	if err != nil {
		return exit(2, err)
	}
	text, name, err := readManifest(stdin, path)
	if err != nil {
		return exit(2, fault.Errorf(fault.NotFound, "%w", err))
	}
	flows, _, err := reader(vars).All(name, text)
	if err != nil {
		plan.Print(messages, plan.Problems(name, err, nil), func(file string) []byte { return textOf(file, name, text) })
		return exit(codeOf(err), nil)
	}
	for i, m := range flows {
		converted, err := manifest.Encode(m)
		if err != nil {
			return exit(2, err)
		}
		if i > 0 {
			fmt.Fprintln(w, "---")
		}
		if _, err := w.Write(converted); err != nil {
			return exit(2, err)
		}
	}
	return nil
}
