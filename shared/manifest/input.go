package manifest

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

func (d *decoder) input(r plug.Raw) Input {
	in := Input{Pos: r.Pos, SchemaType: "avro"}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "an input is a mapping with name and dataset")
		return in
	}
	var place direct
	d.attributes("input", r, d.blocks("input", "inputType", &place, []attribute{
		{name: "name", read: d.into("input.name", &in.Name)},
		{name: "dataset", read: d.intoAddress("input.dataset", &in.Dataset, &in.DatasetPos)},
		{name: "format", aliases: []string{"refformat"}, read: d.intoWord("input.format", &in.Format, &in.FormatPos)},
		{name: "isStream", read: func(v plug.Raw) { d.noStream("input.isStream", v) }},
		{name: "schemaType", read: func(v plug.Raw) { d.schemaType(&in, v) }},
		{name: "schemaPath", read: func(v plug.Raw) { d.schemaPath(&in, v) }},
		{name: "schemaString", read: func(v plug.Raw) { in.SchemaPos = v.Pos; d.into("input.schemaString", &in.SchemaString)(v) }},
		{name: "schema", read: func(v plug.Raw) {
			in.SchemaPos, in.SchemaType = v.Pos, "spark"
			d.into("input.schema", &in.SchemaString)(v)
		}},
		{name: "schemaSubject", accept: "no registry of schemas is asked; schemaPath names one"},
		{name: "schemaId", accept: "no registry of schemas is asked; schemaPath names one"},
		{name: "options", read: func(v plug.Raw) { in.Options = mapped(v) }},
		{name: "incremental", read: func(v plug.Raw) { d.incremental(&in, v) }},
		{name: "query", read: func(v plug.Raw) { in.query = d.text("input.query", v) }},
		{name: "driver", accept: "no JDBC driver is used"},
		{name: "connectionProps", accept: "what a connection needs is set in the depot"},
		{name: "sfWarehouse", accept: "it belongs to Snowflake"},
		{name: "queryParams", accept: "it belongs to HTTP depots"},
		{name: "pathParams", accept: "it belongs to HTTP depots"},
		{name: "saveMode", accept: "an input is not written"},
	}))
	d.checkView("input", in.Name, in.Pos)
	if place.kind != "" && in.Dataset.Depot == "" {
		if place.pos.Line == 0 {
			d.invalid(in.Pos, "write "+place.kind+": with what it needs below", "input %s: inputType is %s, and there is no block %s", in.Name, place.kind, place.kind)
		} else {
			d.directInput(&in, &place)
		}
	}
	if r.Get("dataset").Shape == plug.Absent && place.kind == "" && r.Get("query").Shape == plug.Absent {
		d.invalid(r.Pos, "write dataset: dataos://depot:collection/dataset", "input %s names no dataset", in.Name)
	}
	if in.Dataset.Depot != "" && in.Dataset.Dataset == "" && !in.Dataset.Direct {
		d.invalid(in.DatasetPos, "write dataset: dataos://depot:collection/dataset", "input %s: the address %s names no dataset", in.Name, in.Dataset)
	}
	in.Dataset.Name = in.Name
	if in.SchemaPath != "" && in.SchemaString != "" {
		d.invalid(in.SchemaPos, "leave one of them out", "input %s has both schemaPath and a schema in the manifest", in.Name)
	}
	return in
}

// schemaPath reads where a schema is: an address, or a file beside the manifest.
// A path of the machine that the manifest was written on is left for a folder to
// stand for.
func (d *decoder) schemaPath(in *Input, r plug.Raw) {
	in.SchemaPos = r.Pos
	d.into("input.schemaPath", &in.SchemaPath)(r)
	in.SchemaPath = strings.TrimSpace(in.SchemaPath)
	switch {
	case in.SchemaPath == "" || d.saw != nil:
	case strings.HasPrefix(in.SchemaPath, "dataos:"):
		var a udl.Address
		d.intoAddress("input.schemaPath", &a, &in.SchemaPos)(r)
	case strings.Contains(in.SchemaPath, "://"):
	default:
		if d.open != nil {
			if _, text, err := d.open(d.source.file, in.SchemaPath); err == nil {
				in.SchemaPath, in.SchemaString = "", string(text)
				return
			}
		}
		d.undeployable(r.Pos, "put it into a depot (schemaPath: dataos://depot:none/path), or write it out under schemaString",
			"input.schemaPath: %q is a local path", in.SchemaPath)
	}
}

// SchemaAddress is where a schemaPath leads.
func SchemaAddress(path string) (udl.Address, error) {
	if strings.HasPrefix(path, "dataos:") {
		return udl.Parse(path)
	}
	return placed(path), nil
}

// placed is the address of files that are named without a depot.
func placed(uri string) udl.Address {
	path := uri
	if _, rest, ok := strings.Cut(uri, "://"); ok {
		path = rest
	}
	return udl.Address{Direct: true, Depot: "file", Collection: "none", Dataset: strings.Trim(path, "/"), Params: url.Values{"uri": {uri}}}
}

func (d *decoder) schemaType(in *Input, r plug.Raw) {
	var t string
	d.intoEnum("input.schemaType", &t, "avro", "spark", "sparkJson", "ddl")(r)
	switch t {
	case "":
	case "sparkJson":
		in.SchemaType = "spark"
	default:
		in.SchemaType = t
	}
}

// noStream refuses what is a stream; false only says that it is none.
func (d *decoder) noStream(what string, r plug.Raw) {
	stream, err := strconv.ParseBool(strings.ToLower(r.Text))
	switch {
	case err != nil:
		d.invalid(r.Pos, "write true or false", "%s: %q is not a boolean", what, r.Text)
	case stream:
		d.refused(r.Pos, "Glint recomputes datasets in full; run streams on DataOS", "%s: streams are not supported", what)
	}
}
