//go:build !windows

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/ledger"
)

func cancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel RUN",
		Short: "Stop a run that is going; its targets stay as they are",
		Long: "Jobs that are at work stop, and jobs that wait for them never begin. RUN is as glint run prints it; with a job\n" +
			"behind it, as in WORKFLOW/SLOT.ORDINAL/JOB, that job stops and what depends on it is skipped.",
		Args: cobra.ExactArgs(1),
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
			seen, err := a.Workflows.Cancel(cmd.Context(), key, who())
			if err != nil {
				return err
			}
			for _, s := range seen.Jobs {
				switch {
				case key.Job != "" && key.Job != s.Key.Job:
				case s.Outcome != nil:
					fmt.Fprintf(cmd.OutOrStdout(), "%s has %s already\n", s.Key, s.Outcome.Status)
				case s.Attempt > 0:
					fmt.Fprintf(cmd.OutOrStdout(), "%s will stop within %s\n", s.Key, a.Config.Lease/3)
				default:
					fmt.Fprintf(cmd.OutOrStdout(), "%s will not begin\n", s.Key)
				}
			}
			return nil
		},
	}
}
