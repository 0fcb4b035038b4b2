package plan

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/plug"
)

// tableLoads is how often a BigQuery table may be loaded in a day, failed loads
// counted: a quota that nobody raises.
// https://cloud.google.com/bigquery/quotas#standard_tables
const tableLoads = 1500

// runsPerDay is how often a schedule starts runs on the busiest day of a month
// in which it does.
func runsPerDay(s *manifest.Schedule) int {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return 0
	}
	c, err := cron.ParseStandard(s.Cron)
	if err != nil {
		return 0
	}
	busiest, today, day := 0, 0, ""
	first := c.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, zone).Add(-time.Second))
	end := first.AddDate(0, 1, 0)
	for at := first; !at.IsZero() && at.Before(end); at = c.Next(at) {
		if now := at.Format(time.DateOnly); now != day {
			day, today = now, 0
		}
		today++
		busiest = max(busiest, today)
	}
	return busiest
}

// quota remarks on a schedule that loads a table more often than it may be.
func (w *planner) quota(m *manifest.Workflow, p *Plan) {
	for _, j := range p.Jobs {
		for _, o := range j.Outputs {
			if o.Format == "bigquery" && p.RunsPerDay > tableLoads/2 {
				w.notes = append(w.notes, plug.Note{Pos: m.Schedule.Pos, Hint: "run it less often",
					Message: fmt.Sprintf("output %s is loaded %d times a day; BigQuery allows %d loads of a table, those that fail and are tried again included", o.Name, p.RunsPerDay, tableLoads)})
			}
		}
	}
}
