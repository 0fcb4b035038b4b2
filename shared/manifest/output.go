package manifest

import (
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

func (d *decoder) output(r plug.Raw) Output {
	o := Output{Pos: r.Pos}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "an output is a mapping with name and dataset")
		return o
	}
	var place direct
	var misplaced []plug.Entry
	d.attributes("output", r, d.blocks("output", "outputType", &place, []attribute{
		{name: "name", read: d.into("output.name", &o.Name)},
		{name: "dataset", read: d.intoAddress("output.dataset", &o.Dataset, &o.DatasetPos)},
		{name: "format", aliases: []string{"type"}, read: d.intoWord("output.format", &o.Format, &o.FormatPos)},
		{name: "title", read: d.prose(d.into("output.title", &o.Title))},
		{name: "description", read: d.prose(d.into("output.description", &o.Description))},
		{name: "tags", read: d.prose(d.intoList("output.tags", &o.Tags))},
		{name: "options", read: func(v plug.Raw) { o.Options = mapped(v) }},
		{name: "driver", accept: "no JDBC driver is used"},
		{name: "columnTags", accept: "DataOS's catalogue keeps them; a table's policy tags are carried over"},
		{name: "iceberg", accept: "it belongs to Iceberg tables; a BigQuery table has options.partitionBy"},
		{name: "partitionSpec", accept: "it belongs to Iceberg tables, below options.iceberg"},
		{name: "merge", accept: "it belongs to Iceberg tables, below options.iceberg"},
		{name: "properties", accept: "they belong to Iceberg tables, below options.iceberg"},
		{name: "saveMode", read: d.intoMisplaced(&misplaced, "saveMode")},
		{name: "assertions", read: d.assertions(&o.Assertions)},
		{name: "isStream", read: func(v plug.Raw) { d.noStream("output.isStream", v) }},
		{name: "checkpointLocation", accept: "only streams have checkpoints"},
		{name: "depot", read: func(v plug.Raw) { o.sunk = true; d.intoAddress("output.depot", &o.Dataset, &o.DatasetPos)(v) }},
	}))
	d.options(&o.Options, misplaced)
	if o.Name != "" && !o.sunk { // else it is only what sinks call it
		d.checkView("output", o.Name, o.Pos)
	}
	o.Step = o.Name
	switch {
	case o.sunk: // its sinks say the rest
	case place.kind != "" && o.Dataset.Depot == "":
		if place.pos.Line == 0 {
			d.invalid(o.Pos, "write "+place.kind+": with what it needs below", "output %s: outputType is %s, and there is no block %s", o.Name, place.kind, place.kind)
		} else {
			d.directOutput(&o, &place)
		}
	case r.Get("dataset").Shape == plug.Absent:
		d.invalid(r.Pos, "write dataset: dataos://depot:collection/dataset?acl=rw", "output %s names no dataset", o.Name)
	case o.Dataset.Direct:
	case o.Dataset.Depot != "":
		if o.Dataset.Collection == "" {
			d.invalid(o.DatasetPos, "write dataset: dataos://depot:collection/dataset?acl=rw", "output %s: the address %s names no collection", o.Name, o.Dataset)
		}
		if o.Dataset.Dataset == "" { // the output's name stands for it
			o.Dataset.Dataset = o.Name
		}
		if !o.Dataset.Writable() {
			d.note(o.DatasetPos, "append ?acl=rw", "output %s: the address asks for the depot's credential for reading", o.Name)
			if old := r.Get("dataset").Text; !strings.Contains(old, "?") {
				d.edit(plug.Edit{Old: old, New: old + "?acl=rw"})
			}
		}
	}
	return o
}

// intoMisplaced keeps an option that stands beside options.
func (d *decoder) intoMisplaced(all *[]plug.Entry, name string) func(plug.Raw) {
	return func(v plug.Raw) {
		d.see(v, Attribute{Type: plug.Text})
		*all = append(*all, plug.Entry{Name: name, Pos: v.Pos, Value: v})
	}
}

// options adds what stands beside them; what is among them counts.
func (d *decoder) options(to *plug.Raw, misplaced []plug.Entry) {
	for _, e := range misplaced {
		d.note(e.Pos, "write it below options", "%s beside options is taken as an option", e.Name)
		if to.Get(e.Name).Shape == plug.Absent && to.Shape != plug.Scalar && to.Shape != plug.Sequence {
			to.Shape = plug.Mapping
			to.Entries = append(slices.Clone(to.Entries), e)
		}
	}
}
