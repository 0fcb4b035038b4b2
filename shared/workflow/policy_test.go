package workflow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/trigger"
)

// scheduled is the shore's manifest with a schedule.
func (l *shore) scheduled(text, schedule string) {
	l.put("gs://root/workflows/city.yaml", strings.Replace(text, "  dag:\n", "  schedule: {cron: \"0 * * * *\", "+schedule+"}\n  dag:\n", 1))
}

// tock is the scheduler's message of an hour.
func tock(hour int) trigger.Message {
	at := run.Slot.Add(time.Duration(hour) * time.Hour)
	return trigger.Message{ID: "t", Published: at, Workflow: "city", Cron: "0 * * * *", TimeZone: "UTC"}
}

func at(hour int) ledger.Key {
	k := whole
	k.Slot = k.Slot.Add(time.Duration(hour) * time.Hour)
	return k
}

// TestForbid: a tick that finds an earlier run going on is skipped for good.
func TestForbid(t *testing.T) {
	for name, text := range map[string]string{"one job": manifestText, "several": dagOf(diamond...)} {
		t.Run(name, func(t *testing.T) {
			l := newShore(t)
			l.scheduled(text, "concurrencyPolicy: Forbid")
			once := false
			l.engine.exporting = func(_ context.Context, _ int) error {
				if once {
					return nil
				}
				once = true
				for range 2 { // its message comes again
					if err := l.push(tock(1), 1); err != nil {
						t.Error(err)
					}
				}
				return nil
			}
			l.drain(tock(0))
			if ends := l.ends(at(0)); ends["all"] != "succeeded" {
				t.Errorf("the run that went on: %v", ends)
			}
			if err := l.push(tock(1), 2); err != nil { // also now that nothing else goes on
				t.Error(err)
			}
			for job, end := range l.ends(at(1)) {
				if !strings.HasPrefix(end, "skipped") {
					t.Errorf("%s of the run that was skipped: %s", job, end)
				}
			}
			if line := l.line("run skipped"); !strings.Contains(get(line, "reason"), "city/20261123T020000.000Z.0 goes on") {
				t.Errorf("log line %v", line)
			}
			l.drain(tock(2))
			if ends := l.ends(at(2)); ends["all"] != "succeeded" {
				t.Errorf("the next run: %v", ends)
			}
			l.wantTidy()
		})
	}
}

// TestReplace: a tick stops the run that goes on, and begins when that has.
func TestReplace(t *testing.T) {
	l := newDAG(t)
	l.scheduled(dagOf(diamond...), "concurrencyPolicy: Replace")
	once := false
	l.engine.exporting = func(ctx context.Context, _ int) error {
		if once {
			return nil
		}
		once = true
		if err := l.push(tock(1), 1); !fault.Retry(err) || !strings.Contains(err.Error(), "waits until") {
			t.Errorf("the tick of the next: %v", err)
		}
		<-ctx.Done()
		return context.Cause(ctx)
	}
	l.drain(tock(0))
	for job, end := range l.ends(at(0)) {
		if !strings.HasPrefix(end, "cancelled") {
			t.Errorf("%s of the run that was replaced: %s", job, end)
		}
	}
	l.drain(tock(1))
	if ends := l.ends(at(1)); ends["all"] != "succeeded" {
		t.Errorf("the run that replaces it: %v", ends)
	}
	l.wantTidy()
}

// TestDates: ticks before a schedule's beginning and after its end do nothing;
// a person's run does.
func TestDates(t *testing.T) {
	l := newShore(t)
	l.scheduled(manifestText, `startOn: "2026-11-23T03:00:00Z", endOn: "2026-11-23T05:30:00+01:00"`)
	for hour := range 5 {
		if err := l.push(tock(hour), 1); err != nil {
			t.Fatal(err)
		}
		seen, err := l.runner.Watch(at(hour)).Look(t.Context())
		if err != nil || (seen.Outcome != nil) != (hour == 1 || hour == 2) {
			t.Errorf("hour %d: %v, %v", hour+2, seen.Outcome, err)
		}
	}
	m := l.request(0, false)
	m.Slot = at(9).Slot
	l.drain(m)
	if ends := l.ends(at(9)); ends["all"] != "succeeded" {
		t.Errorf("a person's run: %v", ends)
	}
}
