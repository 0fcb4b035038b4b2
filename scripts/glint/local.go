//go:build !windows

package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/functions/reconcile"
	"github.com/glint-data/glint/functions/rerun"
	"github.com/glint-data/glint/functions/run"
	"github.com/glint-data/glint/infra"
	"github.com/glint-data/glint/shared/localcloud"
	"github.com/glint-data/glint/shared/setup"
	"github.com/glint-data/glint/shared/workflow"
)

type app = setup.App

// A local is a cloud in this process with the door of functions/run on it.
type local struct {
	cloud *localcloud.Cloud
	app   *app
	jobs  []workflow.Scheduled
	data  string // the sample's CSV file
}

const (
	localProject = "glint-local"
	localLanding = "glint-landing" // a bucket that tells what is written to it
)

// On a laptop people wait for what an edit leads to.
const (
	localQuiet = 2 * time.Second
	localTick  = time.Second
)

// startLocal starts a local cloud, uploads what is in infra/ with the local
// depots in place of the cloud's, and serves the door.
func startLocal(ctx context.Context, dir string, log *slog.Logger) (*local, error) {
	depots, err := filepath.Abs(filepath.Join(dir, "thirdparty01"))
	if err != nil {
		return nil, err
	}
	l := &local{}
	if l.data, err = writeCities(depots, 10_000); err != nil {
		return nil, err
	}
	l.cloud, err = localcloud.Start(ctx, localcloud.Options{
		Project: localProject, Temporary: []string{"tmdc-development-new", localLanding}, Datasets: []string{"dev"}, FileDepots: depots,
		Failed: func(err error) { log.Warn("local cloud", "error", err.Error()) },
	})
	if err != nil {
		return nil, err
	}
	if err := l.open(ctx, depots, log); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// azurite names the variable by which Azure depots find Azurite; without it, they
// are in Azure itself.
const azurite = "AZURE_STORAGE_EMULATOR_HOST"

func (l *local) open(ctx context.Context, depots string, log *slog.Logger) error {
	if err := l.cloud.Upload(ctx, infra.Files); err != nil {
		return err
	}
	if err := l.cloud.Upload(ctx, localDepots(depots, localProject)); err != nil {
		return err
	}
	env := l.cloud.Env()
	env[azurite] = os.Getenv(azurite) // the one emulator that is not ours
	cfg, err := setup.FromEnv(func(name string) string { return env[name] })
	if err != nil {
		return err
	}
	cfg.Quiet = localQuiet
	if l.app, err = setup.New(ctx, cfg, log); err != nil {
		return err
	}
	if err := l.app.SelfTest(ctx); err != nil {
		return err
	}
	if err := l.cloud.Serve(ctx, run.New(l.app.Deliver, cfg.Deadline)); err != nil {
		return err
	}
	l.jobs, err = l.cloud.Schedule(ctx)
	return err
}

// watch serves the doors for what lands and for the clock. With all, it is as if
// schedules.yaml said on_change of every workflow.
func (l *local) watch(ctx context.Context, all bool) error {
	landed, err := l.cloud.Open(rerun.New(l.app.Land, l.app.Config.EventKey, l.app.Config.Deadline))
	if err != nil {
		return err
	}
	clock, err := l.cloud.Open(reconcile.New(l.app.Tick, l.app.Config.Deadline))
	if err != nil {
		return err
	}
	l.app.Clock.PollAll, l.app.Clock.Idle = all, slog.LevelDebug
	l.cloud.Tick(ctx, clock, localTick)
	return l.cloud.Notify(ctx, landed, localLanding)
}

func (l *local) close() {
	l.cloud.Close()
	if l.app != nil {
		l.app.Close()
	}
}

func localCommand() *cobra.Command {
	var dir string
	var watch bool
	cmd := &cobra.Command{
		Use:   "local",
		Short: "Keep a local cloud up, with the functions on it, until ctrl-C",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			l, err := startLocal(ctx, dir, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
			if err != nil {
				return err
			}
			defer l.close()
			if err := l.watch(ctx, watch); err != nil {
				return err
			}
			file := filepath.Join(dir, "env")
			lines := exports(l.cloud.Env())
			if err := os.WriteFile(file, []byte(lines), 0o644); err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "The local cloud is up. In another terminal:\n\n  . %s\n  glint run %s\n\n%s\n", file, demoWorkflow, lines)
			for _, j := range l.jobs {
				fmt.Fprintf(w, "scheduled: %s at %q %s\n", j.Workflow, j.Cron, j.TimeZone)
			}
			fmt.Fprintf(w, "data:      %s\nevents:    gs://%s starts what reads it\nctrl-C ends it.\n", l.data, localLanding)
			<-ctx.Done()
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", filepath.Join(".glint", "local"), "folder of the sample data and of the file env")
	cmd.Flags().BoolVar(&watch, "watch", false, "run a workflow at the start, and again whenever its inputs change")
	return cmd
}

// exports are environment variables as a shell reads them.
func exports(env map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(env[name], "'", `'\''`))
	}
	return b.String()
}
