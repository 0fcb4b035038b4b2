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

func (d *decoder) job(r plug.Raw) Job {
	j := Job{Pos: r.Pos}
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "an item of the dag is a mapping with name and spec")
		return j
	}
	d.attributes("dag item", r, []attribute{
		{name: "name", read: d.into("name", &j.Name)},
		{name: "title", read: d.into("title", &j.Title)},
		{name: "description", read: d.into("description", &j.Description)},
		{name: "tags", read: d.intoList("tags", &j.Tags)},
		{name: "dependencies", aliases: []string{"dependency"}, read: d.intoList("dependencies", &j.Dependencies)},
		{name: "file", refuse: "run the workflow that the file holds by itself"},
		{name: "retry", read: d.retry},
		{name: "gcWhenComplete", accept: elsewhere},
		{name: "spec", read: func(v plug.Raw) { d.spec(&j, v) }},
	})
	if r.Get("spec").Shape == plug.Absent && r.Get("file").Shape == plug.Absent {
		d.invalid(r.Pos, "", "job %s has no spec", j.Name)
	}
	if r.Get("spec").Shape == plug.Mapping {
		d.checkJob(&j)
	}
	return j
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
		{name: "tags", read: d.intoList("spec.tags", &j.Tags)},
		{name: "title", read: d.into("spec.title", &j.Title)},
		{name: "description", read: d.into("spec.description", &j.Description)},
		{name: "name", accept: "the dag item's name counts"},
		{name: "logLevel", accept: "it is the platform's own log; job.logLevel counts"},
		{name: "tier", accept: elsewhere},
		{name: "configs", accept: elsewhere},
		{name: "envs", read: func(v plug.Raw) { d.envs(j, v) }},
		{name: "secrets", accept: "credentials come with the depot"},
		{name: "dataosSecrets", refuse: "put the values into the depot's secret in Secret Manager"},
		{name: "dataosVolumes", accept: elsewhere},
		{name: "tempVolume", accept: elsewhere},
		{name: "persistentVolume", accept: elsewhere},
		{name: "resources", aliases: []string{"resource"}, accept: serverless},
		{name: "dryRun", read: d.intoBool("spec.dryRun", &j.DryRun)},
		{name: "runAsUser", accept: "a run acts as the service's own account"},
		{name: "runAsApiKey", accept: "a run acts as the service's own account"},
		{name: "topology", accept: elsewhere},
		{name: "retry", read: d.retry},
		{name: "file", refuse: "write the spec out"},
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
		{name: "rewriteDataset", accept: "it compacts files of a lake"},
		{name: "assertions", read: d.assertions(&j.Assertions)},
		{name: "profile", read: func(v plug.Raw) { d.profile(j, v) }},
		{name: "actions", read: func(v plug.Raw) { d.actions(j, v) }},
		{name: "udfs", refuse: "functions in Scala cannot run here; say it in SQL"},
		{name: "streaming", refuse: "streams are not supported: Glint recomputes datasets in full; leave it out of a batch job"},
	})
	d.keep(j)
	d.pour(j)
	d.number(j)
}
