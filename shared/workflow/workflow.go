// Package workflow takes the message that starts a run and sees it to an
// answer: which manifest, which job, and whether the message may go or must
// come again.
package workflow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/job"
	"github.com/glint-data/glint/shared/ledger"
	"github.com/glint-data/glint/shared/manifest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/trigger"
)

// A Runner answers messages. It is safe for concurrent use.
type Runner struct {
	Manifests object.Store
	Prefix    string // under which are workflows/<workflow>.yaml and schedules.yaml
	Ledger    *ledger.Ledger
	Jobs      *job.Runner
	// DeadLetter keeps a message that no retry can help, with the reason.
	DeadLetter func(ctx context.Context, data []byte, attributes map[string]string) error
	// Ask publishes a message on the topic of runs.
	Ask      func(ctx context.Context, data []byte, attributes map[string]string) (id string, err error)
	Instance string // names this process in claims
	Log      *slog.Logger
	Now      func() time.Time
}

// Deliver takes a message as the push subscription sends it. A nil error means
// that the message is dealt with, for good or bad; otherwise it must come again.
func (r *Runner) Deliver(ctx context.Context, h http.Header, body []byte) error {
	m, err := trigger.Decode(h, body)
	if err != nil {
		return r.dead(ctx, m, body, nil, err)
	}
	err = r.Handle(ctx, m)
	if err == nil || fault.Retry(err) {
		return err
	}
	// What is put aside names the slot, so that it means the same run whenever it is sent again.
	again := m
	again.Cron, again.TimeZone = "", ""
	data, attributes := again.Encode()
	return r.dead(ctx, m, data, attributes, err)
}

// Handle runs what m asks for. An error that fault.Retry denies is final.
func (r *Runner) Handle(ctx context.Context, m trigger.Message) error {
	if err := hopped(m); err != nil {
		return err
	}
	run := ledger.Key{Workflow: m.Workflow, Slot: m.Slot, Ordinal: m.Ordinal}
	if due, err := r.due(ctx, m, run); err != nil || !due {
		return err
	}
	pin, err := r.pin(ctx, m, run)
	if err != nil {
		return fmt.Errorf("workflow %s: %w", m.Workflow, err)
	}
	w, err := r.parse(ctx, m.Workflow, pin)
	if err != nil {
		return r.unreadable(ctx, m, run, err)
	}
	if ok, err := r.admit(ctx, m, run, w); err != nil || !ok {
		return err
	}
	j, err := r.job(ctx, m, run, w)
	switch {
	case err != nil:
		return err
	case j == nil:
		return r.begin(ctx, m, run, w, pin)
	}
	key := run
	key.Job = j.Name

	// Whoever finds the run held comes again, whichever message it has: the holder
	// may be dead, and its own message gone.
	lease, err := r.Ledger.Claim(ctx, key, pin, ledger.Holder{
		Message: m.ID, Delivery: m.Delivery, Instance: r.Instance, Manual: m.Manual,
	})
	var done *ledger.Done
	switch {
	case errors.As(err, &done):
		if err := r.follows(ctx, m, key, w); err != nil { // who ended it may have died before it could
			return err
		}
		return r.ended(ctx, m, key, done.Outcome)
	case err != nil:
		return fmt.Errorf("run %s: %w", key, err)
	}
	outcome, err := r.Jobs.Run(ctx, lease, w, j)
	r.line(key, m, outcome, err)
	if err != nil {
		return fmt.Errorf("run %s: %w", key, err)
	}
	if err := r.follows(ctx, m, key, w); err != nil {
		return err
	}
	return verdict(key, outcome)
}

// Check reads a workflow's newest manifest as a run would, and says all that is
// wrong with it. It touches nothing.
func (r *Runner) Check(ctx context.Context, name string) error {
	_, err := r.Manifest(ctx, name)
	return err
}

// Manifest reads a workflow's newest manifest as a run would.
func (r *Runner) Manifest(ctx context.Context, name string) (*manifest.Workflow, error) {
	schedules, err := overrides(ctx, r.Manifests, r.Prefix)
	if err != nil {
		return nil, err
	}
	return r.parse(ctx, name, ledger.Pin{Manifest: r.uri(name), Variables: schedules[name].Variables})
}

// ended answers a message whose run has ended before.
func (r *Runner) ended(ctx context.Context, m trigger.Message, k ledger.Key, o ledger.Outcome) error {
	r.Log.Info("run already ended", "run", k.String(), "status", o.Status, "message_id", m.ID)
	if err := r.Jobs.Sweep(ctx, k, o); err != nil { // its holder may have died before it could
		if fault.Retry(err) {
			return fmt.Errorf("run %s: %w", k, err)
		}
		r.Log.Warn("temporary objects are left", "run", k.String(), "error", err.Error(), "hints", fault.Hints(err))
	}
	return verdict(k, o)
}

// unreadable answers a message whose manifest cannot be read for the reason
// err: that is no mistake if the run had ended before the manifest went.
func (r *Runner) unreadable(ctx context.Context, m trigger.Message, run ledger.Key, err error) error {
	if fault.Retry(err) {
		return err
	}
	jobs, look := r.Ledger.Jobs(ctx, run)
	if look != nil {
		return look
	}
	for _, s := range jobs {
		if s.Outcome != nil && (m.Job == "" || m.Job == s.Key.Job) {
			return r.ended(ctx, m, s.Key, *s.Outcome)
		}
	}
	return err
}

// verdict is the error of a run that ended failed, nil of every other end.
func verdict(k ledger.Key, o ledger.Outcome) error {
	if o.Status != ledger.Failed {
		return nil
	}
	kind := fault.Invalid
	for kind < fault.Refused && kind.String() != o.Kind {
		kind++
	}
	if fault.Retry(kind) { // the run has ended, whatever it says
		kind = fault.Refused
	}
	e := fault.Errorf(kind, "run %s: %s", k, o.Error)
	if len(o.Hints) > 0 {
		return e.WithHint("%s", strings.Join(o.Hints, "\n"))
	}
	return e
}

// dead puts a message aside for good. If even that cannot be done, it comes again.
func (r *Runner) dead(ctx context.Context, m trigger.Message, data []byte, more map[string]string, reason error) error {
	attributes := map[string]string{
		"glint_reason": clip(reason.Error(), 1024), "glint_kind": fault.KindOf(reason).String(), "glint_message": m.ID,
	}
	maps.Copy(attributes, more)
	if hints := fault.Hints(reason); len(hints) > 0 {
		attributes["glint_hint"] = clip(strings.Join(hints, "; "), 1024)
	}
	if m.Workflow != "" {
		attributes["glint_workflow"] = m.Workflow
	}
	r.Log.Error("message put aside", "workflow", m.Workflow, "message_id", m.ID, "kind", fault.KindOf(reason).String(),
		"error", reason.Error(), "hints", fault.Hints(reason))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := r.DeadLetter(ctx, data, attributes); err != nil {
		return fault.Errorf(fault.Transient, "%w; and the dead-letter topic did not take it: %w", reason, err)
	}
	return nil
}

// clip shortens s to the n bytes that an attribute may have, at a rune's end.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n-3], "") + "…"
}

// line is the one line that a run leaves in the log.
func (r *Runner) line(k ledger.Key, m trigger.Message, o ledger.Outcome, err error) {
	attrs := []any{
		"run", k.String(), "workflow", k.Workflow, "job", k.Job, "slot", k.Slot, "attempt", o.Attempt, "delivery", m.Delivery,
		"message_id", m.ID, "status", o.Status, "duration", o.Ended.Sub(o.Started).Round(time.Millisecond).String(),
	}
	for _, receipt := range o.Receipts {
		attrs = append(attrs, slog.Group(receipt.Output,
			"target", receipt.Target.String(), "job_id", receipt.JobID, "disposition", receipt.Disposition,
			"rows", receipt.Rows, "bytes", receipt.Bytes))
	}
	for _, read := range o.Reads {
		attrs = append(attrs, slog.Group("read_"+read.Input, "rows", read.Rows, "bytes", read.Bytes, "of", read.Total, "bad", read.Bad))
	}
	if len(o.Notes) > 0 {
		attrs = append(attrs, "notes", o.Notes)
	}
	if err != nil {
		r.Log.Warn("run ended without a verdict", append(attrs, "error", err.Error(), "hints", fault.Hints(err))...)
		return
	}
	if o.Error != "" {
		attrs = append(attrs, "error", o.Error, "hints", o.Hints)
	}
	r.Log.Info("run ended", attrs...)
}
