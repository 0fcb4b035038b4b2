package workflow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/trigger"
)

// A Scheduled is one job of the scheduler: the one description that Terraform
// and the local cloud both start from.
type Scheduled struct {
	Workflow   string            `json:"workflow"`
	Cron       string            `json:"cron"`
	TimeZone   string            `json:"timezone"`
	Paused     bool              `json:"paused"`
	Data       string            `json:"data"`       // of the message
	Attributes map[string]string `json:"attributes"` // of the message
}

// Schedules reads all manifests under root/workflows and root/schedules.yaml
// and returns what is scheduled, by name. schedules.yaml wins over a manifest's
// own schedule; a workflow with neither is not scheduled.
func Schedules(ctx context.Context, store object.Store, root string) ([]Scheduled, error) {
	overrides, err := overrides(ctx, store, root)
	if err != nil {
		return nil, err
	}
	var all []Scheduled
	var mistakes []error
	known := map[string]bool{}
	for attrs, err := range store.List(ctx, root+"/workflows/", "") {
		if err != nil {
			return nil, err
		}
		if path.Ext(attrs.URI) != ".yaml" || strings.HasSuffix(attrs.URI, ".test.yaml") || strings.Contains(attrs.URI[len(root+"/workflows/"):], "/") {
			continue // what lies deeper is part of a workflow, not one
		}
		name := strings.TrimSuffix(path.Base(attrs.URI), ".yaml")
		known[name] = true
		text, err := read(ctx, store, attrs.URI, "")
		if err != nil {
			return nil, err
		}
		w, _, err := Beside(ctx, store, root, overrides[name].Variables).One(path.Base(attrs.URI), text)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		if s, ok := scheduled(w, overrides[name]); ok {
			all = append(all, s)
		}
	}
	for name := range overrides {
		if !known[name] {
			mistakes = append(mistakes, fault.Errorf(fault.Invalid, "schedules.yaml: there is no workflow %q under %s/workflows", name, root))
		}
	}
	return all, errors.Join(mistakes...)
}

func scheduled(w *manifest.Workflow, o manifest.Override) (Scheduled, bool) {
	s := Scheduled{Workflow: w.Name, TimeZone: "UTC", Paused: o.Paused}
	if w.Schedule != nil {
		s.Cron, s.TimeZone = w.Schedule.Cron, w.Schedule.TimeZone
	}
	if o.Cron != "" {
		s.Cron, s.TimeZone = o.Cron, o.TimeZone
	}
	if s.TimeZone == "" {
		s.TimeZone = "UTC"
	}
	data, attributes := trigger.Message{Workflow: w.Name, Cron: s.Cron, TimeZone: s.TimeZone}.Encode()
	s.Data, s.Attributes = string(data), attributes
	return s, s.Cron != ""
}

// overrides reads root/schedules.yaml; a missing file gives none.
func overrides(ctx context.Context, store object.Store, root string) (map[string]manifest.Override, error) {
	uri := root + "/schedules.yaml"
	text, err := read(ctx, store, uri, "")
	if errors.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return manifest.ParseSchedules("schedules.yaml", text)
}

// read returns a small text, of one version or the newest.
func read(ctx context.Context, store object.Store, uri, version string) ([]byte, error) {
	body, attrs, err := store.Open(ctx, uri, object.Range{Version: version})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if attrs.Size > manifest.MaxSize {
		return nil, fault.Errorf(fault.Invalid, "%s has %d bytes; a manifest may have %d", uri, attrs.Size, manifest.MaxSize)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", uri, err)
	}
	return text, nil
}
