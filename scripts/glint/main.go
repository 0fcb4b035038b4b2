//go:build !windows

// Command glint runs Flare batch workflows: a demo on this machine, a local
// cloud to play with, and runs of the deployed service.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := root().ExecuteContext(ctx); err != nil {
		ended := &ending{code: 1, err: err}
		if errors.As(err, &ended); ended.err != nil && !errors.Is(err, context.Canceled) {
			fmt.Fprint(os.Stderr, fault.Print(ended.err))
		}
		os.Exit(ended.code)
	}
}

// An ending is how a command ends, where that says more than well or not.
type ending struct {
	code int
	err  error // nil if it was said already
}

func (e *ending) Error() string {
	if e.err == nil {
		return fmt.Sprintf("ends with %d", e.code)
	}
	return e.err.Error()
}

func (e *ending) Unwrap() error { return e.err }

// exit makes a command end with a code. What is nil was said already.
func exit(code int, err error) error { return &ending{code, err} }

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "glint",
		Short:         "Run Flare batch workflows as serverless functions, with DuckDB instead of a cluster",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.SetVersionTemplate("glint {{.Version}}\n")
	cmd.AddCommand(demoCommand(), localCommand(), runCommand(), rerunCommand(), cancelCommand(), uploadCommand(),
		schedulesCommand(), depotsCommand(), rolesCommand(), publishCommand(), certifyCommand(), sqlCommand(), tryCommand(), lintCommand(), planCommand(), testCommand(), schemaCommand(), docsCommand(), importCommand(), initCommand(), convertCommand(), diffCommand())
	return cmd
}

// version is the revision that this program was built from, and its engine.
func version() string {
	v, revision := "devel", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return fmt.Sprintf("%s%s (%s, %s/%s)", v, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
