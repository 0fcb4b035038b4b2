//go:build !windows

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing/fstest"
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/workflow"
)

const demoWorkflow = "bq-write-01"

func demoCommand() *cobra.Command {
	var dir string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run the workflow bq-write-01 on a local cloud, end to end",
		Long: "Starts Cloud Storage, Pub/Sub, a scheduler and BigQuery in this process, uploads the workflow, its depots and a\n" +
			"sample data set, lets the scheduler fire, and shows the run. The data set is a CSV file below --dir: edit it and run again.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), cmd.OutOrStdout(), dir, verbose)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", filepath.Join(".glint", "demo"), "folder of the sample data")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show the service's log")
	return cmd
}

func demo(ctx context.Context, w io.Writer, dir string, verbose bool) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	say := newProgress(w)
	say.step("starting Cloud Storage, Pub/Sub, a scheduler and BigQuery in this process")
	l, err := startLocal(ctx, dir, serviceLog(verbose))
	if err != nil {
		return err
	}
	defer l.close()
	say.step("the scheduler fires %s (%s %s)", demoWorkflow, l.jobs[0].Cron, l.jobs[0].TimeZone)
	fired := time.Now()
	if _, err := l.cloud.Fire(ctx, demoWorkflow); err != nil {
		return err
	}
	seen, err := follow(ctx, l.app, ledger.Key{Workflow: demoWorkflow}, fired, say)
	say.done()
	if err != nil {
		return err
	}
	printRuns(w, seen)
	if seen.Outcome.Status != ledger.Succeeded {
		return fmt.Errorf("the run ended %s", seen.Outcome.Status)
	}
	if err := printTargets(ctx, w, l.app, seen); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nTry next:\n  edit %s and run the demo again\n  glint local                keep this cloud up and play with it\n  glint run %s      ask it for a run, from another terminal\n",
		l.data, demoWorkflow)
	return nil
}

// printTargets shows what the run's targets hold now.
func printTargets(ctx context.Context, w io.Writer, app *app, seen workflow.Run) error {
	for _, s := range seen.Jobs {
		for _, r := range s.Outcome.Receipts {
			rows, err := app.BigQuery.Preview(ctx, strings.SplitN(r.Target.Address, ".", 3), 10)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "\n%s\n\n", r.Target.Address)
			printRows(w, rows)
		}
	}
	return nil
}

// localDepots stand in for the catalog's: the landing bucket is a folder here,
// the warehouse is the emulator's project.
func localDepots(data, project string) fstest.MapFS {
	depot := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"depots/thirdparty01.yaml": depot(fmt.Sprintf("name: thirdparty01\nversion: v2alpha\ntype: depot\ndepot:\n  type: FILE\n  file:\n    path: %q\n", data)),
		"depots/bqdepot.yaml":      depot(fmt.Sprintf("name: bqdepot\nversion: v2alpha\ntype: depot\ndepot:\n  type: BIGQUERY\n  bigquery:\n    project: %s\n", project)),
	}
}

// serviceLog is where the function's own log goes.
func serviceLog(verbose bool) *slog.Logger {
	if verbose {
		return slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return slog.New(slog.DiscardHandler)
}
