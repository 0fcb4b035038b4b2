package manifest

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/glint-data/glint/shared/plug"
	"github.com/glint-data/glint/shared/udl"
)

// Encode writes a workflow as a manifest of the current generation. Reading it
// gives the same workflow; comments, and what had no effect, are gone.
func Encode(w *Workflow) ([]byte, error) {
	flow := fields{}.text("title", w.Title)
	if s := w.Schedule; s != nil {
		cron := fields{}.text("cron", s.Cron).text("timezone", s.TimeZone).text("concurrencyPolicy", s.ConcurrencyPolicy)
		flow = flow.add("schedule", cron.time("startOn", s.StartOn).time("endOn", s.EndOn).time("completeOn", s.CompleteOn).node())
	}
	jobs := list{}
	for i := range w.Jobs {
		jobs = append(jobs, encodeJob(&w.Jobs[i]))
	}
	root := fields{}.text("name", w.Name).text("version", "v1").text("type", "workflow").
		texts("tags", w.Tags).text("description", w.Description).text("owner", w.Owner).
		add("workflow", flow.add("dag", jobs.node()).node())
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(root.node()); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

// jobName is a job's name as a manifest may have it: jobs of another file have
// its item's name before their own.
func jobName(s string) string { return strings.ReplaceAll(s, "/", "-") }

func encodeJob(j *Job) *yaml.Node {
	job := fields{}.flag("explain", j.Explain).text("logLevel", j.LogLevel)
	if j.PreviewLines > 0 {
		job = job.add("showPreviewLines", scalar(strconv.Itoa(j.PreviewLines)))
	}
	if j.KeepSystemColumns {
		job = job.add("variables", fields{}.text("keepSystemColumns", "true").node())
	}
	inputs, steps, outputs, actions := list{}, list{}, list{}, list{}
	for i := range j.Inputs {
		inputs = append(inputs, encodeInput(&j.Inputs[i]))
	}
	for i := range j.Steps {
		step := encodeStep(&j.Steps[i])
		if i == len(j.Steps)-1 {
			step = step.list("commands", encodeKeeps(j.Keeps))
		}
		steps = append(steps, step.node())
	}
	for i := range j.Outputs {
		outputs = append(outputs, encodeOutput(&j.Outputs[i]))
	}
	for _, a := range j.Actions {
		actions = append(actions, fields{}.text("name", a.Name).text("input", a.Input).node())
	}
	job = job.list("inputs", inputs)
	if len(steps) > 0 {
		job = job.list("steps", list{fields{}.list("sequence", steps).node()})
	}
	job = job.list("outputs", outputs).list("assertions", encodeAssertions(j.Assertions)).list("actions", actions)
	if p := j.Profile; p != nil {
		filters := list{}
		for _, f := range p.Filters {
			filters = append(filters, fields{}.text("type", "expression").text("expression", f.Value).node())
		}
		job = job.add("profile", fields{}.text("level", p.Level).list("filters", filters).node())
	}
	stack := fields{}.list("sparkConf", encodeSession(j)).add("job", job.node())
	var dependencies []string
	for _, name := range j.Dependencies {
		dependencies = append(dependencies, jobName(name))
	}
	spec := fields{}.text("stack", j.Stack).text("compute", j.Compute).flag("dryRun", j.DryRun)
	return fields{}.text("name", jobName(j.Name)).text("title", j.Title).text("description", j.Description).texts("tags", j.Tags).
		texts("dependencies", dependencies).add("spec", spec.add("stackSpec", stack.node()).node()).node()
}

func encodeSession(j *Job) list {
	var all list
	for _, s := range []struct {
		on          bool
		name, value string
	}{
		{j.Session.TimeZone != "", "spark.sql.session.timeZone", j.Session.TimeZone},
		{j.Session.KeepScale, "spark.sql.decimalOperations.allowPrecisionLoss", "false"},
		{j.Session.TimeParser != "", "spark.sql.legacy.timeParserPolicy", j.Session.TimeParser},
		{j.Session.NoGroupNumbers, "spark.sql.groupByOrdinal", "false"},
		{j.Session.NoOrderNumbers, "spark.sql.orderByOrdinal", "false"},
		{j.Session.NoGroupAliases, "spark.sql.groupByAliases", "false"},
	} {
		if s.on {
			all = append(all, fields{}.text(s.name, s.value).node())
		}
	}
	return all
}

func encodeInput(in *Input) *yaml.Node {
	f := fields{}.text("name", in.Name)
	if in.Dataset.Direct {
		f = f.place("inputType", in.Dataset, in.Format, true)
	} else {
		f = f.text("dataset", in.Dataset.String()).text("format", in.Format)
	}
	if in.SchemaType != "avro" {
		f = f.text("schemaType", in.SchemaType)
	}
	f = f.text("schemaPath", in.SchemaPath).text("schemaString", in.SchemaString).raw("options", in.Options)
	if x := in.Incremental; x != nil {
		keys, state := list{}, list{}
		for _, k := range x.Keys {
			keys = append(keys, fields{}.text("name", k.Name).text("sql", k.SQL.Value).text("default", k.Default).node())
		}
		for _, s := range x.State {
			state = append(state, fields{}.text("key", s.Key).text("value", s.Value).node())
		}
		f = f.add("incremental", fields{}.text("context", x.Context).text("sql", x.SQL.Value).list("keys", keys).list("state", state).node())
	}
	return f.node()
}

func encodeStep(s *Step) fields {
	functions := list{}
	for _, f := range s.Functions {
		functions = append(functions, rawNode(f.Args))
	}
	return fields{}.text("name", s.Name).text("doc", s.Doc).text("sql", s.SQL.Value).list("functions", functions)
}

func encodeKeeps(keeps []Kept) list {
	var all list
	for _, k := range keeps {
		all = append(all, fields{}.text("name", "persist").text("sequenceName", k.Step).node())
	}
	return all
}

func encodeOutput(o *Output) *yaml.Node {
	f := fields{}.text("name", o.Step)
	if o.Dataset.Direct {
		f = f.place("outputType", o.Dataset, o.Format, false)
	} else {
		f = f.text("dataset", o.Dataset.String()).text("format", o.Format)
	}
	return f.text("title", o.Title).text("description", o.Description).texts("tags", o.Tags).raw("options", o.Options).
		list("assertions", encodeAssertions(o.Assertions)).node()
}

func encodeAssertions(all []Assertion) list {
	var nodes list
	for _, a := range all {
		var tests []string
		for _, t := range a.Tests {
			tests = append(tests, t.Text)
		}
		f := fields{}.text("column", a.Column).text("filter", a.Filter.Value)
		if a.Regex.Value != "" {
			f = f.add("validFormat", fields{}.text("regex", a.Regex.Value).node())
		}
		nodes = append(nodes, f.text("sql", a.SQL.Value).texts("tests", tests).node())
	}
	return nodes
}

// place adds the block of a place that is named without a depot.
func (f fields) place(kindName string, a udl.Address, format string, input bool) fields {
	block := fields{}
	project, schema := a.Params.Get("project"), a.Collection
	if schema == "none" {
		schema = ""
	}
	switch a.Depot {
	case "file":
		block = block.text("path", a.Params.Get("uri")).text("format", format)
	case "bigquery":
		block = block.text("project", project).text("dataset", schema).text("table", a.Dataset)
	case "snowflake":
		block = block.text("database", project).text("schema", schema).text("table", a.Dataset)
	case "mongodb":
		block = block.text("database", schema).text("table", a.Dataset)
	case "elasticsearch", "opensearch":
		block = block.text("index", a.Dataset)
	case "kafka", "pulsar", "eventhub":
		block = block.text("tenant", project).text("namespace", schema).text("topic", a.Dataset)
		if input {
			block = block.text("isBatch", "true")
		}
	default:
		var parts []string
		for _, p := range []string{project, schema, a.Dataset} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		block = block.text("table", strings.Join(parts, "."))
	}
	return f.text(kindName, a.Depot).add(a.Depot, block.node())
}

func rawNode(r plug.Raw) *yaml.Node {
	switch r.Shape {
	case plug.Mapping:
		var f fields
		for _, e := range r.Entries {
			f = f.add(e.Name, rawNode(e.Value))
		}
		return f.node()
	case plug.Sequence:
		var l list
		for _, it := range r.Items {
			l = append(l, rawNode(it))
		}
		return l.node()
	case plug.Absent:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	if r.Quoted {
		return text(r.Text)
	}
	return scalar(r.Text)
}
