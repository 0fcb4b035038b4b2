package ledger

import (
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// slotForm sorts as time does and needs no escaping in a path.
const slotForm = "20060102T150405.000Z"

// A Key names one job of one run. Without a Job it names the run.
type Key struct {
	Workflow string    `json:"workflow"`
	Job      string    `json:"job,omitempty"`
	Slot     time.Time `json:"slot"` // logical time, to the millisecond
	Ordinal  int       `json:"ordinal"`
}

// String is the key as people type it and as it stands in paths:
// workflow/slot.ordinal/job, or workflow/slot.ordinal for a run.
func (k Key) String() string {
	s := object.Segment(k.Workflow) + "/" + k.Slot.UTC().Format(slotForm) + "." + strconv.Itoa(k.Ordinal)
	if k.Job != "" {
		s += "/" + object.Segment(k.Job)
	}
	return s
}

// RunID names the run that k is a job of.
func (k Key) RunID() string { k.Job = ""; return k.String() }

// ParseKey reads what [Key.String] prints.
func ParseKey(s string) (Key, error) {
	parts := strings.Split(s, "/")
	bad := func() (Key, error) {
		return Key{}, fault.Errorf(fault.Invalid, "%q does not name a run", s).
			WithHint("a run is WORKFLOW/SLOT.ORDINAL/JOB, as in bq-write-01/20240229T020000.000Z.0/city-write-bq-01")
	}
	if len(parts) < 2 || len(parts) > 3 {
		return bad()
	}
	var k Key
	i := strings.LastIndexByte(parts[1], '.')
	if i < 0 {
		return bad()
	}
	var err error
	if k.Slot, err = time.Parse(slotForm, parts[1][:i]); err != nil {
		return bad()
	}
	if k.Ordinal, err = strconv.Atoi(parts[1][i+1:]); err != nil || k.Ordinal < 0 {
		return bad()
	}
	ok := true
	if k.Workflow, ok = object.Unsegment(parts[0]); !ok || k.Workflow == "" {
		return bad()
	}
	if len(parts) == 3 {
		if k.Job, ok = object.Unsegment(parts[2]); !ok || k.Job == "" {
			return bad()
		}
	}
	if k.String() != s {
		return bad()
	}
	return k, nil
}

// after reports whether k's publication is newer than that of slot and ordinal.
func (k Key) before(slot time.Time, ordinal int) bool {
	mine := k.Slot.Truncate(time.Millisecond)
	return mine.Before(slot) || mine.Equal(slot) && k.Ordinal < ordinal
}
