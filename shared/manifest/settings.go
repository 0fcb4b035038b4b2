package manifest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/glint-data/glint/shared/plug"
)

// envs reads the environment of a job. A run has none, so each variable that
// would change what a run does is honoured or refused; no value is ever printed.
func (d *decoder) envs(j *Job, r plug.Raw) {
	if r.Shape != plug.Mapping {
		d.invalid(r.Pos, "", "envs: want a mapping")
		return
	}
	for _, e := range r.Entries {
		switch e.Name {
		case "DATAOS_IS_DRY_RUN":
			if e.Value.Shape != plug.Absent {
				d.intoBool("envs.DATAOS_IS_DRY_RUN", &j.DryRun)(e.Value)
			}
		case "TRANSIENT_ERROR_PATTERN":
			d.refused(e.Pos, "leave it out: what can succeed later is tried again by itself", "envs.%s is not supported", e.Name)
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

// settings that change a result, with the values that name what is done anyway
// or are honoured.
var settings = map[string][]string{
	"spark.sql.session.timezone":        {"utc", "etc/utc"},
	"spark.sql.ansi.enabled":            {"false"},
	"spark.sql.casesensitive":           {"false"},
	"spark.sql.legacy.timeparserpolicy": {"exception", "corrected", "legacy"},

	"spark.sql.decimaloperations.allowprecisionloss": {"true"},
	"spark.sql.ansi.doublequotedidentifiers":         {"false"},
	"spark.sql.parser.escapedstringliterals":         {"false"},
	"spark.sql.parser.quotedregexcolumnnames":        {"false"},
	"spark.sql.mapkeydeduppolicy":                    {"exception"},
	"spark.sql.timestamptype":                        {"timestamp_ltz"},
	"spark.sql.groupbyordinal":                       {"true"},
	"spark.sql.orderbyordinal":                       {"true"},
	"spark.sql.groupbyaliases":                       {"true"},
}

func (d *decoder) setting(j *Job, e plug.Entry) {
	name, value := strings.ToLower(e.Name), strings.ToLower(strings.TrimSpace(e.Value.Text))
	same, meaningful := settings[name]
	switch {
	case meaningful && slices.Contains(same, value):
		if strings.HasSuffix(name, "timeparserpolicy") {
			j.TimeParser = strings.ToUpper(value)
		}
	case meaningful:
		d.refused(e.Pos, "leave it out: the time zone is UTC, ANSI mode is off, names have no case", "sparkConf %s: %s is not supported yet",
			e.Name, strconv.Quote(e.Value.Text))
	case strings.Contains(name, ".key") || strings.Contains(name, "secret") || strings.Contains(name, "password"):
		d.note(e.Pos, "remove it from the manifest", "sparkConf %s has no effect: credentials come with the depot", e.Name)
	default:
		d.note(e.Pos, "", "sparkConf %s has no effect: it tunes a Spark cluster, and there is none", e.Name)
	}
}
