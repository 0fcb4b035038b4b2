//go:build !windows

package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/trigger"
)

func rerunCommand() *cobra.Command {
	var slot string
	var detach, all bool
	cmd := &cobra.Command{
		Use:   "rerun WORKFLOW",
		Short: "Run a slot that has ended once more, and follow it to its end",
		Long: "Asks for the next ordinal of a slot, which reads the manifest and the inputs as they are now. Without --slot it is\n" +
			"the latest slot of the workflow. Of several jobs it runs those that did not succeed or have changed since, and all that\n" +
			"depend on them; the others keep their outcome. With --all, or if all have succeeded, all of them run.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			var at time.Time
			if slot != "" {
				var err error
				if at, err = time.Parse(time.RFC3339, slot); err != nil {
					return fault.Errorf(fault.Invalid, "--slot %q is not a time as in 2026-11-23T02:00:00Z", slot)
				}
			}
			a, err := deployed(ctx)
			if err != nil {
				return err
			}
			key, err := a.Workflows.Again(ctx, args[0], at)
			a.Close()
			if err != nil {
				return err
			}
			m := trigger.Message{Workflow: key.Workflow, Slot: key.Slot, Ordinal: key.Ordinal, Manual: true, Resume: !all, Reason: "asked for again by " + who()}
			return ask(ctx, cmd.OutOrStdout(), m, detach)
		},
	}
	cmd.Flags().StringVar(&slot, "slot", "", "the slot to run again; the latest if not given")
	cmd.Flags().BoolVar(&detach, "detach", false, "do not follow the run")
	cmd.Flags().BoolVar(&all, "all", false, "run the jobs that have succeeded, too")
	return cmd
}
