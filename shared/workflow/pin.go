package workflow

import (
	"context"
	"errors"
	"path"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/trigger"
)

// pin fixes which generation of the manifest, with which variables, this run
// reads: the first delivery decides, every later one and every job follows.
func (r *Runner) pin(ctx context.Context, m trigger.Message, run ledger.Key) (ledger.Pin, error) {
	if m.Job != "" || m.Resume { // most likely an earlier delivery has
		pin, ok, err := r.Ledger.Pinned(ctx, run)
		if err != nil || ok {
			return pin, err
		}
	}
	newest, err := r.newest(ctx, m.Workflow)
	if err == nil && m.Resume && m.Ordinal > 0 {
		newest.Keep, err = r.kept(ctx, run, newest)
	}
	if err == nil {
		return r.Ledger.Pin(ctx, run, newest)
	}
	if fault.Retry(err) {
		return ledger.Pin{}, err
	}
	// What is there now is no use; an earlier delivery may have found better.
	pin, ok, look := r.Ledger.Pinned(ctx, run)
	switch {
	case look != nil:
		return ledger.Pin{}, look
	case ok:
		return pin, nil
	}
	return ledger.Pin{}, err
}

// newest is what a run of a workflow that begins now reads.
func (r *Runner) newest(ctx context.Context, name string) (ledger.Pin, error) {
	uri := r.uri(name)
	attrs, err := r.Manifests.Stat(ctx, uri)
	switch {
	case errors.Is(err, fault.NotFound):
		return ledger.Pin{}, missing(uri)
	case err != nil:
		return ledger.Pin{}, err
	}
	schedules, err := overrides(ctx, r.Manifests, r.Prefix)
	if err != nil {
		return ledger.Pin{}, err
	}
	pin := ledger.Pin{Manifest: uri, Generation: attrs.Version, Variables: schedules[name].Variables}
	return r.withFiles(ctx, pin)
}

func missing(uri string) error {
	return fault.Errorf(fault.NotFound, "there is no manifest %s", uri).
		WithHint("upload it (scripts/deploy does), or correct the workflow's name")
}

// parse reads the pinned generation.
func (r *Runner) parse(ctx context.Context, name string, pin ledger.Pin) (*manifest.Workflow, error) {
	text, err := read(ctx, r.Manifests, pin.Manifest, pin.Generation)
	if errors.Is(err, fault.NotFound) && pin.Generation == "" {
		return nil, missing(pin.Manifest)
	}
	if errors.Is(err, fault.Conflict) || errors.Is(err, fault.NotFound) {
		return nil, fault.Errorf(fault.NotFound, "%s: the generation %s that this run is pinned to is gone", pin.Manifest, pin.Generation).
			WithHint("switch on versioning of the manifests' bucket; glint run %s starts a new run", name)
	}
	if err != nil {
		return nil, err
	}
	var broken error // the store, not the manifest
	reader := manifest.Reader{Vars: pin.Variables, Open: func(from, name string) (string, []byte, error) {
		found, _, text, err := part(ctx, r.Manifests, r.Prefix, from, name, pin)
		if fault.Retry(err) {
			broken = err
		}
		return found, text, err
	}}
	w, notes, err := reader.One(path.Base(pin.Manifest), text)
	if broken != nil {
		return nil, broken
	}
	for _, n := range notes {
		r.Log.Debug("manifest", "workflow", name, "at", n.Pos.String(), "note", n.Message)
	}
	if err != nil {
		return nil, err
	}
	if w.Name != name {
		return nil, fault.Errorf(fault.Invalid, "%s: the workflow is called %q", pin.Manifest, w.Name).At(w.Pos).
			WithHint("a file's stem is its workflow's name: rename one of them")
	}
	return w, nil
}

func (r *Runner) uri(workflow string) string { return r.Prefix + "/workflows/" + workflow + ".yaml" }
