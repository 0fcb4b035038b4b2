//go:build !windows

package main

import (
	"github.com/spf13/cobra"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/object"
)

func depotsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "depots FOLDER",
		Short: "Print the depots of a folder of manifests and what the workflows do with them, as JSON for Terraform",
		Long:  "FOLDER holds workflows/, depots/ and schedules.yaml, as infra/ does. A mistake in any of them is an error.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := folder(args[0])
			if err != nil {
				return err
			}
			depots, err := infra.Depots(cmd.Context(), object.Dir{}, root)
			if err != nil {
				return err
			}
			return printJSON(cmd.OutOrStdout(), depots)
		},
	}
}
