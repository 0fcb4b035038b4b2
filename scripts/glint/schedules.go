//go:build !windows

package main

import (
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/workflow"
)

func schedulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schedules FOLDER",
		Short: "Print the scheduler's jobs for a folder of manifests, as JSON for Terraform",
		Long: "FOLDER holds workflows/, depots/ and schedules.yaml, as infra/ does. A mistake in any of them is an error:\n" +
			"what cannot run is not scheduled.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := folder(args[0])
			if err != nil {
				return err
			}
			jobs, err := workflow.Schedules(cmd.Context(), object.Dir{}, root)
			if err != nil {
				return err
			}
			if jobs == nil {
				jobs = []workflow.Scheduled{}
			}
			return printJSON(cmd.OutOrStdout(), jobs)
		},
	}
}

// folder is the address of a folder of this machine.
func folder(path string) (string, error) {
	path, err := filepath.Abs(path)
	return "file://" + filepath.ToSlash(path), err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
