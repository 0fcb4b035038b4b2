//go:build !windows

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
)

func cancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel RUN",
		Short: "Stop a run that is going; its target stays as it was",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := ledger.ParseKey(args[0])
			if err != nil {
				return err
			}
			a, err := deployed(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			jobs, err := a.Ledger.Jobs(cmd.Context(), key)
			if err != nil {
				return err
			}
			if len(jobs) == 0 {
				return fault.Errorf(fault.NotFound, "there is no run %s", key)
			}
			for _, s := range jobs {
				if s.Outcome != nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%s has %s already\n", s.Key, s.Outcome.Status)
					continue
				}
				if err := a.Ledger.Cancel(cmd.Context(), s.Key, who()); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s will stop within %s\n", s.Key, a.Config.Lease/3)
			}
			return nil
		},
	}
}
