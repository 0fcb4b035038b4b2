// Package trigger is the message that starts a run: how it arrives, what it
// asks for, and which slot of logical time it means. Every redelivery and every
// double firing means the same slot, and is thereby the same run.
package trigger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// A Message asks for a run of a workflow. It names the workflow, never a path.
type Message struct {
	ID           string    // Pub/Sub's
	Published    time.Time // by Pub/Sub's clock
	Delivery     int       // 1 for the first; 0 where the subscription does not count
	Subscription string
	OrderingKey  string

	Workflow string
	Job      string    // of a message for one job of a DAG; "" is the workflow
	Slot     time.Time // logical time, UTC
	Ordinal  int       // 0, or the number of a deliberate rerun of the slot
	Cron     string    // set by the scheduler: the slot is its tick
	TimeZone string
	Hops     int    // how many runs led to this one
	Reason   string // why it was asked for, for people
	Manual   bool   // a person asked
	Resume   bool   // of a rerun: jobs that succeeded under the ordinal before need not run again
}

// payload is a message's data.
type payload struct {
	Workflow string     `json:"workflow"`
	Job      string     `json:"job,omitempty"`
	Slot     *time.Time `json:"slot,omitempty"`
	Ordinal  int        `json:"ordinal,omitempty"`
	Reason   string     `json:"reason,omitempty"`
	Manual   bool       `json:"manual,omitempty"`
	Resume   bool       `json:"resume,omitempty"`
}

// The attributes that Glint reads and writes.
const (
	attrCron = "glint_cron"
	attrZone = "glint_timezone"
	attrHops = "glint_hops"
)

// Encode is what a publisher sends: read back by Decode it is the same request.
func (m Message) Encode() (data []byte, attributes map[string]string) {
	p := payload{Workflow: m.Workflow, Job: m.Job, Ordinal: m.Ordinal, Reason: m.Reason, Manual: m.Manual, Resume: m.Resume}
	attributes = map[string]string{}
	if m.Cron != "" {
		attributes[attrCron], attributes[attrZone] = m.Cron, m.TimeZone
	} else if !m.Slot.IsZero() {
		slot := m.Slot.UTC()
		p.Slot = &slot
	}
	if m.Hops > 0 {
		attributes[attrHops] = strconv.Itoa(m.Hops)
	}
	data, err := json.Marshal(p)
	if err != nil { // strings, numbers and a time always encode
		panic(err)
	}
	return data, attributes
}

// jobName is that of a job, or of one out of another file: ITEM/JOB.
var jobName = regexp.MustCompile(`^[a-z0-9][-a-z0-9]{0,47}(/[a-z0-9][-a-z0-9]{0,47}){0,9}$`)

var workflowName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?$`)

// parse reads a message's data. A field that Glint does not know is refused:
// whoever wrote it expects it to do something.
func parse(data []byte) (payload, error) {
	var p payload
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(&p)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after its end")
		}
	}
	switch {
	case err == nil:
		return p, nil
	case strings.Contains(err.Error(), `unknown field "variables"`):
		return p, fault.Errorf(fault.Invalid, "the message sets variables").
			WithHint("they are in schedules.yaml: whoever may publish cannot set them")
	case strings.Contains(err.Error(), "unknown field"):
		return p, fault.Errorf(fault.Invalid, "the message has an %v", strings.TrimPrefix(err.Error(), "json: ")).
			WithHint("a message has workflow, and if needed job, slot, ordinal, reason, manual and resume")
	}
	return p, fault.Errorf(fault.Invalid, "the message is not JSON: %v", err).WithHint(`publish {"workflow": "NAME"}`)
}

// request reads what a message asks for.
func (m *Message) request(data []byte, attributes map[string]string) error {
	p, err := parse(data)
	m.Workflow, m.Job, m.Ordinal, m.Reason, m.Manual, m.Resume = p.Workflow, p.Job, p.Ordinal, p.Reason, p.Manual, p.Resume
	m.Cron, m.TimeZone = attributes[attrCron], attributes[attrZone]
	if !workflowName.MatchString(m.Workflow) {
		m.Workflow = "" // it goes into logs and attributes as a name, and it is none
	}
	if err != nil {
		return err
	}
	if m.Workflow == "" {
		return fault.Errorf(fault.Invalid, "the message names the workflow %.100q", p.Workflow).
			WithHint("a workflow's name is small letters, digits and hyphens, at most 48; a message never holds a path")
	}
	if m.Job != "" && !jobName.MatchString(m.Job) {
		return fault.Errorf(fault.Invalid, "the message names the job %q", m.Job)
	}
	if m.Ordinal < 0 {
		return fault.Errorf(fault.Invalid, "the message has the ordinal %d", m.Ordinal)
	}
	if m.Hops, err = hopsOf(attributes[attrHops]); err != nil {
		return err
	}
	slot, err := m.slot(p.Slot)
	m.Slot = slot
	return err
}

// String is the message as a log shows it.
func (m Message) String() string {
	return fmt.Sprintf("%s@%s", m.Workflow, m.Slot.Format(time.RFC3339))
}
