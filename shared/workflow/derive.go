package workflow

import (
	"fmt"
	"time"

	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
)

// A next is what follows from a run's jobs as they are. It is remembered
// nowhere: whoever looks derives it, and whoever looks later derives no less.
type next struct {
	ready   []string        // every dependency has succeeded, and nobody has begun them
	skipped []skip          // they will never be ready
	outcome *ledger.Outcome // of the whole, once every job has ended
}

type skip struct{ job, why string }

// derive decides what follows from the jobs of a run, given as states by name.
func derive(jobs []manifest.Job, states map[string]ledger.State) next {
	var n next
	byName := map[string]*manifest.Job{}
	for i := range jobs {
		byName[jobs[i].Name] = &jobs[i]
	}
	known := map[string]ledger.Status{} // how each job ended, or will; "" if that is open
	var visit func(j *manifest.Job) ledger.Status
	visit = func(j *manifest.Job) ledger.Status {
		if status, ok := known[j.Name]; ok {
			return status
		}
		s := states[j.Name]
		if s.Outcome != nil {
			known[j.Name] = s.Outcome.Status
			return s.Outcome.Status
		}
		known[j.Name] = ""
		waits, why := false, ""
		for _, name := range j.Dependencies {
			switch status := visit(byName[name]); status {
			case ledger.Succeeded:
			case "":
				waits = true
			default:
				if why == "" {
					why = fmt.Sprintf("it depends on %s, which %s", name, was(status))
				}
			}
		}
		switch {
		case s.Attempt > 0: // begun, and so looked after
		case why != "":
			n.skipped = append(n.skipped, skip{j.Name, why})
			known[j.Name] = ledger.Skipped
		case !waits:
			n.ready = append(n.ready, j.Name)
		}
		return known[j.Name]
	}
	for i := range jobs {
		visit(&jobs[i])
	}
	n.outcome = whole(jobs, states)
	return n
}

func was(s ledger.Status) string {
	if s == ledger.Failed {
		return "failed"
	}
	return "was " + string(s)
}

// whole is the outcome of a run of which every job has ended, else nil: the
// worst of any job's, and succeeded only if all did.
func whole(jobs []manifest.Job, states map[string]ledger.State) *ledger.Outcome {
	worst := map[ledger.Status]int{ledger.Succeeded: 0, ledger.Skipped: 1, ledger.Superseded: 2, ledger.Cancelled: 3, ledger.Failed: 4}
	all := ledger.Outcome{Status: ledger.Succeeded}
	for _, j := range jobs {
		o := states[j.Name].Outcome
		if o == nil {
			return nil
		}
		if worst[o.Status] > worst[all.Status] {
			all.Status, all.Kind, all.Hints = o.Status, o.Kind, o.Hints
			all.Error = fmt.Sprintf("job %s: %s", j.Name, o.Error)
		}
		all.Started, all.Ended = earlier(all.Started, o.Started), later(all.Ended, o.Ended)
	}
	return &all
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
