package depot

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/udl"
)

// Unnamed is the depot that a place would have which a manifest names without
// one: a bucket, a container or a project, reached as the service's own account.
func Unnamed(a udl.Address) (Manifest, error) {
	uri := a.Params.Get("uri")
	refused := func(hint string, args ...any) (Manifest, error) {
		return Manifest{}, fault.Errorf(fault.Refused, "%s is named without a depot", a).WithHint(hint, args...)
	}
	if a.Depot == "bigquery" {
		project := a.Params.Get("project")
		if project == "" || a.Collection == "none" || a.Collection == "" {
			return Manifest{}, fault.Errorf(fault.Invalid, "%s is no whole table", a).WithHint("a block bigquery says project, dataset and table")
		}
		return Manifest{Name: "bigquery-" + project, Type: BigQuery, Spec: map[string]string{"project": project}}, nil
	}
	if a.Depot != "file" {
		return refused("put a depot at depots/NAME.yaml, and write dataset: dataos://NAME:collection/%s; glint try takes a file in its place", a.Dataset)
	}
	scheme, rest, remote := strings.Cut(uri, "://")
	at, _, _ := strings.Cut(rest, "/")
	switch scheme = strings.ToLower(scheme); {
	case !remote || scheme == "file":
		return refused("it is a path of the machine that the manifest was written on: put the files into a bucket, as gs://BUCKET/path; glint try --depots DIR takes files here")
	case at == "":
		return Manifest{}, fault.Errorf(fault.Invalid, "%s names no bucket", a)
	case scheme == "gs" || scheme == "gcs":
		return Manifest{Name: "gs-" + at, Type: GCS, Spec: map[string]string{"bucket": at}}, nil
	case scheme == "abfss" || scheme == "abfs" || scheme == "wasbs" || scheme == "wasb":
		container, server, ok := strings.Cut(at, "@")
		account, suffix, dotted := strings.Cut(server, ".")
		if !ok || !dotted || container == "" || account == "" {
			return Manifest{}, fault.Errorf(fault.Invalid, "%s names no container", a).WithHint("write %s://CONTAINER@ACCOUNT.dfs.core.windows.net/path", scheme)
		}
		m := Manifest{Name: scheme + "-" + account + "-" + container, Type: ABFSS, Spec: map[string]string{"account": account, "container": container, "endpointSuffix": suffix}}
		if strings.HasPrefix(scheme, "wasb") {
			m.Type = WASBS
		}
		return m, nil
	}
	return refused("%s:// is not reached: files are read in Cloud Storage (gs://) and in Azure (abfss://)", scheme)
}

// direct locates a place that a manifest names without a depot.
func (c *Catalog) direct(ctx context.Context, a udl.Address) (Location, error) {
	m, err := Unnamed(a)
	if err != nil {
		return Location{}, err
	}
	l := Location{Address: a, Type: m.Type, Params: m.Spec}
	if m.Type == BigQuery {
		l.Format, l.Path = "bigquery", []string{m.Spec["project"], a.Collection, a.Dataset}
		return l, nil
	}
	open := c.Open[m.Type]
	if open == nil {
		return Location{}, fault.Errorf(fault.Refused, "%s: places of type %s are refused here", a, m.Type)
	}
	if m.Type != GCS {
		l.Params["endpointSuffix"] = suffix(m.Spec["endpointSuffix"])
	}
	if l.Store, err = open(ctx, l.Params, Secret{}); err != nil {
		return Location{}, fmt.Errorf("%s: %w", a, err)
	}
	_, below, _ := strings.Cut(a.Dataset, "/")
	if leaves(below) || below == "" {
		return Location{}, fault.Errorf(fault.Invalid, "%s names no file or folder in its bucket", a)
	}
	l.URI = root(m.Type, l.Params) + "/" + below
	return l, nil
}

// directBases are where files that stand for a place without a depot may lie, less
// their endings: at the place's own path below dir, or at the end of it, with the
// kind of place before it or not.
func directBases(dir string, a udl.Address) []string {
	segments := strings.Split(a.Dataset, "/")
	if a.Collection != "none" && a.Collection != "" {
		segments = append([]string{a.Collection}, segments...)
	}
	if p := a.Params.Get("project"); p != "" {
		segments = append([]string{p}, segments...)
	}
	var all []string
	for i := range segments {
		end := filepath.Join(segments[i:]...)
		all = append(all, filepath.Join(dir, folderOf(dir, a.Depot), end), filepath.Join(dir, end))
	}
	return all
}
