package ledger

import (
	"time"

	"github.com/glint-data/glint/shared/sink"
)

// What this file decides, it decides without looking at the world: the records
// as they are and the store's time go in, what may be done comes out.

// maxCrashes is how many attempts may end without a verdict, killed or out of
// memory, before nobody tries again.
const maxCrashes = 3

// A leaseRecord says who is at a job, and in the end how that was. The end is
// in the same object as the right to say it, so that an attempt which was
// presumed dead cannot say it any more.
type leaseRecord struct {
	header
	Attempt  int      `json:"attempt"`
	Crashes  int      `json:"crashes"` // attempts before this one that never said how they ended
	Holder   Holder   `json:"holder"`
	Released string   `json:"released,omitempty"` // why it was given back; "" while it is held
	Progress Progress `json:"progress"`
	Outcome  *Outcome `json:"outcome,omitempty"` // nothing is written after it
}

// ended reports whether its holder has let go of it, with a verdict or without.
func (r leaseRecord) ended() bool { return r.Released != "" || r.Outcome != nil }

// claimed decides who gets a job whose lease was last written at the store's
// time updated, when that store's clock says now. It returns the lease to be
// written, or false if it is held or the job has ended.
func claimed(old leaseRecord, exists bool, updated, now time.Time, ttl time.Duration, h Holder) (leaseRecord, bool) {
	next := leaseRecord{header: header{version}, Attempt: old.Attempt + 1, Crashes: old.Crashes, Holder: h}
	switch {
	case old.Outcome != nil:
		return leaseRecord{}, false
	case !exists, old.Released != "":
		return next, true
	case now.Sub(updated) > ttl:
		next.Crashes++
		return next, true
	}
	return leaseRecord{}, false
}

// A headRecord says what a target holds and what may still change it.
type headRecord struct {
	header
	Last    *Published   `json:"last,omitempty"`
	Intents []openIntent `json:"intents,omitempty"` // not known to have ended
}

// An openIntent is one, and where its record lies.
type openIntent struct {
	ID   string `json:"id"`
	Path string `json:"path"` // of the job's folder
}

// Published is the last good publication on a target.
type Published struct {
	Run     string       `json:"run"`
	Receipt sink.Receipt `json:"receipt"`
}

// landed is the head after an intent of run was published.
func (h headRecord) landed(run Key, id string, r sink.Receipt) headRecord {
	h = h.ended(id)
	if h.Last != nil {
		if last, err := ParseKey(h.Last.Run); err == nil && run.before(last) {
			return h // a backfill or a latecomer: what is newer stays the newest
		}
	}
	h.Last = &Published{Run: run.String(), Receipt: r}
	return h
}

// ended is the head without an intent that can change nothing any more.
func (h headRecord) ended(id string) headRecord {
	var left []openIntent
	for _, o := range h.Intents {
		if o.ID != id {
			left = append(left, o)
		}
	}
	h.Intents = left
	return h
}

// newer reports whether the target holds data of a later run than k's.
func (h headRecord) newer(k Key) bool {
	if h.Last == nil {
		return false
	}
	last, err := ParseKey(h.Last.Run)
	return err == nil && k.before(last)
}

// admitted is the head with k's intent on it. It must hold no other.
func (h headRecord) admitted(o openIntent) headRecord {
	h.Intents = append(h.ended(o.ID).Intents, o)
	return h
}
