package localcloud

import (
	"context"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/workflow"
)

// A scheduler publishes at the ticks of its jobs, as Cloud Scheduler does.
type scheduler struct {
	jobs    []workflow.Scheduled
	publish func(ctx context.Context, data []byte, attributes map[string]string) (id string, err error)
	now     func() time.Time
}

// run publishes until ctx ends. A tick that falls into a pause of the machine
// is fired once, late, as the service does.
func (s *scheduler) run(ctx context.Context, failed func(error)) {
	for _, j := range s.jobs {
		if !j.Paused {
			go s.tick(ctx, j, failed)
		}
	}
}

func (s *scheduler) tick(ctx context.Context, j workflow.Scheduled, failed func(error)) {
	schedule, err := cron.ParseStandard("CRON_TZ=" + j.TimeZone + " " + j.Cron)
	if err != nil { // the decoder has parsed it before
		failed(fmt.Errorf("schedule of %s: %w", j.Workflow, err))
		return
	}
	for {
		next := schedule.Next(s.now())
		select {
		case <-ctx.Done():
			return
		case <-time.After(next.Sub(s.now())):
			if _, err := s.fire(ctx, j); err != nil && ctx.Err() == nil {
				failed(fmt.Errorf("schedule of %s: %w", j.Workflow, err))
			}
		}
	}
}

func (s *scheduler) fire(ctx context.Context, j workflow.Scheduled) (string, error) {
	return s.publish(ctx, []byte(j.Data), j.Attributes)
}

// find returns the job of a workflow.
func (s *scheduler) find(name string) (workflow.Scheduled, error) {
	for _, j := range s.jobs {
		if j.Workflow == name {
			return j, nil
		}
	}
	return workflow.Scheduled{}, fault.Errorf(fault.NotFound, "workflow %q has no schedule", name).
		WithHint("give it one in schedules.yaml")
}
