package manifest

import (
	"strings"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/plug"
)

// envs reads the environment of a job. A run has none, so each variable that
// would change what a run does is honoured or refused; no value is ever printed.
func (d *decoder) envs(j *Job, r plug.Raw) {
	if r = mapped(r); r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "envs: want a mapping")
		return
	}
	for _, e := range r.Entries {
		if e.Name != "DATAOS_IS_DRY_RUN" {
			d.unused(e.Value)
		}
		switch e.Name {
		case "DATAOS_IS_DRY_RUN":
			if e.Value.Shape != plug.Absent {
				d.intoBool("envs.DATAOS_IS_DRY_RUN", &j.DryRun)(e.Value)
			}
		case "TRANSIENT_ERROR_PATTERN":
			d.note(e.Pos, "", "envs.%s has no effect: what can succeed later is tried again by itself", e.Name)
		case "PULSAR_SSL", "ENABLE_PULSAR_AUTH", "ENABLE_TOPIC_CREATION":
			d.note(e.Pos, "", "envs.%s has no effect: no Pulsar or Kafka depot is reached", e.Name)
		default:
			d.note(e.Pos, "", "envs.%s has no effect: a run sees no environment", e.Name)
		}
	}
}

// sparkConf reads settings of Spark: those that change a result are honoured or
// refused, those that tune a cluster are noted.
func (d *decoder) sparkConf(j *Job, r plug.Raw) {
	d.items("sparkConf", r, func(item plug.Raw) {
		if item.Shape != plug.Mapping {
			d.invalid(item.Pos, "write - spark.name: value", "sparkConf: want a list of settings")
			return
		}
		for _, e := range item.Entries {
			d.setting(j, e)
		}
	})
}

func (d *decoder) setting(j *Job, e plug.Entry) {
	name := strings.ToLower(e.Name)
	meaningful, err := j.Session.Set(e.Name, e.Value.Text)
	switch {
	case err != nil:
		d.mistakes = append(d.mistakes, fault.Errorf(fault.KindOf(err), "sparkConf: %w", err).At(e.Pos))
	case meaningful:
	case strings.Contains(name, ".key") || strings.Contains(name, "secret") || strings.Contains(name, "password"):
		d.note(e.Pos, "remove it from the manifest", "sparkConf %s has no effect: credentials come with the depot", e.Name)
	default:
		d.note(e.Pos, "", "sparkConf %s has no effect: it tunes a Spark cluster, and there is none", e.Name)
	}
}
