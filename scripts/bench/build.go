//go:build !windows

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
)

// programs are the paths of what is measured.
type programs struct{ function, glint string }

// stripped ends the name of a program that was linked with -s -w.
const stripped = "-stripped"

const module = "github.com/glint-data/glint/"

// build makes the programs, the command line and the stripped ones only if all are wanted.
func build(ctx context.Context, dir string, all bool) (programs, error) {
	p := programs{function: filepath.Join(dir, "functions"), glint: filepath.Join(dir, "glint")}
	if err := link(ctx, p.function, module+"functions"); err != nil || !all {
		return p, err
	}
	for _, b := range [][]string{
		{p.glint, module + "scripts/glint"},
		{p.function + stripped, "-ldflags", "-s -w", module + "functions"},
		{p.glint + stripped, "-ldflags", "-s -w", module + "scripts/glint"},
	} {
		if err := link(ctx, b[0], b[1:]...); err != nil {
			return p, err
		}
	}
	return p, nil
}

func link(ctx context.Context, to string, args ...string) error {
	say("building %s", to)
	cmd := command(ctx, "go", append([]string{"build", "-o", to}, args...)...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}
