package depot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

// A Catalog knows depots by their manifests, PREFIX/<depot>.yaml. It reads a
// manifest when it is asked for, and again when it has changed. It is safe for
// concurrent use.
type Catalog struct {
	Manifests object.Store
	Prefix    string  // gs://bucket/depots
	Secrets   Secrets // nil: there are none
	// Open makes the store of a depot with objects, each time that an address is
	// located: whoever gives it shares what is dear. A type without one here is
	// refused, which is how a deployed service refuses FILE.
	Open map[Type]func(ctx context.Context, spec map[string]string, s Secret) (object.Store, error)
	// Folders stand for every depot, whatever its type, if there are any: the
	// first that has files for an address counts. No manifest is read then.
	Folders []string
	// Stale says that what a folder has for an address is not to be used; nil is never.
	Stale  func(folder string, a udl.Address) bool
	Behind *Catalog // where the folders have nothing for an address; nil is nothing

	mu    sync.Mutex
	known map[string]entry
}

type entry struct {
	version  string
	manifest Manifest
}

// Secrets are credentials kept elsewhere, by name.
type Secrets interface {
	Secret(ctx context.Context, name string) (Secret, error)
}

// Locate finds where a leads.
func (c *Catalog) Locate(ctx context.Context, a udl.Address) (Location, error) {
	if len(c.Folders) > 0 {
		l, err := c.standIn(a)
		if c.Behind != nil && errors.Is(err, fault.NotFound) {
			return c.Behind.Locate(ctx, a)
		}
		return l, err
	}
	if a.Direct {
		return c.direct(ctx, a)
	}
	m, err := c.manifest(ctx, a.Depot)
	if err != nil {
		return Location{}, err
	}
	if a.Dataset == "" {
		return Location{}, fault.Errorf(fault.Invalid, "address %q names no dataset", a)
	}
	if leaves(a.Collection) || leaves(a.Dataset) { // however the address was made
		return Location{}, fault.Errorf(fault.Invalid, "address %q leaves its depot", a)
	}
	secret, missing, err := c.secret(ctx, m, a)
	if err != nil {
		return Location{}, err
	}
	l := Location{Address: a, Type: m.Type, Format: strings.ToLower(m.Spec["format"]), Params: maps.Clone(m.Spec), Secret: secret,
		Notes: slices.Concat(m.Notes, missing)}
	if m.Type == BigQuery {
		if strings.Contains(a.Dataset, "/") || a.Collection == "none" {
			return Location{}, fault.Errorf(fault.Invalid, "address %q: a BigQuery depot wants dataos://%s:DATASET/TABLE", a, a.Depot)
		}
		l.Format, l.Path = "bigquery", []string{m.Spec["project"], a.Collection, a.Dataset}
		return l, nil
	}
	open := c.Open[m.Type]
	if open == nil {
		e := fault.Errorf(fault.Refused, "depot %s: depots of type %s are refused here", m.Name, m.Type).At(m.Pos)
		if m.Type == File {
			return Location{}, e.WithHint("a FILE depot would read the files of the instance; use a GCS depot")
		}
		return Location{}, e
	}
	if m.Type == ABFSS || m.Type == WASBS {
		l.Params["endpointSuffix"] = suffix(m.Spec["endpointSuffix"], secret.Reveal("azureendpointsuffix"))
	}
	if l.Store, err = open(ctx, l.Params, secret); err != nil {
		return Location{}, fmt.Errorf("depot %s: %w", m.Name, err)
	}
	l.URI = root(m.Type, l.Params) + "/" + key(m, a)
	return l, nil
}

// suffix is what the names of an Azure account end with, of which people write
// more or less: dfs.core.windows.net, core.windows.net, windows.net.
func suffix(said ...string) string {
	s := strings.ToLower(strings.Trim(cmp.Or(said...), ". /"))
	for _, service := range []string{"dfs.", "blob."} {
		s = strings.TrimPrefix(s, service)
	}
	if s == "" || s == "windows.net" {
		return "core.windows.net"
	}
	return s
}

// root is where a depot with objects begins.
func root(t Type, spec map[string]string) string {
	switch t {
	case File:
		return "file://" + path.Clean(spec["path"])
	case ABFSS:
		return "abfss://" + spec["container"] + "@" + spec["account"] + ".dfs." + spec["endpointSuffix"]
	case WASBS:
		return "wasbs://" + spec["container"] + "@" + spec["account"] + ".blob." + spec["endpointSuffix"]
	}
	return "gs://" + spec["bucket"]
}

// key is <relativePath>/<collection unless none>/<dataset>.
func key(m Manifest, a udl.Address) string {
	parts := []string{strings.Trim(m.Spec["relativePath"], "/")}
	if a.Collection != "none" {
		parts = append(parts, a.Collection)
	}
	parts = append(parts, a.Dataset)
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "/")
}

func (c *Catalog) manifest(ctx context.Context, name string) (Manifest, error) {
	uri := c.Prefix + "/" + name + ".yaml"
	attrs, err := c.Manifests.Stat(ctx, uri)
	if errors.Is(err, fault.NotFound) {
		return Manifest{}, c.unknown(ctx, name)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("depot %s: %w", name, err)
	}
	c.mu.Lock()
	e, ok := c.known[name]
	c.mu.Unlock()
	if ok && e.version == attrs.Version {
		return e.manifest, nil
	}
	body, attrs, err := c.Manifests.Open(ctx, uri, object.Range{Version: attrs.Version})
	if err != nil {
		return Manifest{}, fmt.Errorf("depot %s: %w", name, err)
	}
	defer body.Close()
	text, err := io.ReadAll(io.LimitReader(body, manifest.MaxSize+1))
	if err != nil {
		return Manifest{}, fmt.Errorf("depot %s: %w", name, err)
	}
	m, _, err := ParseManifest("depots/"+name+".yaml", text)
	if err != nil {
		return Manifest{}, err
	}
	if !strings.EqualFold(m.Name, name) {
		return Manifest{}, fault.Errorf(fault.Invalid, "depots/%s.yaml: the depot is called %q", name, m.Name).At(m.Pos).
			WithHint("a file's stem is its depot's name: rename one of them")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil {
		c.known = map[string]entry{}
	}
	c.known[name] = entry{attrs.Version, m}
	return m, nil
}

// unknown is the error for a depot without a manifest, with those that have one.
func (c *Catalog) unknown(ctx context.Context, name string) error {
	var names []string
	for attrs, err := range c.Manifests.List(ctx, c.Prefix+"/", "") {
		if err != nil {
			return fmt.Errorf("depot %s: %w", name, err)
		}
		names = append(names, strings.TrimSuffix(path.Base(attrs.URI), ".yaml"))
	}
	e := fault.Errorf(fault.NotFound, "depot %q is not known", name)
	switch near := plug.Nearest(name, names); {
	case near != "":
		return e.WithHint("did you mean %s?", near)
	case len(names) == 0:
		return e.WithHint("no depot is: put its manifest at %s/%s.yaml", c.Prefix, name)
	}
	return e.WithHint("known: %s; put its manifest at %s/%s.yaml", strings.Join(names, ", "), c.Prefix, name)
}

// secret finds the credential for an address. Google's own services are reached
// as the service's account if the secret that the depot names is not there.
func (c *Catalog) secret(ctx context.Context, m Manifest, a udl.Address) (Secret, []plug.Note, error) {
	acl := "r"
	if a.Writable() {
		acl = "rw"
	}
	inline, name, err := m.secretFor(acl)
	if err != nil || name == "" {
		return inline, nil, err
	}
	s, err := Secret{}, error(fault.Errorf(fault.NotFound, "no secrets are kept here"))
	if c.Secrets != nil {
		s, err = c.Secrets.Secret(ctx, name)
	}
	if err == nil {
		return s, nil, nil
	}
	if errors.Is(err, fault.NotFound) && (m.Type == GCS || m.Type == BigQuery) {
		return Secret{}, []plug.Note{{Pos: m.Pos, Message: fmt.Sprintf("depot %s: there is no secret %s; the service's own account is used", m.Name, name)}}, nil
	}
	return Secret{}, nil, fmt.Errorf("depot %s: secret %s: %w", m.Name, name, err)
}
