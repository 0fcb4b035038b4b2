package workflow

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
)

// Part is where a file that a manifest names lies, by its name beside the
// manifest. It is no workflow of its own, so it does not lie among them.
func Part(prefix, name string) string { return prefix + "/parts/" + name }

// part reads a file that a manifest names: of the version that the run is pinned
// to or, without a pin, the newest.
func part(ctx context.Context, store object.Store, prefix, from, name string, pin ledger.Pin) (found, version string, text []byte, err error) {
	for _, place := range manifest.Places(from, name) {
		if path.IsAbs(place) || place == ".." || strings.HasPrefix(place, "../") {
			continue
		}
		version, known := pin.Files[place]
		if !known && pin.Generation != "" {
			continue
		}
		uri := Part(prefix, place)
		if !known {
			attrs, err := store.Stat(ctx, uri)
			if errors.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return "", "", nil, err
			}
			version = attrs.Version
		}
		text, err := read(ctx, store, uri, version)
		if errors.Is(err, fault.NotFound) || errors.Is(err, fault.Conflict) {
			return "", "", nil, fault.Errorf(fault.NotFound, "%s: the generation %s that this run is pinned to is gone", uri, version).
				WithHint("switch on versioning of the manifests' bucket, and start a new run")
		}
		return place, version, text, err
	}
	return "", "", nil, fault.Errorf(fault.NotFound, "%s names %s, and there is no such file among the manifests", from, name).
		WithHint("put it beside the manifest or below its folder, and upload the manifest with glint upload, which uploads what it names")
}

// newestReader reads manifests, and the newest files that they name.
func newestReader(ctx context.Context, store object.Store, prefix string, vars map[string]string) manifest.Reader {
	return manifest.Reader{Vars: vars, Open: func(from, name string) (string, []byte, error) {
		found, _, text, err := part(ctx, store, prefix, from, name, ledger.Pin{})
		return found, text, err
	}}
}

// Beside reads manifests under a root that is not deployed yet: the files that
// they name lie beside them, as people keep them, or where a run looks for them.
func Beside(ctx context.Context, store object.Store, root string, vars map[string]string) manifest.Reader {
	return manifest.Reader{Vars: vars, Open: func(from, name string) (string, []byte, error) {
		found, _, text, err := part(ctx, store, root, from, name, ledger.Pin{})
		if !errors.Is(err, fault.NotFound) {
			return found, text, err
		}
		for _, place := range manifest.Places(from, name) {
			if path.IsAbs(place) || place == ".." || strings.HasPrefix(place, "../") {
				continue
			}
			if text, err := read(ctx, store, root+"/workflows/"+place, ""); !errors.Is(err, fault.NotFound) {
				return place, text, err
			}
		}
		return "", nil, err
	}}
}

// withFiles adds the versions of the files that the manifest of a pin names.
// What is wrong with it is found when the run reads it.
func (r *Runner) withFiles(ctx context.Context, pin ledger.Pin) (ledger.Pin, error) {
	text, err := read(ctx, r.Manifests, pin.Manifest, pin.Generation)
	if err != nil {
		if errors.Is(err, fault.NotFound) || errors.Is(err, fault.Conflict) {
			err = fault.Errorf(fault.Transient, "%s was replaced while it was read", pin.Manifest)
		}
		return ledger.Pin{}, err
	}
	var broken error
	reader := manifest.Reader{Vars: pin.Variables, Open: func(from, name string) (string, []byte, error) {
		found, version, text, err := part(ctx, r.Manifests, r.Prefix, from, name, ledger.Pin{})
		switch {
		case err == nil:
			if pin.Files == nil {
				pin.Files = map[string]string{}
			}
			pin.Files[found] = version
		case fault.Retry(err):
			broken = err
		}
		return found, text, err
	}}
	_, _, _ = reader.All(path.Base(pin.Manifest), text)
	return pin, broken
}
