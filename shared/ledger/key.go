package ledger

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glint-data/glint/shared/fault"
)

// A Key names a job's run: the same workflow, job, slot and ordinal are the
// same run, however often it is asked for.
type Key struct {
	Workflow string
	Job      string // "" names the run of the whole workflow; a job out of another file is ITEM/JOB
	Slot     time.Time
	Ordinal  int // 0, or the number of a deliberate rerun of the slot
}

const slotForm = "20060102T150405.000Z"

// String prints the key as ParseKey reads it: workflow/slot.ordinal[/job].
func (k Key) String() string {
	s := fmt.Sprintf("%s/%s.%d", k.Workflow, k.Slot.UTC().Format(slotForm), k.Ordinal)
	if k.Job != "" {
		s += "/" + k.Job
	}
	return s
}

// ParseKey reads a key as people type it and logs show it.
func ParseKey(s string) (Key, error) {
	parts := strings.Split(s, "/")
	if len(parts) < 2 || slices.Contains(parts, "") {
		return Key{}, fault.Errorf(fault.Invalid, "%q is not a run", s).WithHint("write WORKFLOW/SLOT.ORDINAL, as `glint run` prints it")
	}
	k := Key{Workflow: parts[0]}
	i := strings.LastIndex(parts[1], ".")
	if i < 0 {
		i = len(parts[1])
	}
	slot, err := time.Parse(slotForm, parts[1][:i])
	ordinal, err2 := strconv.ParseUint(strings.TrimPrefix(parts[1][i:], "."), 10, 31)
	if err != nil || err2 != nil {
		return Key{}, fault.Errorf(fault.Invalid, "%q is not a slot and an ordinal", parts[1]).WithHint("as in 20261123T020000.000Z.0")
	}
	k.Slot, k.Ordinal = slot, int(ordinal)
	k.Job = strings.Join(parts[2:], "/")
	return k, nil
}

// run is the folder of the whole run's records, job that of one job's.
func (k Key) run() string {
	return fmt.Sprintf("runs/%s/%s.%d", k.Workflow, k.Slot.UTC().Format(slotForm), k.Ordinal)
}

func (k Key) job() string { return k.run() + "/jobs/" + strings.ReplaceAll(k.Job, "/", "~") }

// marker is the name of the object that stands while the run is open.
func (k Key) marker() string { return strings.ReplaceAll(k.String(), "/", "~") }

// before says whether k's data are older than o's.
func (k Key) before(o Key) bool {
	if !k.Slot.Equal(o.Slot) {
		return k.Slot.Before(o.Slot)
	}
	return k.Ordinal < o.Ordinal
}

// publication is the identity of one output of one run: what a target tells
// publications apart by. It is the same for every attempt and every revision of
// this program; a golden test holds it.
func publication(ledger string, k Key, output string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{"1", ledger, k.String(), output}, "\x00")))
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(k.Workflow))
	return ledger + "_" + name + "_" + k.Slot.UTC().Format("20060102T150405") + "_" +
		strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15]))
}
