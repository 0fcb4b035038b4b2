package manifest

import (
	"net/url"
	"slices"
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

// Manifests for standalone Flare name places instead of depots, in a block that
// is called as the kind of place: inputType: file, and file: {path: …}.

const inManifest = "credentials in a manifest are not used; the place is reached as the service's own account"

// kinds of places, by the names of their blocks.
var kinds = []string{"file", "bigquery", "jdbc", "snowflake", "redshift", "elasticsearch", "opensearch", "mongodb", "kafka", "pulsar", "eventhub"}

// A direct is what the block of a place says.
type direct struct {
	kind                    string
	uri, warehouse          string
	project, schema, table  string // schema is BigQuery's dataset too
	format                  string
	schemaType, schemaPath  string
	schemaString            string
	options                 plug.Raw
	formatPos, schemaPos    fault.Pos
	unbounded               bool // of a stream: no isBatch: true
	pos                     fault.Pos
	saveMode, kindOfWriting string
}

// blocks adds the attributes by which an input or an output names a place.
func (d *decoder) blocks(what, kindName string, to *direct, table []attribute) []attribute {
	var kind string
	table = append(table, attribute{name: kindName, read: func(v plug.Raw) {
		d.intoEnum(what+"."+kindName, &kind, kinds...)(v)
		if kind != "" {
			to.kind = kind
		}
	}})
	for _, k := range kinds {
		table = append(table, attribute{name: k, read: func(v plug.Raw) {
			if to.kind == "" {
				to.kind = k
			}
			d.block(what, k, v, to)
		}})
	}
	return table
}

// block reads what is said of a place. The same names mean the same in all kinds.
func (d *decoder) block(what, kind string, r plug.Raw, to *direct) {
	to.pos = r.Pos
	name := func(attribute string) string { return what + "." + kind + "." + attribute }
	text := func(attribute string, field *string) func(plug.Raw) { return d.into(name(attribute), field) }
	var table []attribute
	add := func(a ...attribute) { table = append(table, a...) }
	credentials := func(names ...string) {
		for _, n := range names {
			add(attribute{name: n, accept: inManifest})
		}
	}
	switch kind {
	case "file":
		add(attribute{name: "path", read: text("path", &to.uri)},
			attribute{name: "warehousePath", read: text("warehousePath", &to.warehouse)},
			attribute{name: "schemaName", read: text("schemaName", &to.schema)},
			attribute{name: "tableName", read: text("tableName", &to.table)},
			attribute{name: "isStream", read: func(v plug.Raw) { d.noStream(name("isStream"), v) }},
			attribute{name: "outputType", read: text("outputType", &to.kindOfWriting)})
	case "bigquery":
		add(attribute{name: "project", aliases: []string{"projectId", "projected", "project_id"}, read: text("project", &to.project)},
			attribute{name: "dataset", read: text("dataset", &to.schema)},
			attribute{name: "table", read: text("table", &to.table)})
	case "jdbc", "redshift":
		add(attribute{name: "table", aliases: []string{"dbTable"}, read: text("table", &to.table)},
			attribute{name: "url", aliases: []string{"jdbcUrl"}, accept: "the database is not reached without a depot"},
			attribute{name: "driver", accept: "no JDBC driver is used"},
			attribute{name: "tempDir", accept: "Redshift's files are not used"},
			attribute{name: "fetchsize", accept: "it tunes a driver"})
	case "snowflake":
		add(attribute{name: "database", read: text("database", &to.project)},
			attribute{name: "schema", read: text("schema", &to.schema)},
			attribute{name: "table", read: text("table", &to.table)},
			attribute{name: "url", accept: "the database is not reached without a depot"},
			attribute{name: "snowflakeWarehouse", aliases: []string{"warehouse"}, accept: "the database is not reached without a depot"})
	case "elasticsearch", "opensearch":
		add(attribute{name: "index", read: text("index", &to.table)},
			attribute{name: "nodes", accept: "the index is not reached without a depot"})
	case "mongodb":
		add(attribute{name: "table", aliases: []string{"collection"}, read: text("table", &to.table)},
			attribute{name: "database", read: text("database", &to.schema)},
			attribute{name: "subprotocol", accept: "the database is not reached without a depot"},
			attribute{name: "nodes", accept: "the database is not reached without a depot"})
	case "kafka", "pulsar", "eventhub":
		to.unbounded = true
		add(attribute{name: "topic", aliases: []string{"eventhubName", "eventHubName"}, read: text("topic", &to.table)},
			attribute{name: "tenant", read: text("tenant", &to.project)},
			attribute{name: "namespace", read: text("namespace", &to.schema)},
			attribute{name: "isBatch", read: func(v plug.Raw) {
				var batch bool
				d.intoBool(name("isBatch"), &batch)(v)
				to.unbounded = !batch
			}},
			attribute{name: "isStream", read: func(v plug.Raw) { d.noStream(name("isStream"), v); to.unbounded = false }})
		for _, n := range []string{"brokers", "schemaRegistryUrl", "serviceUrl", "adminUrl", "endpoint"} {
			add(attribute{name: n, accept: "the broker is not reached without a depot"})
		}
	}
	credentials("username", "user", "password", "sasKeyName", "sasKey", "keyFile", "accessKey", "secretKey")
	add(attribute{name: "format", read: d.intoWord(name("format"), &to.format, &to.formatPos)},
		attribute{name: "schemaType", read: text("schemaType", &to.schemaType)},
		attribute{name: "schemaPath", read: func(v plug.Raw) { to.schemaPos = v.Pos; text("schemaPath", &to.schemaPath)(v) }},
		attribute{name: "schemaString", read: func(v plug.Raw) { to.schemaPos = v.Pos; text("schemaString", &to.schemaString)(v) }},
		attribute{name: "saveMode", read: text("saveMode", &to.saveMode)},
		attribute{name: "options", read: func(v plug.Raw) { to.options = mapped(v) }})
	d.attributes(what+"."+kind, r, table)
}

// address is the place as an address, and its format.
func (d *decoder) address(what, name string, to *direct) (udl.Address, string) {
	a := udl.Address{Direct: true, Depot: to.kind, Collection: "none", Params: url.Values{}}
	format := to.format
	if to.kind != "file" {
		format = to.kind
		parts := strings.Split(to.table, ".")
		a.Dataset = parts[len(parts)-1]
		if len(parts) > 1 && to.schema == "" {
			to.schema = parts[len(parts)-2]
		}
		if len(parts) > 2 && to.project == "" {
			to.project = strings.Join(parts[:len(parts)-2], ".")
		}
		if to.schema != "" {
			a.Collection = to.schema
		}
		if to.project != "" {
			a.Params.Set("project", to.project)
		}
		if a.Dataset == "" {
			d.invalid(to.pos, "", "%s %s: the block %s does not say which table, index or topic", what, name, to.kind)
		}
		return a, format
	}
	if to.uri == "" {
		var parts []string
		for _, s := range []string{to.warehouse, to.schema, to.table} {
			if s != "" {
				parts = append(parts, strings.TrimSuffix(s, "/"))
			}
		}
		to.uri = strings.Join(parts, "/")
	}
	if to.uri == "" {
		d.invalid(to.pos, "write path: gs://bucket/folder", "%s %s: the block file has no path", what, name)
		return a, format
	}
	d.local(to.pos, what+" "+name, to.uri)
	a = placed(to.uri)
	if slices.Contains(strings.Split(a.Dataset, "/"), "..") {
		d.invalid(to.pos, "", "%s %s: the path %s leaves its folder", what, name, to.uri)
	}
	return a, format
}

// directInput puts a place in an input's dataset.
func (d *decoder) directInput(in *Input, to *direct) {
	if to.unbounded {
		d.refused(to.pos, "say isBatch: true to read what there is; Glint recomputes datasets in full", "input %s: streams are not supported", in.Name)
		return
	}
	in.Dataset, in.Format = d.address("input", in.Name, to)
	in.DatasetPos, in.FormatPos = to.pos, to.pos
	if to.formatPos.Line > 0 {
		in.FormatPos = to.formatPos
	}
	if in.Options.Shape == plug.Absent {
		in.Options = to.options
	}
	if to.schemaPos.Line > 0 {
		in.SchemaPos, in.SchemaPath, in.SchemaString = to.schemaPos, to.schemaPath, to.schemaString
	}
	if to.schemaType != "" {
		d.schemaType(in, plug.Raw{Shape: plug.Scalar, Text: to.schemaType, Pos: to.pos})
	}
}

// directOutput puts a place in an output's dataset.
func (d *decoder) directOutput(o *Output, to *direct) {
	o.Dataset, o.Format = d.address("output", o.Name, to)
	o.DatasetPos, o.FormatPos = to.pos, to.pos
	if to.formatPos.Line > 0 {
		o.FormatPos = to.formatPos
	}
	if o.Options.Shape == plug.Absent {
		o.Options = to.options
	}
	if to.saveMode != "" && o.Options.Get("saveMode").Shape == plug.Absent {
		o.Options.Shape = plug.Mapping
		o.Options.Entries = append(slices.Clone(o.Options.Entries), plug.Entry{Name: "saveMode", Pos: to.pos,
			Value: plug.Raw{Shape: plug.Scalar, Text: to.saveMode, Pos: to.pos, Quoted: true}})
	}
}
