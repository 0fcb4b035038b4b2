//go:build !windows

package main

import (
	"context"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/trigger"
	"github.com/glint-data/glint/shared/workflow"
)

func publishCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "publish",
		Short: "Ask once for each deployed workflow that nothing else starts",
		Long: "A workflow with neither a schedule nor on_change runs once for each version of its manifest: the slot is the\n" +
			"manifest's generation, so asking again is answered by the run that there was.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := deployed(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			return publish(cmd.Context(), cmd.OutOrStdout(), a)
		},
	}
}

func publish(ctx context.Context, w io.Writer, a *app) error {
	started := map[string]bool{}
	jobs, err := workflow.Schedules(ctx, a.Storage, a.Config.Root)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		started[j.Workflow] = true
	}
	if err := onChange(ctx, a, started); err != nil {
		return err
	}
	for attrs, err := range a.Storage.List(ctx, a.Config.Root+"/workflows/", "") {
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(path.Base(attrs.URI), ".yaml")
		if path.Ext(attrs.URI) != ".yaml" || strings.HasSuffix(attrs.URI, ".test.yaml") || started[name] {
			continue
		}
		slot, err := generationTime(attrs)
		if err != nil {
			return err
		}
		data, attributes := trigger.Message{Workflow: name, Slot: slot, Reason: "deployed, and scheduled nowhere"}.Encode()
		id, err := a.Publisher.Publish(ctx, a.Config.Topic, data, attributes)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s: asked for slot %s with message %s\n", name, slot.Format(time.RFC3339Nano), id)
	}
	return nil
}

// onChange adds what events start, and what schedules.yaml keeps from running.
func onChange(ctx context.Context, a *app, started map[string]bool) error {
	body, _, err := a.Storage.Open(ctx, a.Config.Root+"/schedules.yaml", object.Range{})
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, manifest.MaxSize))
	if err != nil {
		return err
	}
	overrides, err := manifest.ParseSchedules("schedules.yaml", text)
	for name, o := range overrides {
		started[name] = started[name] || o.OnChange || o.Paused
	}
	return err
}

// generationTime is a generation as a time: Cloud Storage counts in microseconds
// since 1970, so a newer version of a manifest has a later slot.
func generationTime(a object.Attrs) (time.Time, error) {
	n, err := strconv.ParseInt(a.Version, 10, 64)
	if t := time.UnixMicro(n).UTC(); err == nil && t.Year() >= 2010 && t.Year() < 2100 {
		return t.Truncate(time.Millisecond), nil
	}
	return time.Time{}, fault.Errorf(fault.Internal, "%s: the generation %q is not a time", a.URI, a.Version).
		WithHint("ask for the run by hand: glint run %s", strings.TrimSuffix(path.Base(a.URI), ".yaml"))
}
