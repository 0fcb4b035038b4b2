package workflow

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/trigger"
	"github.com/glint-data/glint/shared/udl"
)

// readers knows which workflow reads what, and what it writes.
type readers struct {
	version string // of all that it was made from
	known   []*reader
}

// A reader is one workflow.
type reader struct {
	name    string
	reads   []udl.Address
	inputs  []depot.Location // of reads
	writes  []string         // places
	onPoll  bool             // schedules.yaml asks to look at its inputs
	refused error            // why no event starts it; nil if one does
}

// of returns who reads an object.
func (rs *readers) of(uri string) (all []*reader) {
	for _, r := range rs.known {
		if slices.ContainsFunc(r.inputs, func(l depot.Location) bool { return l.Store != nil && trigger.Reads(l.URI, uri) }) {
			all = append(all, r)
		}
	}
	return all
}

// readers makes the index, or returns the last one if nothing that it was made
// from has changed. A workflow that cannot be read is in the log and hears no
// event; the others do.
func (r *Reruns) readers(ctx context.Context) (*readers, error) {
	version, names, err := r.sources(ctx)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.index != nil && r.index.version == version {
		return r.index, nil
	}
	schedules, err := overrides(ctx, r.Manifests, r.Prefix)
	if err != nil {
		return nil, err
	}
	rs := &readers{version: version}
	for _, name := range names {
		one, err := r.reader(ctx, name, schedules[name])
		switch {
		case err != nil && fault.Retry(err):
			return nil, err
		case err != nil:
			r.Log.Warn("no event starts a workflow that cannot be read", "workflow", name, "error", err.Error(), "hints", fault.Hints(err))
		default:
			rs.known = append(rs.known, one)
		}
	}
	rs.refuseCycles()
	for _, one := range rs.known {
		if one.refused != nil {
			r.Log.Error("no event starts a workflow of a cycle", "workflow", one.name, "error", one.refused.Error(), "hints", fault.Hints(one.refused))
		}
	}
	r.index = rs
	return rs, nil
}

// sources lists what the index is made from: its version, and the workflows' names.
func (r *Reruns) sources(ctx context.Context) (version string, names []string, err error) {
	sum := sha256.New()
	for _, folder := range []string{"/workflows/", "/depots/", "/parts/"} {
		for attrs, err := range r.Manifests.List(ctx, r.Prefix+folder, "") {
			if err != nil {
				return "", nil, err
			}
			fmt.Fprintf(sum, "%q %q\n", attrs.URI, attrs.Version)
			if folder == "/workflows/" && path.Ext(attrs.URI) == ".yaml" && !strings.HasSuffix(attrs.URI, ".test.yaml") {
				names = append(names, strings.TrimSuffix(path.Base(attrs.URI), ".yaml"))
			}
		}
	}
	attrs, err := r.Manifests.Stat(ctx, r.Prefix+"/schedules.yaml")
	if err != nil && !errors.Is(err, fault.NotFound) {
		return "", nil, err
	}
	fmt.Fprintf(sum, "%q\n", attrs.Version)
	return fmt.Sprintf("%x", sum.Sum(nil)), names, nil
}

// reader reads one workflow, and finds where its addresses lead.
func (r *Reruns) reader(ctx context.Context, name string, o manifest.Override) (*reader, error) {
	uri := r.uri(name)
	text, err := read(ctx, r.Manifests, uri, "")
	if err != nil {
		return nil, err
	}
	w, _, err := newestReader(ctx, r.Manifests, r.Prefix, o.Variables).One(path.Base(uri), text)
	if err != nil {
		return nil, err
	}
	one := &reader{name: name, onPoll: o.OnChange}
	locate := func(what string, a udl.Address) (depot.Location, error) {
		loc, err := r.Jobs.Depots.Locate(ctx, a)
		if err != nil {
			return loc, fmt.Errorf("%s: %w", what, err)
		}
		return loc, nil
	}
	for i, j := range w.Jobs {
		for _, in := range j.Inputs {
			loc, err := locate("input "+in.Name, in.Dataset)
			if err != nil {
				return nil, err
			}
			if made := earlierOutputs(w.Jobs, i); slices.ContainsFunc(made, in.Dataset.Same) {
				continue // this run's own: that it lands is no news
			}
			one.reads, one.inputs = append(one.reads, in.Dataset), append(one.inputs, loc)
		}
		for _, out := range j.Outputs {
			loc, err := locate("output "+out.Name, out.Dataset)
			if err != nil {
				return nil, err
			}
			one.writes = append(one.writes, place(loc))
		}
	}
	return one, nil
}

// earlierOutputs is what the jobs write that the i-th depends on, through others
// as well.
func earlierOutputs(jobs []manifest.Job, i int) (all []udl.Address) {
	seen := map[string]bool{}
	var visit func(j *manifest.Job)
	visit = func(j *manifest.Job) {
		for k := range jobs {
			if d := &jobs[k]; slices.Contains(j.Dependencies, d.Name) && !seen[d.Name] {
				seen[d.Name] = true
				for _, out := range d.Outputs {
					all = append(all, out.Dataset)
				}
				visit(d)
			}
		}
	}
	visit(&jobs[i])
	return all
}

// place is what two addresses of the same thing have in common.
func place(l depot.Location) string {
	if l.Store != nil {
		return trigger.Place(l.URI)
	}
	return strings.ToLower(string(l.Type)) + ":" + strings.Join(l.Path, ".")
}

// refuseCycles marks the workflows that, through others or by themselves, read
// what they write: each of their runs would ask for the next.
func (rs *readers) refuseCycles() {
	for _, start := range rs.known {
		if cycle := rs.back(start, start, nil); cycle != nil {
			start.refused = fault.Errorf(fault.Refused, "workflow %s reads what it writes: %s", start.name, strings.Join(cycle, " → ")).
				WithHint("break the cycle, or run these workflows by a schedule; schedules are not affected")
		}
	}
}

// back is the way from a workflow through what it writes to the one that it
// began with, as names; nil if there is none.
func (rs *readers) back(start, at *reader, seen []*reader) []string {
	for _, written := range at.writes {
		for _, next := range rs.known {
			if !next.takes(written) {
				continue
			}
			if next == start {
				return []string{at.name, written, start.name}
			}
			if slices.Contains(seen, next) {
				continue
			}
			seen = append(seen, next)
			if way := rs.back(start, next, seen); way != nil {
				return append([]string{at.name, written}, way...)
			}
		}
	}
	return nil
}

// takes reports whether an input lies at or in what was written, or the other
// way round.
func (r *reader) takes(written string) bool {
	for _, in := range r.inputs {
		p := place(in)
		if p == written || strings.HasPrefix(p, written+"/") || strings.HasPrefix(written, p+"/") {
			return true
		}
	}
	return false
}
