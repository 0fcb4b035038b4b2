package manifest

import (
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

const elsewhere = "it belongs to DataOS's own platform"

func (d *decoder) workflow(r plug.Raw) *Workflow {
	w := &Workflow{Pos: r.Pos}
	defer func(outer *Workflow) { d.flow = outer }(d.flow)
	d.flow = w
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "a manifest is a mapping with name, version, type and workflow")
		return w
	}
	var kind, title string
	namePos := r.Pos
	d.attributes("manifest", r, []attribute{
		{name: "name", read: func(v plug.Raw) { namePos = v.Pos; d.into("name", &w.Name)(v) }},
		{name: "version", read: d.into("version", &w.Version)},
		{name: "type", read: d.into("type", &kind)},
		{name: "tags", read: d.prose(d.intoList("tags", &w.Tags))},
		{name: "description", read: d.prose(d.into("description", &w.Description))},
		{name: "owner", read: d.prose(d.into("owner", &w.Owner))},
		{name: "title", read: d.prose(d.into("title", &title))},
		{name: "layer", accept: elsewhere},
		{name: "workspace", accept: elsewhere},
		{name: "workflow", read: func(v plug.Raw) { d.body(w, v) }},
	})
	if w.Title == "" {
		w.Title = title
	}
	d.checkResource("workflow", w.Name, namePos)
	switch p := r.Get("type").Pos; {
	case kind == "":
		d.invalid(r.Pos, "write type: workflow", "the manifest has no type")
	case !strings.EqualFold(kind, "workflow"):
		hint := "write type: workflow"
		d.invalid(p, hint, "type is %q; only workflows run here", kind)
	}
	switch p := r.Get("version").Pos; w.Version {
	case "":
		d.invalid(r.Pos, "write version: v1", "the manifest has no version")
	case "v1":
	case "v1beta1", "v1beta", "v1alpha", "v2alpha":
		d.note(p, "", "version %s is read as v1", w.Version)
		d.edit(plug.Edit{Old: w.Version, New: "v1"})
	default:
		d.note(p, "write version: v1", "version %s is unknown and read as v1", w.Version)
		d.edit(plug.Edit{Old: w.Version, New: "v1"})
	}
	if r.Get("workflow").Shape == plug.Absent {
		d.invalid(r.Pos, "", "the manifest has no workflow")
	}
	return w
}

func (d *decoder) body(w *Workflow, r plug.Raw) {
	var dag plug.Raw
	d.attributes("workflow", r, []attribute{
		{name: "title", read: d.prose(d.into("workflow.title", &w.Title))},
		{name: "schedule", read: func(v plug.Raw) { w.Schedule = d.schedule(v) }},
		{name: "dag", read: func(v plug.Raw) { dag = v }},
	})
	d.dag(w, dag)
	if len(w.Jobs) == 0 && (dag.Shape != plug.Mapping && len(dag.Items) == 0) {
		d.invalid(r.Pos, "", "workflow.dag has no job")
	}
}

// prose reads what is for people: what was not filled in there stops nothing.
func (d *decoder) prose(read func(plug.Raw)) func(plug.Raw) {
	return func(v plug.Raw) { d.unused(v); read(v) }
}
