//go:build !windows

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/setup"
	"github.com/glint-data/glint/shared/trigger"
	"github.com/glint-data/glint/shared/workflow"
)

func runCommand() *cobra.Command {
	var slot string
	var ordinal int
	var detach bool
	cmd := &cobra.Command{
		Use:   "run WORKFLOW",
		Short: "Ask for a run and follow it to its end",
		Long: "Publishes a message on GLINT_TOPIC and follows the run in the ledger under GLINT_STATE: of `glint local`\n" +
			"(source its env file first) or of a real project.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			at := time.Now().UTC().Truncate(time.Millisecond)
			if slot != "" {
				parsed, err := time.Parse(time.RFC3339, slot)
				if err != nil {
					return fault.Errorf(fault.Invalid, "--slot %q is not a time as in 2026-11-23T02:00:00Z", slot)
				}
				at = parsed.UTC()
			}
			m := trigger.Message{Workflow: args[0], Slot: at, Ordinal: ordinal, Manual: true, Reason: "asked for by " + who()}
			return ask(cmd.Context(), cmd.OutOrStdout(), m, detach)
		},
	}
	cmd.Flags().StringVar(&slot, "slot", "", "the logical time that the run is for; now if not given")
	cmd.Flags().IntVar(&ordinal, "ordinal", 0, "the number of a deliberate rerun of the slot")
	cmd.Flags().BoolVar(&detach, "detach", false, "do not follow the run")
	return cmd
}

// ask publishes a message and follows its run.
func ask(ctx context.Context, w io.Writer, m trigger.Message, detach bool) error {
	a, err := deployed(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Workflows.Check(ctx, m.Workflow); err != nil {
		return err
	}
	say := newProgress(w)
	data, attributes := m.Encode()
	asked := time.Now()
	id, err := a.Publisher.Publish(ctx, a.Config.Topic, data, attributes)
	if err != nil {
		return err
	}
	key := ledger.Key{Workflow: m.Workflow, Slot: m.Slot, Ordinal: m.Ordinal}
	say.step("asked for %s with message %s", key, id)
	if detach {
		return nil
	}
	seen, err := follow(ctx, a, key, asked, say)
	say.done()
	if err != nil {
		return err
	}
	printRuns(w, seen)
	if seen.Outcome.Status != ledger.Succeeded {
		return fmt.Errorf("the run ended %s", seen.Outcome.Status)
	}
	return printTargets(ctx, w, a, seen)
}

// patience is how long a run may take to begin before a person wants to know why.
const patience = 30 * time.Second

// follow watches a run in the ledger until all its jobs have ended. Where the key
// has no slot, it is the latest run of the workflow that there is.
func follow(ctx context.Context, a *app, key ledger.Key, since time.Time, say *progress) (workflow.Run, error) {
	warned := false
	var watch *workflow.Watch
	for ; ; sleep(ctx, 150*time.Millisecond) {
		if ctx.Err() != nil {
			return workflow.Run{Key: key}, context.Cause(ctx)
		}
		if key.Slot.IsZero() {
			latest, ok, err := a.Ledger.Latest(ctx, key.Workflow)
			if err != nil {
				return workflow.Run{Key: key}, err
			}
			if ok {
				key = latest
			}
		}
		var seen workflow.Run
		if !key.Slot.IsZero() {
			if watch == nil {
				watch = a.Workflows.Watch(key)
			}
			var err error
			if seen, err = watch.Look(ctx); err != nil || seen.Outcome != nil {
				return seen, err
			}
		}
		if !seen.Begun() {
			if !warned && time.Since(since) > patience {
				warned = true
				say.step("nothing has begun after %s: is there a manifest of this name, does the subscription push? A message that cannot succeed is on the dead-letter topic, with its reason", patience)
			}
			continue
		}
		say.step("%s", working(seen.Jobs))
	}
}

// working is a run in one line, for people who wait: the jobs that are at work.
func working(jobs []ledger.State) string {
	if len(jobs) == 1 {
		return state(jobs[0])
	}
	ended, at := 0, []string{}
	for _, s := range jobs {
		switch {
		case s.Outcome != nil:
			ended++
		case s.Attempt > 0:
			at = append(at, state(s))
		}
	}
	text := fmt.Sprintf("%d of %d jobs have ended", ended, len(jobs))
	if len(at) > 0 {
		text += "; " + strings.Join(at, "; ")
	}
	return text
}

// state is a job at work in one line.
func state(s ledger.State) string {
	text := fmt.Sprintf("%s, attempt %d: %s", s.Key.Job, s.Attempt, s.Progress.Stage)
	if s.Progress.BytesTotal > 0 {
		text += fmt.Sprintf(", %s of %s read", size(s.Progress.BytesRead), size(s.Progress.BytesTotal))
	}
	if s.Released != "" {
		text += ", will be tried again: " + s.Released
	}
	return text
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// deployed is the App of the environment: the local cloud's or a real project's.
func deployed(ctx context.Context) (*app, error) {
	cfg, err := setup.FromEnv(os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("%w\n    for a local cloud: glint local, then source the env file that it names", err)
	}
	return setup.New(ctx, cfg, serviceLog(false))
}

func who() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "somebody"
}
