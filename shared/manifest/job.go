package manifest

import (
	"regexp"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

const (
	serverless = "a function has neither driver nor executors; its size is the service's"
)

var flareStack = regexp.MustCompile(`^(?i:flare)(:\d+(\.\d+)?)?$`)

// job reads an item of a dag. It may be a file in place of a spec, or of a stack
// that does not run here.
func (d *decoder) job(r plug.Raw, file *plug.Raw, foreign *bool) Job {
	j := Job{Pos: r.Pos}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "an item of the dag is a mapping with name and spec")
		return j
	}
	d.attributes("dag item", r, []attribute{
		{name: "name", read: d.into("name", &j.Name)},
		{name: "title", read: d.prose(d.into("title", &j.Title))},
		{name: "description", read: d.prose(d.into("description", &j.Description))},
		{name: "tags", read: d.prose(d.intoList("tags", &j.Tags))},
		{name: "dependencies", aliases: []string{"dependency"}, read: d.intoList("dependencies", &j.Dependencies)},
		{name: "file", read: func(v plug.Raw) { *file = v; d.see(v, Attribute{Type: plug.Text}) }},
		{name: "retry", read: d.retry},
		{name: "gcWhenComplete", accept: elsewhere},
		{name: "spec", read: func(v plug.Raw) {
			if *foreign = d.foreign(r.Get("name").Text, v); !*foreign {
				d.spec(&j, v)
			}
		}},
	})
	switch spec := r.Get("spec"); {
	case file.Shape != plug.Absent && spec.Shape != plug.Absent:
		d.invalid(file.Pos, "leave one of them out", "job %s has both file and spec", j.Name)
	case file.Shape != plug.Absent, *foreign, spec.Shape == plug.Mapping && spec.Get("stackSpec").Shape == plug.Absent && spec.Get("flare").Shape == plug.Absent:
		d.checkResource("job", j.Name, j.Pos)
	case spec.Shape == plug.Absent:
		d.invalid(r.Pos, "", "job %s has no spec", j.Name)
	case spec.Shape == plug.Mapping:
		d.checkJob(&j)
	}
	return j
}

// foreign says of a job's spec whether its stack is another than Flare.
func (d *decoder) foreign(job string, spec plug.Raw) bool {
	stack := spec.Get("stack")
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(stack.Text)), ":")
	near := plug.Nearest(name, []string{"flare"}) != ""
	switch {
	case stack.Shape != plug.Scalar || near || name == "":
		return false
	case name == "toolbox":
		d.note(stack.Pos, "", "job %s has no effect: toolbox tells DataOS which version of a dataset counts, and here it is the newest", job)
	default:
		d.undeployable(stack.Pos, "only Flare jobs run here: keep the others on DataOS, in a workflow of their own", "job %s: stack %s is not supported", job, stack.Text)
	}
	return true
}

// retry checks a policy of its own for trying again. What can succeed later is
// tried again by itself, more often than any count says; what cannot, is not.
func (d *decoder) retry(r plug.Raw) {
	var count int
	var strategy, duration, longest string
	d.attributes("retry", r, []attribute{
		{name: "count", read: d.intoInt("retry.count", &count)},
		{name: "strategy", read: d.intoEnum("retry.strategy", &strategy, "Always", "OnFailure", "OnError", "OnTransientError")},
		{name: "duration", read: d.into("retry.duration", &duration)},
		{name: "maxDuration", read: d.into("retry.maxDuration", &longest)},
	})
	if count > 0 {
		d.note(r.Pos, "", "retry has no effect: what can succeed later is tried again by itself, up to 30 times, and what cannot is put aside at once")
	}
}

func (d *decoder) spec(j *Job, r plug.Raw) {
	var stackSpecs []plug.Raw
	container := func(v plug.Raw) { stackSpecs = append(stackSpecs, v) }
	d.attributes("spec", r, []attribute{
		{name: "stack", read: d.into("spec.stack", &j.Stack)},
		{name: "compute", read: d.into("spec.compute", &j.Compute)},
		{name: "stackSpec", read: container},
		{name: "flare", read: container},
		{name: "tags", read: d.prose(d.intoList("spec.tags", &j.Tags))},
		{name: "title", read: d.prose(d.into("spec.title", &j.Title))},
		{name: "description", read: d.prose(d.into("spec.description", &j.Description))},
		{name: "name", accept: "the dag item's name counts"},
		{name: "logLevel", accept: "it is the platform's own log; job.logLevel counts"},
		{name: "tier", accept: elsewhere},
		{name: "configs", accept: elsewhere},
		{name: "envs", read: func(v plug.Raw) { d.envs(j, v) }},
		{name: "secrets", accept: "credentials come with the depot"},
		{name: "dataosSecrets", accept: "a run sees no environment; credentials come with the depot's secret in Secret Manager"},
		{name: "dataosVolumes", accept: elsewhere},
		{name: "tempVolume", accept: elsewhere},
		{name: "persistentVolume", accept: elsewhere},
		{name: "resources", aliases: []string{"resource"}, accept: serverless},
		{name: "dryRun", read: d.intoBool("spec.dryRun", &j.DryRun)},
		{name: "runAsUser", accept: "a run acts as the service's own account"},
		{name: "runAsApiKey", accept: "a run acts as the service's own account"},
		{name: "topology", accept: elsewhere},
		{name: "retry", read: d.retry},
		{name: "dependencies", aliases: []string{"dependency"}, read: func(v plug.Raw) {
			d.note(v.Pos, "write it beside spec", "dependencies below spec are taken as the job's")
			d.intoList("spec.dependencies", &j.Dependencies)(v)
		}},
		{name: "file", accept: "the spec itself counts"},
	})
	d.checkStack(j, r)
	switch len(stackSpecs) {
	case 0:
		d.invalid(r.Pos, "", "job %s has no stackSpec", j.Name)
	case 1:
		d.stackSpec(j, stackSpecs[0])
	default:
		d.invalid(stackSpecs[1].Pos, "leave one of them out", "job %s has both stackSpec and flare", j.Name)
	}
}

func (d *decoder) checkStack(j *Job, r plug.Raw) {
	switch p := r.Get("stack").Pos; {
	case j.Stack == "":
		d.invalid(r.Pos, "write stack: flare:6.0", "job %s names no stack", j.Name)
	case !flareStack.MatchString(strings.TrimSpace(j.Stack)):
		d.refused(p, "only Flare jobs run here", "stack %s is not supported", j.Stack)
	}
	if j.Compute == "" {
		d.note(r.Pos, "", "job %s names no compute", j.Name)
	}
}

func (d *decoder) stackSpec(j *Job, r plug.Raw) {
	d.attributes("stackSpec", r, []attribute{
		{name: "driver", accept: serverless},
		{name: "executor", accept: serverless},
		{name: "sparkConf", read: func(v plug.Raw) { d.sparkConf(j, v) }},
		{name: "configs", accept: elsewhere},
		{name: "job", read: func(v plug.Raw) { d.jobSpec(j, v) }},
	})
	if r.Get("job").Shape == plug.Absent {
		d.invalid(r.Pos, "", "job %s: stackSpec has no job", j.Name)
	}
}

func (d *decoder) jobSpec(j *Job, r plug.Raw) {
	d.attributes("job", r, []attribute{
		{name: "explain", read: d.intoBool("job.explain", &j.Explain)},
		{name: "logLevel", read: d.intoEnum("job.logLevel", &j.LogLevel, "DEBUG", "INFO", "WARN", "ERROR")},
		{name: "showPreviewLines", read: d.intoInt("job.showPreviewLines", &j.PreviewLines)},
		{name: "inputs", read: func(v plug.Raw) {
			d.items("inputs", v, func(i plug.Raw) { j.Inputs = append(j.Inputs, d.input(i)) })
		}},
		{name: "steps", read: func(v plug.Raw) { d.steps(j, v) }},
		{name: "outputs", read: func(v plug.Raw) {
			d.items("outputs", v, func(o plug.Raw) { j.Outputs = append(j.Outputs, d.output(o)) })
		}},
		{name: "variables", read: func(v plug.Raw) {
			d.attributes("variables", v, []attribute{
				{name: "keepSystemColumns", read: d.intoBool("keepSystemColumns", &j.KeepSystemColumns)},
			})
		}},
		{name: "sparkConf", read: func(v plug.Raw) { d.sparkConf(j, v) }},
		{name: "rewriteDataset", read: func(v plug.Raw) {
			d.note(v.Pos, "", "rewriteDataset has no effect: %s", managed)
			j.Actions = append(j.Actions, Action{Name: "rewrite_dataset", Pos: v.Pos})
		}},
		{name: "assertions", read: d.assertions(&j.Assertions)},
		{name: "profile", read: func(v plug.Raw) { d.profile(j, v) }},
		{name: "actions", read: func(v plug.Raw) { d.actions(j, v) }},
		{name: "udfs", refuse: "functions in Scala cannot run here; say it in SQL"},
		{name: "streaming", read: d.streaming},
	})
	for i := range j.Actions {
		if j.Actions[i].Input == "" && len(j.Inputs) == 1 {
			j.Actions[i].Input = j.Inputs[0].Name
		}
	}
	d.ask(j)
	d.again(j)
	d.keep(j)
	d.pour(j)
	d.number(j)
}
