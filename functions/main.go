// Command functions is the deployed program: it registers the doors with the
// Functions Framework and serves the one that FUNCTION_TARGET names.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
	"github.com/GoogleCloudPlatform/functions-framework-go/functions"

	"github.com/glint-data/glint/functions/reconcile"
	"github.com/glint-data/glint/functions/rerun"
	"github.com/glint-data/glint/functions/run"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/setup"
)

// grace is how long a run has to release what it holds after SIGTERM: Cloud Run
// kills after ten seconds.
const grace = 9 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := serve(ctx); err != nil {
		fmt.Fprint(os.Stderr, fault.Print(err))
		os.Exit(1)
	}
}

func serve(ctx context.Context) error {
	cfg, err := setup.FromEnv(os.Getenv)
	if err != nil {
		return err
	}
	app, err := setup.New(ctx, cfg, setup.JSONLog(os.Stdout, cfg.LogLevel))
	if err != nil {
		return err
	}
	defer app.Close()
	if err := app.SelfTest(ctx); err != nil {
		return err
	}

	var doors sync.WaitGroup
	for name, door := range map[string]http.HandlerFunc{
		"run":       run.New(app.Deliver, cfg.Deadline),
		"rerun":     rerun.New(app.Land, cfg.EventKey, cfg.Deadline),
		"reconcile": reconcile.New(app.Tick, cfg.Deadline),
	} {
		functions.HTTP(name, busy(&doors, stopWith(ctx, door)))
	}

	failed := make(chan error, 1)
	go func() { failed <- funcframework.StartHostPort("", cfg.Port) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done(): // what is running hears it through its request's context
	}
	idle := make(chan struct{})
	go func() { doors.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-time.After(grace):
	}
	return nil
}
