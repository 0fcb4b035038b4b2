// Package ledger remembers runs and targets, so that a run happens once and a
// target has one writer, whoever dies, sleeps or repeats himself.
//
// It keeps JSON objects under a prefix of a store that can write on a
// condition. A job's lease.json is the one register in which it is decided who
// works and how it ended; a target's head.json is the one in which it is
// decided whose publication is next. Everything else is written once. The rules
// are pure functions in transition.go; the rest of the room carries them out.
//
//	runs/<workflow>/<slot>.<ordinal>/run.json              the pin; once
//	runs/…/jobs/<job>/lease.json                           who, since when, how it ended; rewritten by its version
//	runs/…/jobs/<job>/{claim.<n>,cancel,outcome}.json      once each
//	runs/…/jobs/<job>/intents/<id>.json                    what was about to be published; once
//	runs/…/jobs/<job>/wanted/<message>.json                who else asked for it, and when last
//	targets/<system>/<address>/head.json                   last publication and the open intent; rewritten by its version
//	targets/<system>/<address>/settled/<id>.json           how an intent ended; once
//	open/<workflow>/<slot>.<ordinal>/<job>                 from the first claim to the end
package ledger

import (
	"log/slog"
	"time"

	"github.com/glint-data/glint/shared/object"
)

// A Ledger keeps its records in a store. It is safe for concurrent use, by any
// number of processes.
type Ledger struct {
	Store  object.Store
	Prefix string // URI under which everything lies; no slash at its end
	ID     string // names this ledger among all whose runs publish to the same systems
	// Now is for what people read; nil is time.Now. Expiry is judged by the store's clock.
	Now   func() time.Time
	TTL   time.Duration // a lease not renewed for so long is free; 0 is a minute
	Renew time.Duration // between two renewals, at least a second; 0 is a third of TTL
	// Deaths is how many attempts of a job may end without a word before it is
	// given up; 0 is three.
	Deaths int
	Log    *slog.Logger // nil is silent
}

func (l *Ledger) now() time.Time {
	if l.Now != nil {
		return l.Now().UTC()
	}
	return time.Now().UTC()
}

func (l *Ledger) ttl() time.Duration {
	if l.TTL > 0 {
		return l.TTL
	}
	return time.Minute
}

func (l *Ledger) renew() time.Duration {
	if l.Renew > 0 {
		return l.Renew
	}
	return l.ttl() / 3
}

func (l *Ledger) deaths() int {
	if l.Deaths > 0 {
		return l.Deaths
	}
	return 3
}

func (l *Ledger) log() *slog.Logger {
	if l.Log != nil {
		return l.Log
	}
	return slog.New(slog.DiscardHandler)
}
