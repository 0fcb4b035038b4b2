//go:build !windows

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/setup"
)

func rolesCommand() *cobra.Command {
	var table bool
	cmd := &cobra.Command{
		Use:   "roles",
		Short: "Print every permission that the functions' account needs and why, as JSON for Terraform",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			roles := infra.Roles(setup.Guards)
			if table {
				_, err := fmt.Fprint(cmd.OutOrStdout(), infra.RolesTable(roles))
				return err
			}
			return printJSON(cmd.OutOrStdout(), roles)
		},
	}
	cmd.Flags().BoolVar(&table, "table", false, "print the table of infra/README.md instead")
	return cmd
}
