package manifest

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// A resource is one part of a bundle.
type resource struct {
	id        string
	after     []string
	workflows []*Workflow
	pos       fault.Pos
}

// bundle reads the workflows of a bundle, each after those that it depends on.
// Depots are known by their own manifests; nothing else runs here.
func (d *decoder) bundle(r plug.Raw) []*Workflow {
	var body plug.Raw
	d.attributes("bundle manifest", r, []attribute{
		{name: "name", read: func(plug.Raw) {}}, {name: "version", read: func(plug.Raw) {}}, {name: "type", read: func(plug.Raw) {}},
		{name: "tags", accept: elsewhere}, {name: "description", accept: elsewhere}, {name: "owner", accept: elsewhere},
		{name: "title", accept: elsewhere}, {name: "layer", accept: elsewhere}, {name: "workspace", accept: elsewhere},
		{name: "bundle", read: func(v plug.Raw) { body = v }},
	})
	var all []resource
	d.attributes("bundle", body, []attribute{
		{name: "schedule", accept: "each workflow has a schedule of its own"},
		{name: "workspaces", accept: elsewhere},
		{name: "properties", accept: elsewhere},
		{name: "manageAsUser", accept: elsewhere},
		{name: "resources", read: func(v plug.Raw) {
			d.items("bundle.resources", v, func(item plug.Raw) { all = append(all, d.resource(item)) })
		}},
	})
	if len(all) == 0 {
		d.invalid(r.Pos, "", "the bundle has no resources")
	}
	var flows []*Workflow
	done := map[string]bool{}
	var visit func(i int, path []string)
	visit = func(i int, path []string) {
		x := all[i]
		switch {
		case slices.Contains(path, x.id):
			d.invalid(x.pos, "", "resources depend on each other in a circle: %s", strings.Join(append(path, x.id), " → "))
			return
		case done[x.id]:
			return
		}
		for _, name := range x.after {
			k := slices.IndexFunc(all, func(o resource) bool { return o.id == name })
			if k < 0 {
				d.invalid(x.pos, "", "resource %s depends on %s, and there is no such resource", x.id, name)
				continue
			}
			visit(k, append(slices.Clone(path), x.id))
		}
		done[x.id] = true
		flows = append(flows, x.workflows...)
	}
	for i := range all {
		visit(i, nil)
	}
	for _, w := range flows {
		w.Undeployable = append(w.Undeployable, fault.Errorf(fault.Refused, "the cloud runs no bundles").At(w.Pos).
			WithHint("put each workflow of the bundle into a file of its own; glint try runs them here"))
	}
	return flows
}

func (d *decoder) resource(r plug.Raw) resource {
	x := resource{pos: r.Pos}
	var spec, file plug.Raw
	d.attributes("bundle resource", r, []attribute{
		{name: "id", read: d.into("resource.id", &x.id)},
		{name: "workspace", accept: elsewhere},
		{name: "spec", read: func(v plug.Raw) { spec = v }},
		{name: "file", read: func(v plug.Raw) { file = v }},
		{name: "dependencies", read: d.intoList("resource.dependencies", &x.after)},
		{name: "dependencyConditions", accept: "a resource comes after those that it depends on"},
	})
	one := func(spec plug.Raw) {
		switch kind := strings.ToLower(strings.TrimSpace(spec.Get("type").Text)); kind {
		case "workflow", "":
			x.workflows = append(x.workflows, d.workflow(spec))
		case "depot", "secret", "instance-secret", "cluster", "policy":
			d.note(spec.Pos, "", "resource %s: the %s is not read: what a workflow needs of it is known by the depots' manifests", x.id, kind)
		default:
			d.refused(spec.Pos, "only workflows run here", "resource %s: %s is not supported", x.id, kind)
		}
	}
	switch {
	case file.Shape != plug.Absent:
		d.named("resource.file", file, func(docs []plug.Raw) {
			for _, doc := range docs {
				one(doc)
			}
		})
	case spec.Shape == plug.Absent:
		d.invalid(r.Pos, "", "resource %s has no spec", x.id)
	default:
		one(spec)
	}
	return x
}
